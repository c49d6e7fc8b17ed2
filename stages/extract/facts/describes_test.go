package facts_test

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/facts"
)

// TestAdjectivesAreNobody reads sentences whose only word for a person describes a thing, and sentences in which the same words are people.
func TestAdjectivesAreNobody(t *testing.T) {
	cases := map[string]map[string]int{
		"أوقفت عناصر الجمارك، يوم الثلاثاء بطنجة، شاحنة محملة بسجائر مهربة.":       {"arrested": 0},
		"أوقفت الشرطة، يوم الثلاثاء بوجدة، حافلة وعثرت بداخلها على جواز سفر مزور.": {"arrested": 0},
		"غرقت سفينة أجنبية قبالة سواحل أكادير، الأحد.":                             {"killed": 0},
		"أصيب في حادثة سير بفاس، الأحد، ركاب حافلة تابعة لمقاولة نقل.":             {"wounded": 0},
		"اندلع حريق، الأحد بمراكش، وأصيب السكان، وتم تقديم مساعدة لهم.":            {"wounded": 0},
		"إثر مقتل العشرات، أعلنت الحكومة، الأحد، ثلاثة أيام حدادا بباماكو.":        {"killed": 0},
		"أوقفت الشرطة في جدة، الأحد، سيارة محملة بالمخدرات.":                       {"arrested": 0},
		"أوقفت الشرطة بسلا، الأحد، شخصا بحوزته أربع إطارات مسروقة.":                {"arrested": 1},
		"أصيب شاب أجنبي بجروح، الأحد، في حادث بالصويرة.":                           {"wounded": 1},
		"أوقفت الشرطة بطنجة، الأحد، مهربا مبحوثا عنه.":                             {"arrested": 1},
		"أوقفت مصالح أمن أكادير أجنبيا متورطا في النصب، الأحد.":                    {"arrested": 1},
		"تمكنت الشرطة، الأحد بفاس، من توقيف مزور وثائق معروف.":                     {"arrested": 1},
		"توفيت مهاجرة إفريقية، الأحد، قبالة سواحل طان طان.":                        {"killed": 1},
		"أصيب طبيب ومساعده بجروح، الأحد، في حادثة سير بصفاقس.":                     {"wounded": 2},
		"لقي رجل وأخوه مصرعهما، الأحد، في حادثة سير بصفاقس.":                       {"killed": 2},
	}
	arabic := packs()["ar"]
	for sentence, want := range cases {
		doc := extract.Document{
			Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
			Blocks: []message.Block{{Kind: message.BlockParagraph, Text: sentence}},
		}
		got := facts.Flat(arabic.Analyse(doc).Facts)
		for field, n := range want {
			if read, _ := got[field].(int); read != n {
				t.Errorf("%s: %s %d, want %d; %+q", sentence, field, read, n, sentence)
			}
		}
	}
}
