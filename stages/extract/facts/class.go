package facts

// Classes of words. The value that goes with each is described beside it.
const (
	// What happened to people. The value is the manner: "v" a verb whose people follow it, "i" one whose people are its subject, "p" a
	// participle or passive whose people may stand on either side, "n" a noun that is counted itself (douze arrestations), "c" people by what
	// befell them (blessés, قتلى), "c1" one such person by the noun alone (جريح).
	classArrest Class = "arrest"
	classKill   Class = "kill"
	classWound  Class = "wound"
	classRescue Class = "rescue"
	classFate   Class = "fate" // what no fact counts, with the same manners: disparus, enlevés, مفقودين

	// What was done; no value where none is told.
	classDismantle Class = "dismantle" // value "fall" for tombe, which is none where people fall into an ambush
	classFoil      Class = "foil"
	classSeize     Class = "seize"    // value "smuggle" for an attempt that is foiled by it, "intercept" for what befalls people too, "catch" where it arrests them, "find" for what is found, which may be a body
	classCaptive   Class = "captive"  // otages, ravisseurs: where the report opens with them, those set free are rescued; no value
	classFree      Class = "free"     // libérés: a fate, or a rescue of captives; no value
	classCrossing  Class = "crossing" // اجتياز, traversée clandestine: what is foiled by stopping people at sea, and is no attack
	classRaid      Class = "raid"     // value "hooded" for what may be a robbery too where no service is named: enfoncé la porte, hommes cagoulés
	classAttack    Class = "attack"
	classTrial     Class = "trial"
	classExtradite Class = "extradite"
	classAccident  Class = "accident"

	classOperation Class = "operation" // words for the operation itself: opération, عملية; no value
	classAnnounce  Class = "announce"  // who speaks, and when: annoncé, أعلن; value "by" for selon, حسب, which carry no day
	classThat      Class = "that"      // que, أن: what is said follows, not who says it; no value
	classStatement Class = "statement" // what was issued: communiqué, بيان; no value
	classProcedure Class = "procedure" // what comes after an arrest: parquet, أحيل; value "custody" where it proves one
	classRecall    Class = "recall"    // looks back at another happening: pour rappel, يذكر أن; value "open" where it opens a longer account, "apart" where it says that the two have nothing to do with each other, "other" where it turns to others told of beside it
	classTotal     Class = "total"     // a sum over years: depuis 2002, ces dernières années; no value
	classReturn    Class = "return"    // comes back to the report's own happening: cette fois, أما الموقوف الجديد; no value
	classPlan      Class = "plan"      // what was only intended or feared; no value
	classAccuse    Class = "accuse"    // opens what somebody is only accused of: soupçonné d'avoir, بتهمة; no value
	classNegation  Class = "negation"  // aucun, ne ... pas, لم; no value

	classOne       Class = "one"       // one person: un homme, شخصا; value "agent" where it is no suspect and no victim, "victim" for victims, "foe" for attackers, "two" for a dual
	classAdjective Class = "adjective" // words for one person that describe things too: سجائر مهربة; no value
	classMany      Class = "many"      // people: personnes, أشخاص; value "agent" as above, "two", "three", "four" for a group of so many: un couple, un trio
	classOther     Class = "other"     // autres, آخرون: people named before; no value
	classPart      Class = "part"      // dont, parmi lesquels, بينهم: a part of those counted before; value "whole" where the whole follows: parmi les; "one" where one of it is meant: l'un des
	classWith      Class = "with"      // ainsi que, رفقة: people who come on top of those told of before; no value
	classComplaint Class = "complaint" // porté plainte, بشكوى: who is told of complained, and is no suspect; no value
	classPronoun   Class = "pronoun"   // توقيفه: an arrest of one person by a pronoun alone; value "two" for a dual
	classDoer      Class = "doer"      // par, على يد: who did it follows; no value
	classInside    Class = "inside"    // dans, à bord de, على متن: what only holds the things told of follows; no value
	classWorth     Class = "worth"     // valeur, prix, قيمة: the sum of money that follows is what something is worth or costs; no value
	classSum       Class = "sum"       // bilan, au total, ارتفع عدد: the number that follows replaces others; value "now" where it may stand before: désormais
	classThing     Class = "thing"     // a unit or thing that no person is counted by: kilos, dirhams, villes; value: unit name, or empty
	classApprox    Class = "approx"    // environ, au moins, plus de; no value
	classClause    Class = "clause"    // parts clauses: tandis que, بينما; no value
	classAgeUnit   Class = "ageunit"   // ans, سنة; no value
	classAgeCue    Class = "agecue"    // âgé de, يبلغ من العمر; no value
	classNotAge    Class = "notage"    // prison, il y a: years that are no age; value "before" or "after" where it must stand there
	classOrdinal   Class = "ordinal"   // Arabic ordinals by which an age is told: الرابعة والعشرين; value: the number

	classDayAgo    Class = "dayago"    // la veille, قبل ذلك بيوم: the day before the one told of; no value
	classAfter     Class = "after"     // au lendemain de, jours après: what happened before it follows; value: how many days before publication, empty where a number says it
	classStill     Class = "still"     // toujours, encore, لا يزال: the day after it is that of a state; no value
	classAgency    Class = "agency"    // value: canonical short name, "*" for one whose name depends on the country, then its ISO country
	classAuthority Class = "authority" // an authority that is no agency: ministère, الحماية المدنية; value "seat" where a place after it is only where it sits, "source" where the words say themselves that it speaks: bilan officiel
	classService   Class = "service"   // services, autorités, police: a state's, by the adjective beside it; no value
	classCoop      Class = "coop"      // en coopération avec, بتنسيق مع: value "tip" for what set the operation off, else none
	classGroup     Class = "group"     // value: canonical short name
	classHandOver  Class = "handover"  // remis à, تسليمهم إلى: an agency that only takes over; value "target" for convoi de, base de: what is struck where there is an attack
	classRelative  Class = "relative"  // what only relates a place to people or things: originaire de, immatriculé à, hôpital; value "next" where it must stand right before, "behind" right after, "embassy" where it may itself be what was attacked there, "border" where a word that says that something is there takes it back, "far" where more words may stand between
	classLocative  Class = "locative"  // à, في: a place follows as a place; value "near" for près de, قرب, "toward" for vers, نحو, "between" for entre
	classLocal     Class = "local"     // quartier, حي, village: the name of a place follows; value: its kind
	classNotPlace  Class = "notplace"  // words spelled like a place that are none here: في إطار, le détroit; no value
	classIdiom     Class = "idiom"     // words that mean something else together: arrêté de tailler, arrêt cardiaque; no value
	classTitle     Class = "title"     // M., ministre, السيد: the name of a person follows; value: role
	classOffice    Class = "office"    // ministre de l'Intérieur, وزير الداخلية: an official by the office, named or not; value: the office
	classKind      Class = "kind"      // a kind of news; value: message.Kind constant
	classVoice     Class = "voice"     // the writer's own: je, أنا; value "we" for nous, نحن, "argument" for force est de constater, "label" for the name of a column
)

// ClassSpeech is that of condamne, يعزي: what is told is what somebody says or does about a happening. The value is an act of message.Speech.
const ClassSpeech Class = "speech"

// ClassNeeds is that of tombe, saisie, سقوط, which are listed under what they tell too: they tell it only beside something else. The value is what they
// need, one of Needs.
const ClassNeeds Class = "needs"

// Happenings are the classes that a language must have words for.
func Happenings() []Class { return append([]Class{classFoil}, acts...) }

// classes are the known ones.
var classes = map[Class]bool{
	classArrest:    true,
	classKill:      true,
	classWound:     true,
	classRescue:    true,
	classFate:      true,
	classDismantle: true,
	classFoil:      true,
	classSeize:     true,
	classCaptive:   true,
	classFree:      true,
	classCrossing:  true,
	classRaid:      true,
	classAttack:    true,
	classTrial:     true,
	classExtradite: true,
	classAccident:  true,
	ClassNeeds:     true,
	classOperation: true,
	classAnnounce:  true,
	classThat:      true,
	classStatement: true,
	classProcedure: true,
	classRecall:    true,
	classTotal:     true,
	classReturn:    true,
	classPlan:      true,
	classAccuse:    true,
	classNegation:  true,
	classOne:       true,
	classAdjective: true,
	classMany:      true,
	classOther:     true,
	classPart:      true,
	classWith:      true,
	classComplaint: true,
	classPronoun:   true,
	classDoer:      true,
	classInside:    true,
	classWorth:     true,
	classSum:       true,
	classThing:     true,
	classApprox:    true,
	classClause:    true,
	classAgeUnit:   true,
	classAgeCue:    true,
	classNotAge:    true,
	classOrdinal:   true,
	classDayAgo:    true,
	classAfter:     true,
	classStill:     true,
	classAgency:    true,
	classAuthority: true,
	classService:   true,
	classCoop:      true,
	classGroup:     true,
	classHandOver:  true,
	classRelative:  true,
	classLocative:  true,
	classLocal:     true,
	classNotPlace:  true,
	classIdiom:     true,
	classTitle:     true,
	classOffice:    true,
	classKind:      true,
	ClassSpeech:    true,
	classVoice:     true,
}
