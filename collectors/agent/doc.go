// Package agent reads hosts and exporters that show their values as OpenMetrics
// or Prometheus text over HTTP: node_exporter, ipmi_exporter and our own agent.
//
// # How often
//
// One scrape brings everything, so a device is scraped at the interval of its
// normal class and every point has that interval. The scheduled moment is
// collectors.NextDue; the first scrape of a device comes within two seconds.
// Each device has a goroutine, a connection and a deadline of its own: a slow one
// delays nobody, and a scrape that has not ended by its deadline is a round
// without an answer.
//
// # What becomes a reading
//
// Agent profiles (collectors/profile) say which families become points. Stamps
// in the exposition are ignored: a reading has the tick of its round. A point
// that a scrape no longer shows is Missing; after a day of that it is no point
// any more. A round without a usable answer makes every point Missing. A share of
// counters has no value until two scrapes lie at most 2.5 intervals apart, nor
// across a reset.
//
// # What is refused
//
// An answer over 16 MiB (after decompression) or with over 20,000 series that a
// profile reads is a limit error; text that does not parse is a protocol error
// and nothing of it is used; 401 and 403 are authentication errors; a redirect is
// not followed. NaN and infinite values, values outside a profile's range, label
// values over 128 bytes and points past 2,000 a device are left out and counted
// in the device's health. Control characters are taken out of texts, and counted.
package agent
