package main

import (
	"context"
	"runtime"

	eval "rawi/cmd/internal/evaluate/language"
	"rawi/config"
	"rawi/stages/language"
)

type evalLanguageCommand struct {
	File         string `arg:"" help:"Texts, one JSON object a line: {\"id\": …, \"lang\": \"fr\", \"text\": \"…\"}." type:"existingfile" placeholder:"FILE"`
	Predictions  bool   `help:"Print the language told of each text, one JSON object a line, instead of a score; no lang is needed then."`
	HighAccuracy bool   `help:"Tell with the large models, as language.high_accuracy does."`
	Config       string `short:"c" help:"Configuration of the daemon whose answers are wanted." type:"path" placeholder:"FILE"`
	JSON         bool   `help:"Print the score as JSON."`
}

func (c evalLanguageCommand) Run(ctx context.Context, env environment) error {
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	texts, err := eval.Read(c.File, !c.Predictions)
	if err != nil {
		return usageError{err}
	}
	settings := loaded.Language
	settings.HighAccuracy = settings.HighAccuracy || c.HighAccuracy
	var stage *language.Stage
	size := held(func() { stage = language.New(settings) })
	progress := newMeter(env, "texts", len(texts))
	var score eval.Score
	err = eval.Predict(ctx, stage, texts, func(t eval.Text, p eval.Prediction, took eval.Took) error {
		progress.step()
		if c.Predictions {
			return printJSON(env.out, p)
		}
		score.Add(t, p, took)
		return nil
	})
	progress.end()
	if err != nil || c.Predictions {
		return err
	}
	score.Finish(size)
	if c.JSON {
		return printJSON(env.out, score)
	}
	return eval.Write(env.out, score)
}

// held is the live memory in bytes of what build makes.
func held(build func()) uint64 {
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	build()
	after := live()
	return after - min(before, after)
}
