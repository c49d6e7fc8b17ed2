package page

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"rawi/stages/tsv"
)

func TestNamesOfElementsSayWhatStandsInside(t *testing.T) {
	tests := []struct {
		class string
		want  sense
	}{
		{"entry-content clearfix", saysBody},
		{"articleBody", saysBody},
		{"td-post-content tagdiv-type", saysBody},
		{"field field--name-body field--type-text-with-summary", saysBody},
		{"related-posts", saysFrame},
		{"jp-relatedposts", 0}, // one word that nobody listed
		{"sharedaddy sd-sharing-enabled", saysFrame},
		{"post type-post status-publish category-maroc tag-menu hentry", 0},
		{"has-sidebar", 0},
		{"chapo", saysLead},
		{"article__share", saysWeak},
		{"sidebar widget-area", saysWeak},
		{"", 0},
	}
	for _, tt := range tests {
		e := &html.Node{Type: html.ElementNode, Data: "div", Attr: []html.Attribute{{Key: "class", Val: tt.class}}}
		if got := newNamer().of(e); got&tt.want != tt.want || tt.want == 0 && got != 0 {
			t.Errorf("%s: got %04b, want %04b", tt.class, got, tt.want)
		}
	}
}

func TestEveryLineOfTheNamesCanMatch(t *testing.T) {
	roles := map[string]bool{"talk": true, "frame": true, "weak": true, "body": true, "lead": true, "state": true}
	seen := map[string]bool{}
	for n, row := range tsv.Rows(nameTable, 2) {
		var space [8]string
		if !roles[row[0]] || strings.Join(splitName(strings.ReplaceAll(row[1], " ", "-"), space[:0]), " ") != row[1] || seen[row[1]] {
			t.Errorf("names line %d: got %q, want a role and words in lower case that stand there once", n, row)
		}
		seen[row[1]] = true
	}
}
