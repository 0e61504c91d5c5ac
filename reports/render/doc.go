// Package render lays a document out as HTML or as fixed-width text.
//
// It reads no clock, no environment and no locale: the same document gives the
// same bytes.
package render
