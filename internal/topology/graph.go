package topology

// A Graph is a compiled one-line. It never changes and is safe for concurrent
// use.
type Graph struct {
	nodes []Node
	index map[NodeID]int
}
