// Package i18n holds every sentence shown to people, in Japanese and English,
// and how quantities are written.
//
// Texts are fields of a struct: a misspelt name does not compile, and a test by
// reflection fails on an empty field in either language. Records store codes and
// never translated text; the maps here turn codes into sentences at the edge.
//
// State words (UNACK, ACKED …), priority marks, ids and units are the same in
// both languages.
package i18n
