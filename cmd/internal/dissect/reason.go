package dissect

import "strings"

// reason says in words what a rule's name means; a name that is not known here stands for itself.
func reason(name string) string {
	switch name {
	case "agreed":
		return "both readers have it"
	case "inside":
		return "it stands between blocks that both have"
	case "standfirst":
		return "a standfirst before the text"
	case "lead":
		return "the page's own description says it"
	case "all":
		return "one reader alone found a text, and has it"
	case "no-vote":
		return "no reader has it"
	case "alone":
		return "one reader alone has it"
	case "caption":
		return "a caption"
	case "furniture":
		return "in a menu, a form or a footer"
	case "no-letter":
		return "no letter in it"
	case "repeated":
		return "it stands on the page before"
	case "cut":
		return "a marker that ends the article"
	case "below-cut":
		return "below a marker that ends the article"
	case "drop":
		return "a marker line"
	case "read":
		return "a line of date or credit, which was read"
	case "teaser":
		return "it says that the rest has to be paid for"
	case "marked-link":
		return "the link that a marker announces"
	case "teaser-of-tail":
		return "the teaser of another article"
	case "section":
		return "the name of a section"
	case "title":
		return "the title again"
	case "byline":
		return "a byline, which was read"
	case "label":
		return "a label, no sentence"
	case "repeated-on-site":
		return "it comes again in other articles of the site"
	case "site-rule":
		return "by the rule for this site"
	}
	return name
}

// reasons joins them: first who voted for a block, then what decided.
func reasons(names []string) string {
	if len(names) == 0 {
		return "no rule took it"
	}
	var votes, rules []string
	for _, name := range names {
		if name == "readability" || name == "trafilatura" || name == "outline" {
			votes = append(votes, name)
		} else {
			rules = append(rules, reason(name))
		}
	}
	told := strings.Join(rules, ", ")
	if len(votes) > 0 {
		told = strings.TrimPrefix(told+" ("+strings.Join(votes, ", ")+")", " ")
	}
	return told
}
