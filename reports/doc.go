// Package reports turns records and results into reports.
//
// # One model, many renderings
//
// A Build function ([BuildDaily]) takes plain values and returns a [Model]; the
// model is report.json. [JSON], [HTML] and [Text] render a model and do no
// arithmetic of their own beyond laying out what it says. Numbers are integers
// (seconds, counts) or decimal strings cut, never rounded; moments are RFC 3339
// with the offset of the site's zone, whole seconds. A figure carries an
// evidence id, and the ids of what it was counted from: they are the anchors of
// the HTML.
//
// # Same input, same bytes
//
// Nothing here reads a clock, the environment, a locale, a host name or a time
// zone database at rendering time. The order of the input does not matter:
// everything is sorted first. Two processes with the same build and the same
// model write the same bytes.
//
// # Honesty
//
// Unknown time is a column of every table of time. What could not be obtained
// is an [Absence] and is printed where its section would stand: an empty table
// means "none", never "not asked". A figure without a denominator prints as a
// dash. A report is provisional until people have signed it.
//
// # Outside text
//
// Every string that came from a device, a file or a person passes
// internal/text when the model is built, and the HTML is escaped by
// html/template. There are no scripts and no outside resources in the HTML.
//
// # What this package does not do
//
// It opens no store and no file and sends nothing: the caller gathers the input
// and keeps the bytes. PDF, spreadsheets, signatures and redaction for readers
// outside the house are not here; the model's fields carry the class that
// redaction will need.
package reports
