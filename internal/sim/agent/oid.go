package agent

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An OID is an object identifier, one number a sub-identifier.
type OID []uint32

// maxSubIDs is the longest object identifier, RFC 2578 section 3.5.
const maxSubIDs = 128

// ParseOID reads dotted notation, without a leading dot.
func ParseOID(s string) (OID, error) {
	parts := strings.Split(s, ".")
	o := make(OID, 0, len(parts))
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("parse oid %q: %w", s, err)
		}
		o = append(o, uint32(n))
	}
	if len(o) > maxSubIDs {
		return nil, fmt.Errorf("parse oid %q: more than %d sub-identifiers", s, maxSubIDs)
	}
	return o, nil
}

// String is the dotted notation.
func (o OID) String() string {
	var b strings.Builder
	for i, n := range o {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.FormatUint(uint64(n), 10))
	}
	return b.String()
}

// Compare orders lexicographically, RFC 3416 section 4.2.2.
func (o OID) Compare(p OID) int { return slices.Compare(o, p) }

// HasPrefix tells whether o lies at or below p.
func (o OID) HasPrefix(p OID) bool { return len(o) >= len(p) && slices.Equal(o[:len(p)], p) }

// Append returns o with further sub-identifiers, in memory of its own.
func (o OID) Append(sub ...uint32) OID {
	return append(append(make(OID, 0, len(o)+len(sub)), o...), sub...)
}
