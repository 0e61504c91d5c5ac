// Package history keeps readings as time series: a Prometheus-compatible server
// that runs as a child process, the supervisor that keeps it running, and the
// client through which the daemon writes and asks.
//
// # Why a child process
//
// A full disk makes the time-series library panic in a goroutine of its own,
// which nobody can recover. In a process of its own that panic costs some
// history; alarms, acknowledgements and consoles go on. [Serve] is the child,
// [Supervise] starts and restarts it, [Client] is what the rest of the daemon
// sees.
//
// # Wire
//
// The child listens on a unix socket (mode 0600 in a directory of mode 0700):
//
//	POST /api/v1/write                remote write 1.0 (snappy, protobuf)
//	GET|POST /api/v1/query            PromQL, at one instant
//	GET|POST /api/v1/query_range      PromQL, over a range
//	GET|POST /api/v1/series           match[], start, end
//	GET|POST /api/v1/labels
//	GET  /api/v1/label/<name>/values
//	GET|POST /api/v1/raw              stored samples of match[] in [start, end), gaps included; ours
//	GET  /api/v1/status               state, samples, series, free space; ours
//	GET  /-/ready, /-/healthy, /metrics
//
// With an address set, the same without write is served over HTTP, read only,
// for dashboards. It has no authentication of its own: bind it to a loopback or
// management address.
//
// # Series
//
// A reading becomes one sample of the series named by its metric, with the
// point's labels, `device` and, where set, `site`. A point label of one of these
// two names is kept as `exported_device` or `exported_site`. The stamp is the
// reading's tick. A Missing reading is stored as Prometheus' staleness marker, so
// a gap is evidence and not an interpolation: PromQL treats the series as absent
// from there on, /api/v1/raw shows the marker as null.
//
// # What is promised
//
//   - A write answered with 2xx survives kill -9 of the child. The newest segment
//     of the write-ahead log is also flushed to the disk each second, which bounds
//     what a power cut may take; a power cut itself has not been tested.
//   - Below the watermark (the smaller of 1 GiB and 5 % free unless set) writes
//     are refused with 507 and the state is "full", before the library meets a
//     full disk. Reading goes on. Taking resumes by itself once there is space.
//     A child started below the watermark does not open its data until there is.
//   - A sample stamped more than 60 s after the child's clock is refused: one
//     sample a year ahead would block its series for a year.
//   - Refused samples do not spoil their request: the others are stored, the
//     answer is 400 and its X-Prometheus-Remote-Write-Samples-Written header says
//     how many were.
//   - [Client.Write] never blocks. What cannot be delivered is held, in order, up
//     to a limit; past it the oldest goes, counted.
//
// # What this package does not do
//
// It keeps raw samples only (35 days unless set): there are no roll-ups yet, so
// nothing older can be shown. It does not ship to a second site by cursor. It
// judges nothing: alarms and targets are evaluated before history sees a reading.
package history
