package main

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

// object is a JSON object; encoding/json writes its keys in order.
type object = map[string]any

// channel is one form of subject and what travels on it.
type channel struct {
	name    string
	address string // with the tokens that vary as {parameters}
	of      message.Message
	does    string // what a subscriber sees there
}

func channels() []channel {
	return []channel{
		{"stories", "news.story.{kind}.{country}.{story}", message.Story{}, "Every revision of every story, each a whole snapshot."},
		{"dead", "news.dead.{stage}.{reason}", message.Dead{}, "Messages that no retry will cure, whole, with why."},
		{"articles", "news.article.{language}.{source}", message.Article{}, "What the extractors made of the reports."},
		{"languages", "news.lang.{language}.{source}", message.Detected{}, "Reports with their language, also in those that no stage reads on."},
		{"raws", "news.raw.{worker}.{source}", message.Raw{}, "Reports as they were fetched."},
		{"fetches", "news.fetch.{source}", message.Fetch{}, "Pages that the crawler is asked for."},
		{"states", "news.state.{story}", message.State{}, "The record of each story, from which the dedup stage remembers."},
		{"rulings", "news.ruling.{act}", message.Ruling{}, "What people decide about stories, in line with the articles."},
	}
}

// keeps says what the stream of a subject keeps.
func keeps(address string) string {
	for _, k := range pipeline.Streams() {
		for _, subjects := range k.Subjects {
			if !strings.HasPrefix(address, strings.TrimSuffix(subjects, ">")) {
				continue
			}
			days := fmt.Sprintf("for %d days", k.Age/(24*time.Hour))
			switch k.PerSubject {
			case 0:
				return "Stream " + k.Stream + " keeps all " + days + "."
			case 1:
				return "Stream " + k.Stream + " keeps the last of each subject " + days + "."
			}
			return fmt.Sprintf("Stream %s keeps the last %d of each subject %s.", k.Stream, k.PerSubject, days)
		}
	}
	return ""
}

// parameters are the tokens of subjects. Each is made of [a-z0-9_-]; other text is shortened and told apart by a hash.
func parameters() object {
	text := func(description string, examples ...string) object {
		p := object{"description": description}
		if len(examples) > 0 {
			p["examples"] = examples
		}
		return p
	}
	return object{
		"kind":     text("Kind of happening.", message.KindOperation, message.KindDisaster, message.KindPolitics),
		"country":  text("ISO 3166-1 alpha-2 in lower case; xx where it is unknown.", "ma", "dz", "xx"),
		"story":    text("Id of the story."),
		"language": text("BCP 47 tag; und where it could not be told.", "fr", "ar", "und"),
		"source":   text("Name of the source in the configuration."),
		"worker":   text("Who brought the report.", "feed", "crawl"),
		"stage":    text("Stage that gave the message up.", "crawl", "extract-fr", "dedup"),
		"reason":   text("Why, in one word.", "crash", "exhausted", "undecodable"),
		"act":      text("What was decided.", message.ActMerge, message.ActSplit, message.ActMove, message.ActRetract),
	}
}

// headers are those of every message; most are left out where they have nothing to say.
func headers() object {
	text := func(description string) object { return object{"type": "string", "description": description} }
	return object{"type": "object", "properties": object{
		"Nats-Msg-Id":           text("Idempotency key: equal for equal content. What is published twice within the window of its stream is stored once."),
		pipeline.HeaderKind:     text("Name and version of the type of the body, such as story.v1."),
		pipeline.HeaderSource:   text("Source of the article."),
		pipeline.HeaderLang:     text("BCP 47 tag, from the language stage on."),
		pipeline.HeaderFetched:  text("RFC 3339: when the article that made the message was fetched."),
		pipeline.HeaderStory:    text("Id of the story."),
		pipeline.HeaderRevision: text("Revision of the story, from 1."),
		pipeline.HeaderChange:   text("What happened to the story."),
		pipeline.HeaderAction:   text("What was done, such as arrest."),
		pipeline.HeaderTrace:    text("W3C trace context, begun where the article came in and passed on from message to message."),
		pipeline.HeaderRetry:    text("How many times a dead letter was taken up again."),
		pipeline.HeaderHistory:  text("Of what it died before, newest last."),
		pipeline.HeaderReplay:   text("Id of the replay that the message belongs to."),
		pipeline.HeaderOriginal: text("Sequence in the same stream of the message that a replay repeats."),
		"Content-Encoding":      object{"type": "string", "const": "zstd", "description": "Set where the body is compressed: bodies above 8 KiB are, unless publish.compress is false; stories above 1 MiB always."},
		"ce-specversion":        object{"type": "string", "const": "1.0", "description": "Stories with publish.cloudevents: version of CloudEvents. So are all headers with ce-."},
		"ce-id":                 text("Id of the event: one for each revision of a story, and for each retraction of a revision from a subject."),
		"ce-source":             text("Always /rawi/stories; with the id it is unique."),
		"ce-type":               text("rawi.story.v1. and what happened to the story, such as rawi.story.v1.update."),
		"ce-subject":            text("Subject of the message."),
		"ce-time":               text("RFC 3339: when the article that made the revision was fetched."),
		"ce-datacontenttype":    text("application/json; application/zstd where the body is compressed all the same."),
		"content-type":          text("As ce-datacontenttype: it says that the event is in binary mode."),
	}}
}

// asyncAPI is the document, as AsyncAPI 3.0 wants it.
func asyncAPI(s *said) object {
	chans, operations, messages := object{}, object{}, object{}
	for _, c := range channels() {
		kind := c.of.Schema()
		messages[kind] = object{
			"name": kind, "title": kind, "summary": s.of(reflect.TypeOf(c.of).Name()), "contentType": "application/json",
			"headers": object{"$ref": "#/components/schemas/headers"}, "payload": object{"$ref": "./" + kind + ".json"},
		}
		chans[c.name] = object{
			"address": c.address, "description": c.does + " " + keeps(c.address), "parameters": used(c.address),
			"messages": object{kind: object{"$ref": "#/components/messages/" + kind}},
		}
		operations["read-"+c.name] = object{
			"action": "receive", "channel": object{"$ref": "#/channels/" + c.name},
			"messages": []object{{"$ref": "#/channels/" + c.name + "/messages/" + kind}},
		}
	}
	return object{
		"asyncapi": "3.0.0",
		"info": object{
			"title": "rawi", "version": "1",
			"description": "Subjects of rawi on NATS JetStream. Programs subscribe to stories; the other channels are how they came about. " +
				"Within a version of a type fields are only added. Key what you store on (story, revision): delivery is at least once.",
			"license": object{"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
		},
		"defaultContentType": "application/json",
		"servers":            object{"nats": object{"host": "127.0.0.1:4222", "protocol": "nats", "description": "The embedded server, or the one at nats.url."}},
		"channels":           chans, "operations": operations,
		"components": object{"messages": messages, "parameters": parameters(), "schemas": object{"headers": headers()}},
	}
}

// used are the parameters of an address.
func used(address string) object {
	all := object{}
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(address, -1) {
		all[m[1]] = object{"$ref": "#/components/parameters/" + m[1]}
	}
	return all
}
