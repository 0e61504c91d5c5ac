package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/collectors/profile"
	"nezuban/internal/api"
	"nezuban/internal/config"
	"nezuban/internal/facility"
	"nezuban/sla"
)

func slaCommand(f *flags) *cobra.Command {
	c := &cobra.Command{Use: "sla", Short: "The arithmetic of quality targets by itself, on files"}
	c.AddCommand(slaEvalCommand(f))
	return c
}

func slaEvalCommand(f *flags) *cobra.Command {
	var o evalOptions
	c := f.jsonFlag(&cobra.Command{
		Use:   "eval",
		Short: "Judge targets over a file of samples, so that anybody can check the arithmetic",
		Long: `Eval reads targets, and in the same file exclusions, obligations and entities, and a
file of samples (entity,unix_seconds,value), and judges every window that reaches
into --from … --to, as known at --to (or --as-of). Nothing before --from counts.
No site and no daemon is needed.

A value is a number, or the name of a state; an empty one is a poll that brought
nothing. What it means follows from the kind:
  state, range, coverage, ratio-value   the reading
  redundancy     the load's state; or entities NAME:survive-a and NAME:survive-b
                 with 1 or 0, and NAME:peak-sum, millionths of the smaller side
  freshness      of a metric its reading; of an event 1 for a success, 0 for a failed run
  latency        seconds until the answer; empty: none yet
  count          1 for a good event, 0 for a bad one
  zero           an event that must not be; 0 or empty: none
  due            nothing: obligations stand in the targets' file
A target without maxAge takes 2.5 times the poll interval of its metric, or of
--interval. A target is judged on the entities of the file that its metric and
selector pick, where they are point ids (device/metric{…}) or stand in the file as
documents of kind Entity; any other entity belongs to every target.`,
		Example: `  nezuban sla eval --targets t.yaml --samples s.csv --from 2026-10-01 --to 2026-11-01 --json
  nezuban sla eval --targets t.yaml --samples s.csv --from 1790780400 --to 1793458800 --zone Asia/Tokyo`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, problems, err := o.run()
			if err != nil {
				return err
			}
			if len(problems) > 0 {
				return f.printProblems(cmd, problems, "")
			}
			return f.printTargets(cmd, api.TargetsOf(list))
		},
	})
	c.Flags().StringVar(&o.targets, "targets", "", "file of targets, exclusions, obligations, entities (required)")
	c.Flags().StringVar(&o.samples, "samples", "", "CSV file: entity,unix_seconds,value; - reads from standard input (required but for due)")
	c.Flags().StringVar(&o.from, "from", "", "beginning: RFC 3339, a local date, or Unix seconds (required)")
	c.Flags().StringVar(&o.to, "to", "", "end (required)")
	c.Flags().StringVar(&o.asOf, "as-of", "", "as known when; left out: at --to")
	c.Flags().StringVar(&o.zone, "zone", "UTC", "zone of dates, and of targets that name none")
	c.Flags().DurationVar(&o.interval, "interval", 30*time.Second, "poll interval of samples whose metric is not known")
	for _, name := range []string{"targets", "from", "to"} {
		c.MarkFlagRequired(name) //nolint:errcheck // the flags are ours
	}
	return c
}

type evalOptions struct {
	targets, samples, from, to, asOf, zone string
	interval                               time.Duration
}

// run judges; problems are those of the targets' file.
func (o *evalOptions) run() ([]sla.Result, []facility.Problem, error) {
	zone, err := time.LoadLocation(o.zone)
	if err != nil {
		return nil, nil, fmt.Errorf("--zone: %w", err)
	}
	var at [3]time.Time
	for i, x := range []struct{ flag, value string }{{"from", o.from}, {"to", o.to}, {"as-of", o.asOf}} {
		if x.value == "" && x.flag == "as-of" {
			at[i] = at[1]
			continue
		}
		if at[i], err = config.ParseInstant(x.value, zone); err != nil {
			return nil, nil, fmt.Errorf("--%s: %w", x.flag, err)
		}
	}
	if !at[0].Before(at[1]) {
		return nil, nil, fmt.Errorf("--from is not before --to")
	}
	file, problems := config.ReadTargets(o.targets, zone)
	if slices.ContainsFunc(problems, func(p facility.Problem) bool { return !p.Warning }) {
		return nil, problems, nil
	}
	rows, err := o.read()
	if err != nil {
		return nil, nil, err
	}
	states, err := profileStates()
	if err != nil {
		return nil, nil, err
	}
	var out []sla.Result
	for i := range file.Targets {
		t := file.Targets[i]
		entities := entitiesOfFile(&t, &file, rows, states, o.interval, at[0], at[2])
		if t.Kind != sla.KindDue { // which lines it is judged on was decided by their entities
			t.Select = facility.Selector{}
		}
		out = append(out, judgeFile(&t, entities, file.Exclusions, at[0], at[1], at[2])...)
	}
	return out, nil, nil
}

// judgeFile judges every window that reaches into [from, to), the first from from
// on. Of each every entity is listed.
func judgeFile(t *sla.Target, entities []sla.Entity, exclusions []sla.Exclusion, from, to, asOf time.Time) []sla.Result {
	var out []sla.Result
	for begin := from; begin.Before(to); {
		_, end := sla.Bounds(t.Window, begin)
		list := []sla.Result{sla.ScoreSpan(t, begin, end, asOf, entities, exclusions)}
		if t.Combine == sla.Each && len(entities) > 1 {
			list = sla.ScoreEachSpan(t, begin, end, asOf, entities, exclusions)
		}
		for i := range list {
			if !list[i].Open { // the file is all there is: nothing settles
				list[i].State = sla.StateProvisional
			}
		}
		out = append(out, list...)
		begin = end
	}
	return out
}

// A fileRow is one line of a file of samples.
type fileRow struct {
	entity string
	at     int64
	value  float64
	name   string // of a state; "" a number or nothing
	known  bool
}

func (o *evalOptions) read() ([]fileRow, error) {
	if o.samples == "" {
		return nil, nil
	}
	in := io.Reader(os.Stdin)
	if o.samples != "-" {
		file, err := os.Open(o.samples)
		if err != nil {
			return nil, fmt.Errorf("samples: %w", err)
		}
		defer file.Close()
		in = file
	}
	return readRows(o.samples, in)
}

// readRows reads entity,unix_seconds,value; a heading is skipped.
func readRows(name string, in io.Reader) ([]fileRow, error) {
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.ReuseRecord, r.TrimLeadingSpace = -1, true, true
	var out []fileRow
	for {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("samples %s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		if len(f) != 3 {
			return nil, fmt.Errorf("samples %s:%d: want entity,unix_seconds,value, got %d fields", name, line, len(f))
		}
		at, err := strconv.ParseInt(strings.TrimSpace(f[1]), 10, 64)
		if err != nil && line == 1 {
			continue // heading
		}
		if err != nil || at < 0 || at >= 1<<40 {
			return nil, fmt.Errorf("samples %s:%d: %q are no Unix seconds", name, line, f[1])
		}
		row := fileRow{entity: strings.Clone(strings.TrimSpace(f[0])), at: at}
		switch v, err := strconv.ParseFloat(strings.TrimSpace(f[2]), 64); {
		case strings.TrimSpace(f[2]) == "":
		case err == nil:
			row.value, row.known = v, true
		default:
			row.name, row.known = strings.Clone(strings.TrimSpace(f[2])), true
		}
		out = append(out, row)
	}
}

// profileStates are the states of each metric as builtin profiles name them.
func profileStates() (map[string][]facility.State, error) {
	lib, err := profile.Builtin()
	if err != nil {
		return nil, err
	}
	out := map[string][]facility.State{}
	learn := func(metric string, states []facility.State) {
		if len(out[metric]) == 0 {
			out[metric] = states
		}
	}
	for _, p := range lib.All() {
		quantities := slices.Clone(p.Points)
		for _, t := range p.Tables {
			quantities = append(quantities, t.Columns...)
		}
		for _, q := range quantities {
			learn(q.Metric.Name, q.States)
		}
	}
	for _, m := range facility.Metrics() {
		learn(m.Name, facility.ModelStates(m.Name))
	}
	return out, nil
}

// entitiesOfFile are the entities of a file that a target is judged on.
func entitiesOfFile(t *sla.Target, file *config.TargetFile, rows []fileRow, states map[string][]facility.State, interval time.Duration, from, asOf time.Time) []sla.Entity {
	if t.Kind == sla.KindDue {
		list := t.Recorded(sla.NewBook(), subjectsOf(t, file), nil, file.Obligations, asOf.Unix())
		return list
	}
	names := namedStates(t, rows, states[t.Metric()])
	byID := map[string]*sla.Entity{}
	var order []string
	for _, row := range rows {
		id, input := row.entity, sla.InputMain
		if name, kind, ok := cutInput(row.entity); ok && t.Kind == sla.KindRedundancy {
			id, input = name, kind
		}
		if !belongs(t, id, file.Subjects) {
			continue
		}
		e := byID[id]
		if e == nil {
			e = newFileEntity(t, id, file.Subjects, names, interval)
			byID[id] = e
			order = append(order, id)
		}
		addRow(t, e, row, input, len(e.Events))
	}
	slices.Sort(order)
	var out []sla.Entity
	for _, id := range order {
		out = append(out, *byID[id])
	}
	if t.Kind.Unit() == sla.UnitOccurrences && len(out) == 0 { // a live source without events
		out = []sla.Entity{{}}
	}
	return startingAt(t, out, from)
}

// startingAt leaves out what lies before from: nothing before it counts, and what
// holds into it still holds.
func startingAt(t *sla.Target, list []sla.Entity, from time.Time) []sla.Entity {
	for i := range list {
		if t.Kind.Unit() == sla.UnitOccurrences {
			list[i].Since = max(list[i].Since, from.Unix())
		}
	}
	return list
}

// subjectsOf are the entities that obligations of the file speak of.
func subjectsOf(t *sla.Target, file *config.TargetFile) []sla.Subject {
	list := slices.Clone(file.Subjects)
	for _, o := range file.Obligations {
		if !slices.ContainsFunc(list, func(s sla.Subject) bool { return s.ID == o.Entity }) {
			kind := ""
			for _, term := range strings.FieldsFunc(t.Select.String(), func(r rune) bool { return r == ',' || r == ' ' }) {
				if v, ok := strings.CutPrefix(term, "kind="); ok { // an entity that is not described is what the target speaks of
					kind = v
				}
			}
			list = append(list, sla.Subject{ID: o.Entity, Attrs: map[string]string{"kind": kind}})
		}
	}
	return list
}

func cutInput(entity string) (name string, input sla.Input, ok bool) {
	i := strings.LastIndexByte(entity, ':')
	if i < 0 {
		return entity, 0, false
	}
	input, ok = sla.InputOf(entity[i+1:])
	return entity[:i], input, ok && input != sla.InputMain
}

// belongs reports whether a target is judged on an entity.
func belongs(t *sla.Target, id string, subjects []sla.Subject) bool {
	if i := slices.IndexFunc(subjects, func(s sla.Subject) bool { return s.ID == id }); i >= 0 {
		return t.Picks(&subjects[i])
	}
	device, rest, isPoint := strings.Cut(id, "/")
	metric, _, _ := strings.Cut(rest, "{")
	if _, known := facility.LookupMetric(metric); !isPoint || !known || device == "" {
		return true
	}
	return t.Metric() == "" || t.Metric() == metric
}

func newFileEntity(t *sla.Target, id string, subjects []sla.Subject, names []facility.State, interval time.Duration) *sla.Entity {
	e := &sla.Entity{ID: id, States: names, MaxAge: facility.MaxAge(interval)}
	if m, ok := facility.LookupMetric(t.Metric()); ok && m.Class == facility.Fast {
		e.MaxAge = facility.MaxAge(10 * time.Second)
	} else if ok && m.Class == facility.Slow {
		e.MaxAge = facility.MaxAge(time.Hour)
	}
	if i := slices.IndexFunc(subjects, func(s sla.Subject) bool { return s.ID == id }); i >= 0 {
		e.Since, e.Until, e.DisplayName = subjects[i].Since, subjects[i].Until, subjects[i].Name
	}
	return e
}

// namedStates gives every state that the file or the target names a number, and
// every number that the profiles do not name its own name. One that is not listed
// as good is bad.
func namedStates(t *sla.Target, rows []fileRow, known []facility.State) []facility.State {
	if t.Kind != sla.KindState && t.Kind != sla.KindRedundancy {
		return nil
	}
	out := slices.Clone(known)
	named := map[string]bool{}
	valued := map[float64]bool{}
	for _, s := range out {
		named[s.Name], valued[float64(s.Value)] = true, true
	}
	next := int64(1) << 40
	for _, row := range rows {
		switch {
		case row.name != "" && !named[row.name]:
			named[row.name] = true
			out = append(out, facility.State{Value: next, Name: row.name, Severity: severityOf(row.name)})
			next++
		case row.name == "" && row.known && !valued[row.value] && row.value == math.Trunc(row.value) && math.Abs(row.value) < 1<<40:
			valued[row.value] = true
			out = append(out, facility.State{Value: int64(row.value), Name: strconv.FormatInt(int64(row.value), 10), Severity: facility.SeverityCritical})
		}
	}
	return out
}

func severityOf(name string) facility.Severity {
	switch name {
	case "unknown", "other":
		return facility.SeverityUnknown
	case "normal", "ok", "on", "good":
		return facility.SeverityNormal
	}
	return facility.SeverityCritical
}

// addRow adds a line of the file as what the target's kind makes of it.
func addRow(t *sla.Target, e *sla.Entity, row fileRow, input sla.Input, n int) {
	key := strconv.Itoa(n)
	event := func(name string, at int64, attrs map[string]string) {
		e.Events = append(e.Events, sla.Event{At: at, Name: name, Entity: e.ID, Key: key, Attrs: attrs, Source: "line of the file"})
	}
	good := func(w sla.Where) map[string]string {
		attrs := map[string]string{}
		if row.known && row.value != 0 {
			w.Fill(attrs)
		}
		return attrs
	}
	switch {
	case t.Kind == sla.KindLatency:
		event(t.Latency.From, row.at, nil)
		if row.known && row.value >= 0 {
			event(t.Latency.To, row.at+int64(math.Ceil(row.value)), nil)
		}
	case t.Kind == sla.KindCount:
		event(t.Count.Event, row.at, good(t.Count.Good))
	case t.Kind == sla.KindZero:
		if row.known && row.value != 0 || row.name != "" {
			event(t.Zero.Event, row.at, nil)
		}
	case t.Kind == sla.KindFreshness && t.Freshness.Metric == "":
		if row.known && row.value != 0 {
			event(t.Freshness.Event, row.at, good(t.Freshness.Where))
		}
	default:
		s := sla.Sample{At: row.at, Value: row.value, Known: row.known, Input: input}
		if row.name != "" {
			i := slices.IndexFunc(e.States, func(x facility.State) bool { return x.Name == row.name })
			if s.Known = i >= 0; s.Known {
				s.Value = float64(e.States[i].Value)
			}
		}
		e.Samples = append(e.Samples, s)
	}
}
