package show_test

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
)

func TestTableFitsTheTerminal(t *testing.T) {
	long := sale()
	long.Titles = map[string]string{"fr": strings.Repeat("Un extrémiste arrêté à Salé ", 10), "ar": strings.Repeat("توقيف متطرف بسلا ", 10)}
	for _, tt := range []struct {
		width, widest int
		head          string
	}{
		{40, 60, "STORY             KIND      CC DAY        FR AR TITLE"},
		{60, 60, "STORY             KIND      CC DAY        FR AR TITLE"},
		{80, 80, "STORY             KIND      CC DAY        FR AR SRC TITLE"},
		{99, 99, "STORY             KIND      CC DAY        FR AR SRC TITLE"},
		{100, 100, "STORY             KIND      CC DAY        PLACES                   FR AR SRC TITLE"},
		{140, 140, "STORY             KIND      CC PHASE      DAY        PLACES                   FR AR SRC TITLE"},
	} {
		var b strings.Builder
		if err := show.Stories(&b, []message.Story{sale(), long}, tt.width); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if lines[0] != tt.head || len(lines) != 5 {
			t.Errorf("at %d cells: got\n%s\nwant the head\n%s", tt.width, b.String(), tt.head)
		}
		for _, line := range lines {
			if cells := runewidth.StringWidth(line); cells > tt.widest {
				t.Errorf("at %d cells a line has %d: %+q", tt.width, cells, line)
			}
		}
		if cut := lines[3]; !strings.HasSuffix(cut, "…") || runewidth.StringWidth(cut) < tt.widest-1 {
			t.Errorf("at %d cells the title's room is not used: %q", tt.width, cut)
		}
	}
}
