package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/mmcdole/gofeed"
)

// ErrNoJSONFeed is the error of a JSON object that is no feed: it has no version or no items.
var ErrNoJSONFeed = errors.New("a JSON object without version and items, not a JSON Feed")

// outline is a JSON Feed with its items not yet read.
type outline struct {
	head  map[string]json.RawMessage
	items []json.RawMessage
	more  int // items past the cap
	whole bool
}

// readJSON reads a JSON Feed, and where gofeed rejects it or loses items, reads it item by item.
func readJSON(ctx context.Context, text []byte, from Origin) (Result, error) {
	o := outlineOf(text, from.MaxItems)
	if o.head["version"] == nil || o.items == nil {
		return Result{}, ErrNoJSONFeed
	}
	damaged := !o.whole
	var parsed *gofeed.Feed
	if o.whole && o.more == 0 {
		parsed, _ = parse(ctx, text) // what it cannot read is read item by item
	}
	if parsed == nil || len(parsed.Items) < len(o.items) {
		damaged = damaged || o.more == 0
		var err error
		if parsed, err = o.salvage(ctx); err != nil {
			return Result{}, fmt.Errorf("parse: %w", err)
		}
	}
	result := translate(parsed, from)
	result.Damaged = damaged || len(result.Items) < len(o.items)
	result.Capped = o.more > 0
	result.head = jsonHead(o.head, baseOf(from))
	return result, nil
}

// outlineOf reads as far as the text is sound.
func outlineOf(text []byte, maxItems int) outline {
	o := outline{head: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return o
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return o
		}
		name, _ := key.(string)
		if name == "items" {
			if !o.readItems(d, maxItems) {
				return o
			}
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return o
		}
		o.head[name] = value
	}
	_, err := d.Token()
	o.whole = err == nil
	return o
}

func (o *outline) readItems(d *json.Decoder, maxItems int) bool {
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return false
	}
	o.items = []json.RawMessage{}
	for d.More() {
		var item json.RawMessage
		if err := d.Decode(&item); err != nil {
			return false
		}
		if len(o.items) == maxItems {
			o.more++
			continue
		}
		o.items = append(o.items, item)
	}
	_, err := d.Token()
	return err == nil
}

// salvage parses every item alone, with values of a wrong type made right or left out.
func (o *outline) salvage(ctx context.Context) (*gofeed.Feed, error) {
	feed, err := parseObject(ctx, texts(o.head, "title", "home_page_url", "feed_url", "description", "language"), nil)
	if err != nil {
		return nil, err
	}
	for _, raw := range o.items {
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			continue
		}
		item := texts(fields, "id", "url", "external_url", "title", "content_html", "content_text", "summary", "date_published", "date_modified", "language")
		if names := authorNames(fields["authors"]); names != nil {
			item["authors"] = names
		}
		if one, err := parseObject(ctx, map[string]any{}, item); err == nil {
			feed.Items = append(feed.Items, one.Items...)
		}
	}
	return feed, nil
}

func parseObject(ctx context.Context, head, item map[string]any) (*gofeed.Feed, error) {
	head["version"] = "https://jsonfeed.org/version/1.1"
	head["items"] = []any{}
	if item != nil {
		head["items"] = []any{item}
	}
	doc, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("write item: %w", err)
	}
	return parse(ctx, doc)
}

// texts returns the named values that are texts, or numbers, which become texts.
func texts(fields map[string]json.RawMessage, names ...string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		var value any
		d := json.NewDecoder(bytes.NewReader(fields[name]))
		d.UseNumber()
		if d.Decode(&value) != nil {
			continue
		}
		switch v := value.(type) {
		case string:
			out[name] = v
		case json.Number:
			out[name] = v.String()
		case bool:
			out[name] = strconv.FormatBool(v)
		}
	}
	return out
}

func authorNames(raw json.RawMessage) []any {
	var authors []struct {
		Name string `json:"name"`
	}
	if raw == nil || json.Unmarshal(raw, &authors) != nil {
		return nil
	}
	names := make([]any, 0, len(authors))
	for _, a := range authors {
		names = append(names, map[string]any{"name": a.Name})
	}
	return names
}
