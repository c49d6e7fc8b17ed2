package message

// Undetermined is the BCP 47 tag of a text whose language could not be told.
const Undetermined = "und"

// How sure the language stage is. Never a number: the detector's own confidence is 1.00 on long text, right or wrong.
const (
	ConfidenceHigh = "high"
	ConfidenceLow  = "low"
)

// Detected is a raw article with its language.
type Detected struct {
	Type       string             `json:"type"` // DetectedV1
	Raw        Raw                `json:"raw"`
	Language   string             `json:"language"`   // BCP 47; "und" when it cannot be told
	Confidence string             `json:"confidence"` // ConfidenceHigh or ConfidenceLow
	Method     string             `json:"method"`     // which test decided: "script", "words", "detector", "prior"
	Scripts    map[string]float64 `json:"scripts,omitempty"`
	Mixed      bool               `json:"mixed,omitempty"`  // a second language or script holds 15 % of the letters or more
	Blocks     []BlockLanguage    `json:"blocks,omitempty"` // only where Mixed: the blocks whose language differs
}

// BlockLanguage is the language of one block of text, known by its beginning.
type BlockLanguage struct {
	Begins   string `json:"begins"` // first 40 letters
	Language string `json:"language"`
}

// Subject is news.lang.<tag>.<source>.
func (d Detected) Subject() string {
	return "news.lang." + Token(d.Language) + "." + Token(d.Raw.Outlet.Name)
}

// Key is the same for the same raw article.
func (d Detected) Key() string { return "l:" + d.Raw.ID + ":" + d.Raw.Digest }

// Schema is DetectedV1.
func (Detected) Schema() string { return DetectedV1 }
