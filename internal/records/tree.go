package records

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// A frontier is the right edge of a Merkle tree (RFC 6962): enough to add leaves
// and to compute the head, without the leaves. The zero value is the empty tree.
type frontier struct {
	size  int64
	edges []tlog.Hash // heads of the full subtrees, the largest first
}

// clone is a copy that shares nothing.
func (f frontier) clone() frontier {
	f.edges = append([]tlog.Hash(nil), f.edges...)
	return f
}

// add appends a leaf.
func (f *frontier) add(leaf []byte) {
	h := tlog.RecordHash(leaf)
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.edges) - 1
		h = tlog.NodeHash(f.edges[last], h)
		f.edges = f.edges[:last]
	}
	f.edges = append(f.edges, h)
	f.size++
}

// head is the tree's hash.
func (f *frontier) head() tlog.Hash {
	if len(f.edges) == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	h := f.edges[len(f.edges)-1]
	for i := len(f.edges) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.edges[i], h)
	}
	return h
}

func (f *frontier) encode() []byte {
	b := make([]byte, 0, len(f.edges)*tlog.HashSize)
	for _, e := range f.edges {
		b = append(b, e[:]...)
	}
	return b
}

func decodeFrontier(size int64, b []byte) (frontier, error) {
	if size < 0 || len(b) != bits.OnesCount64(uint64(size))*tlog.HashSize {
		return frontier{}, fmt.Errorf("tree edge of %d entries has %d bytes: %w", size, len(b), ErrDamaged)
	}
	f := frontier{size: size}
	for ; len(b) > 0; b = b[tlog.HashSize:] {
		f.edges = append(f.edges, tlog.Hash(b[:tlog.HashSize]))
	}
	return f, nil
}
