// Package language measures how well the language stage tells languages apart, on files of texts whose language is known.
package language

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	tags "golang.org/x/text/language"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// longestLine bounds one line of a file in bytes.
const longestLine = 16 << 20

// form is said to whoever gives a line that has another one.
const form = `want {"id": …, "lang": "fr", "text": "…"}`

// Text is a text whose language is known: a line of a file.
type Text struct {
	ID       json.RawMessage `json:"id"`
	Language string          `json:"lang"` // BCP 47; not needed where nothing is scored
	Text     *string         `json:"text"` // may be empty, not missing
}

// Prediction is what the stage made of a text.
type Prediction struct {
	ID         json.RawMessage `json:"id"`
	Language   string          `json:"lang"` // "und" also for what the stage drops as no text
	Confidence string          `json:"confidence"`
	Mixed      bool            `json:"mixed"`
	Method     string          `json:"method"` // which test decided, or for what reason the text was dropped
}

// Read reads a file of texts, one JSON object a line. Its errors name the file, the line and what is wanted there. A line without a language
// is one only where labelled is true.
func Read(name string, labelled bool) ([]Text, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	var texts []Text
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	n := 1
	for ; lines.Scan(); n++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		text, err := parse(line, labelled)
		if err != nil {
			return nil, fmt.Errorf("read texts: %s:%d: %w", name, n, err)
		}
		texts = append(texts, text)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, fmt.Errorf("read texts: %s:%d: the line is longer than %d MB; %s on each line", name, n, longestLine>>20, form)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read texts: %s: %w", name, err)
	}
	if len(texts) == 0 { // the score of nothing would be perfect
		return nil, fmt.Errorf("read texts: %s has no texts; %s on each line", name, form)
	}
	return texts, nil
}

func parse(line []byte, labelled bool) (t Text, err error) {
	switch err := json.Unmarshal(line, &t); {
	case err != nil:
		return t, fmt.Errorf("%w; %s", err, form)
	case len(t.ID) == 0 || string(t.ID) == "null":
		return t, errors.New("no id; " + form)
	case t.Text == nil:
		return t, errors.New("no text; " + form)
	case !labelled:
		return t, nil
	}
	if t.Language, err = tag(t.Language); err != nil {
		return t, fmt.Errorf("%w; %s, or --predictions for texts whose language is not known", err, form)
	}
	return t, nil
}

// tag brings a label into the form in which the stage names languages: "fr" of "fra" and of "fr-MA". Arabic in another script is no Arabic here.
func tag(label string) (string, error) {
	label = strings.TrimSpace(label)
	if label == "" {
		return "", errors.New("no lang")
	}
	if strings.HasPrefix(strings.ToLower(label), "x-") {
		return strings.ToLower(label), nil
	}
	parsed, err := tags.All.Parse(label)
	if err != nil {
		return "", fmt.Errorf("lang %q is no language tag", label)
	}
	base, script, _ := parsed.Raw()
	if written := script.String(); base.String() == "ar" && written != "Zzzz" && written != "Arab" {
		return "ar-" + written, nil
	}
	return base.String(), nil
}

// Stage is the language stage.
type Stage interface {
	Process(ctx context.Context, in message.Raw) ([]message.Detected, error)
}

// Took is what one text cost.
type Took struct {
	Wall time.Duration
	CPU  time.Duration // of the whole process, the collector included
}

// Predict gives each text to the stage as the body of an article of which nothing else is known, and hands over what came out, in order. It
// ends with the first error of the stage that is no verdict on the text, of do, or of ctx.
func Predict(ctx context.Context, s Stage, texts []Text, do func(Text, Prediction, Took) error) error {
	for _, t := range texts {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("tell languages: %w", err)
		}
		in := message.Raw{Type: message.RawV1, ID: string(t.ID), ContentType: "text/plain; charset=utf-8", Body: message.Body(*t.Text)}
		before, began := used(), time.Now()
		out, err := s.Process(ctx, in)
		took := Took{Wall: time.Since(began), CPU: used() - before}
		p, err := predicted(t, out, err)
		if err != nil {
			return err
		}
		if err := do(t, p, took); err != nil {
			return err
		}
	}
	return nil
}

func predicted(t Text, out []message.Detected, err error) (Prediction, error) {
	p := Prediction{ID: t.ID, Language: message.Undetermined, Confidence: message.ConfidenceLow}
	var drop *fault.Drop
	var dead *fault.Permanent
	switch {
	case errors.As(err, &drop):
		p.Method = drop.Reason
	case errors.As(err, &dead):
		p.Method = dead.Reason
	case err != nil:
		return p, fmt.Errorf("tell the language of %s: %w", t.ID, err)
	default:
		d := out[0]
		p.Language, p.Confidence, p.Mixed, p.Method = d.Language, d.Confidence, d.Mixed, d.Method
	}
	return p, nil
}

// used is the processor time that this process took until now.
func used() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
