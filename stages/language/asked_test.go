package language

import (
	"testing"

	"rawi/pipeline/message"
)

// asking counts how often it is asked, and calls everything French.
type asking struct{ times int }

func (a *asking) Detect(string) (tag string, margin float64) {
	a.times++
	return "fr", 1
}

func TestTheDetectorIsAskedOnlyWhereItsAnswerCounts(t *testing.T) {
	for _, text := range []struct {
		body  string
		asked int
	}{
		{"Rais wa nchi hiyo alisema jana kwamba serikali itaendelea kushirikiana na majirani zake katika kupambana na wahalifu wanaovuka mipaka " +
			"kila siku kutafuta maisha bora zaidi mijini.", 0},
		{"Un député interpelle gouvernement, police, justice : enquête ouverte hier après vol signalé gare centrale, trois témoins entendus dans " +
			"matinée selon source proche dossier, audience prévue lundi prochain à Oujda", 1},
	} {
		d := &asking{}
		s := With(d, func() Detector { return d })
		b := take([]block{s.words.blockOf(text.body)}, weighed)
		v := s.judge(b, "")
		if d.times != text.asked {
			t.Errorf("%q: %+v, asked %d times, want %d", text.body, v, d.times, text.asked)
		}
		if text.asked == 0 && v != unsure(message.Undetermined, byWords) {
			t.Errorf("%q is %+v, want undetermined by its words", text.body, v)
		}
	}
}

// A language without words could only be told by the detector alone, which is not asked where no list has its share.
func TestEveryLanguageToldHasWords(t *testing.T) {
	w := parseWords(wordLists)
	for _, l := range told {
		if w.place(tagOf(l)) < 0 {
			t.Errorf("%s has no function words", l)
		}
	}
}
