package registry

import "regexp"

// userInfo is the part of an address, anywhere in a text, that may hold a password or a token.
var userInfo = regexp.MustCompile(`(?i)(https?://)[^/?#\s"]*@`)

// shown is a text as it may stand in a listing: its addresses without user info.
func shown(text string) string { return userInfo.ReplaceAllString(text, "$1") }
