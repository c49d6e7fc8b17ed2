package crash

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// ask requests a feed with the mark of an earlier answer, and returns status, mark and body.
func ask(t *testing.T, address, mark string) (status int, etag, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", mark)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("ETag"), string(all)
}

// A reader who comes back without the mark has lost what he was shown, and is shown it again; one who has it is shown more.
func TestFeedShowsMoreToThoseWhoKeptWhatTheyWereShown(t *testing.T) {
	issued, err := Issue(20)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), issued, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, s := range p.Config(t.TempDir(), "").Sources {
		address := s.Feeds[0]
		_, first, body := ask(t, address, "")
		if n := strings.Count(body, "<item>"); n != 2 {
			t.Errorf("outlet %d shows %d articles at first, want half of 4", i, n)
		}
		if _, again, _ := ask(t, address, ""); again != first {
			t.Errorf("outlet %d shows %s to a reader who lost %s", i, again, first)
		}
		if p.Read() {
			t.Errorf("outlet %d: the press is read before its end", i)
		}
		_, last, body := ask(t, address, first)
		if n := strings.Count(body, "<item>"); n != 4 || last == first {
			t.Errorf("outlet %d shows %d articles in the end, want 4", i, n)
		}
		if status, _, _ := ask(t, address, last); status != http.StatusNotModified {
			t.Errorf("outlet %d answers %d to a reader who has everything", i, status)
		}
	}
	if !p.Read() {
		t.Error("everything was taken, and the press does not know")
	}
}

func TestRelayComesBetween(t *testing.T) {
	echo, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); _ = c.Close() }()
		}
	}()
	r, err := NewRelay(t.Context(), echo.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, r)
	if got := exchange(t, c, "one"); got != "one" {
		t.Errorf("passed %q, want one", got)
	}
	r.Mute()
	if _, err := c.Write([]byte("lost")); err != nil {
		t.Fatal(err)
	}
	r.Heal() // hangs up: what follows must not look like what would have followed
	if got := exchange(t, c, "two"); got != "" {
		t.Errorf("heard %q on a connection with a hole in it", got)
	}
	if got := exchange(t, dial(t, r), "three"); got != "three" {
		t.Errorf("passed %q, want three", got)
	}
	r.Cut()
	if got := exchange(t, dial(t, r), "four"); got != "" {
		t.Errorf("passed %q while cut", got)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func dial(t *testing.T, r *Relay) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // the relay may have closed it
	return c
}

// exchange says something and returns what comes back; "" where the connection is closed.
func exchange(t *testing.T, c net.Conn, text string) string {
	t.Helper()
	_, _ = c.Write([]byte(text)) // a closed connection shows in the reading
	heard := make([]byte, len(text))
	n, _ := io.ReadFull(c, heard)
	return string(heard[:n])
}
