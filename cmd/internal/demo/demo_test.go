package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/text/encoding/charmap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client neither follows redirects nor unpacks, so that tests see what was sent.
func client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func start(t *testing.T) *Sites {
	t.Helper()
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// answer is a response without its body, which is read by then.
type answer struct {
	StatusCode int
	Status     string
	Header     http.Header
}

func get(t *testing.T, url string, header ...string) (answer, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Status, resp.Header}, body
}

func outletNamed(t *testing.T, s *Sites, name string) Outlet {
	t.Helper()
	for _, o := range s.Outlets() {
		if o.Name == name {
			return o
		}
	}
	t.Fatalf("no outlet %s", name)
	return Outlet{}
}

func TestEveryOutletHasRobotsAndAWayIn(t *testing.T) {
	s := start(t)
	bases := map[string]bool{}
	for _, o := range s.Outlets() {
		bases[o.BaseURL] = true
		resp, body := get(t, o.BaseURL+"/robots.txt")
		if resp.StatusCode != http.StatusOK || !bytes.HasPrefix(body, []byte("User-agent: *")) {
			t.Errorf("%s: robots.txt: %s %q", o.Name, resp.Status, body)
		}
		if len(o.Feeds)+len(o.Sections) == 0 {
			t.Errorf("%s has neither feed nor section page", o.Name)
		}
	}
	if len(bases) < 9 {
		t.Errorf("%d outlets with an address of their own, want 9 at least", len(bases))
	}
}

func TestShortLinkLeadsToTheArticle(t *testing.T) {
	o := outletNamed(t, start(t), "atlas-presse")
	resp, _ := get(t, parseFeed(t, o.Feeds[0]).Items[0].Link)
	to, _ := get(t, resp.Header.Get("Location"))
	if !strings.HasPrefix(resp.Header.Get("Location"), o.BaseURL+"/depeches/") || to.StatusCode != http.StatusOK {
		t.Errorf("leads to %q, which answers %s", resp.Header.Get("Location"), to.Status)
	}
}

func TestCharsetsAreReallyUsed(t *testing.T) {
	s := start(t)
	cases := []struct {
		outlet, path, contentType, holds string
		charset                          *charmap.Charmap
	}{
		{"charq-info", "/berkane/2022/06/03/tawqif-mouhandis", "text/html; charset=windows-1256", "المكتب المركزي للأبحاث القضائية", charmap.Windows1256},
		{"arrassif-tn", "/mojtama/idhrab-metro-kar", "text/html", "التاكسي يضاعف التسعيرة", charmap.Windows1256},
		{"courrier-bouregreg", "/spip.php?article41228", "text/html; charset=iso-8859-1", "à l'explosif, a été arrêté", charmap.Windows1252},
	}
	for _, c := range cases {
		resp, body := get(t, outletNamed(t, s, c.outlet).BaseURL+c.path)
		want, err := c.charset.NewEncoder().String(strings.ReplaceAll(c.holds, "'", "&#39;"))
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Get("Content-Type"); got != c.contentType {
			t.Errorf("%s: Content-Type %q, want %q", c.outlet, got, c.contentType)
		}
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s: the page does not hold %+q in its charset", c.outlet, c.holds)
		}
		_, after, _ := strings.Cut(string(body), "charset=")
		declared, _, _ := strings.Cut(after, `"`)
		if declared != "windows-1256" && declared != "iso-8859-1" {
			t.Errorf("%s: the page declares %q", c.outlet, declared)
		}
	}
}

func TestGzipOnlyForThoseWhoAcceptIt(t *testing.T) {
	url := outletNamed(t, start(t), "radio-cosmos").BaseURL + "/afrique/rss"
	_, plain := get(t, url)
	resp, zipped := get(t, url, "Accept-Encoding", "gzip, br")
	if resp.Header.Get("Content-Encoding") != "gzip" || len(zipped) >= len(plain) {
		t.Fatalf("Content-Encoding %q, %d bytes of %d", resp.Header.Get("Content-Encoding"), len(zipped), len(plain))
	}
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(unzipped, plain) {
		t.Errorf("unpacked body differs (error: %v)", err)
	}
}

func TestFeedsAnswerNotModified(t *testing.T) {
	for _, o := range start(t).Outlets() {
		for _, feed := range o.Feeds {
			for _, accept := range []string{"identity", "gzip"} {
				first, _ := get(t, feed, "Accept-Encoding", accept)
				tag, date := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
				for _, condition := range [][2]string{{"If-None-Match", tag}, {"If-Modified-Since", date}} {
					again, body := get(t, feed, "Accept-Encoding", accept, condition[0], condition[1])
					if again.StatusCode != http.StatusNotModified || len(body) > 0 {
						t.Errorf("%s: %s %q: %s", feed, condition[0], condition[1], again.Status)
					}
				}
			}
		}
	}
}

func TestForbiddenArticleIsLinked(t *testing.T) {
	o := outletNamed(t, start(t), "casa-matin")
	_, robots := get(t, o.BaseURL+"/robots.txt")
	_, feed := get(t, o.Feeds[0])
	if !bytes.Contains(robots, []byte("Disallow: /abonnes/")) || !bytes.Contains(feed, []byte("/abonnes/bilan-")) {
		t.Errorf("robots %q; feed links there: %v", robots, bytes.Contains(feed, []byte("/abonnes/bilan-")))
	}
}

func TestTrapsAreSprung(t *testing.T) {
	s := start(t)
	_, huge := get(t, outletNamed(t, s, "detroit-infos").BaseURL+"/direct/ports-du-detroit-vents-violents")
	if len(huge) < hugeBytes || !bytes.HasSuffix(bytes.TrimSpace(huge), []byte("</html>")) {
		t.Errorf("huge page has %d bytes", len(huge))
	}
	_, nested := get(t, outletNamed(t, s, "arrif-24").BaseURL+"/albums/سوق-أولاد-ميمون")
	if n := bytes.Count(nested, []byte("<div>")); n < nestedTags {
		t.Errorf("nested page opens %d elements", n)
	}
	resp, binary := get(t, outletNamed(t, s, "almasar-alyawmi").BaseURL+"/amn/18-12-2021/mulhaq-suwar")
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || bytes.Count(binary, []byte{0}) == 0 {
		t.Errorf("binary page: %q with %d zero bytes", resp.Header.Get("Content-Type"), bytes.Count(binary, []byte{0}))
	}
}

func TestRequestsAreCountedByOutletAndPath(t *testing.T) {
	s := start(t)
	o := outletNamed(t, s, "casa-matin")
	get(t, o.BaseURL+"/societe/tarfaya-59-migrants-secourus")
	get(t, o.BaseURL+"/societe/tarfaya-59-migrants-secourus?utm_source=rss")
	get(t, outletNamed(t, s, "courrier-bouregreg").BaseURL+"/spip.php?article41228")
	got := s.Requests()
	if got["casa-matin/societe/tarfaya-59-migrants-secourus"] != 2 || got["courrier-bouregreg/spip.php?article41228"] != 1 {
		t.Errorf("got %v", got)
	}
}

func TestSitesEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
