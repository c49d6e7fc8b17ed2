package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/cmd/internal/discover"
	"rawi/config"
)

const arabicFeed = `<rss version="2.0"><channel><title>العمق</title><item><title>توقيف شخص يبلغ من العمر 24 سنة بمدينة سلا</title>
<link>https://omk.example/1</link><pubDate>Fri, 17 Dec 2021 10:00:00 +0100</pubDate><description><![CDATA[<p>` +
	`تمكنت عناصر الشرطة بمدينة سلا، أمس الخميس، من توقيف شخص يبلغ من العمر 24 سنة، للاشتباه في تورطه في قضية تتعلق بالاتجار في المخدرات. وأفاد بلاغ للمديرية العامة للأمن الوطني ` +
	`أن عملية التفتيش أسفرت عن حجز كميات من الأقراص المخدرة، وقد تم وضع المشتبه فيه تحت تدبير الحراسة النظرية رهن إشارة البحث الذي يجري تحت إشراف النيابة العامة المختصة. ` +
	`وتواصل المصالح الأمنية أبحاثها من أجل توقيف باقي المتورطين المفترضين في هذا النشاط الإجرامي، وتحديد مصدر المخدرات المحجوزة، وكذا الكشف عن جميع الامتدادات المحتملة لهذه الشبكة داخل المغرب وخارجه، ` +
	`حسب ما جاء في البلاغ نفسه الذي توصلت به الجريدة مساء اليوم الجمعة من طرف المصالح المختصة في هذه المدينة التي تقع بالقرب من العاصمة الرباط، وهي عملية تندرج في إطار الجهود المتواصلة.</p>` +
	`<p>وكانت المصالح نفسها قد أعلنت في وقت سابق عن نتائج أبحاثها الأولية، مشيرة إلى أن المشتبه فيه من ذوي السوابق القضائية العديدة، وأنه كان يشكل موضوع مذكرات بحث على الصعيد الوطني.</p>]]></description></item></channel></rss>`

// press is an outlet with a feed under /feed, and nothing else.
func press(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(arabicFeed))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func emptyConfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(path, []byte("crawl: {spacing: 1ms}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSourcesCheckTriesAnOutletAndSaysWhatItThinks(t *testing.T) {
	site, cfg := press(t), emptyConfig(t)
	out, errs, code := command(t, "sources", "check", site+"/feed", "--allow", "127.0.0.0/8", "-c", cfg)
	for _, want := range []string{"RSS 2.0, 1 item: whole articles", "ar, in 1 of 1 item", "توقيف شخص", "action arrest", "title: العمق", "language: ar", "- " + site + "/feed"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q (%+q):\n%s%s", want, want, out, errs)
		}
	}
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	out, _, _ = command(t, "sources", "check", site+"/feed", "--allow", "127.0.0.0/8", "-c", cfg, "--yaml")
	if !strings.HasPrefix(out, "sources:\n  - name: ") {
		t.Errorf("as YAML:\n%s", out)
	}
	out, _, _ = command(t, "sources", "check", site+"/feed", "--allow", "127.0.0.0/8", "-c", cfg, "--json")
	var r discover.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Source == nil || r.Article == nil || r.Article.Kind != "operation" {
		t.Errorf("as JSON: %s (%v)", out, err)
	}
	for _, tt := range []struct {
		code int
		want string
		args []string
	}{
		{exitFailed, "only 80 and 443 are fetched", []string{site + "/feed"}},
		{exitNothing, "404: there is nothing", []string{site + "/none", "--allow", "127.0.0.0/8"}},
		{exitUsage, "--allow", []string{site, "--allow", "localhost"}},
		{exitUsage, "expected", nil},
		{exitFailed, "no http or https address", []string{"ftp://a.example"}},
	} {
		_, errs, code := command(t, append([]string{"sources", "check", "-c", cfg}, tt.args...)...)
		if code != tt.code || !strings.Contains(errs, tt.want) {
			t.Errorf("%v: exit code %d, want %d and %q:\n%s", tt.args, code, tt.code, tt.want, errs)
		}
	}
}

func TestSourcesAddWritesWhatWasFoundBesideTheConfiguration(t *testing.T) {
	site, cfg := press(t), emptyConfig(t)
	add := func(args ...string) (out, errs string, code int) {
		return command(t, append([]string{"sources", "add", site + "/feed", "--allow", "127.0.0.0/8"}, args...)...)
	}
	if _, errs, code := add(); code != exitUsage || !strings.Contains(errs, "-c FILE") {
		t.Errorf("without a configuration: %d %s", code, errs)
	}
	out, _, code := add("--dry-run", "--name", "omk")
	if code != 0 || !strings.HasPrefix(out, "sources:\n  - name: omk\n") {
		t.Errorf("dry run: %d\n%s", code, out)
	}
	if _, errs, code := add("-c", cfg, "--country", "Maroc"); code != exitUsage || !strings.Contains(errs, "two capital letters") {
		t.Errorf("wrong country: %d %s", code, errs)
	}
	out, errs, code := add("-c", cfg, "--name", "omk", "--country", "MA", "--kind", "portal")
	if code != 0 || !strings.Contains(out, filepath.Join("sources.d", "omk.yaml")) {
		t.Fatalf("%d: %s%s", code, out, errs)
	}
	l, err := config.Load(cfg, nil)
	if err != nil || len(l.Sources) != 1 || l.Sources[0].Title != "العمق" || l.Sources[0].Kind != "portal" || l.Sources[0].Zone != "Africa/Casablanca" || l.Sources[0].Allow[0] != "127.0.0.0/8" {
		t.Errorf("sources %+v (%v)", l.Sources, err)
	}
	if _, errs, code := add("-c", cfg, "--name", "again"); code != exitUsage || !strings.Contains(errs, `one of source "omk" too`) {
		t.Errorf("the same feed again: %d %s", code, errs)
	}
}

func TestSourcesGoOutAndComeInAsOPML(t *testing.T) {
	list, cfg := filepath.Join(t.TempDir(), "Mes sources.opml"), emptyConfig(t)
	if _, errs, code := command(t, "sources", "export", "-o", list); code != 0 {
		t.Fatal(errs)
	}
	out, errs, code := command(t, "sources", "import", list, "-c", cfg)
	if code != 0 || !strings.Contains(out, filepath.Join("sources.d", "mes-sources.yaml")) {
		t.Fatalf("%d: %s%s", code, out, errs)
	}
	bundled, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := config.Load(cfg, nil); err != nil || len(l.Sources) != len(bundled.Sources) {
		t.Errorf("%d sources of %d (%v)", len(l.Sources), len(bundled.Sources), err)
	}
	if _, errs, code := command(t, "sources", "import", list, "-c", cfg, "--as", "more"); code != exitNothing || !strings.Contains(errs, "is read already") {
		t.Errorf("the same list again: %d %s", code, errs)
	}
	if _, errs, code := command(t, "sources", "import", cfg, "-c", cfg); code != exitUsage || !strings.Contains(errs, "not OPML") {
		t.Errorf("what is no list: %d %s", code, errs)
	}
	if _, errs, code := command(t, "sources", "import", "none.opml", "-c", cfg); code != exitUsage || !strings.Contains(errs, "none.opml") {
		t.Errorf("a list that is not there: %d %s", code, errs)
	}
}

func TestPaceOfASourceIsAddedShownAndExported(t *testing.T) {
	site, cfg := press(t), emptyConfig(t)
	add := []string{
		"sources", "add", site + "/feed", "--allow", "127.0.0.0/8", "-c", cfg, "--name", "amq", "--interval", "45m", "--full-text", "always",
		"--high-accuracy",
	}
	if out, errs, code := command(t, add...); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	out, _, _ := command(t, "sources", "show", "amq", "-c", cfg)
	if !strings.Contains(out, "looked at every 45m, by its configuration\n") || !strings.Contains(out, "whole articles: their pages are not fetched\n") ||
		!strings.Contains(out, "its language is told with high accuracy") {
		t.Errorf("shown as\n%s", out)
	}
	out, _, _ = command(t, "sources", "list", "-c", cfg, "--json")
	if !strings.Contains(out, `"interval":"45m"`) || !strings.Contains(out, `"full_text":"always"`) || !strings.Contains(out, `"high_accuracy":true`) {
		t.Errorf("listed as\n%s", out)
	}
	out, _, _ = command(t, "sources", "export", "-c", cfg)
	if !strings.Contains(out, `rawi:interval="45m"`) || !strings.Contains(out, `rawi:full_text="always"`) || !strings.Contains(out, `rawi:high_accuracy="true"`) {
		t.Errorf("exported as\n%s", out)
	}
	for _, tt := range []struct{ flag, value, want string }{
		{"--interval", "5s", "interval: 5s wants 1m to 168h"}, {"--full-text", "perhaps", `full_text "perhaps"`}, {"--budget", "9", "budget is for sections"},
	} {
		_, errs, code := command(t, append(add[:len(add)-6:len(add)-6], "other", tt.flag, tt.value, "--dry-run")...)
		if code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("%s %s: exit code %d\n%s", tt.flag, tt.value, code, errs)
		}
	}
}

func TestSourcesCheckReadsWhatCameOfABrokenAnswer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write([]byte(arabicFeed))
	}))
	defer s.Close()
	out, errs, code := command(t, "sources", "check", s.URL+"/feed", "--allow", "127.0.0.0/8", "-c", emptyConfig(t))
	for _, want := range []string{"RSS 2.0, 1 item: whole articles", "broke off after", "unexpected EOF", "what came is looked at"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("lacks %q:\n%s%s", want, out, errs)
		}
	}
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
}
