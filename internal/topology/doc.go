// Package topology is the model of a facility's power: which sources energise
// each load by which paths, what redundancy is left, and what falls when
// something is lost.
//
// # What goes in
//
// A [Model] is what the site wrote down (oneline.yaml, or a table read by
// [ReadCSV]): nodes, what each is fed from, ratings. [Compile] checks it and
// makes a [Graph], which never changes. [Inputs] are what the points say now
// ([Graph.Inputs]), or what a planned evening is assumed to be
// ([Inputs.WithLoads]): one [Input] for each node that is known.
//
// # What is live
//
// A source is live where it is measured; otherwise it is unknown. Every other
// node is live as measured, and where nothing measures it, when enough of what
// feeds it is live and it has no fault. A measurement that contradicts what feeds
// a node is the truth of that node. Further:
//
//   - Breakers and ties let through as their position says, and as designed where
//     the position is not known. An open tie conducts nothing, whatever is measured
//     at it. A tie with two buses feeds either from the other.
//   - An ATS or STS takes the feeder of its position; where that is not known, any
//     that is live.
//   - A UPS without a live feeder is live while its battery has time left, unknown
//     where nobody tells of the battery.
//   - A node whose points for output or fault are all silent is unknown, even below
//     a live feeder: its data is what is missing. Two things are still known of it:
//     it is dead when what feeds it is dead, and live when something is measured
//     live that only it can feed (a UPS proves nothing of its input).
//   - A loop over ties never keeps itself alive.
//
// # What could be live
//
// Redundancy and what-if ask what sources can feed once all has settled: those
// that are live, and engines that stand ready, through switches that take what is
// there; without batteries, which bridge and do not carry. A node that needs
// several of its feeders (parallel modules, N of N+1) is fed with that many. A
// node measured dead below a live feeder cannot deliver.
//
// A [Redundancy] is 2N where two paths share no node and no loss of one node drops
// the load; the modules of a parallel system count as one node. It is N+1 where a
// panel, a switch or a parallel system is shared but no one source, transformer
// or UPS drops it. Everything else that is fed is N. It is at risk where it is
// live but nothing that lasts can feed it, or everything that feeds it is above
// its rating. What is unknown makes it unknown only where it decides: the answer
// is given when the worst and the best case agree.
//
// # Loads against ratings
//
// A load draws what is measured at it, or else at all of its cords, or else what
// is written. It draws evenly from its live cords; switches draw from the feeder
// they take, buses evenly from their own live feeders and only without any from a
// tie, a UPS from its input or else its bypass. Each phase is held against its
// rating; current counts at power factor 1. Transformers, UPS, generators, PDUs
// and breakers must say their rating before anything is said to be carried; for
// other nodes a rating is taken where there is one. Measured totals upstream show
// what is now ([Graph.Evaluate]); what-ifs add up the loads that are drawn.
//
// A load with two good paths, one side of which could not carry what the loss of
// the other puts on it, has lost its redundancy: it is N, and Why names the nodes
// that would be overloaded. Where ratings or loads are missing the paths still
// count, and WithoutA, WithoutB and Carries are unknown.
//
// # What this package does not do
//
// It reads no clock and no file, and polls nothing. It computes no power flow:
// no losses, no reactive power, no transients, no selectivity of breakers. It
// trips nothing that is overloaded: it names it.
package topology
