package language_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/language"
)

// allocated is what do allocates, in bytes.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestLongTextTakesNoMoreMemoryThanItsBeginning(t *testing.T) {
	s := language.New(language.Config{})
	for name, line := range map[string]string{"lines": frenchReport + "\n", "one line": frenchReport + " ", "Arabic": arabicReport + "\n", "both": frenchReport + "\n" + arabicReport + "\n"} {
		page := func(bytes int) message.Raw { return raw(strings.Repeat(line, bytes/len(line)+1)) }
		short, long := page(64<<10), page(2<<20)
		small, large := allocated(func() { detect(t, s, short) }), allocated(func() { detect(t, s, long) })
		if large > small+small/2 {
			t.Errorf("%s: %d bytes for 2 MB of text, %d for 64 KB", name, large, small)
		}
	}
}

func TestTextAfterManyNumbersIsStillFound(t *testing.T) {
	s := language.New(language.Config{})
	if got := detect(t, s, raw(strings.Repeat("1 234 567\n", 20_000)+frenchReport)); got.Language != "fr" {
		t.Errorf("got %s, want fr", got.Language)
	}
}

// freshProcess is set in the process that this test starts: models that another test loaded would hide what a first text loads.
const freshProcess = "RAWI_TEST_FRESH_PROCESS"

func TestFirstTextFindsTheModelsLoaded(t *testing.T) {
	if os.Getenv(freshProcess) == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		child.Env = append(os.Environ(), freshProcess+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	s := language.New(language.Config{})
	if size := held() - before; size > 60<<20 {
		t.Errorf("the stage holds %d MB, want at most 60", size>>20)
	}
	for _, text := range []string{"xqzj kvwq pxqz", "ضظغ ثذخ ظضث"} { // sequences of letters that no model has
		if n := allocated(func() { detect(t, s, raw(text)) }); n > 1<<20 {
			t.Error(fmt.Sprint(text, ": the first text loads ", n>>10, " KB"))
		}
	}
	runtime.KeepAlive(s)
}
