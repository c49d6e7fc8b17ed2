// Package feed polls RSS, Atom and JSON feeds: feeds come in as bytes, articles go out, as message.Raw where the feed holds the whole text
// and as message.Fetch where it only links to it.
package feed
