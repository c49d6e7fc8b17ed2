package facts_test

import (
	"slices"
	"testing"

	"rawi/pipeline/message"
)

func TestTitlesThatTellWhatIsSaidOfAHappening(t *testing.T) {
	for _, c := range []struct{ lang, title, act, by string }{
		{"fr", "Attentat de Nice : le roi présente ses condoléances", message.SpeechCondolence, ""},
		{"fr", "Le Qatar condamne l'attaque de Tunis", message.SpeechCondemnation, "geo:QA"},
		{"fr", "Angela Merkel félicite le nouveau président", message.SpeechCongratulation, "nam:merkel"},
		{"fr", "Séisme d'Amatrice : les réactions en Europe", message.SpeechReaction, ""},
		{"fr", "Rabat réclame une enquête sur la mort d'un pêcheur", message.SpeechDemand, ""},
		{"fr", "Un an après, Tunis se souvient", message.SpeechAftermath, ""},
		{"fr", "Angela Merkel : « Nous y arriverons »", message.SpeechStatement, "nam:merkel"},
		{"ar", "الجزائر تدين الهجوم على مطار بروكسل", message.SpeechCondemnation, "geo:DZ"},
		{"ar", "هجوم نيس : رئيس البرلمان يقدم واجب العزاء", message.SpeechCondolence, ""},
		{"ar", "ميركل تهنئ الرئيس الجديد", message.SpeechCongratulation, "nam:merkel"},
		{"ar", "الجبهة الشعبية لتحرير فلسطين تُبارك عملية القدس", message.SpeechCongratulation, ""},
		{"ar", "تشييع جثمان الشرطي في سوسة", message.SpeechAftermath, ""},
		{"ar", "ميركل : سننجح في ذلك", message.SpeechStatement, "nam:merkel"},
	} {
		got := read(c.lang, c.title, "").Facts.Speech
		if got == nil || got.Act != c.act || c.by != "" && !slices.Contains(got.By, c.by) {
			t.Errorf("%s: got %+v, want %s by %q; %+q", c.title, got, c.act, c.by, c.title)
		}
	}
}

func TestTitlesThatTellAHappeningAreNoSpeech(t *testing.T) {
	for _, c := range [][2]string{
		{"fr", "Attentat à Québec : six morts, Justin Trudeau condamne l'attaque"},
		{"fr", "Syrie : les bombardements reprennent à Alep"},
		{"fr", "Douze ans de prison : le tribunal condamne l'administrateur du groupe"},
		{"fr", "Salé : arrestation d'un partisan de Daech"},
		{"ar", "مقتل عشرة أشخاص في هجوم تدينه الحكومة"},
		{"ar", "كندا : انتشار الشرطة لحراسة المساجد"},
		{"ar", "توقيف شخص موال لداعش في سلا"},
	} {
		if got := read(c[0], c[1], "").Facts.Speech; got != nil {
			t.Errorf("%s: got %+v, want none; %+q", c[1], got, c[1])
		}
	}
}

// Who condemns an attack tells of his own deed: the attack, its day, its place and its dead are recalled.
func TestWhatIsAnsweredIsRecalled(t *testing.T) {
	for _, c := range [][3]string{
		{"fr", "Le Qatar dénonce l'attaque de Tunis", "Le Qatar dénonce l'attaque qui a tué 22 personnes mardi 30 avril 2024 à Tunis."},
		{"ar", "قطر تدين الهجوم في تونس العاصمة", "أدانت قطر الهجوم المسلح الذي أسفر عن مقتل 22 شخصا يوم الثلاثاء 30 أبريل 2024 في تونس العاصمة."},
	} {
		got := read(c[0], c[1], c[2])
		if got.Facts.Killed != nil || got.Facts.Day != nil || got.Facts.Kind != message.KindPolitics {
			t.Errorf("%s: its own are %+v, want nothing of the attack", c[1], got.Facts)
		}
		if len(got.Recalled) == 0 || got.Recalled[0].Day == nil || len(got.Recalled[0].Places) == 0 {
			t.Errorf("%s: recalled %+v, want the attack, its day and place; %+q", c[1], got.Recalled, c[1])
		}
	}
}
