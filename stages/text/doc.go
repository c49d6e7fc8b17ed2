// Package text reads running French and Arabic text: cleaning, folding, words, sentences, clitics, stems and cross-script name keys.
//
// It is a leaf that every stage may import. All of it is pure and safe for concurrent use; nothing here panics, whatever the input.
package text
