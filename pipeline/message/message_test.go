package message_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

var write = flag.Bool("write-missing-samples", false, "write the sample of a version that has none yet; existing samples are never changed")

// samples holds one full value of each current version. A sample on disk is written once and never edited: it stands for the messages
// that are stored at consumers, and must be read for ever.
func samples() []message.Message {
	at := time.Date(2021, 12, 17, 20, 15, 0, 0, time.UTC)
	outlet := message.Outlet{Name: "courrier", Title: "Le Courrier", Country: "MA", Language: "fr", Family: "courrier", Zone: "Africa/Casablanca"}
	found := message.Found{
		How: message.FoundFeed, Where: "https://courrier.example/feed", At: at,
		Entry: message.Entry{GUID: "17", Title: "Arrestation à Salé", Summary: "Un homme arrêté", DateText: "Fri, 17 Dec 2021 20:15:00 +0000", Published: at, Authors: []string{"La rédaction"}, Language: "fr"},
	}
	raw := message.Raw{
		Type: message.RawV1, ID: "a0000000000000001", Digest: "d00000000001", Outlet: outlet, URL: "https://courrier.example/17", FinalURL: "https://courrier.example/sale/17",
		Redirects: []string{"https://courrier.example/r/17"}, Found: found, Status: 200, Header: map[string]string{"Etag": `"x"`},
		ContentType: "text/html; charset=utf-8", Body: []byte("<p>سلا</p>"), Fetched: at,
	}
	facts := message.Facts{
		Kind: message.KindOperation, Action: message.ActionArrest, Day: &message.Days{From: "2021-12-16", To: "2021-12-16", Precision: message.PrecisionDay},
		Announced: &message.Days{From: "2021-12-17", To: "2021-12-17", Precision: message.PrecisionDay},
		Places:    []message.Place{{ID: "ma-sale", Name: "Salé", Kind: "city", Country: "MA", Lat: 34.04, Lon: -6.81}}, Country: "MA",
		Arrested: &message.Count{N: 12, Split: []message.Share{{Place: "ma-sale", N: 2}}}, Killed: &message.Count{N: 1, Approx: true}, Wounded: &message.Count{N: 2, Max: 3}, Rescued: &message.Count{N: 4},
		Ages: &message.Range{Min: 24, Max: 24}, Seized: []message.Goods{{Concept: "obj:cannabis", Amount: 1240, Unit: "kg"}}, Agencies: []string{"BCIJ"}, Partners: []string{"US"}, Group: "ISIS",
		Persons: []message.Person{{Name: "أحمد", Key: "hmd", Role: "suspect"}}, Evidence: []message.Evidence{{Fact: "arrested", Value: "12", Block: 0, Start: 1, End: 9, Rule: "count"}},
	}
	signature := message.Signature{MinHash: []uint32{1, 2}, Shingles: 2, Words: []string{"fr:arrest"}, Concepts: []string{"act:arrest"}, Names: []string{"hmd"}, Numbers: []string{"1240kg"}}
	why := message.Why{
		Outcome: message.OutcomeMerge, Score: 7.5, For: []message.Reason{{Fact: "day", Detail: "2021-12-16", Weight: 3}},
		Against: []message.Reason{{Fact: "count", Detail: "1, 2", Weight: -1}}, Rules: "1", Merged: &message.Rejected{Story: "s4", Score: 2},
	}
	story := message.Story{
		Type: message.StoryV1, ID: "s0000000000000001", Revision: 2, Change: message.ChangeUpdate, Kind: message.KindOperation, Country: "MA",
		Titles: map[string]string{"fr": "Arrestation à Salé", "ar": "توقيف بسلا"}, Facts: facts,
		Values:      []message.Value{{Fact: "ages", Value: "24", Reports: []string{"a0000000000000001"}, Passages: map[string]string{"a0000000000000001": "24 ans"}}},
		Reports:     []message.Report{{Article: "a0000000000000001", Source: "courrier", Outlet: "Le Courrier", Language: "fr", Title: "Arrestation à Salé", URL: "https://courrier.example/17", Published: at, CopyOf: "a2", Credit: "MAP", Why: &why}},
		Independent: 1, Mentions: []string{"s2"}, MentionedBy: []string{"s3"}, FirstSeen: at, LastChanged: at, Aliases: []string{"s4"}, MergedInto: "s5",
		Decision: message.Decision{
			Article: "a0000000000000001", Outcome: message.OutcomeJoin, Score: 7.5, For: []message.Reason{{Fact: "day", Detail: "2021-12-16", Weight: 3}}, Against: []message.Reason{{Fact: "count", Detail: "1, 2", Weight: -1}}, Veto: "places", Rules: "1", At: at,
			RunnerUp: &message.Rejected{Story: "s6", Score: 1, For: []message.Reason{{Fact: "place", Detail: "ma-sale", Weight: 2}}, Veto: "ages"},
		},
	}
	return []message.Message{
		message.Fetch{Type: message.FetchV1, ID: raw.ID, Outlet: outlet, URL: raw.URL, Found: found, Seen: "d1"},
		raw,
		message.Detected{Type: message.DetectedV1, Raw: raw, Language: "fr", Confidence: message.ConfidenceHigh, Method: "detector", Scripts: map[string]float64{"Latin": 1}, Mixed: true, Blocks: []message.BlockLanguage{{Begins: "سلا", Language: "ar"}}},
		message.Article{
			Type: message.ArticleV1, ID: raw.ID, Digest: raw.Digest, Outlet: outlet, URL: raw.URL, Canonical: raw.URL, Language: "fr", Title: "Arrestation à Salé", Lead: "Un homme arrêté",
			Blocks: []message.Block{{Kind: message.BlockLead, Text: "Un homme arrêté", Role: message.RoleMain}}, Authors: []string{"La rédaction"},
			Published: message.Moment{Time: at, Precision: message.PrecisionMinute, Origin: "feed"}, Modified: message.Moment{Time: at, Precision: message.PrecisionDay, Origin: "meta"}, Credit: "MAP", Access: message.AccessFree,
			Quality: message.Quality{Agreement: 1, Description: 1, Words: 3, Damaged: 0.1}, Facts: facts, Recalled: []message.Facts{{Action: message.ActionRaid}}, Signature: signature, Found: found, Fetched: at, Extractor: "fr/1",
		},
		message.State{
			Type: message.StateV1, Story: story, Former: []message.Left{{Topic: message.Topic{Kind: message.KindOther, Country: ""}, Revision: 2}},
			Members: []message.Member{{Article: raw.ID, Digest: raw.Digest, Source: "courrier", Family: "courrier", Language: "fr", Published: at, Facts: facts, Recalled: []message.Facts{{Action: message.ActionRaid}}, Signature: signature, CopyOf: "a2", Fetched: at, Reduced: true}},
		},
		story,
		message.Ruling{Type: message.RulingV1, ID: "h0000000000000001", Act: message.ActMove, Story: "s1", Other: "s2", Articles: []string{"a1"}, By: "Samira", Reason: "autre affaire", At: at},
		message.Dead{Type: message.DeadV1, Stage: "extract-fr", Reason: "no_article", Errors: []string{"no article"}, Attempts: 1, First: at, Last: at, Stream: "LANG", Sequence: 9, Of: "news.lang.fr.courrier", MsgID: "l:a:b", Header: map[string]string{"Rawi-Lang": "fr"}, Body: []byte("{}")},
	}
}

func TestCommittedSamplesAreStillRead(t *testing.T) {
	for _, want := range samples() {
		t.Run(want.Schema(), func(t *testing.T) {
			file := filepath.Join("testdata", want.Schema()+".json")
			stored, err := os.ReadFile(file)
			if os.IsNotExist(err) && *write {
				stored, err = json.MarshalIndent(want, "", "  ")
				if err == nil {
					err = os.WriteFile(file, append(stored, '\n'), 0o600)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			got := reflect.New(reflect.TypeOf(want))
			if err := json.Unmarshal(stored, got.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Elem().Interface()); diff != "" {
				t.Errorf("%s is read differently (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestTypeFieldNamesTheSchema(t *testing.T) {
	for _, m := range samples() {
		if got := reflect.ValueOf(m).FieldByName("Type").String(); got != m.Schema() {
			t.Errorf("type field %q, schema %q", got, m.Schema())
		}
	}
}

func TestSubjectsFollowTheFlow(t *testing.T) {
	want := map[string]string{
		message.FetchV1:    "news.fetch.courrier",
		message.RawV1:      "news.raw.crawl.courrier",
		message.DetectedV1: "news.lang.fr.courrier",
		message.ArticleV1:  "news.article.fr.courrier",
		message.StateV1:    "news.state.s0000000000000001",
		message.StoryV1:    "news.story.operation.ma.s0000000000000001",
		message.RulingV1:   "news.ruling.move",
		message.DeadV1:     "news.dead.extract-fr.no_article",
	}
	for _, m := range samples() {
		if got := m.Subject(); got != want[m.Schema()] {
			t.Errorf("%s: subject %q, want %q", m.Schema(), got, want[m.Schema()])
		}
	}
	if got := (message.Story{ID: "s1"}).Subject(); got != "news.story.other.xx.s1" {
		t.Errorf("a story of unknown kind and country: %q", got)
	}
}

func TestRetractionHasAKeyOfItsOwn(t *testing.T) {
	moved := message.Story{ID: "s1", Revision: 3, Kind: message.KindOther, Change: message.ChangeRetract}
	current := message.Story{ID: "s1", Revision: 3, Kind: message.KindOperation, Change: message.ChangeUpdate}
	if moved.Key() == current.Key() {
		t.Errorf("both %q: the second would be swallowed as a duplicate", moved.Key())
	}
}

func TestTokenIsSafeAndTellsTextsApart(t *testing.T) {
	for in, want := range map[string]string{"hespress-fr": "hespress-fr", "a_b": "a_b"} {
		if got := message.Token(in); got != want {
			t.Errorf("Token(%q) = %q, want it unchanged", in, got)
		}
	}
	seen := map[string]string{}
	for _, in := range []string{"", "a.b", "a b", "ab", "AB", "*", ">", "$SYS.REQ", "سلا", "فاس", "\x00", strings.Repeat("x", 5000), strings.Repeat("x", 5001)} {
		got := message.Token(in)
		if other, twice := seen[got]; twice {
			t.Errorf("Token(%q) = Token(%q) = %q", in, other, got)
		}
		seen[got] = in
	}
}

func FuzzToken(f *testing.F) {
	f.Add("سلا")
	f.Add("a.b>")
	f.Fuzz(func(t *testing.T, in string) {
		got := message.Token(in)
		if got == "" || len(got) > 63 || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			t.Errorf("Token(%q) = %q is no safe subject token", in, got)
		}
	})
}
