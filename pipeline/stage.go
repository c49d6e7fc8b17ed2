package pipeline

import (
	"context"

	"rawi/pipeline/message"
)

// Stage turns one message into any number of others: values in, values out. The runtime calls Process from several goroutines at once, and
// may call it again for a message it has had before (delivery is at least once): equal input must give equal output. Process must return
// soon after ctx ends. What its errors mean is said in package fault; a panic costs the message, not the process.
type Stage[I any, O message.Message] interface {
	Process(ctx context.Context, in I) ([]O, error)
}

// Emit publishes one message of a source and returns nil once it is stored. A source may forget an item (save its ETag, mark its URL) only
// after that. An error means that nothing is known to be stored: the same item must be emitted again, which is harmless.
type Emit = func(ctx context.Context, m message.Message) error

// Source brings messages in from outside. Run is called once, emits from any of its goroutines, and returns when ctx ends and they are gone.
type Source interface {
	Run(ctx context.Context, emit Emit) error
}

// Fold is a stage that decides against everything it has decided before. The runtime calls Process from one goroutine, commits its output
// to the state stream behind a fence, and only then Apply: memory is never ahead of the log, and a failed commit changes nothing. At start the
// runtime calls Reset and then Apply for the last message of every subject of the state stream; what another writer adds is applied as it
// comes, in the order of the stream. Both are repeated where the stream turns out to be another one.
type Fold[I any, S message.Message] interface {
	Stage[I, S]
	Apply(state S)
	Reset()
}
