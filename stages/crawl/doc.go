// Package crawl fetches pages with manners: message.Fetch comes in, message.Raw goes out. Its Watcher is a source that finds new articles on
// section pages and in sitemaps of outlets without feeds, and emits message.Fetch.
//
// Pages are fetched by colly, one collector a page. What it may fetch and when is decided around it: robots.txt for every hop, time between
// requests to one host, caps on what is read.
package crawl
