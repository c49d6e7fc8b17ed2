package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rawi/pipeline/message"
)

func TestStoriesAreListedWithTheNewestChangeFirst(t *testing.T) {
	p := open(t, Access{}, nil)
	dz := story("s3", 1)
	dz.Country, dz.Kind = "DZ", message.KindDisaster
	moroccan := story("s2", 1)
	moroccan.Reports[0].Language = "fr-MA"
	p.publish(story("s1", 1), moroccan, dz, story("s1", 2))
	p.seen(4)
	for query, want := range map[string]string{
		"":                            "s1 s3 s2",
		"?kind=disaster":              "s3",
		"?kind=operation,incident":    "s1 s2",
		"?country=ma":                 "s1 s2",
		"?country=DZ":                 "s3",
		"?language=fr-MA":             "s2",
		"?language=fr":                "s1 s3 s2", // that of a country is one of them
		"?language=ar":                "",
		"?language=fr&source=autre":   "",
		"?source=courrier":            "s1 s3 s2",
		"?phase=breaking&limit=1":     "s1",
		"?phase=closed":               "",
		"?q=arrestation+sale":         "s1 s3 s2",
		"?q=%D8%AA%D9%88%D9%82%D9%8A": "s1 s3 s2", // توقي
		"?since=1h":                   "s1 s3 s2",
		"?until=1h":                   "",
	} {
		got := p.get("/v1/stories" + query)
		var list StoryList
		got.json(t, &list)
		var ids []string
		for _, s := range list.Stories {
			ids = append(ids, s.ID)
		}
		if strings.Join(ids, " ") != want || got.status != 200 || list.LastEventID != 4 {
			t.Errorf("%s: %v (status %d, last event %d), want %s", query, ids, got.status, list.LastEventID, want)
		}
	}
}

func TestASourceThatThereIsNotIsRefused(t *testing.T) {
	p := open(t, Access{}, func(a *API) { a.deps.Names = func() []string { return []string{"almassae"} } })
	p.publish(story("s1", 1))
	p.seen(1)
	for _, path := range []string{"/v1/stories?source=courrier,almasae", "/v1/stories/stream?source=almasae"} {
		if got := p.get(path); got.status != 400 || !strings.Contains(got.body, `there is no source \"almasae\"; did you mean \"almassae\"?`) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, known := range []string{"almassae", "Courrier"} { // configured, and left out of the configuration since
		if got := p.get("/v1/stories?source=" + known); got.status != 200 {
			t.Errorf("%s: %d %s", known, got.status, got.body)
		}
	}
}

// TestPagesAreStableWhileStoriesChange pages while stories that were shown, and some that were not yet, change.
func TestPagesAreStableWhileStoriesChange(t *testing.T) {
	p := open(t, Access{}, nil)
	for i := range 10 {
		p.publish(story(fmt.Sprintf("s%d", i), 1))
	}
	p.seen(10)
	shown := map[string]int{}
	var first StoryList
	next := "/v1/stories?limit=3"
	for page := 0; next != "" && page < 10; page++ {
		var list StoryList
		p.get(next).json(t, &list)
		if page == 0 {
			first = list
			p.publish(story("s9", 2), story("s0", 2))
			p.seen(12)
		}
		for _, s := range list.Stories {
			shown[s.ID]++
		}
		next = list.NextLink
	}
	for id, n := range shown {
		if n != 1 {
			t.Errorf("%s was shown %d times", id, n)
		}
	}
	if len(shown) != 9 || shown["s0"] != 0 || first.LastEventID != 10 {
		t.Errorf("shown %v; s0 moved to the front, and the stream from %d on tells of it", shown, first.LastEventID)
	}
}

func TestRetractedStoriesAreNotListedAndThoseThatMovedAreOnce(t *testing.T) {
	p := open(t, Access{}, nil)
	gone := story("s1", 2)
	gone.Change, gone.Reports = message.ChangeRetract, nil
	left := story("s2", 2)
	left.Change, left.Reports = message.ChangeRetract, nil
	moved := story("s2", 2)
	moved.Kind = message.KindIncident
	p.publish(story("s1", 1), gone, story("s2", 1), left, moved)
	p.seen(5)
	var list StoryList
	p.get("/v1/stories").json(t, &list)
	if len(list.Stories) != 1 || list.Stories[0].Kind != message.KindIncident {
		t.Errorf("got %+v", list.Stories)
	}
}

func TestAStoryThatWasMergedIsAnsweredWithTheLivingOne(t *testing.T) {
	p := open(t, Access{}, nil)
	old, middle, empty := story("s1", 2), story("s2", 2), story("s4", 3)
	old.MergedInto, middle.MergedInto, empty.Reports, empty.Change = "s2", "s3", nil, message.ChangeRetract
	p.publish(state(old), state(middle), state(story("s3", 5)), state(empty))
	for id, want := range map[string][3]string{"s1": {"merged", "s1", "s3"}, "s3": {"current", "", "s3"}, "s4": {"retracted", "", "s4"}} {
		got := p.get("/v1/stories/" + id)
		var s StoryAnswer
		got.json(t, &s)
		if (want != [3]string{s.Status, s.AskedFor, s.ID}) || got.header.Get("Content-Location") != "/v1/stories/"+want[2] {
			t.Errorf("%s: %s, asked for %q, is %s", id, s.Status, s.AskedFor, s.ID)
		}
	}
	if got := p.get("/v1/stories/s9"); got.status != 404 || !strings.Contains(got.body, "/v1/stories lists") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestRevisionsOfAStoryAreListedOldestFirst(t *testing.T) {
	p := open(t, Access{}, nil)
	moved := story("s1", 3)
	moved.Kind = message.KindIncident
	p.publish(story("s1", 1), story("s2", 1), story("s1", 2), moved)
	var list RevisionList
	p.get("/v1/stories/s1/revisions").json(t, &list)
	if len(list.Revisions) != 3 || list.Revisions[2].Story.Revision != 3 || list.Revisions[2].Sequence != 4 {
		t.Errorf("got %+v", list.Revisions)
	}
}

func TestAnArticleIsFoundByItsIDAndByItsAddress(t *testing.T) {
	p := open(t, Access{}, nil)
	id := message.ArticleID(message.Identity("https://courrier.example/1"))
	s := story("s1", 1)
	s.Reports[0].Article, s.Reports[0].URL = id, "https://courrier.example/canonical/1"
	p.publish(
		message.Article{Type: message.ArticleV1, ID: id, Digest: "one", Language: "fr", Outlet: message.Outlet{Name: "courrier"}, Title: "un"},
		message.Article{Type: message.ArticleV1, ID: id, Digest: "two", Language: "fr", Outlet: message.Outlet{Name: "courrier"}, Title: "deux"}, s,
	)
	p.seen(1)
	eventually(t, "the articles are read", func() bool { return p.view.place(id) == 2 })
	for _, path := range []string{"/v1/articles/" + id, "/v1/articles?url=http%3A%2F%2Fwww.courrier.example%2F1%3Futm_source%3Drss", "/v1/articles?url=https://courrier.example/canonical/1"} {
		var a ArticleAnswer
		p.get(path).json(t, &a)
		if a.Title != "deux" || a.Story != "s1" {
			t.Errorf("%s: %q in story %q", path, a.Title, a.Story)
		}
	}
	if got := p.get("/v1/articles/a9"); got.status != 404 || !strings.Contains(got.body, "/v1/articles/a9/trail") {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestDeadLettersAreListedInPagesAndToldWhole(t *testing.T) {
	p := open(t, Access{}, func(a *API) { a.deps.Emits = []string{"feed"} })
	for i := range 3 {
		p.publish(message.Dead{
			Type: message.DeadV1, Stage: "extract-fr", Reason: "panic", Errors: []string{"boom"}, Stream: "LANG", Sequence: uint64(i + 1), Of: "news.lang.fr.courrier",
			Body: []byte(`{"title":"un"}`),
		})
	}
	var list DeadList
	p.get("/v1/dead?limit=2&stage=extract-fr").json(t, &list)
	if len(list.Letters) != 2 || list.Letters[1].Number != 2 || list.Next != "2" {
		t.Errorf("got %+v", list)
	}
	for query, want := range map[string]string{
		"stage=frob":  `no stage \"frob\"`,
		"stage=feed":  `"note":"no dead letters of stage \"feed\" are kept, only of`,
		"reason=frob": `"note":"no dead letters with reason \"frob\" are kept, only with`,
	} {
		if got := p.get("/v1/dead?" + query); !strings.Contains(got.body, want) {
			t.Errorf("%s: %s, want %s", query, got.body, want)
		}
	}
	p.get("/v1/dead?limit=2&cursor=2").json(t, &list)
	if len(list.Letters) != 1 || list.Letters[0].Number != 3 {
		t.Errorf("the second page is %+v", list)
	}
	if got := p.get("/v1/dead/3"); !strings.Contains(got.body, `"message":{"title":"un"}`) {
		t.Errorf("got %s", got.body)
	}
	for path, want := range map[string]int{"/v1/dead/9": 404, "/v1/dead/x": 400} {
		if got := p.get(path); got.status != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestWrongRequestsAreToldTheRightForm(t *testing.T) {
	p := open(t, Access{}, nil)
	p.seen(0)
	for path, want := range map[string]string{
		"/v1/stories?knd=x":                                       `did you mean \"kind\"?`,
		"/v1/stories?kind=operations":                             "operation, incident, disaster",
		"/v1/stories?since=yesterday":                             "2026-11-20T08:00:00Z",
		"/v1/stories?limit=900":                                   "from 1 to 200, such as 50",
		"/v1/stories?country=m%2Fa":                               "such as ma,dz",
		"/v1/stories?country=MAR":                                 "wants two letters of ISO 3166-1, such as MA",
		"/v1/stories/stream?country=ma,qq":                        "wants two letters of ISO 3166-1, such as MA",
		"/v1/stories?language=arabic":                             "wants a BCP 47 tag, such as fr or ar",
		"/v1/sources?country=Maroc":                               "wants two letters of ISO 3166-1, such as MA",
		"/v1/sources?language=arabe":                              "wants a BCP 47 tag, such as fr or ar",
		"/v1/stories?kind=sport&kind=culture":                     "apart by commas",
		"/v1/stories?q=%zz":                                       "%26 for",
		"/v1/sources?state=broken":                                "failing, silent, moved",
		"/v1/storys":                                              `did you mean \"/v1/stories\"?`,
		"/v1/stories/stream?last_event_id=x":                      "such as 1042",
		"/v1/articles":                                            "want the address of an article",
		"/v1/explain":                                             "?article=a0123456789abcde",
		"/v1/explain?article=a&lang=de":                           "only en, fr, ar",
		"/v1/stories?q=" + strings.Repeat("a+", 17):               "at most 16 words",
		"/v1/stories?country=" + strings.Repeat("ma,", 16) + "dz": "at most 16 words",
		"/v1/stages?verbose":                                      "this address takes none",
		"/v1/stories?q=" + strings.Repeat("a", 5000):              "at most 4096 bytes",
	} {
		got := p.get(path)
		body := strings.ReplaceAll(got.body, `\u0026`, "&")
		if got.status < 400 || got.status > 499 || got.header.Get("Content-Type") != mediaProblem || !strings.Contains(body, want) {
			t.Errorf("%.60s: %d %s, want %s", path, got.status, got.body, want)
		}
	}
	got := p.ask(http.MethodPut, "/v1/stories", "")
	if got.status != 405 || got.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("PUT: %d, Allow %q", got.status, got.header.Get("Allow"))
	}
}

// TestAdviceIsGivenInPaths has errors that commands print told to who asks over HTTP.
func TestAdviceIsGivenInPaths(t *testing.T) {
	for said, want := range map[string]string{
		"no story has the article \"a\", among 25: rawi story ID lists the articles of a story": "no story has the article \"a\", among 25: /v1/stories/{id} lists the articles of a story",
		"no such story; rawi stories lists the stories, rawi story ID the articles of one":      "no such story; /v1/stories lists the stories, /v1/stories/{id} the articles of one",
		"story s2 would be left empty: merge it instead (rawi story merge s1 s2)":               "story s2 would be left empty: merge it instead (POST /v1/stories/s1/merge with other: s2)",
		"there is no source \"x\" among 4: rawi sources list shows them":                        "there is no source \"x\" among 4: /v1/sources shows them",
		"source \"x.y\" is paused: rawi sources resume x.y first":                               "source \"x.y\" is paused: POST /v1/sources/x.y/resume first",
		"followed once a daemon runs dedup (rawi status)":                                       "followed once a daemon runs dedup (/v1/stages)",
		"rawi refuses: 100 % wrong":                                                             "rawi refuses: 100 % wrong",
	} {
		if got := Refused(http.StatusConflict, errors.New(said)); got.Detail != want || got.Status != http.StatusConflict {
			t.Errorf("%s: %d %s, want %s", said, got.Status, got.Detail, want)
		}
	}
}

func TestALongIDIsNotRepeatedWhole(t *testing.T) {
	p := open(t, Access{}, nil)
	p.seen(0)
	if got := p.get("/v1/articles/" + strings.Repeat("a", 5000)); got.status != 404 || len(got.body) > 600 {
		t.Errorf("%d with %d bytes", got.status, len(got.body))
	}
}

func TestHostileTitlesStayHarmless(t *testing.T) {
	p := open(t, Access{}, nil)
	hostile := "<script>alert(1)</script>\u202egnp.exe\u2066\x1b[2J\u0085" + strings.Repeat("ا", 10_000)
	s := story("s1", 1)
	s.Titles = map[string]string{"ar": hostile}
	p.publish(state(s), s)
	p.seen(1)
	for _, path := range []string{"/v1/stories", "/v1/stories/s1", "/v1/stories/s1/revisions"} {
		got := p.get(path)
		if strings.ContainsAny(got.body, "<>\u202e\u2066\x1b\u0085") || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %.300q", path, got.body)
		}
	}
	var told StoryAnswer
	p.get("/v1/stories/s1").json(t, &told)
	if told.Titles["ar"] != hostile {
		t.Errorf("the title is %+q", told.Titles["ar"][:60])
	}
	if got := plain("a\x1b[2J\u202eb\nc"); got != "a[2Jb\nc" {
		t.Errorf("as text %+q", got)
	}
}

func TestAnswersAreCompressedAndNotSentTwice(t *testing.T) {
	p := open(t, Access{}, nil)
	s := story("s1", 1)
	s.Titles["fr"] = strings.Repeat("Salé ", 1000)
	p.publish(state(s), s)
	p.seen(1)
	got := p.get("/v1/stories/s1", "Accept-Encoding", "br;q=1, gzip;q=0.5")
	if got.header.Get("Content-Encoding") != "gzip" || len(got.body) > 2000 {
		t.Errorf("%d bytes in %q", len(got.body), got.header.Get("Content-Encoding"))
	}
	if got := p.get("/v1/stories/s1", "Accept-Encoding", "gzip;q=0"); got.header.Get("Content-Encoding") != "" {
		t.Errorf("who refuses gzip is sent %q", got.header.Get("Content-Encoding"))
	}
	tag := got.header.Get("ETag")
	for asked, want := range map[string]int{tag: 304, `"other", ` + tag: 304, "*": 304, `W/"other"`: 200} {
		if again := p.get("/v1/stories/s1", "If-None-Match", asked); again.status != want || want == 304 && again.body != "" {
			t.Errorf("If-None-Match: %s: %d, want %d", asked, again.status, want)
		}
	}
	head := p.ask(http.MethodHead, "/v1/stories/s1", "")
	if head.status != 200 || head.body != "" || head.header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d, %q bytes", head.status, head.header.Get("Content-Length"))
	}
}

func TestOnlySoManyRequestsAreAnsweredAtOnce(t *testing.T) {
	p := open(t, Access{}, nil)
	p.seen(0)
	for range mostRequests {
		p.requests <- struct{}{}
	}
	if got := p.get("/v1/stories"); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	<-p.requests
	if got := p.get("/v1/stories"); got.status != 200 {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

// TestRequestsThatReadWholeStreamsLeaveRoomForOthers keeps one of them from being answered and asks for more than may wait behind it.
func TestRequestsThatReadWholeStreamsLeaveRoomForOthers(t *testing.T) {
	p := open(t, Access{}, nil)
	p.seen(0)
	p.heavy <- struct{}{}
	answers := make(chan int, mostHeavy)
	for range mostHeavy {
		go func() { answers <- p.get("/v1/articles/a1/trail").status }()
	}
	eventually(t, "all who may wait do", func() bool { return len(p.waiting) == mostHeavy })
	if got := p.get("/v1/articles/a1/trail"); got.status != 503 || !strings.Contains(got.body, "one by one") {
		t.Errorf("one more: %d %s", got.status, got.body)
	}
	if got := p.get("/v1/stories"); got.status != 200 {
		t.Errorf("a listing meanwhile: %d %s", got.status, got.body)
	}
	<-p.heavy
	for range mostHeavy {
		if got := <-answers; got != 404 {
			t.Errorf("who waited was told %d", got)
		}
	}
}

func TestNamesOfRoutesAreUniqueAndPathsAreServed(t *testing.T) {
	var names []string
	for _, r := range Routes() {
		if slices.Contains(names, r.Name) {
			t.Errorf("%s stands twice", r.Name)
		}
		names = append(names, r.Name)
		if r.handle == nil && r.stream == nil {
			t.Errorf("%s has nothing that answers it", r.Name)
		}
		if !slices.ContainsFunc(Paths(), func(p string) bool { return p == r.Path || strings.HasSuffix(p, "/") && strings.HasPrefix(r.Path, p) }) {
			t.Errorf("%s is outside of %v", r.Path, Paths())
		}
	}
}

func TestTextIsPreferredWhereItWeighsMore(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "text/plain": true, "application/json, text/plain;q=0.5": false, "text/plain, application/json;q=0.9": true, "text/*;q=x": false,
	} {
		if wantsText(accept) != want {
			t.Errorf("Accept: %s: text %v", accept, !want)
		}
	}
}
