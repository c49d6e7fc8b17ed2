package pipeline

import (
	"net/http"
	"strings"
	"testing"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

func TestStoriesAreReadOverWebSocket(t *testing.T) {
	cfg := testConfig(t)
	cfg.WebSocket.Listen = "127.0.0.1:0"
	b := openBus(t, cfg)
	put(t, b, story("s1", "MA", 1, message.ChangeNew))
	before := b.WebSocketURL()
	restarted(t, b) // as after a disk that was full
	if b.WebSocketURL() != before {
		t.Errorf("it listens at %s and not at %s any more", b.WebSocketURL(), before)
	}
	c, err := client.Connect(t.Context(), client.Options{URL: before})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a reader has nothing to lose
	s, err := c.Subscribe(t.Context(), client.Query{From: client.Current()})
	if err != nil {
		t.Fatal(err)
	}
	if d, err := s.Next(t.Context()); err != nil || d.Story.ID != "s1" {
		t.Errorf("got %+v, %v", d, err)
	}
}

// TestPagesOfOtherSitesDoNotConnect asks as a browser does for a page from somewhere: any page may connect to loopback.
func TestPagesOfOtherSitesDoNotConnect(t *testing.T) {
	for name, c := range map[string]struct {
		origins []string
		origin  string
		want    int
	}{
		"another site":           {nil, "https://evil.example", http.StatusForbidden},
		"another of two sites":   {[]string{"https://desk.example"}, "https://evil.example", http.StatusForbidden},
		"the site that is named": {[]string{"https://desk.example"}, "https://desk.example", http.StatusSwitchingProtocols},
		"no page":                {nil, "", http.StatusSwitchingProtocols},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t)
			cfg.WebSocket = WebSocket{Listen: "127.0.0.1:0", Origins: c.origins}
			b := openBus(t, cfg)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Replace(b.WebSocketURL(), "ws", "http", 1), nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{
				"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Origin": c.origin,
			} {
				if value != "" {
					req.Header.Set(name, value)
				}
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != c.want {
				t.Errorf("answered %s, want %d", res.Status, c.want)
			}
		})
	}
}

func TestWebSocketStaysOnLoopback(t *testing.T) {
	for _, c := range []struct {
		ws   WebSocket
		want string
	}{
		{WebSocket{Listen: "0.0.0.0:8222"}, "is not on loopback, and it speaks no TLS"},
		{WebSocket{Listen: ":8222"}, "is not on loopback"},
		{WebSocket{Listen: "desk.example:8222"}, "is not on loopback"},
		{WebSocket{Listen: "8222"}, `neither "host:port" nor "none"`},
		{WebSocket{Listen: "127.0.0.1:8222", Origins: []string{"desk.example"}}, "wants https://host"},
		{WebSocket{Listen: "127.0.0.1:8222", Origins: []string{"https://desk.example/page"}}, "wants https://host"},
	} {
		cfg := testConfig(t)
		cfg.WebSocket = c.ws
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "websocket.") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.ws, err, c.want)
		}
	}
	for _, listen := range []string{"127.0.0.1:8222", "[::1]:0", "localhost:8222", "none", ""} {
		cfg := testConfig(t)
		cfg.WebSocket.Listen = listen
		if err := cfg.Validate(); err != nil {
			t.Errorf("%q: %v", listen, err)
		}
	}
	b := openBus(t, testConfig(t))
	if url := b.WebSocketURL(); url != "" {
		t.Errorf("it listens at %s without being asked", url)
	}
}

func TestWebSocketOfATakenPortIsTold(t *testing.T) {
	cfg := testConfig(t)
	cfg.WebSocket.Listen = "127.0.0.1:0"
	taken := openBus(t, cfg)
	cfg.Dir = t.TempDir()
	cfg.WebSocket.Listen = strings.TrimPrefix(taken.WebSocketURL(), "ws://")
	openFails(t, cfg, "websocket: listen on "+cfg.WebSocket.Listen)
}
