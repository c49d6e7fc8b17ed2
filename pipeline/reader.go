package pipeline

import (
	"context"

	"rawi/pipeline/client"
)

// Client connects a reader of stories to the same server, over a connection of its own: what it is slow to read holds up nobody.
func (b *Bus) Client(ctx context.Context) (*client.Client, error) {
	n := b.cfg.NATS
	o := client.Options{
		URL: b.url, Name: b.cfg.Name + "-sinks", Credentials: n.Credentials, NKey: n.NKey, CA: n.CA, Cert: n.Cert, Key: n.Key,
		InboxPrefix: n.InboxPrefix, Log: b.log,
	}
	if b.server != nil {
		o.InProcess = b.server
	}
	return client.Connect(ctx, o)
}
