package sla

import (
	"slices"
	"strconv"
	"time"
)

// An Explanation is how a figure came about: every second of the window, or every
// occurrence, with its source.
type Explanation struct {
	Result   Result
	Entities []Explained
}

// Explained is one entity's share.
type Explained struct {
	Result Result
	Lines  []Line
}

// What a line's time, or occurrence, counted as.
type What string

const (
	WasGood     What = "good"
	WasBad      What = "bad"
	WasUnknown  What = "unknown"
	WasExcluded What = "excluded"
	WasLate     What = "late_notice" // excluded, with notice shorter than asked for
	NotService  What = "out_of_service"
	NotYet      What = "not_yet" // after as-of
	WasPending  What = "pending"
)

// Cause of a line, for people and scripts.
type Cause string

const (
	FromSamples   Cause = "samples"       // readings said so
	FromNoSample  Cause = "no_sample"     // none at all was known before
	FromGap       Cause = "gap"           // the last reading was too old
	FromNoAnswer  Cause = "no_answer"     // the collector asked, the device did not answer
	FromVague     Cause = "not_judged"    // a reading that says neither
	FromExclusion Cause = "exclusion"     // approved
	FromService   Cause = "service"       // before commissioning or after decommissioning
	FromEvent     Cause = "event"         // of occurrences
	FromDuty      Cause = "obligation"    // of due
	FromTooOld    Cause = "too_old"       // of freshness: the last success was too long ago
	FromHold      Cause = "last_success"  // of freshness
	FromTime      Cause = "not_yet"       // after as-of
	FromPolicy    Cause = "source_silent" // of zero: the source of the events was not alive
)

// A Line is a stretch of time, or an occurrence, of one kind with one cause.
type Line struct {
	From, To int64
	What     What
	Cause    Cause

	Samples     int // readings that speak for it
	First, Last int64
	Low, High   float64 // least and greatest value among them
	State       string  // of the last one, where it has a name
	Silent      int     // unanswered polls within it
	ID          string  // of the exclusion, event or obligation
	Text        string  // reason and persons of an exclusion, source of an event
}

// Explain says how the figure of the window that contains at came about, as known
// at asOf.
func Explain(t *Target, at, asOf time.Time, entities []Entity, exclusions []Exclusion) Explanation {
	from, to := Bounds(t.Window, at)
	return ExplainSpan(t, from, to, asOf, entities, exclusions)
}

// ExplainSpan is Explain over [from, to).
func ExplainSpan(t *Target, from, to, asOf time.Time, entities []Entity, exclusions []Exclusion) Explanation {
	f, u, now := from.Unix(), to.Unix(), asOf.Unix()
	x := Explanation{Result: ScoreSpan(t, from, to, asOf, entities, exclusions)}
	for _, r := range ScoreEachSpan(t, from, to, asOf, entities, exclusions) {
		i := slices.IndexFunc(entities, func(e Entity) bool { return e.ID == r.Entity })
		e := &entities[i]
		var lines []Line
		switch {
		case t.Kind == KindDue:
			lines = t.explainDue(e, f, u, now)
		case t.Kind.Unit() == UnitOccurrences:
			lines = t.explainEvents(e, f, u, now, exclusions)
		default:
			lines = t.explainTime(e, f, u, now, exclusions)
		}
		x.Entities = append(x.Entities, Explained{r, lines})
	}
	return x
}

// explainTime covers [from, to) without gap or overlap.
func (t *Target) explainTime(e *Entity, from, to, asOf int64, exclusions []Exclusion) []Line {
	fold := t.folded(e, from, min(to, asOf))
	p := t.timed(e, fold, from, to, asOf, exclusions)
	w := []Interval{{from, to}}
	var lines []Line
	put := func(set []Interval, what What, cause Cause) {
		for _, i := range set {
			lines = append(lines, Line{From: i.From, To: i.To, What: what, Cause: cause})
		}
	}
	put(subtract(w, p.service), NotService, FromService)
	put(subtract(p.free, p.eligible), NotYet, FromTime)
	put(p.good, WasGood, FromSamples)
	put(p.bad, WasBad, FromSamples)
	put(subtract(subtract(p.eligible, p.good), p.bad), WasUnknown, FromGap)
	for i := range lines {
		if l := &lines[i]; l.What == WasGood || l.What == WasBad || l.What == WasUnknown {
			t.evidence(l, e, fold.maxAge)
		}
	}
	lines = append(lines, t.explainExcluded(e, p, asOf, exclusions)...)
	slices.SortStableFunc(lines, func(a, b Line) int { return int(min(1, max(-1, a.From-b.From))) })
	return lines
}

// evidence says which samples a stretch rests on. The margin of a redundancy
// speaks only where the sides do not.
func (t *Target) evidence(l *Line, e *Entity, maxAge int64) {
	samples := ordered(t.samples(e))
	before := t.gather(l, e, samples, maxAge, func(s Sample) bool { return s.Input != InputMarginPPM })
	if l.Samples == 0 && t.Kind == KindRedundancy && l.What == WasBad {
		l.Silent = 0
		before = t.gather(l, e, samples, maxAge, func(s Sample) bool { return s.Input == InputMarginPPM }) || before
	}
	t.causeOf(l, before)
}

// gather takes the samples within a stretch, and the one that it begins with, of
// those that count; it reports whether there was any before.
func (t *Target) gather(l *Line, e *Entity, samples []Sample, maxAge int64, counts func(Sample) bool) bool {
	first, _ := slices.BinarySearchFunc(samples, l.From, func(s Sample, at int64) int { return int(min(1, max(-1, s.At-at))) })
	last, taken := -1, false // the newest known one before the stretch
	for k := first - 1; k >= 0 && last < 0; k-- {
		if samples[k].Known && counts(samples[k]) {
			last = k
		}
	}
	for k := first; k < len(samples) && samples[k].At == l.From && last >= 0; k++ {
		taken = taken || samples[k].Known && samples[k].Input == samples[last].Input // it is replaced as the stretch begins
	}
	if last >= 0 && !taken && t.speaks(samples[last], maxAge, e, l.From) {
		l.take(samples[last], e)
	}
	for k := first; k < len(samples) && samples[k].At < l.To; k++ {
		switch {
		case !samples[k].Known:
			l.Silent++
		case counts(samples[k]):
			l.take(samples[k], e)
		}
	}
	return last >= 0
}

// speaks reports whether a sample before a stretch still says something at its
// beginning.
func (t *Target) speaks(s Sample, maxAge int64, e *Entity, at int64) bool {
	return t.says(s, maxAge, e.States).end > at
}

func (l *Line) take(s Sample, e *Entity) {
	if l.Samples == 0 || s.Value < l.Low {
		l.Low = s.Value
	}
	if l.Samples == 0 || s.Value > l.High {
		l.High = s.Value
	}
	if l.Samples == 0 {
		l.First = s.At
	}
	l.Samples++
	l.Last, l.State = s.At, ""
	for _, st := range e.States {
		if float64(st.Value) == s.Value {
			l.State = st.Name
		}
	}
}

func (t *Target) causeOf(l *Line, before bool) {
	switch {
	case l.What == WasUnknown && l.Samples > 0:
		l.Cause = FromVague
	case l.What == WasUnknown && l.Silent > 0:
		l.Cause = FromNoAnswer
	case l.What == WasUnknown && !before:
		l.Cause = FromNoSample
	case l.What == WasUnknown:
		l.Cause = FromGap
	case l.What == WasBad && l.Samples == 0:
		l.Cause = FromNoAnswer
	case t.Kind == KindFreshness && l.What == WasBad:
		l.Cause = FromTooOld
	case t.Kind == KindFreshness:
		l.Cause = FromHold
	}
}

// explainExcluded tells of each exclusion what it took out of the account, and of
// one that is over its cap what it did not.
func (t *Target) explainExcluded(e *Entity, p part, asOf int64, exclusions []Exclusion) []Line {
	var lines []Line
	left := p.excluded
	for i := range exclusions {
		x := &exclusions[i]
		if !x.Approved() || !t.Allows(x.Kind) || !x.concerns(t, e.ID) {
			continue
		}
		to := x.To
		if to == 0 {
			to = max(asOf, x.From)
		}
		mine := intersect(left, Normalize([]Interval{{x.From, to}}))
		left = subtract(left, mine)
		for _, i := range mine {
			for _, l := range intersect([]Interval{i}, p.late) {
				lines = append(lines, x.line(l, WasLate))
			}
			for _, l := range subtract([]Interval{i}, p.late) {
				lines = append(lines, x.line(l, WasExcluded))
			}
		}
	}
	return lines
}

func (x *Exclusion) line(i Interval, what What) Line {
	return Line{From: i.From, To: i.To, What: what, Cause: FromExclusion, ID: x.ID,
		Text: string(x.Kind) + ", proposed by " + x.ProposedBy + ", approved by " + x.ApprovedBy + ": " + x.Reason}
}

func (t *Target) explainEvents(e *Entity, from, to, asOf int64, exclusions []Exclusion) []Line {
	list, _ := t.occurrences(e, from, to, asOf)
	t.counts(e.ID, list, from, to, asOf, exclusions)
	var lines []Line
	for _, o := range list {
		l := Line{From: o.Start, To: o.End, Cause: FromEvent, ID: o.Key, Text: o.Source}
		switch {
		case o.late:
			l.What = WasLate
		case o.excluded:
			l.What = WasExcluded
		case o.pending:
			l.What = WasPending
		case o.verdict == good:
			l.What = WasGood
		default:
			l.What = WasBad
		}
		lines = append(lines, l)
	}
	if t.Kind == KindZero && (e.Silent || e.Feed != nil) {
		for _, i := range subtract(t.service(e, 0, from, min(to, asOf)), Normalize(e.Feed)) {
			lines = append(lines, Line{From: i.From, To: i.To, What: WasUnknown, Cause: FromPolicy})
		}
	}
	return lines
}

func (t *Target) explainDue(e *Entity, from, to, asOf int64) []Line {
	list, overdue := t.obligations(e, from, to, asOf)
	var lines []Line
	for _, s := range list {
		l := Line{From: s.end, To: s.Done, Cause: FromDuty, ID: s.ID, What: WasBad, Text: s.Type + " due " + s.Due}
		switch {
		case s.pending:
			l.What = WasPending
		case s.verdict == good:
			l.What = WasGood
		}
		if s.Evidence != "" {
			l.Text += ", evidence " + s.Evidence
		}
		if s.Source != "" {
			l.Text += ", recorded by " + s.Source
		}
		lines = append(lines, l)
	}
	if overdue > 0 {
		lines = append(lines, Line{From: from, What: WasBad, Cause: FromDuty, Text: strconv.FormatInt(overdue, 10) + " of earlier windows still overdue; they are bad there"})
	}
	return lines
}
