package snmp

import (
	"cmp"
	"context"
	"strings"
	"time"

	"nezuban/internal/facility"
)

// Bounds of discovery on one device.
const (
	maxWalkRows  = 2000
	maxWalkBytes = 1 << 20
	maxWalkTime  = 30 * time.Second // real time
	bulkRows     = 20               // asked for at first
	bulkRowsMost = 50
)

// walker walks columns one after the other, each within bounds.
type walker struct {
	s        session
	turn     func(ctx context.Context) error // returns when one more request may be sent
	noBulk   bool
	single   bool // several columns in one GETBULK did not work
	bulkRows int
	bytes    int
	answered bool // some walk request got its answer
	bulked   bool // GETBULK gave several rows
	refuse   func(cause string)
	problem  func(format string, args ...any)
}

// column returns the instances under oid, in order. An OID that does not rise
// ends the walk, and what came before it is returned. A walk that reaches a bound
// returns nothing and errLimit: half a table must not pass for a whole one, and an
// agent without end must not fill the plan. Each is counted and named.
func (w *walker) column(ctx context.Context, oid string) ([]variable, error) {
	var out []variable
	at, silent, reps := oid, false, cmp.Or(w.bulkRows, bulkRows)
	w.bytes = 0
	for {
		if err := w.turn(ctx); err != nil {
			return nil, w.timeBound(ctx, oid, err)
		}
		vars, err := w.step(ctx, at, reps)
		if err != nil {
			switch {
			case ctx.Err() != nil:
				return nil, w.timeBound(ctx, oid, err)
			case w.noBulk && isEnd(err):
				return out, nil
			case silent:
				return out, err
			}
			silent, w.noBulk = true, true // some agents mishandle GETBULK: ask one by one
			continue
		}
		if len(vars) == 0 {
			return out, nil
		}
		before, bulk := at, !w.noBulk
		w.answered, w.bulked = true, w.bulked || bulk && len(vars) > 1
		for i := range vars {
			v := &vars[i]
			if v.kind == kindEnd || v.kind == kindAbsent || !under(v.oid, oid) {
				return out, nil
			}
			if rises := compareOID(v.oid, at) > 0; !rises && !w.noBulk {
				w.noBulk = true // it repeats itself under GETBULK: ask one by one from where it was sane
				break
			} else if !rises {
				w.refuse(facility.RefusedNotRising)
				w.problem("walk %s: %s follows %s: the OIDs do not rise; the walk ended there", oid, v.oid, at)
				return out, nil
			}
			w.bytes += v.size()
			if len(out) >= maxWalkRows || w.bytes > maxWalkBytes {
				w.noEnd(oid, len(out))
				return nil, errLimit
			}
			out = append(out, *v)
			at = v.oid
		}
		if len(vars) == reps && w.bulkRows == 0 {
			reps = roomFor(vars)
		}
		if len(vars) == 1 && at != before {
			w.noBulk = true // one row an answer is no bulk: GETNEXT costs it less
		}
	}
}

// roomFor is how many rows like these fit an answer that is not fragmented.
func roomFor(rows []variable) int {
	size := 0
	for i := range rows {
		size += rows[i].size()
	}
	return min(max(len(rows)*(maxReply-replyHeader)/size, 1), bulkRowsMost)
}

func (w *walker) noEnd(column string, rows int) {
	w.refuse(facility.RefusedWalkBound)
	w.problem("walk %s: no end after %d rows; the column is left out", column, rows)
}

// isEnd reports how an SNMP v1 agent says that nothing follows: noSuchName (RFC
// 1157, section 4.1.3).
func isEnd(err error) bool {
	s := asStatus(err)
	return s != nil && s.status == statusNoSuchName
}

func (w *walker) step(ctx context.Context, at string, rows int) ([]variable, error) {
	if w.noBulk {
		return w.s.next(ctx, []string{at})
	}
	return w.s.bulk(ctx, []string{at}, rows)
}

// timeBound reports discovery's own deadline as a bound, anything else as it is.
func (w *walker) timeBound(ctx context.Context, oid string, err error) error {
	if ctx.Err() == context.DeadlineExceeded {
		w.refuse(facility.RefusedWalkBound)
		w.problem("walk %s: no end in time; the column is left out", oid)
		return errLimit
	}
	return err
}

// under reports whether oid lies below root.
func under(oid, root string) bool {
	return len(oid) > len(root) && oid[len(root)] == '.' && strings.HasPrefix(oid, root)
}

// compareOID orders numeric OIDs as SNMP does.
func compareOID(a, b string) int {
	for a != "" && b != "" {
		var x, y uint64
		x, a = firstSub(a)
		y, b = firstSub(b)
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	switch {
	case a == "" && b == "":
		return 0
	case a == "":
		return -1
	}
	return 1
}

func firstSub(s string) (uint64, string) {
	var n uint64
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			return n, s[i+1:]
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n, ""
}
