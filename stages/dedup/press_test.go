package dedup_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/message"
)

// press writes the reports of a world of any size, the same for the same seed. What it writes is shaped like what extractors make of real reports,
// by the figures of a labelled set of French and Arabic articles: 62 words, 20 concepts, 14 names and 3 quoted sentences a report.
type press struct {
	rand     *rand.Rand
	words    *rand.Zipf
	names    *rand.Zipf
	concepts *rand.Zipf
	places   *rand.Zipf
	next     int
}

// window is over how many days the happenings of a world are spread: all of them are live on the last.
const window = 20

var firstDay = time.Date(2021, 12, 1, 0, 0, 0, 0, time.UTC)

func newPress() *press {
	r := rand.New(rand.NewPCG(1, 1))
	return &press{
		rand:  r,
		words: rand.NewZipf(r, 1.05, 30, 150_000), names: rand.NewZipf(r, 1.05, 20, 300_000), concepts: rand.NewZipf(r, 1.2, 8, 900),
		places: rand.NewZipf(r, 1.1, 6, 4000),
	}
}

// happening is what several reports tell.
type happening struct {
	at       time.Time
	kind     string
	place    uint64
	words    []uint64
	names    []uint64
	concepts []uint64
	killed   int
	minhash  []uint32
}

func (p *press) happen(day int) happening {
	kinds := []string{"politics", "economy", "sport", "culture", "incident", "operation", "disaster", "justice", "other", "other"}
	h := happening{
		at:   firstDay.AddDate(0, 0, day).Add(time.Duration(p.rand.IntN(24*3600)) * time.Second),
		kind: kinds[p.rand.IntN(len(kinds))], place: p.places.Uint64(),
		words: draw(p.words, 70), names: draw(p.names, 16), concepts: draw(p.concepts, 24), minhash: p.minima(128),
	}
	if p.rand.IntN(3) == 0 {
		h.killed = 1 + p.rand.IntN(20)
	}
	return h
}

func draw(z *rand.Zipf, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = z.Uint64()
	}
	return out
}

// minima are the least of the hashes of some two hundred shingles, n times over.
func (p *press) minima(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(min(p.rand.ExpFloat64()*(1<<32)/200, 1<<32-1))
	}
	return out
}

// reports is how many outlets tell of a happening: one of six in ten, and of few very many.
func (p *press) reports() int {
	n := 1
	for p.rand.IntN(10) >= 6 && n < 200 {
		n++
	}
	return n
}

// tell writes one report of a happening. One in six repeats the text of the first nearly word for word.
func (p *press) tell(h happening, nth int) message.Article {
	p.next++
	n, lang := p.next, "fr"
	if p.rand.IntN(9) < 4 {
		lang = "ar"
	}
	at := h.at.Add(time.Duration(nth*40+p.rand.IntN(90)) * time.Minute)
	outlet := "outlet" + strconv.Itoa(p.rand.IntN(400))
	a := message.Article{
		Type: message.ArticleV1, Outlet: message.Outlet{Name: outlet, Title: strings.ToUpper(outlet[:1]) + outlet[1:]}, Language: lang,
		Published: message.Moment{Time: at}, Fetched: at.Add(time.Duration(1+p.rand.IntN(50)) * time.Minute), Digest: message.Digest(strconv.Itoa(n)),
	}
	own := message.Signature{Shingles: 150 + p.rand.IntN(150), MinHash: p.minima(128)}
	if nth > 0 && p.rand.IntN(6) == 0 {
		own.Shingles, own.MinHash, a.Credit = 200, p.nearly(h.minhash), "AFP"
	}
	if nth == 0 {
		own.Shingles, own.MinHash = 200, h.minhash
	}
	words := p.vary(h.words, p.words, 62)
	own.Words, own.Concepts = spell(lang+":", words), spell("con:", p.vary(h.concepts, p.concepts, 20))
	own.Names, own.Numbers = spell("", p.vary(h.names, p.names, 14)), []string{strconv.Itoa(p.rand.IntN(3000)), strconv.Itoa(3 + p.rand.IntN(40))}
	a.Signature = own
	p.text(&a, words)
	a.URL = fmt.Sprintf("https://www.%s.example/%s/%d-%s.html", outlet, at.Format("2006/01/02"), n, strings.Join(spell("", words[:5]), "-"))
	a.ID = message.ArticleID(message.Identity(a.URL))
	p.facts(&a, h)
	return a
}

// nearly is a text of which little was changed.
func (p *press) nearly(minhash []uint32) []uint32 {
	out := p.minima(len(minhash))
	for i := range out {
		if p.rand.IntN(12) > 0 {
			out[i] = minhash[i]
		}
	}
	return out
}

// vary takes most of what a report says from its happening and the rest from the language at large.
func (p *press) vary(of []uint64, z *rand.Zipf, n int) []uint64 {
	seen, out := map[uint64]bool{}, make([]uint64, 0, n)
	for range 4 * n {
		w := z.Uint64()
		if p.rand.IntN(10) < 6 {
			w = of[p.rand.IntN(len(of))]
		}
		if len(out) < n && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// spell makes words of numbers: the commoner the shorter, as in languages.
func spell(prefix string, words []uint64) []string {
	out := make([]string, len(words))
	for i, w := range words {
		b := []byte(prefix)
		for x := w*7 + 11; ; x /= 19 {
			b = append(b, "bcdfghjlmnprstvzkqw"[x%19], "aeiou"[(x+w)%5])
			if x < 19 {
				break
			}
		}
		out[i] = string(b)
	}
	return out
}

// text writes title and sentences, and where in them the facts stand.
func (p *press) text(a *message.Article, words []uint64) {
	letters := func(n int) string {
		s := strings.Join(spell("", words[:n]), " ")
		if a.Language == "ar" {
			s = arabic.Replace(s)
		}
		return s
	}
	a.Title = letters(9)
	for i := range 3 {
		words = append(words[7:], draw(p.words, 7)...)
		block := letters(14+4*i) + "."
		a.Blocks = append(a.Blocks, message.Block{Text: block})
	}
}

var arabic = strings.NewReplacer("a", "ا", "b", "ب", "c", "ش", "d", "د", "e", "", "f", "ف", "g", "غ", "h", "ه", "i", "ي", "j", "ج", "k", "ك", "l", "ل",
	"m", "م", "n", "ن", "o", "و", "p", "ة", "q", "ق", "r", "ر", "s", "س", "t", "ت", "u", "و", "v", "ع", "w", "ط", "z", "ز")

func (p *press) facts(a *message.Article, h happening) {
	id := fmt.Sprintf("xx-place%d", h.place)
	f := message.Facts{Kind: h.kind, Country: fmt.Sprintf("%c%c", 'A'+h.place%26, 'A'+h.place/26%26)}
	f.Places = []message.Place{{ID: id, Name: "Place" + strconv.FormatUint(h.place, 10), Kind: "city", Country: f.Country, Lat: 33.5, Lon: -7.25}}
	day := h.at.Format(time.DateOnly)
	f.Day = &message.Days{From: day, To: day, Precision: message.PrecisionDay}
	f.Evidence = []message.Evidence{{Fact: "places", Value: f.Places[0].Name, Block: -1, Start: 0, End: 4}, {Fact: "day", Value: day, Start: 5, End: 9}}
	if h.killed > 0 {
		f.Killed = &message.Count{N: h.killed}
		f.Evidence = append(f.Evidence, message.Evidence{Fact: "killed", Value: strconv.Itoa(h.killed), Block: 1, Start: 3, End: 8})
	}
	a.Facts = f
}
