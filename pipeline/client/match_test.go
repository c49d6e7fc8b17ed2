package client_test

import (
	"testing"

	"rawi/pipeline/client"
)

func TestALanguageCoversItsRegions(t *testing.T) {
	for _, tt := range []struct {
		asked, tag string
		want       bool
	}{
		{"fr", "fr", true},
		{"fr", "fr-MA", true},
		{"FR", "fr-ma", true},
		{"fr-MA", "fr-MA", true},
		{"ar", "ar-Latn-MA", true},
		{"ar-Latn", "ar-Latn-MA", true},
		{"fr-MA", "fr", false},
		{"fr-MA", "fr-FR", false},
		{"fr", "frp", false}, // Franco-Provençal
		{"fr", "ar", false},
		{"fr", "", false},
	} {
		if got := client.Covers(tt.asked, tt.tag); got != tt.want {
			t.Errorf("%s covers %s: %t, want %t", tt.asked, tt.tag, got, tt.want)
		}
	}
}
