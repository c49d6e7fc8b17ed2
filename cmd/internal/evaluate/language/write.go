package language

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// shown is how many lines of languages a score has; the rest is summed up in one.
const shown = 40

// Write writes a score for people: tables of at most 80 columns.
func Write(w io.Writer, s Score) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d texts, %s right, %d mixed\n\n", s.Texts, percent(s.Right, s.Texts), s.Mixed)
	languages(&b, s)
	b.WriteByte('\n')
	lengthTable(&b, s)
	b.WriteByte('\n')
	judged(&b, "confidence", s.Confidences)
	b.WriteByte('\n')
	judged(&b, "method", s.Methods)
	fmt.Fprintf(&b, "\na text   mean %s, 99 of 100 within %s of processor time\n", ms(s.Cost.CPU), ms(s.Cost.CPU99))
	fmt.Fprintf(&b, "         mean %s, 99 of 100 within %s, longest %s on the clock\n", ms(s.Cost.Wall), ms(s.Cost.Wall99), ms(s.Cost.Longest))
	fmt.Fprintf(&b, "memory   %.1f MB held by the stage\n", float64(s.Loaded)/(1<<20))
	_, err := io.WriteString(w, b.String())
	return err
}

func languages(b *strings.Builder, s Score) {
	fmt.Fprintf(b, "%-9s %7s %8s %8s %8s %8s  %s\n", "language", "texts", "right", "not told", "as fr", "as ar", "as others")
	for i, name := range byTexts(s.Languages) {
		if i == shown {
			fmt.Fprintf(b, "and %d more languages, with --json\n", len(s.Languages)-shown)
			return
		}
		c := s.Languages[name]
		line := fmt.Sprintf("%-9s %7d %8s %8s %8s %8s  %s", name, c.Texts, percent(c.Right, c.Texts), percent(c.Untold, c.Texts),
			percent(c.French, c.Texts), percent(c.Arabic, c.Texts), others(c.Taken))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// others names the three languages, besides those with a column of their own, that texts were taken for most.
func others(taken map[string]int) string {
	names := slices.SortedFunc(maps.Keys(taken), func(a, b string) int { return cmp.Or(taken[b]-taken[a], cmp.Compare(a, b)) })
	names = slices.DeleteFunc(names, func(n string) bool { return n == "fr" || n == "ar" })
	var parts []string
	for _, n := range names[:min(3, len(names))] {
		parts = append(parts, fmt.Sprintf("%s %d", n, taken[n]))
	}
	return strings.Join(parts, ", ")
}

func lengthTable(b *strings.Builder, s Score) {
	fmt.Fprintf(b, "%-14s %9s %9s   %12s %9s %9s\n", "letters", "fr right", "ar right", "other texts", "as fr", "as ar")
	for _, c := range s.Lengths {
		fmt.Fprintf(b, "%-14s %9s %9s   %12d %9s %9s\n", c.Letters, percent(c.French.Right, c.French.Texts), percent(c.Arabic.Right, c.Arabic.Texts),
			c.Others.Texts, percent(c.Others.French, c.Others.Texts), percent(c.Others.Arabic, c.Others.Texts))
	}
}

func judged(b *strings.Builder, head string, counts map[string]Count) {
	fmt.Fprintf(b, "%-10s %7s %8s\n", head, "texts", "right")
	for _, name := range byTexts(counts) {
		fmt.Fprintf(b, "%-10s %7d %8s\n", name, counts[name].Texts, percent(counts[name].Right, counts[name].Texts))
	}
}

// percent is a share in hundredths of a percent; never 100 % where one is missing, never 0 % where there is one.
func percent(n, of int) string {
	switch {
	case of == 0:
		return "-"
	case n == 0:
		return "0 %"
	case n == of:
		return "100 %"
	}
	return fmt.Sprintf("%.2f %%", min(max(100*float64(n)/float64(of), 0.01), 99.99))
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }
