package extract

import (
	"math"
	"strings"

	"github.com/cespare/xxhash/v2"

	"rawi/pipeline/message"
)

const (
	minima       = 128
	shingleWords = 4
	mostShingles = 50_000
)

// multipliers are the 128 hash functions: odd numbers drawn from a fixed sequence (splitmix64), so that signatures of different versions and
// machines compare.
type multipliers [minima]uint64

func newMultipliers() *multipliers {
	var m multipliers
	state := uint64(0x9e3779b97f4a7c15)
	for i := range m {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		m[i] = z ^ z>>31 | 1
	}
	return &m
}

// minHash is the 128 minima over the word 4-shingles of the folded text, and how many distinct shingles there are. A text of fewer words is one
// shingle; one without words has none.
func (m *multipliers) minHash(blocks []message.Block) (sketch []uint32, shingles int) {
	set := shingleSet(blocks)
	if len(set) == 0 {
		return nil, 0
	}
	sketch = make([]uint32, minima)
	for i := range sketch {
		sketch[i] = math.MaxUint32
	}
	for h := range set {
		for i, k := range m {
			if v := uint32(h * k >> 32); v < sketch[i] {
				sketch[i] = v
			}
		}
	}
	return sketch, len(set)
}

func shingleSet(blocks []message.Block) map[uint64]struct{} {
	var words []string
	for _, b := range blocks {
		words = append(words, strings.Fields(foldLine(b.Text))...)
	}
	set := map[uint64]struct{}{}
	if n := len(words); n > 0 && n < shingleWords {
		set[xxhash.Sum64String(strings.Join(words, " "))] = struct{}{}
	}
	for i := 0; i+shingleWords <= len(words) && len(set) < mostShingles; i++ {
		set[xxhash.Sum64String(strings.Join(words[i:i+shingleWords], " "))] = struct{}{}
	}
	return set
}

// damaged is the share of letters that look like text read in a wrong charset.
func damaged(blocks []message.Block) float64 {
	letters, bad := 0, 0
	for _, b := range blocks {
		previous := ' '
		for _, r := range b.Text {
			letters++
			switch {
			case r == '\uFFFD':
				bad++
			case (previous == 'Ã' || previous == 'Ø' || previous == 'Ù' || previous == 'Â') && r >= 0x80 && r < 0x2100 && !isPlainLetter(r):
				bad += 2
			}
			previous = r
		}
	}
	return math.Round(1000*float64(bad)/float64(max(letters, 1))) / 1000
}

// isPlainLetter spares words such as "ÂGÉ" and "DÉJÀ", in which a capital with an accent meets another letter.
func isPlainLetter(r rune) bool { return r >= 'À' && r <= 'ÿ' || r >= 0x600 && r <= 0x6ff }

func wordCount(blocks []message.Block) (n int) {
	for _, b := range blocks {
		n += countWords(b.Text)
	}
	return n
}
