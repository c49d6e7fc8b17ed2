package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

func changeRoutes() []Route {
	return []Route{
		ruling("merge", MergeBody{}, "Merges another story into this one; its id lives on as another name.", (*API).merge),
		ruling("split", ArticlesBody{}, "Makes a story of its own of some reports of this one.", (*API).split),
		ruling("move", ArticlesBody{}, "Puts reports into this story, also those that were taken back.", (*API).move),
		ruling("retract", ArticlesBody{}, "Takes reports of this story back: they are in no story from then on.", (*API).retract),
		steer("pause", "Leaves a source alone until it is resumed, over restarts."),
		steer("resume", "Reads a paused source again."),
		steer("poll", "Looks at a source now instead of when it is its time."),
		letter("retry", "Gives a dead letter to its stage once more.", (*API).retryDead),
		letter("drop", "Removes a dead letter for good.", (*API).dropDead),
		{
			Method: http.MethodPost, Path: "/-/reload", Name: "reload", Answer: Done{}, handle: (*API).reload, Changes: true,
			About: "Reads the configuration again, as SIGHUP does: sources, tables, rules for sites, tokens. Where it is wrong the running one stays.",
		},
	}
}

func ruling(act string, body any, about string, handle func(*API, context.Context, request) (answer, error)) Route {
	return Route{
		Method: http.MethodPost, Path: "/v1/stories/{id}/" + act, Name: act + "Story", Body: body, Answer: RulingAnswer{}, handle: handle, heavy: true, Changes: true,
		About: about + " The decision is tried first, outranks the score, and bears the name of the token. 202: it is stored, and no daemon has followed it yet.",
	}
}

func steer(act, about string) Route {
	return Route{
		Method: http.MethodPost, Path: "/v1/sources/{name}/" + act, Name: act + "Source", About: about, Answer: Done{}, Changes: true,
		handle: func(a *API, ctx context.Context, r request) (answer, error) {
			name := r.PathValue("name")
			if err := a.deps.Steer(ctx, act, name); err != nil {
				return answer{}, err
			}
			return answer{value: Done{Done: act, Of: name}}, nil
		},
	}
}

func letter(act, about string, handle func(*API, context.Context, request) (answer, error)) Route {
	return Route{Method: http.MethodPost, Path: "/v1/dead/{number}/" + act, Name: act + "Dead", About: about, Answer: Done{}, Changes: true, handle: handle}
}

// Done says what was done, and to what.
type Done struct {
	Done string `json:"done"`
	Of   string `json:"of,omitempty"`
}

// MergeBody says which story is merged into the one of the address.
type MergeBody struct {
	Other  string `json:"other"`  // story that is merged into this one
	Reason string `json:"reason"` // why, for whoever reads the story or its explanation
}

// ArticlesBody names reports of a story.
type ArticlesBody struct {
	Articles []string `json:"articles"` // ids or addresses of reports
	Reason   string   `json:"reason"`   // why, for whoever reads the story or its explanation
}

// RulingAnswer says what has become of the stories that a decision changed.
type RulingAnswer struct {
	Ruling  string    `json:"ruling"`  // id of the decision
	Stories []Summary `json:"stories"` // that it changed, the deciding one first
	Detail  string    `json:"detail,omitempty"`
}

func (a *API) merge(ctx context.Context, r request) (answer, error) {
	var body MergeBody
	if err := decodeBody(r.Request, &body); err != nil {
		return answer{}, err
	}
	if body.Other == "" {
		return answer{}, wrongField("other", nil, "other is missing: the id of the story that is merged into %s", shown(r.PathValue("id")))
	}
	return a.rule(ctx, r, message.Ruling{Act: message.ActMerge, Other: body.Other, Reason: body.Reason})
}

func (a *API) split(ctx context.Context, r request) (answer, error) {
	return a.ruleOn(ctx, r, message.Ruling{Act: message.ActSplit})
}

func (a *API) move(ctx context.Context, r request) (answer, error) {
	return a.ruleOn(ctx, r, message.Ruling{Act: message.ActMove})
}

func (a *API) retract(ctx context.Context, r request) (answer, error) {
	return a.ruleOn(ctx, r, message.Ruling{Act: message.ActRetract})
}

// ruleOn decides on reports.
func (a *API) ruleOn(ctx context.Context, r request, decided message.Ruling) (answer, error) {
	var body ArticlesBody
	if err := decodeBody(r.Request, &body); err != nil {
		return answer{}, err
	}
	if len(body.Articles) == 0 {
		return answer{}, wrongField("articles", nil, `articles is missing: ids or addresses of reports, such as ["a0123456789abcde"]`)
	}
	for _, name := range body.Articles {
		decided.Articles = append(decided.Articles, a.view.known(name))
	}
	decided.Reason = body.Reason
	return a.rule(ctx, r, decided)
}

// rule decides in the name of the token.
func (a *API) rule(ctx context.Context, r request, decided message.Ruling) (answer, error) {
	decided.Type, decided.By, decided.Reason = message.RulingV1, r.by, strings.TrimSpace(decided.Reason)
	if decided.Reason == "" {
		return answer{}, wrongField("reason", nil, "reason is missing: why, for whoever reads the story or its explanation")
	}
	if len(decided.Reason) > longestValue {
		return answer{}, wrongField("reason", nil, "reason has more than %d bytes", longestValue)
	}
	story, err := a.deps.Bus.Story(ctx, r.PathValue("id"))
	if err != nil {
		return answer{}, unknownStory(err)
	}
	decided.Story = story.ID
	if decided.Act == message.ActRetract { // a ruling of that act names reports alone
		if err := a.listed(ctx, story, decided.Articles); err != nil {
			return answer{}, err
		}
		decided.Story = ""
	}
	decided, states, err := a.deps.Rule(ctx, decided)
	if late, ok := errors.AsType[pipeline.NoAnswerError](err); ok {
		return answer{status: http.StatusAccepted, value: RulingAnswer{Ruling: late.Ruling, Stories: []Summary{}, Detail: Refused(http.StatusAccepted, late).Detail}}, nil
	}
	if refused, ok := errors.AsType[pipeline.RefusedError](err); ok {
		return answer{}, Refused(http.StatusConflict, refused)
	}
	if err != nil {
		return answer{}, err
	}
	changed := []Summary{}
	for _, s := range states {
		changed = append(changed, keep(&s.Story, 0).summary(a.now()))
	}
	return answer{value: RulingAnswer{Ruling: decided.ID, Stories: changed}}, nil
}

// listed makes sure that reports are of the story that was named.
func (a *API) listed(ctx context.Context, story message.Story, articles []string) error {
	living, err := a.living(ctx, story)
	if err != nil {
		return err
	}
	for _, id := range articles {
		if !has(living, id) {
			return wrongField("articles", nil, "%s is no report of story %s: /v1/stories/%s lists them", shown(id), living.ID, living.ID)
		}
	}
	return nil
}

func has(s message.Story, article string) bool {
	for _, r := range s.Reports {
		if r.Article == article {
			return true
		}
	}
	return false
}

func (a *API) retryDead(ctx context.Context, r request) (answer, error) {
	return a.letter(r, "retried", func(number uint64) error {
		_, err := a.deps.Bus.Retry(ctx, number)
		return err
	})
}

func (a *API) dropDead(ctx context.Context, r request) (answer, error) {
	return a.letter(r, "dropped", func(number uint64) error { return a.deps.Bus.Drop(ctx, number) })
}

func (a *API) letter(r request, done string, do func(uint64) error) (answer, error) {
	number, err := numberOf(r)
	if err == nil {
		err = do(number)
	}
	if err != nil {
		return answer{}, unknownLetter(err)
	}
	return answer{value: Done{Done: done, Of: r.PathValue("number")}}, nil
}

func (a *API) reload(ctx context.Context, _ request) (answer, error) {
	if err := a.deps.Reload(ctx); err != nil {
		return answer{}, Failed(http.StatusUnprocessableEntity, "not reloaded, the running configuration stays: %v", err).advise("rawi check -c FILE says the same")
	}
	return answer{value: Done{Done: "reloaded"}}, nil
}
