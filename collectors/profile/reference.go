package profile

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A reference is an object that is read beside the row of a table: an operand, a
// condition, a name, a label. It is the column's OID, the row's index put behind
// it; with a suffix only a part of the index is: `/2` the first two
// sub-identifiers, `/-1` the last one, `/0` none, which names an instance in
// full. A table may so be read beside another one whose index it extends.

// At returns the instance that a reference names in a row; row is "" for scalars.
func At(reference, row string) string {
	column, part, _ := strings.Cut(reference, "/")
	if row == "" || part == "0" {
		return column
	}
	if part != "" {
		n, _ := strconv.Atoi(part) // parsing has checked it
		row = partOf(row, n)
	}
	return column + "." + row
}

// Column returns the OID of a reference, and whether it is an instance in itself,
// the same for every row.
func Column(reference string) (oid string, whole bool) {
	oid, part, _ := strings.Cut(reference, "/")
	return oid, part == "0"
}

// partOf is the first n sub-identifiers of an index, or the last -n of it; all of
// it where there are no more.
func partOf(index string, n int) string {
	parts := strings.Split(index, ".")
	switch {
	case n > 0 && n < len(parts):
		return strings.Join(parts[:n], ".")
	case n < 0 && -n < len(parts):
		return strings.Join(parts[len(parts)+n:], ".")
	}
	return index
}

// reference reads an OID with an optional part of the index behind it.
func (d *document) reference(n ast.Node, what string) string {
	s := strings.TrimPrefix(scalarText(n), ".")
	oid, part, cut := strings.Cut(s, "/")
	if k, err := strconv.Atoi(part); cut && (err != nil || k < -16 || k > 16) {
		d.problem(n, "/2 first two, /-1 the last one, /0 none", "%s: %q is no part of an index", what, "/"+part)
		return ""
	}
	if !ValidOID(oid) {
		d.problem(n, "write it in numbers, e.g. 1.3.6.1.2.1.1.3.0", "%s: %q is not an OID", what, scalarText(n))
		return ""
	}
	return s
}

// reference returns the key's reference; required tells whether absence is a
// problem.
func (m *mapping) reference(key string, required bool) string {
	n := m.take(key)
	if n == nil {
		if required {
			m.d.problem(m.node, "", "%s is missing", key)
		}
		return ""
	}
	return m.d.reference(n, key)
}
