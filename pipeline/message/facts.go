package message

// Kinds of happening: the first subject token after news.story.
const (
	KindOperation = "operation" // arrest, dismantling, foiled attack, seizure, raid, rescue
	KindIncident  = "incident"
	KindDisaster  = "disaster"
	KindPolitics  = "politics"
	KindEconomy   = "economy"
	KindJustice   = "justice"
	KindSport     = "sport"
	KindCulture   = "culture"
	KindOpinion   = "opinion"
	KindRoundup   = "roundup"
	KindOther     = "other"
)

// Actions: what was done.
const (
	ActionArrest      = "arrest"
	ActionDismantling = "dismantling"
	ActionFoiled      = "foiled-attack"
	ActionSeizure     = "seizure"
	ActionRaid        = "raid"
	ActionRescue      = "rescue"
	ActionAttack      = "attack"
	ActionTrial       = "trial"
	ActionExtradition = "extradition"
)

// Facts are typed, language-neutral statements of one happening. Every field is empty where the report does not say it.
type Facts struct {
	Kind      string     `json:"kind,omitempty"`
	Action    string     `json:"action,omitempty"`
	Day       *Days      `json:"day,omitempty"`       // of the act
	Announced *Days      `json:"announced,omitempty"` // of the announcement, where told apart from the act
	Places    []Place    `json:"places,omitempty"`    // main place first
	Country   string     `json:"country,omitempty"`   // ISO 3166-1 alpha-2
	Arrested  *Count     `json:"arrested,omitempty"`
	Killed    *Count     `json:"killed,omitempty"`
	Wounded   *Count     `json:"wounded,omitempty"`
	Rescued   *Count     `json:"rescued,omitempty"`
	Ages      *Range     `json:"ages,omitempty"`     // of the suspects or victims; Min == Max for a single one
	Seized    []Goods    `json:"seized,omitempty"`   //
	Agencies  []string   `json:"agencies,omitempty"` // canonical short names: "BCIJ", "DGST"
	Partners  []string   `json:"partners,omitempty"` // ISO 3166-1 alpha-2 of cooperating services foreign to Country
	Group     string     `json:"group,omitempty"`    // "ISIS", "AQMI"
	Persons   []Person   `json:"persons,omitempty"`
	Speech    *Speech    `json:"speech,omitempty"` // set where the report tells what somebody says or does about a happening, not the happening
	Evidence  []Evidence `json:"evidence,omitempty"`
}

// Empty reports whether nothing was found that could tell this happening from another.
func (f Facts) Empty() bool {
	return f.Action == "" && f.Day == nil && len(f.Places) == 0 && f.Arrested == nil && f.Killed == nil && f.Wounded == nil &&
		f.Rescued == nil && f.Ages == nil && len(f.Agencies) == 0 && len(f.Persons) == 0
}

// Days is an interval of days, both ends included, as ISO 8601 dates without a zone: the day on which an outlet's readers saw it happen.
type Days struct {
	From      string `json:"from"`                // "2021-12-16"
	To        string `json:"to"`                  // equal to From for a single day
	Precision string `json:"precision,omitempty"` // PrecisionDay, PrecisionMonth, PrecisionYear
}

// Place is a place of the table in stages/places, or one outside of it that a report names.
type Place struct {
	ID      string  `json:"id,omitempty"`      // of the table: "ma-sale"; empty for a place outside of it
	Name    string  `json:"name"`              // in the report's own words
	Kind    string  `json:"kind,omitempty"`    // "city", "province", "region", "quarter", "site"
	Country string  `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Key     string  `json:"key,omitempty"`     // cross-script key of a name outside the table
	Within  string  `json:"within,omitempty"`  // ID of the place of the table that holds a place outside of it
	Lat     float64 `json:"lat,omitempty"`
	Lon     float64 `json:"lon,omitempty"`
}

// Count is a number of people bound to their role. Max is over N where the report gives a range or only a bound.
type Count struct {
	N      int     `json:"n"`
	Max    int     `json:"max,omitempty"`    // 0 where the report gives one number
	Approx bool    `json:"approx,omitempty"` // "une dizaine", "au moins", عشرات
	Split  []Share `json:"split,omitempty"`  // where the text splits it by place: 2 in Nador, 10 in Melilla
	// Official is true where the sentence that gives the number names an authority as its source.
	Official bool `json:"official,omitempty"`
}

// Share is the part of a count that one place holds.
type Share struct {
	Place string `json:"place"` // ID, or name where it has none
	N     int    `json:"n"`
}

// Range is an inclusive range of years.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Goods is something seized.
type Goods struct {
	Concept string  `json:"concept"` // "obj:cannabis"
	Amount  float64 `json:"amount,omitempty"`
	Unit    string  `json:"unit,omitempty"` // "kg", "piece", "MAD"
}

// Person is somebody named.
type Person struct {
	Name string `json:"name"`
	Key  string `json:"key"`            // cross-script key
	Role string `json:"role,omitempty"` // "suspect", "official", "victim"
}

// Acts of speech: what is said or done about a happening.
const (
	SpeechCondolence     = "condolence"     // and tributes
	SpeechCondemnation   = "condemnation"   // and criticism
	SpeechCongratulation = "congratulation" // and welcome
	SpeechReaction       = "reaction"       // any other answer, warning or fear
	SpeechDemand         = "demand"
	SpeechAftermath      = "aftermath" // funerals, anniversaries, consequences, security measures after
	SpeechStatement      = "statement" // somebody is quoted, on whatever it be
)

// SpeechActs are all acts of speech.
func SpeechActs() []string {
	return []string{
		SpeechCondolence, SpeechCondemnation, SpeechCongratulation, SpeechReaction, SpeechDemand, SpeechAftermath, SpeechStatement,
	}
}

// Speech is what a report has to tell where that is not a happening but what somebody says or does about one.
type Speech struct {
	Act string   `json:"act"`          // SpeechCondolence, …
	By  []string `json:"by,omitempty"` // who, as language-neutral keys: concepts ("nam:merkel", "geo:DE") and cross-script keys of names
}

// Evidence is the passage that supports one fact.
type Evidence struct {
	Fact  string `json:"fact"`  // JSON name of the field
	Value string `json:"value"` // the value it supports, as text
	Block int    `json:"block"` // index into Article.Blocks; -1 for the title
	Start int    `json:"start"` // byte offsets into the block's text
	End   int    `json:"end"`
	Rule  string `json:"rule"` // name of the rule that read it
}
