// Package message is the contract: every type that travels on a stream, the subjects it travels on, and how its identity is made.
//
// Plain data and identity only, standard library only. Within a version fields are only added, and only optional ones; anything else is a
// new type on a new subject. A committed sample of every version (testdata) is decoded by a test for ever.
//
// Data runs one way:
//
//	Fetch -> Raw -> Detected -> Article -> State -> Story        anything that no retry will cure -> Dead
//	                            Ruling  -> (what people decide about stories)
package message

// Message is a value that can be published: it knows its subject, its idempotency key and the name of its type.
type Message interface {
	// Subject is where the message is published. Its tokens are safe whatever the content says.
	Subject() string
	// Key is the Nats-Msg-Id: equal for equal content, so that publishing twice is harmless.
	Key() string
	// Schema is the name and version of the type, such as "raw.v1".
	Schema() string
}

// Names and versions of the types, as they stand in the header Rawi-Kind and in the field "type" of each body.
const (
	FetchV1    = "fetch.v1"
	RawV1      = "raw.v1"
	DetectedV1 = "detected.v1"
	ArticleV1  = "article.v1"
	StateV1    = "state.v1"
	StoryV1    = "story.v1"
	DeadV1     = "dead.v1"
	RulingV1   = "ruling.v1"
)

// Outlet is what the configuration says of the source of an article; it travels with the article because later stages decide by it.
type Outlet struct {
	Name     string `json:"name"`               // the source's name in the configuration
	Title    string `json:"title,omitempty"`    // as people write it: "Le Courrier du Bouregreg"
	Country  string `json:"country,omitempty"`  // ISO 3166-1 alpha-2, upper case
	Language string `json:"language,omitempty"` // BCP 47; a prior for short texts, never a veto
	Family   string `json:"family,omitempty"`   // owner: outlets of one family are not independent of each other
	Zone     string `json:"zone,omitempty"`     // IANA time zone in which its undated times are read
	Number   string `json:"number,omitempty"`   // see Outlet.Identity

	HighAccuracy bool `json:"high_accuracy,omitempty"` // its language is told by the large models: bare titles leave the small ones in doubt
}
