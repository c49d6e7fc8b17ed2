package facts_test

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// turn is a report in a turn of the Arabic press, and what it tells.
type turn struct {
	title, text     string
	action, day     string
	killed, wounded int
}

// TestArabicTurns reads turns that are easily taken for something else.
func TestArabicTurns(t *testing.T) {
	cases := map[string]turn{
		"dead and hurt in one headline": {
			"مصرع 9 وإصابة 13 في تصادم بالمنيا", "وقع تصادم بين حافلتين بالمنيا، صباح الأربعاء.", "", "2025-03-05", 9, 13,
		},
		"attackers who fell": {
			"القضاء على إرهابي بالقصرين", "قضت وحدات الجيش على عنصر إرهابي في كمين بالقصرين، الأربعاء.", message.ActionRaid, "2025-03-05", 1, 0,
		},
		"a town that sounds like a punishment": {
			"مقتل 3 من داعش في ديالى", "قتلت قوة أمنية ثلاثة عناصر من تنظيم داعش، الأربعاء، ونقلت الجثث إلى بعقوبة.", message.ActionRaid, "2025-03-05", 3, 0,
		},
		"the day before yesterday, the other way round": {
			"توقيف شخصين بمدنين", "أوقف الحرس الوطني بمدنين، ليلة أمس الأول، شخصين.", message.ActionArrest, "2025-03-04", 0, 0,
		},
		"a night by both its days": {
			"توقيف شخص بإنزكان", "أوقفت عناصر الشرطة بإنزكان، ليلة الثلاثاء الأربعاء 4 و5 مارس الجاري، شخصا.", message.ActionArrest, "2025-03-04", 0, 0,
		},
		"where the facts of a case go back to": {
			"إحباط إدخال أقراص مهلوسة", "أحبطت الجمارك بالطارف محاولة إدخال ألف قرص.\n\nوتعود وقائع القضية إلى يوم الأحد الفارط.", message.ActionSeizure, "2025-03-02", 0, 0,
		},
		"no danger dies": {
			"توقيف شخص بإنزكان", "مكن التدخل، الأربعاء، من تحييد الخطر وضبط المشتبه فيه بإنزكان.", message.ActionArrest, "2025-03-05", 0, 0,
		},
	}
	pack := packs()["ar"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			read := pack.Analyse(extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}).Facts
			if read.Action != c.action || number(read.Killed) != c.killed || number(read.Wounded) != c.wounded {
				t.Errorf("action %q, killed %d, wounded %d, want %q, %d, %d in %s; %+q",
					read.Action, number(read.Killed), number(read.Wounded), c.action, c.killed, c.wounded, c.text, c.text)
			}
			if read.Day == nil || read.Day.From != c.day {
				t.Errorf("day %+v, want %s in %s; %+q", read.Day, c.day, c.text, c.text)
			}
		})
	}
}

func number(c *message.Count) int {
	if c == nil {
		return 0
	}
	return c.N
}
