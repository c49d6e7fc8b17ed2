package pipeline

import (
	"context"
	"errors"
	"testing"

	"rawi/pipeline/message"
)

func keptStory(id string, revision int) message.Story {
	return message.Story{Type: message.StoryV1, ID: id, Revision: revision, Change: message.ChangeUpdate, Kind: message.KindOperation, Country: "MA"}
}

func TestAStoryIsFoundByItsID(t *testing.T) {
	b := openBus(t, testConfig(t))
	for revision := 1; revision <= 3; revision++ {
		put(t, b, message.State{Type: message.StateV1, Story: keptStory("s1", revision), Members: []message.Member{{Article: "a1"}}})
		put(t, b, keptStory("s1", revision), keptStory("s2", revision))
	}
	s, err := b.Story(t.Context(), "s1")
	if err != nil || s.Revision != 3 || s.Type != message.StoryV1 {
		t.Errorf("got revision %d of type %q, %v", s.Revision, s.Type, err)
	}
	if state, err := b.State(t.Context(), "s1"); err != nil || len(state.Members) != 1 {
		t.Errorf("got %d members, %v", len(state.Members), err)
	}
	if _, err := b.Story(t.Context(), "s9.>"); !errors.Is(err, ErrNotKept) {
		t.Errorf("got %v, want ErrNotKept", err)
	}
	var revisions []int
	err = b.Revisions(t.Context(), "s1", func(e Envelope) error {
		var s message.Story
		err := e.Decode(&s)
		revisions = append(revisions, s.Revision)
		return err
	})
	if err != nil || len(revisions) != 3 || revisions[0] != 1 {
		t.Errorf("revisions %v, %v", revisions, err)
	}
}

func TestArticlesAreFollowedByIDAndReadBySequence(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, message.Article{Type: message.ArticleV1, ID: "a1", Title: "un"}, message.Ruling{Type: message.RulingV1, ID: "h1", Act: message.ActMerge},
		message.Article{Type: message.ArticleV1, ID: "a2", Title: "deux"})
	ctx, cancel := context.WithCancel(t.Context())
	found := map[string]uint64{}
	err := b.FollowArticles(ctx, 0, func(id string, sequence uint64) {
		if found[id] = sequence; id == "a2" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(found) != 2 || found["a2"] != 3 {
		t.Fatalf("found %v, %v", found, err)
	}
	if a, err := b.Article(t.Context(), found["a2"]); err != nil || a.Title != "deux" {
		t.Errorf("got %q, %v", a.Title, err)
	}
	if _, err := b.Article(t.Context(), 99); !errors.Is(err, ErrNotKept) {
		t.Errorf("got %v, want ErrNotKept", err)
	}
}

func TestStoriesAreFollowedBehindASequence(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, keptStory("s1", 1), keptStory("s2", 1), keptStory("s1", 2))
	if first, last, err := b.StoryEnds(t.Context()); first != 1 || last != 3 || err != nil {
		t.Errorf("ends %d and %d, %v", first, last, err)
	}
	enough := errors.New("enough")
	var sequences []uint64
	err := b.FollowStories(t.Context(), []string{"news.story.operation.>"}, 1, func(e Envelope) error {
		if sequences = append(sequences, e.Sequence); len(sequences) == 2 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || sequences[0] != 2 || sequences[1] != 3 {
		t.Errorf("got %v, %v", sequences, err)
	}
}
