package snmp

import (
	"context"
	"errors"
	"slices"

	"nezuban/collectors/profile"
)

const (
	abreast      = 10 // columns asked for in one GETBULK
	abreastTotal = 40 // variables asked for in one GETBULK
)

// table walks every column that a table needs and no table before it.
func (d *discoverer) table(ctx context.Context, w *walker, t *profile.Table) error {
	columns := slices.DeleteFunc(tableColumns(t), func(c string) bool { _, done := d.out.columns[c]; return done })
	share, cancel := context.WithTimeout(ctx, maxWalkTime/3)
	rows, whole, err := w.abreast(share, columns)
	cancel()
	if err != nil && ctx.Err() != nil {
		return &PollError{Device: d.target.Device.ID, Step: "walk", OID: columns[0], Err: err}
	}
	for _, column := range columns {
		if whole[column] {
			d.keep(column, rows[column])
			continue
		}
		if err := d.column(ctx, w, column); err != nil {
			return &PollError{Device: d.target.Device.ID, Step: "walk", OID: column, Err: err}
		}
	}
	return nil
}

// column walks one column with a share of discovery's time.
func (d *discoverer) column(ctx context.Context, w *walker, column string) error {
	d.out.columns[column] = nil
	share, cancel := context.WithTimeout(ctx, maxWalkTime/3)
	defer cancel()
	rows, err := w.column(share, column)
	if errors.Is(err, errLimit) {
		return nil // refused and named; the rest of the device goes on
	}
	d.keep(column, rows)
	return err
}

func (d *discoverer) keep(column string, rows []variable) {
	d.out.columns[column] = nil
	for i := range rows {
		d.out.values[rows[i].oid] = rows[i]
		d.out.columns[column] = append(d.out.columns[column], rows[i].oid[len(column)+1:])
	}
}

// tableInstances lists the references of a table that name the same instance for
// every row.
func tableInstances(t *profile.Table) []string {
	var out []string
	add := func(references ...string) {
		for _, r := range references {
			if oid, whole := profile.Column(r); whole {
				out = append(out, oid)
			}
		}
	}
	for i := range t.Columns {
		add(t.Columns[i].OIDs()...)
		addConditions(add, t.Columns[i].Where)
	}
	addConditions(add, t.Where)
	addConditions(add, t.ValidIf)
	add(t.NameOID)
	for _, l := range t.Labels {
		add(l.OIDs...)
	}
	return out
}

// abreast walks several columns at once, a row of each with every step. It gives
// up a column at the first surprise, and all that are left at an error: whole
// tells which columns came to their end in order. The others are for column.
func (w *walker) abreast(ctx context.Context, columns []string) (rows map[string][]variable, whole map[string]bool, err error) {
	rows, whole = map[string][]variable{}, map[string]bool{}
	// In order, so that an agent that answers for the first column only is found out:
	// what it gives lies before the others.
	columns = slices.SortedFunc(slices.Values(columns), compareOID)
	for group := range slices.Chunk(columns, abreast) {
		g := &abreastGroup{rows: rows, whole: whole}
		for _, c := range group {
			g.open = append(g.open, cursor{column: c, at: c})
		}
		if err := w.group(ctx, g); err != nil {
			return rows, whole, err
		}
	}
	return rows, whole, nil
}

// cursor is how far one column has been walked.
type cursor struct {
	column, at string
	bytes      int
	left       bool // ended or given up
}

type abreastGroup struct {
	open  []cursor
	rows  map[string][]variable
	whole map[string]bool
	odd   bool // the first answer lies before what was asked for
}

func (w *walker) group(ctx context.Context, g *abreastGroup) error {
	for len(g.open) > 0 && !w.noBulk && !w.single {
		if err := w.turn(ctx); err != nil {
			return err
		}
		at := make([]string, len(g.open))
		for i := range g.open {
			at[i] = g.open[i].at
		}
		reps := abreastTotal / len(at)
		if w.bulkRows > 0 {
			reps = min(reps, w.bulkRows)
		}
		vars, err := w.s.bulk(ctx, at, reps)
		if err != nil || len(vars) < len(at) { // not even one row: one by one
			w.single = true
			return err
		}
		w.answered, w.bulked = true, w.bulked || len(vars) > len(at)
		for i := range vars {
			w.take(g, &g.open[i%len(at)], &vars[i])
		}
		if g.odd { // the answer is not in the order of the request: none of it counts
			w.single = true
			for _, oid := range at {
				delete(g.whole, oid)
			}
			return nil
		}
		g.open = slices.DeleteFunc(g.open, func(c cursor) bool { return c.left })
	}
	return nil
}

// take puts one variable of an answer to its column. The bounds are those of
// column.
func (w *walker) take(g *abreastGroup, c *cursor, v *variable) {
	rows := g.rows[c.column]
	c.bytes += v.size()
	switch {
	case c.left:
	case v.kind == kindEnd || v.kind == kindAbsent:
		c.left, g.whole[c.column] = true, true
	case compareOID(v.oid, c.at) <= 0:
		c.left, g.odd = true, g.odd || c.at == c.column // column finds out more, and says it
	case !under(v.oid, c.column):
		c.left, g.whole[c.column] = true, true
	case len(rows) >= maxWalkRows || c.bytes > maxWalkBytes:
		w.noEnd(c.column, len(rows))
		g.rows[c.column], g.whole[c.column], c.left = nil, true, true
	default:
		g.rows[c.column], c.at = append(rows, *v), v.oid
	}
}
