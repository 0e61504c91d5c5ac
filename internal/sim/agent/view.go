package agent

import (
	"fmt"
	"slices"
)

// A View is what an agent can be asked for. Its methods are called under
// Options.Lock.
type View interface {
	// Get returns the value of an instance, or NoSuchObject or NoSuchInstance.
	Get(o OID) Value
	// Next returns the first instance after o, or ok false at the end.
	Next(o OID) (next OID, v Value, ok bool)
}

// A Tree is a View of instances known beforehand. The value of each is asked
// for when it is needed; an instance whose value is Absent is passed over, so
// rows of a table may come and go.
type Tree struct {
	vars    []variable // sorted by oid once sealed
	objects []OID      // the object types behind them, sorted
	sealed  bool
}

type variable struct {
	oid OID
	get func() Value
}

// Scalar adds the instance object.0.
func (t *Tree) Scalar(object OID, get func() Value) { t.Cell(object, get, 0) }

// Cell adds the instance of object that index names.
func (t *Tree) Cell(object OID, get func() Value, index ...uint32) {
	t.vars = append(t.vars, variable{object.Append(index...), get})
	t.objects = append(t.objects, object)
	t.sealed = false
}

// Seal sorts the tree for use. It is an error of the program to add an instance
// twice.
func (t *Tree) Seal() error {
	slices.SortFunc(t.vars, func(a, b variable) int { return a.oid.Compare(b.oid) })
	for i := 1; i < len(t.vars); i++ {
		if t.vars[i].oid.Compare(t.vars[i-1].oid) == 0 {
			return fmt.Errorf("seal view: instance %s was added twice", t.vars[i].oid)
		}
	}
	slices.SortFunc(t.objects, OID.Compare)
	t.objects = slices.CompactFunc(t.objects, func(a, b OID) bool { return a.Compare(b) == 0 })
	t.sealed = true
	return nil
}

// Len is the number of instances, absent ones included.
func (t *Tree) Len() int { return len(t.vars) }

// Get implements View after RFC 3416 section 4.2.1: NoSuchObject where no
// object type of that name is known, NoSuchInstance where only the instance is
// not.
func (t *Tree) Get(o OID) Value {
	i, found := slices.BinarySearchFunc(t.vars, o, func(v variable, o OID) int { return v.oid.Compare(o) })
	if found {
		if v := t.vars[i].get(); v.Kind != Absent {
			return v
		}
		return Value{Kind: NoSuchInstance}
	}
	// The object type that could name o sorts at or just before it.
	j, exact := slices.BinarySearchFunc(t.objects, o, OID.Compare)
	if exact || j > 0 && o.HasPrefix(t.objects[j-1]) {
		return Value{Kind: NoSuchInstance}
	}
	return Value{Kind: NoSuchObject}
}

// Next implements View.
func (t *Tree) Next(o OID) (OID, Value, bool) {
	i, found := slices.BinarySearchFunc(t.vars, o, func(v variable, o OID) int { return v.oid.Compare(o) })
	if found {
		i++
	}
	for ; i < len(t.vars); i++ {
		if v := t.vars[i].get(); v.Kind != Absent {
			return t.vars[i].oid, v, true
		}
	}
	return nil, Value{}, false
}
