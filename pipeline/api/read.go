package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/message/schema"
)

// usualPage is the length of a page that nobody asked another length of.
const usualPage = 50

// StoryList is a page of stories.
type StoryList struct {
	Stories     []Summary `json:"stories"`
	Next        string    `json:"next,omitempty"`      // cursor of the next page; left out on the last
	NextLink    string    `json:"next_href,omitempty"` // the next page itself
	LastEventID uint64    `json:"last_event_id"`       // what the list holds: the stream of stories from here on tells what comes
}

func (a *API) listStories(_ context.Context, r request) (answer, error) {
	last, loaded := a.view.ready()
	if !loaded {
		return answer{}, Failed(http.StatusServiceUnavailable, "the stories are still being read").advise("ask again in a moment")
	}
	found, more := a.view.list(filterOf(r.query), r.query.number("cursor", 0), int(r.query.number("limit", usualPage)), r.query.now) //nolint:gosec // at most mostListed
	list := StoryList{Stories: found, LastEventID: last}
	if more {
		list.Next = strconv.FormatUint(found[len(found)-1].Sequence, 10)
		list.NextLink = "/v1/stories" + r.query.with("cursor", list.Next)
	}
	return answer{value: list}, nil
}

// States of a story that was asked for by its id.
const (
	statusCurrent   = "current"   // it is the story that was asked for
	statusMerged    = "merged"    // the one that was asked for was merged into it
	statusRetracted = "retracted" // all its reports were taken back
)

// StoryAnswer is a story with how it stands to the id that was asked for.
type StoryAnswer struct {
	Status   string `json:"status"`              // current, merged (it is another name of this story now) or retracted (all its reports were taken back)
	AskedFor string `json:"asked_for,omitempty"` // the id that was asked for, where it was merged into this story
	message.Story
}

func (a *API) getStory(ctx context.Context, r request) (answer, error) {
	id := r.PathValue("id")
	asked, err := a.deps.Bus.Story(ctx, id)
	if err != nil {
		return answer{}, unknownStory(err)
	}
	s, err := a.living(ctx, asked)
	if err != nil {
		return answer{}, err
	}
	s.Phase = s.PhaseAt(r.query.now)
	told := StoryAnswer{Status: statusCurrent, Story: s}
	switch {
	case s.ID != id:
		told.Status, told.AskedFor = statusMerged, id
	case len(s.Reports) == 0:
		told.Status = statusRetracted
	}
	return answer{value: told, header: http.Header{"Content-Location": {"/v1/stories/" + s.ID}}}, nil
}

// longestChain of stories that were merged into one another.
const longestChain = 64

// living is the story itself, or the one into which it was merged in the end.
func (a *API) living(ctx context.Context, s message.Story) (message.Story, error) {
	for range longestChain {
		if s.MergedInto == "" {
			return s, nil
		}
		next, err := a.deps.Bus.Story(ctx, s.MergedInto)
		if err != nil {
			return s, err
		}
		s = next
	}
	return s, Failed(http.StatusInternalServerError, "story %s was merged in a circle", s.ID)
}

func unknownStory(err error) error {
	if errors.Is(err, pipeline.ErrNotKept) {
		return Failed(http.StatusNotFound, "no story has this id").advise("/v1/stories lists the stories; an id is s and 16 letters or digits")
	}
	return err
}

// Revision is a story as it stood.
type Revision struct {
	Sequence uint64        `json:"sequence"` // in the stream of stories
	Stored   time.Time     `json:"stored"`
	Story    message.Story `json:"story"`
}

// RevisionList are those revisions of a story that are kept, oldest first.
type RevisionList struct {
	Revisions []Revision `json:"revisions"`
}

func (a *API) listRevisions(ctx context.Context, r request) (answer, error) {
	list := RevisionList{Revisions: []Revision{}}
	id := r.PathValue("id")
	err := a.deps.Bus.Revisions(ctx, id, func(e pipeline.Envelope) error {
		told := Revision{Sequence: e.Sequence, Stored: e.Time.UTC()}
		if err := e.Decode(&told.Story); err != nil {
			return err
		}
		if told.Story.ID == id {
			list.Revisions = append(list.Revisions, told)
		}
		return nil
	})
	if err != nil {
		return answer{}, err
	}
	if len(list.Revisions) == 0 {
		return answer{}, unknownStory(pipeline.ErrNotKept)
	}
	return answer{value: list}, nil
}

// ArticleAnswer is an article with its place.
type ArticleAnswer struct {
	Sequence uint64 `json:"sequence"`        // in the stream of articles
	Story    string `json:"story,omitempty"` // that lists it, or that it was taken back from
	message.Article
}

func (a *API) getArticle(ctx context.Context, r request) (answer, error) {
	return a.article(ctx, r.PathValue("id"))
}

func (a *API) findArticle(ctx context.Context, r request) (answer, error) {
	address := r.query.text("url")
	if !strings.Contains(address, "://") {
		return answer{}, wrongField("url", nil, "url: want the address of an article, such as https://courrier.example/2021/12/sale, escaped")
	}
	return a.article(ctx, a.view.known(address))
}

func (a *API) article(ctx context.Context, id string) (answer, error) {
	unknown := Failed(http.StatusNotFound, "no article with the id %s is kept: it never came, longer ago than 30 days, or was not read yet", shown(id)).
		advise("/v1/articles/%s/trail tells what the streams remember of it; /v1/articles?url= finds one by its address", inPath(id))
	sequence := a.view.place(id)
	if sequence == 0 {
		return answer{}, unknown
	}
	found, err := a.deps.Bus.Article(ctx, sequence)
	if errors.Is(err, pipeline.ErrNotKept) || err == nil && found.ID != id {
		return answer{}, unknown
	}
	if err != nil {
		return answer{}, err
	}
	told := ArticleAnswer{Sequence: sequence, Story: a.view.owner(id), Article: found}
	return answer{value: told, header: http.Header{"Content-Location": {"/v1/articles/" + id}}}, nil
}

// inPath is an id as it stands in a path; one that is too long for an id is not repeated.
func inPath(id string) string {
	const longest = 64
	if len(id) > longest {
		return "{id}"
	}
	return url.PathEscape(id)
}

// articleID is the id of an article that was named by it or by its address.
func articleID(name string) string {
	if strings.Contains(name, "://") {
		return message.ArticleID(message.Identity(name))
	}
	return name
}

func (a *API) getTrail(ctx context.Context, r request) (answer, error) {
	trail, err := a.deps.Bus.Trail(ctx, r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	if len(trail.Hops)+len(trail.Stories) == 0 {
		return answer{}, Failed(http.StatusNotFound, "nothing is kept of this article: it never came, or longer ago than the streams remember")
	}
	return answer{value: trail}, nil
}

func (a *API) explain(ctx context.Context, r request) (answer, error) {
	article := r.query.text("article")
	if article == "" {
		return answer{}, wrongField("article", nil, "article is missing: the id or the address of an article, such as ?article=a0123456789abcde")
	}
	article = a.view.known(article)
	told, err := a.deps.Explain(ctx, Question{Article: article, Story: r.query.text("story"), Seen: a.view.owner(article)})
	if err != nil {
		return answer{}, err
	}
	vary := http.Header{"Vary": {"Accept"}}
	if !wantsText(r.Header.Get("Accept")) {
		return answer{value: told, header: vary}, nil
	}
	var text strings.Builder
	lang := r.query.text("lang")
	if lang == "" {
		lang = "en"
	}
	if err := told.Write(&text, lang); err != nil {
		return answer{}, err
	}
	return answer{text: text.String(), header: vary}, nil
}

func (a *API) listSources(ctx context.Context, r request) (answer, error) {
	found, err := a.deps.Sources(ctx, SourceFilter{
		State: r.query.text("state"), Country: r.query.text("country"), Language: r.query.text("language"),
		Kind: r.query.text("kind"), Family: r.query.text("family"),
	})
	if err != nil {
		return answer{}, err
	}
	if found == nil {
		found = []any{}
	}
	return answer{value: map[string]any{"sources": found}}, nil
}

func (a *API) getSource(ctx context.Context, r request) (answer, error) {
	found, err := a.deps.Sources(ctx, SourceFilter{Name: r.PathValue("name")})
	if err != nil {
		return answer{}, err
	}
	if len(found) == 0 {
		return answer{}, Failed(http.StatusNotFound, "there is no source %s", shown(r.PathValue("name"))).advise("/v1/sources lists them")
	}
	return answer{value: found[0]}, nil
}

func (a *API) listStages(ctx context.Context, _ request) (answer, error) {
	report, err := a.deps.Report(ctx)
	return answer{value: report}, err
}

// DeadSummary is a dead letter as listings show it.
type DeadSummary struct {
	Number   uint64    `json:"number"`
	Stage    string    `json:"stage"`
	Reason   string    `json:"reason"`
	Error    string    `json:"error"` // the outermost
	Attempts int       `json:"attempts"`
	First    time.Time `json:"first"` // when the message was stored
	Last     time.Time `json:"last"`  // when the stage gave up
	Of       string    `json:"of"`    // subject of the message
	MsgID    string    `json:"msg_id"`
}

// DeadList is a page of dead letters.
type DeadList struct {
	Letters []DeadSummary `json:"dead_letters"`
	Next    string        `json:"next,omitempty"` // cursor of the next page; left out on the last
	Note    string        `json:"note,omitempty"` // what is kept, where nothing is of what was asked for
}

// errFull ends a reading when the page is full.
var errFull = errors.New("the page is full")

func (a *API) listDead(ctx context.Context, r request) (answer, error) {
	list, limit := DeadList{Letters: []DeadSummary{}}, int(r.query.number("limit", usualPage)) //nolint:gosec // at most mostListed
	since := r.query.time("since")
	chosen := pipeline.DeadFilter{Stage: r.query.text("stage"), Reason: r.query.text("reason"), Since: since}
	err := a.deps.Bus.CheckDead(ctx, chosen, a.deps.Emits...)
	if unknown, ok := errors.AsType[pipeline.UnknownStageError](err); ok {
		return answer{}, Wrong("stage", unknown.Known, unknown)
	}
	if none, ok := errors.AsType[pipeline.NoLettersError](err); ok {
		list.Note = none.Error()
		return answer{value: list}, nil
	}
	if err != nil {
		return answer{}, err
	}
	err = a.deps.Bus.DeadBehind(ctx, chosen, r.query.number("cursor", 0), func(d pipeline.DeadLetter) error {
		if len(list.Letters) == limit {
			list.Next = strconv.FormatUint(list.Letters[limit-1].Number, 10)
			return errFull
		}
		list.Letters = append(list.Letters, deadSummary(d))
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return answer{}, err
	}
	return answer{value: list}, nil
}

func deadSummary(d pipeline.DeadLetter) DeadSummary {
	s := DeadSummary{
		Number: d.Sequence, Stage: d.Stage, Reason: d.Reason, Attempts: d.Attempts, First: d.First, Last: d.Last, Of: d.Of, MsgID: d.MsgID,
	}
	if len(d.Errors) > 0 {
		s.Error = d.Errors[0]
	}
	return s
}

// DeadAnswer is a dead letter with the message that died.
type DeadAnswer struct {
	DeadSummary
	Errors  []string          `json:"errors"` // outermost first
	Header  map[string]string `json:"header,omitempty"`
	Message json.RawMessage   `json:"message,omitempty"` // JSON, or a string where it is none
	Lost    string            `json:"lost,omitempty"`    // why the message cannot be read
}

func (a *API) getDead(ctx context.Context, r request) (answer, error) {
	number, err := numberOf(r)
	if err != nil {
		return answer{}, err
	}
	d, err := a.deps.Bus.DeadLetter(ctx, number)
	if err != nil {
		return answer{}, unknownLetter(err)
	}
	told := DeadAnswer{DeadSummary: deadSummary(d), Errors: d.Errors, Header: d.Header}
	body, err := a.deps.Bus.Message(ctx, d)
	switch {
	case err != nil:
		told.Lost = err.Error()
	case json.Valid(body):
		told.Message = body
	default:
		told.Message, _ = json.Marshal(string(body)) // a string always can
	}
	return answer{value: told}, nil
}

func numberOf(r request) (uint64, error) {
	number, err := strconv.ParseUint(r.PathValue("number"), 10, 64)
	if err != nil || number == 0 {
		return 0, wrongField("number", nil, "%s is no number of a dead letter: /v1/dead lists them", shown(r.PathValue("number")))
	}
	return number, nil
}

func unknownLetter(err error) error {
	if errors.Is(err, pipeline.ErrNoDeadLetter) {
		return Failed(http.StatusNotFound, "%v", err).advise("it was retried, dropped or has expired: /v1/dead lists those that are kept")
	}
	return err
}

func (a *API) openAPI(context.Context, request) (answer, error) {
	body, err := schema.Document(schema.OpenAPI)
	return answer{body: body}, err
}
