// Package strict reads YAML that people write and keeps where everything stands.
//
// Every mapping becomes a struct that embeds [Node]; Node remembers the place of
// each key and value, so that a mistake found long after reading (two devices
// with one id, a selector that names no metric) is still reported with file,
// line and column.
//
// # What is refused
//
// Unknown keys, keys that stand twice, values of another type, anchors, aliases,
// merge keys and tags. Reading goes on after a mistake: all of a file's mistakes
// are reported at once. Only a syntax error ends the reading of its file, since
// nothing after it can be trusted.
//
// # Decoding over a value
//
// [Document.Into] changes only what the file names. A struct filled beforehand
// therefore acts as the defaults, and its places stay those of the defaults.
//
// # What this package does not do
//
// It opens no file and knows no key: callers pass the bytes and the structs.
package strict
