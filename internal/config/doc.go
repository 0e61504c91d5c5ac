// Package config reads the site directory: everything that operators keep in
// version control about one site.
//
// # Files
//
//	site.yaml          code, name, time zone, language, shifts, data directory, servers
//	inventory/*.yaml   devices, how to reach them, what their inputs mean
//	profiles/*.yaml    device profiles of the site, on top of the builtin ones
//	alarms/*.yaml      alarm definitions, on top of the builtin ones
//	targets/*.yaml     quality targets, on top of the builtin ones
//	oneline.yaml       the power one-line; none, or comments alone: no such model
//	fire.yaml          fire zones, suppression, isolations; likewise
//	cooling.yaml       rooms, cooling units, rack inlets; likewise
//	people.yaml        who may come in, with which keys and roles
//	notify.yaml        who is told of alarms, and how
//	secrets.age        secrets by name; not read here
//
// # Mistakes
//
// [Load] reports every mistake of every file at once, each with file, line,
// column and what to write instead. A mistake keeps the site from starting (or
// the running one from changing); a warning does not. Nothing is guessed: an
// unknown key is a mistake, because a misspelt limit that is silently ignored is
// an alarm that never comes.
//
// # Precedence
//
// A definition or target of the site replaces the builtin one with the same id;
// a definition that says `base: builtin` changes only what it names. In an
// inventory file a device's own keys stand over the file's `defaults`.
//
// # What this package does not do
//
// It reads no secret, asks no device and keeps no run-time state. To reload, call
// Load again.
package config
