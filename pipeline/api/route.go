package api

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

// Route is one thing that can be asked for. The table of them is what the server serves and what the OpenAPI document is made of.
type Route struct {
	Method  string
	Path    string // with {parameters}
	Name    string // of the operation, unique
	About   string
	Query   []Parameter
	Body    any    // one of what is sent; nil where nothing is
	Answer  any    // one of what comes back; nil where it is not of a type of this package
	Media   string // of the answer, where it is not JSON alone
	Status  int    // of success, where it is not 200 alone
	Changes bool   // it needs a token

	handle func(*API, context.Context, request) (answer, error)
	stream func(*API, http.ResponseWriter, request) // instead of handle
	heavy  bool                                     // it reads whole streams: one of them at a time
}

// request is what a handler is given.
type request struct {
	*http.Request

	query query
	by    string // name of the token
}

// Kinds of happening that stories can have.
func Kinds() []string { return client.Kinds() }

// SourceStates are those in which a source can be.
func SourceStates() []string {
	return []string{"failing", "silent", "moved", "drifting", "damaged", "new", "ok", "paused", "unknown"}
}

// mostListed is the length of a page of a listing.
const mostListed = 200

// topicParameters choose stories by what a retraction has, too, and by their reports.
func storyParameters() []Parameter {
	return []Parameter{
		{Name: "kind", About: "Only stories of these kinds, apart by commas.", Example: "operation,incident", Known: Kinds(), form: formWords},
		{Name: "country", About: "Only stories of these countries, ISO 3166-1 alpha-2; xx where it is unknown.", Example: "ma,dz", form: formWords, wrong: client.CheckCountry},
		{Name: "language", About: "Only stories with a report in one of these languages; fr covers fr-MA.", Example: "ar", form: formWords, wrong: client.CheckLanguage},
		{Name: "source", About: "Only stories with a report of one of these sources.", Example: "courrier", form: formWords},
		{
			Name: "phase", About: "Only stories in this phase now.", Example: message.PhaseBreaking, form: formWord,
			Known: []string{message.PhaseBreaking, message.PhaseDeveloping, message.PhaseClosed},
		},
		{Name: "q", About: "Only stories with all these words in their titles; accents, vowel signs and case do not matter.", Example: "arrestation Salé"},
	}
}

func timeParameters(of string) []Parameter {
	return []Parameter{
		{Name: "since", About: "Only " + of + " then or later: a time, a day in UTC, or how long ago.", Example: "36h", form: formTime},
		{Name: "until", About: "Only " + of + " before then.", Example: "2026-11-20T08:00:00Z", form: formTime},
	}
}

func pageParameters() []Parameter {
	return []Parameter{
		{Name: "limit", About: "How many at most; 50 without it.", Example: "50", form: formNumber, most: mostListed},
		{Name: "cursor", About: "What the page before gave as next.", Example: "1042", form: formNumber, most: 1 << 62},
	}
}

func sourceParameters() []Parameter {
	return []Parameter{
		{Name: "state", About: "Only sources in this state.", Example: "silent", Known: SourceStates(), form: formWord},
		{Name: "country", About: "Only sources of this country.", Example: "MA", wrong: client.CheckCountry},
		{Name: "language", About: "Only sources in this language; fr covers fr-MA.", Example: "ar", wrong: client.CheckLanguage},
		{Name: "kind", About: "Only sources of this kind.", Example: "agency"},
		{Name: "family", About: "Only sources of this owner.", Example: "courrier"},
	}
}

// Routes is the table of everything that can be asked for.
func Routes() []Route {
	return slices.Concat(storyRoutes(), articleRoutes(), operatorRoutes(), changeRoutes())
}

func storyRoutes() []Route {
	return []Route{
		{
			Method: http.MethodGet, Path: "/v1/stories", Name: "listStories", Answer: StoryList{}, handle: (*API).listStories,
			About: "Lists the stories as they stand, newest change first. Pages are stable: a story that changes while you page moves to the front and is " +
				"not shown twice; the stream from last_event_id on tells what changed since the first page.",
			Query: slices.Concat(storyParameters(), timeParameters("stories that changed"), pageParameters()),
		},
		{
			Method: http.MethodGet, Path: "/v1/stories/stream", Name: "streamStories", Answer: message.Story{}, Media: mediaEvents, stream: (*API).streamStories,
			About: "Sends revisions of stories as server-sent events while they are published. The id of an event is its sequence in the stream of stories: after a break the " +
				"header Last-Event-ID goes on behind it and nothing is missed. Delivery is at least once. Events: story (a whole story; its change may be retract), reset (the " +
				"stream is another one and begins anew), dropped (the reader was too slow), stopping (the daemon stops). A comment each 15 s.",
			Query: append(storyParameters(), Parameter{
				Name: "last_event_id", About: "As the header Last-Event-ID, for who cannot set it. Without either only what is published from now on is sent.",
				Example: "1042", form: formNumber, most: 1 << 62,
			}),
		},
		{
			Method: http.MethodGet, Path: "/v1/stories/{id}", Name: "getStory", Answer: StoryAnswer{}, handle: (*API).getStory,
			About: "Tells a story whole. The id of a story that was merged into another is answered with that one, and status says so.",
		},
		{
			Method: http.MethodGet, Path: "/v1/stories/{id}/revisions", Name: "listRevisions", Answer: RevisionList{}, handle: (*API).listRevisions,
			About: "Lists the last revisions of a story that are kept, up to 20 on each subject, oldest first.",
		},
	}
}

func articleRoutes() []Route {
	url := Parameter{Name: "url", About: "Address of the article.", Example: "https://courrier.example/2021/12/sale"}
	return []Route{
		{
			Method: http.MethodGet, Path: "/v1/articles", Name: "findArticle", Answer: ArticleAnswer{}, handle: (*API).findArticle, Query: []Parameter{url},
			About: "Tells the article with an address, as it was extracted.",
		},
		{
			Method: http.MethodGet, Path: "/v1/articles/{id}", Name: "getArticle", Answer: ArticleAnswer{}, handle: (*API).getArticle,
			About: "Tells an article as it was extracted, and the story that lists it. Articles are kept for 30 days.",
		},
		{
			Method: http.MethodGet, Path: "/v1/articles/{id}/trail", Name: "getTrail", Answer: pipeline.Trail{}, handle: (*API).getTrail, heavy: true,
			About: "Tells an article's way through all stages, as rawi trace does. It reads whole streams: one such request is answered at a time.",
		},
		{
			Method: http.MethodGet, Path: "/v1/explain", Name: "explain", handle: (*API).explain, heavy: true, Media: "text/plain",
			About: "Says why an article is in its story, as rawi explain does, and with story why it is, or is not, in that one. As text where Accept prefers text/plain. " +
				"The memory of the running stage answers, between two articles: one such request at a time.",
			Query: []Parameter{
				{Name: "article", About: "Id or address of the article.", Example: "a0123456789abcde"},
				{Name: "story", About: "Id of the story to weigh it against.", Example: "s0123456789abcde"},
				{Name: "lang", About: "Language of the text.", Example: "fr", Known: []string{"en", "fr", "ar"}, form: formWord},
			},
		},
	}
}

func operatorRoutes() []Route {
	return []Route{
		{
			Method: http.MethodGet, Path: "/v1/sources", Name: "listSources", handle: (*API).listSources, Query: sourceParameters(),
			About: "Lists the sources and how each is doing, by name.",
		},
		{
			Method: http.MethodGet, Path: "/v1/sources/{name}", Name: "getSource", handle: (*API).getSource,
			About: "Tells everything about one source.",
		},
		{
			Method: http.MethodGet, Path: "/v1/stages", Name: "listStages", Answer: pipeline.Report{}, handle: (*API).listStages,
			About: "Tells how far every stage is and whether everything is accounted for.",
		},
		{
			Method: http.MethodGet, Path: "/v1/dead", Name: "listDead", Answer: DeadList{}, handle: (*API).listDead,
			About: "Lists the messages that no stage could read, oldest first.",
			Query: append([]Parameter{
				{Name: "stage", About: "Only those of one stage.", Example: "extract-fr"},
				{Name: "reason", About: "Only those with one reason.", Example: "panic"},
				timeParameters("those that died")[0],
			}, pageParameters()...),
		},
		{
			Method: http.MethodGet, Path: "/v1/dead/{number}", Name: "getDead", Answer: DeadAnswer{}, handle: (*API).getDead,
			About: "Tells why a message died, with the message.",
		},
		{
			Method: http.MethodGet, Path: "/openapi.json", Name: "getOpenAPI", handle: (*API).openAPI,
			About: "This document.",
		},
	}
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// PathParameters are those that stand in the path, in their order.
func (r Route) PathParameters() []string {
	var names []string
	for _, m := range pathParameter.FindAllStringSubmatch(r.Path, -1) {
		names = append(names, m[1])
	}
	return names
}
