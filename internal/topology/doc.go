// Package topology is the model of a facility's power: which sources energise
// each load by which paths, what redundancy is left, and what falls when
// something is lost.
//
// # What goes in
//
// A [Model] is what the site wrote down (oneline.yaml): nodes, what each is fed
// from, ratings. [Compile] checks it and makes a [Graph], which never changes.
// [Inputs] are what the points say now, or what a planned evening is assumed to
// be: one [Input] for each node that is known.
//
// # What comes out
//
// [Graph.Evaluate] returns a [Result]; [Graph.WhatIf] is the same code with nodes
// taken away. What nobody measures is unknown, never energised by default: a
// load whose sources are unknown has redundancy Unknown.
//
// # What this package does not do
//
// It reads no clock and no file, and polls nothing.
package topology
