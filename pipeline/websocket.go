package pipeline

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// WebSocket is a listener of the embedded server for clients that speak WebSocket. It knows no TLS and stays on loopback: to be reached from
// elsewhere it wants a proxy before it, or a server of one's own.
type WebSocket struct {
	Listen  string   `yaml:"listen"`  // "127.0.0.1:8222", with port 0 for any free one, or "none"
	Origins []string `yaml:"origins"` // web pages that may connect, such as https://desk.example; programs need none
}

func (w WebSocket) validate() error {
	host, port, err := listenAt(w.Listen)
	if err != nil {
		return fmt.Errorf("websocket.listen: %w", err)
	}
	if ip, err := netip.ParseAddr(host); port >= 0 && host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("websocket.listen: %q is not on loopback, and it speaks no TLS: listen on 127.0.0.1 with a proxy before it, or use a NATS server of your own", w.Listen)
	}
	for _, o := range w.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) || strings.Trim(u.Path, "/") != "" {
			return fmt.Errorf("websocket.origins: %q wants https://host or http://host:port, as a browser names a page's origin", o)
		}
	}
	return nil
}

// options of the listener. Pages of other sites are refused: a browser lets any page connect to loopback.
func (w WebSocket) options() server.WebsocketOpts {
	host, port, err := listenAt(w.Listen)
	if err != nil || port < 0 {
		return server.WebsocketOpts{}
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return server.WebsocketOpts{Host: host, Port: port, NoTLS: true, SameOrigin: len(w.Origins) == 0, AllowedOrigins: w.Origins, Compression: true}
}

// WebSocketURL is where clients that speak WebSocket reach the embedded server; empty where they do not.
func (b *Bus) WebSocketURL() string {
	if b.server == nil || b.server.opts.Websocket.Port == 0 {
		return ""
	}
	return b.server.current().WebsocketURL()
}

// portOfWebSocket is the one that a server chose where any free one was asked for.
func portOfWebSocket(srv *server.Server) int {
	u, err := url.Parse(srv.WebsocketURL())
	if err != nil {
		return server.RANDOM_PORT
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return server.RANDOM_PORT
	}
	return port
}
