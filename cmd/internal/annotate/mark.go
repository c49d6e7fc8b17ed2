package annotate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/show"
)

// Parameters of the terminal's "select graphic rendition".
const (
	styleTitle = "1"
	styleDim   = "2"
)

// styleOf gives facts that answer one question one colour.
var styleOf = map[string]string{
	"action": "1;31", "day": "33", "announced": "33", "places": "32", "country": "32", "arrested": "35", "killed": "35", "wounded": "35",
	"rescued": "35", "ages": "35", "agencies": "36", "partners": "36", "group": "36", "persons": "36", "seized": "34",
}

// cell is one letter with its style.
type cell struct {
	letter rune
	style  string
}

func plain(s, style string) []cell {
	var cells []cell
	for _, r := range show.Line(s) {
		cells = append(cells, cell{r, style})
	}
	return cells
}

// marked is text with each passage between brackets, or coloured, and its number after it. What one passage holds of another is marked inside it.
func marked(text string, notes []note, colour bool) []cell {
	cuts := []int{0, len(text)}
	for _, n := range notes {
		cuts = append(cuts, n.Start, n.End)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var cells []cell
	for i := range cuts {
		closes, opens := around(notes, cuts[i])
		cells = append(cells, ends(closes, colour)...)
		if !colour {
			cells = append(cells, plain(strings.Repeat("[", opens), "")...)
		}
		if i+1 < len(cuts) {
			cells = append(cells, plain(text[cuts[i]:cuts[i+1]], styleAt(notes, cuts[i]))...)
		}
	}
	return cells
}

// around are the notes whose passage ends at an offset, and how many different passages begin there.
func around(notes []note, offset int) (closes []note, opens int) {
	begun := map[int]bool{}
	for _, n := range notes {
		if n.End == offset {
			closes = append(closes, n)
		}
		if n.Start == offset {
			begun[n.End] = true
		}
	}
	return closes, len(begun)
}

// ends closes the passages that end at one place: those that began last first, one bracket for all that began together.
func ends(closes []note, colour bool) []cell {
	slices.SortStableFunc(closes, func(a, b note) int { return b.Start - a.Start })
	var cells []cell
	for i, n := range closes {
		if i > 0 && closes[i-1].Start == n.Start {
			cells = append(cells, plain("˒", styleDim)...)
		} else if !colour {
			cells = append(cells, plain("]", "")...)
		}
		cells = append(cells, plain(superscript(n.number), styleDim)...)
	}
	return cells
}

// styleAt is the style of the shortest passage that holds an offset: underlined, dim where it is only recalled.
func styleAt(notes []note, offset int) string {
	style, least := "", 0
	for _, n := range notes {
		if n.Start > offset || n.End <= offset || style != "" && n.End-n.Start >= least {
			continue
		}
		style, least = "4;"+styleOf[n.Fact], n.End-n.Start
		if n.recalled > 0 {
			style = "2;" + style
		}
	}
	return style
}

var superscripts = []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")

func superscript(n int) string {
	return strings.Map(func(r rune) rune { return superscripts[r-'0'] }, strconv.Itoa(n))
}

// paragraph writes cells in lines of the terminal's width, broken between words where there are any.
func (p *printer) paragraph(cells []cell, indent int) {
	room := p.options.Width - indent
	for len(cells) > 0 {
		end, next := lineEnd(cells, room)
		p.out.WriteString(strings.Repeat(" ", indent))
		p.cells(cells[:end])
		p.out.WriteByte('\n')
		cells = cells[next:]
	}
}

// lineEnd is how many cells stand on a line of so much room, and where the next begins.
func lineEnd(cells []cell, room int) (end, next int) {
	width, space := 0, -1
	for i, c := range cells {
		width += runewidth.RuneWidth(c.letter)
		if c.letter == ' ' && width <= room+1 {
			space = i
		}
		switch {
		case width <= room:
		case space > 0:
			return space, space + 1
		default:
			return max(i, 1), max(i, 1)
		}
	}
	return len(cells), len(cells)
}

func (p *printer) cells(cells []cell) {
	style := ""
	for _, c := range cells {
		if p.options.Colour && c.style != style {
			p.out.WriteString("\x1b[0m")
			if style = c.style; style != "" {
				p.out.WriteString("\x1b[" + style + "m")
			}
		}
		p.out.WriteRune(c.letter)
	}
	if style != "" {
		p.out.WriteString("\x1b[0m")
	}
}
