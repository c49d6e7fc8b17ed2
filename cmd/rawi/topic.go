package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/stages"
)

// checkTopics refuses subjects on which nothing is ever published: following them would be silent for ever. The runtime refuses what is no subject.
func checkTopics(ctx context.Context, bus *pipeline.Bus, topics []string) error {
	for _, topic := range topics {
		tokens := strings.Split(topic, ".")
		if len(tokens) < 3 || tokens[0] != "news" || slices.Contains(tokens, "") {
			continue
		}
		var err error
		switch tokens[1] {
		case "story":
			err = checkStoryTopic(tokens)
		case "lang", "article":
			err = unlessWild(tokens[2], checkLanguageToken)
		case "dead":
			err = unlessWild(tokens[2], func(stage string) error { return checkDeadTopic(ctx, bus, stage) })
		}
		if err != nil {
			return usageError{fmt.Errorf("--topic %s: %w", topic, err)}
		}
	}
	return nil
}

// checkStoryTopic looks at news.story.<kind>.<country>.<id>.
func checkStoryTopic(tokens []string) error {
	if err := unlessWild(tokens[2], client.CheckKind); err != nil {
		return err
	}
	const whole = 5
	switch {
	case len(tokens) > 3 && tokens[3] != strings.ToLower(tokens[3]):
		return fmt.Errorf("country %q: it is written small in a subject, as ma", tokens[3])
	case len(tokens) > whole, len(tokens) < whole && tokens[len(tokens)-1] != ">":
		return errors.New("subjects of stories are news.story.<kind>.<country>.<id>: write * for any one of them, or > at the end for all that follow")
	case len(tokens) > 3:
		return unlessWild(tokens[3], client.CheckCountry)
	}
	return nil
}

// checkLanguageToken leaves alone what stands for a longer tag: there it ends in a hash.
func checkLanguageToken(token string) error {
	if strings.Contains(token, "-") {
		return nil
	}
	return client.CheckLanguage(token)
}

func unlessWild(token string, check func(string) error) error {
	if token == "*" || token == ">" {
		return nil
	}
	return check(token)
}

func checkDeadTopic(ctx context.Context, bus *pipeline.Bus, stage string) error {
	err := bus.CheckDead(ctx, pipeline.DeadFilter{Stage: stage}, stages.Sources()...)
	if _, ok := errors.AsType[pipeline.NoLettersError](err); ok {
		return nil // there may be one in a moment
	}
	return err
}
