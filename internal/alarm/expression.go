package alarm

// An Expression is the condition of a calculated rule, compiled, bounded in time
// and memory. It is pure: the same Sources give the same answer.
type Expression struct {
	Source  string
	Group   string   // "" the points of one device; else of all devices of a group
	Metrics []string // that it speaks of
	program any
}
