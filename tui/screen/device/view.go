package device

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/chart"
	"nezuban/tui/session"
)

// View draws the device. The trend stands below the points when there is room
// or when t was pressed.
func (s *Screen) View(width, height int) string {
	th := s.c.Theme
	if s.view == nil {
		word := s.c.T.Command.NotFound(string(s.id))
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		}
		return " " + th.Normal.Paint(word)
	}
	lines := append(s.head(width), th.Rule(width))
	below := 0
	switch {
	case s.shown, s.evidence:
		below = max(height-len(lines)-6, 8)
	case height >= 30:
		below = 12
	}
	lines = append(lines, s.points(width, height-len(lines)-below)...)
	for len(lines) < height-below {
		lines = append(lines, "")
	}
	if below > 0 && s.evidence {
		lines = append(lines, s.evidenceView(width, below)...)
	} else if below > 0 {
		lines = append(lines, s.history(width, below)...)
	}
	return strings.Join(lines, "\n")
}

// head is identity and health, at least four lines.
func (s *Screen) head(width int) []string {
	th, t, d := s.c.Theme, &s.c.T.Device, s.view
	line := func(style func(string) string, parts ...string) string {
		return " " + style(text.Cut(session.Join(parts...), width-2, th.Glyphs.Tail))
	}
	id, h := d.Identity, d.Health
	title := line(th.Strong.Paint, d.Device.Name, i18n.Word(s.c.T.Kind, d.Device.Kind), d.Device.Place, named(t.Rack, d.Device.Rack), named(t.Feed, d.Device.Feed), s.mark())
	if alarms := s.c.Alarms(d.Device.ID); len(alarms) > 0 {
		o := &alarms[0]
		title += "  " + th.Mark(o.Priority, session.Unacked(o.State())) + th.Normal.Paint(" x"+strconv.Itoa(len(alarms)))
	}
	// What a device says of itself stands behind that word: it may say anything.
	says := id.SysDescr
	if id.SysName != string(d.Device.ID) && id.SysName != d.Device.Name {
		says = session.Join(id.SysName, id.SysDescr)
	}
	maker := line(th.Normal.Paint, named(t.Vendor, id.Vendor), named(t.Model, id.Model), named(t.Serial, id.Serial), named(t.Profile, strings.Join(id.Profiles, ",")), named(t.SysDescr, says))
	refused := line(th.Normal.Paint, s.refused())
	out := []string{title}
	if maker != " " {
		out = append(out, maker)
	}
	out = append(out, s.health(width))
	if x := d.Stop; x != nil {
		out = append(out, line(th.Strong.Paint, t.StopLine(s.c.Clean(x.By), s.c.Minute(x.Until), s.c.Clean(x.Reason))))
	}
	out = append(out, refused)
	if h.ErrorKind != "" || h.LastError != "" {
		out = append(out, line(th.Normal.Paint, t.LastError+": "+i18n.Word(s.c.T.ErrorKind, string(h.ErrorKind)), h.LastError))
	}
	if shares := s.shares(); shares != "" {
		out = append(out, line(th.Normal.Paint, shares))
	}
	if last := s.lastTrap(); last != "" {
		out = append(out, line(th.Normal.Paint, last))
	}
	return out
}

// named puts a word before a value; "" where there is none.
func named(word, value string) string {
	if value == "" {
		return ""
	}
	return word + " " + value
}

// health is whether the device answers, when it did last, and how.
func (s *Screen) health(width int) string {
	th, t, h := s.c.Theme, &s.c.T.Device, s.view.Health
	reach := s.view.Reach(s.c.Now)
	answer, trip := t.Never, ""
	if !h.LastAnswer.IsZero() {
		answer, trip = s.c.Age(h.LastAnswer), t.RoundTrip+" "+millis(h.RoundTrip)
	}
	before := max(11, text.Width(i18n.Word(s.c.T.Reach, string(reach)))+6)
	return " " + reachWord(s, reach) + "  " + th.Normal.Paint(text.Cut(strings.ReplaceAll(session.Join(
		t.LastAnswer+" "+answer, trip, t.Lateness+" "+millis(h.Lateness),
		t.Timeouts+" "+strconv.FormatUint(h.Timeouts, 10), named(t.Interval, i18n.FormatDuration(h.Interval))), "   ", "  "), width-before, th.Glyphs.Tail))
}

// mark says that anybody can read and forge what the device answers: SNMP v1 and
// v2c are not signed. Nothing stands there for v3.
func (s *Screen) mark() string {
	if p := s.view.Health.Protocol; p == "v1" || p == "v2c" {
		return "! SNMP " + p + " " + s.c.T.Device.Unsigned
	}
	return ""
}

func reachWord(s *Screen, r live.Reach) string {
	w := i18n.Word(s.c.T.Reach, string(r))
	switch r {
	case live.Up:
		return s.c.Theme.Normal.Paint(w)
	case live.Down:
		return s.c.Theme.Bar.Paint(w)
	}
	return s.c.Theme.Old.Paint("? " + w)
}

// refused counts by cause, of the engine and of the guard together.
func (s *Screen) refused() string {
	sum := map[string]uint64{}
	for _, m := range []map[string]uint64{s.view.Health.Refused, s.view.Refused} {
		for cause, n := range m {
			sum[cause] += n
		}
	}
	var causes []string
	for cause, n := range sum {
		if n > 0 {
			causes = append(causes, cause)
		}
	}
	if len(causes) == 0 {
		return s.c.T.Device.NotRefused
	}
	slices.Sort(causes)
	var out []string
	for _, cause := range causes {
		out = append(out, i18n.Word(s.c.T.Refused, cause)+" "+strconv.FormatUint(sum[cause], 10))
	}
	return s.c.T.Device.Refused + ": " + strings.Join(out, ", ")
}

func millis(d time.Duration) string {
	if d < 10*time.Millisecond {
		return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64) + " ms"
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
}

// pointName is the quantity and the part it belongs to; where that is what a
// neighbour is called too, the device's own name for it stands behind.
func (s *Screen) pointName(p *facility.Point) string {
	name := s.c.T.PointName(&s.view.Device, p)
	if s.names[name] > 1 && p.Name != "" {
		name += " (" + p.Name + ")"
	}
	out, _ := text.Clean(name, 120)
	return out
}

func (s *Screen) points(width, height int) []string {
	th, t := s.c.Theme, &s.c.T.Device
	valueW, freshW := 14, 9
	rest := width - 2 - valueW - freshW - 3
	rangeW := max(22, min(40, rest*2/5))
	nameW := rest - rangeW
	out := []string{th.Dim.Paint("  " + text.Fit(t.Point, nameW, "") + " " + text.Fit(t.Value, valueW, "") + " " + text.Fit(t.Range, rangeW, "") + " " + text.Fit(t.Fresh, freshW, ""))}
	if s.view.NumPoints() == 0 {
		return append(out, "  "+th.Normal.Paint(t.NoPoints))
	}
	from, to := s.cursor.Window(s.view.NumPoints(), height-1)
	for i := from; i < to; i++ {
		p := &s.view.Points()[i]
		lead := "  "
		if i == s.cursor.Index() {
			lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
		}
		value, limits, fresh, style := s.cells(p, rangeW)
		out = append(out, lead+th.Normal.Paint(th.Cut(s.pointName(p.Point), nameW))+" "+style(th.Cut(value, valueW)+" "+th.Cut(limits, rangeW)+" "+text.Fit(fresh, freshW, "")))
	}
	return out
}

// cells of a point: value, range and freshness. An old value is grey behind its
// mark and has its age; what never came is a dash and never a zero.
func (s *Screen) cells(p *live.PointView, rangeW int) (value, limits, fresh string, style func(string) string) {
	th := s.c.Theme
	f := p.Freshness(s.c.Now)
	fresh = i18n.Word(s.c.T.Freshness, f.String())
	if f == facility.Never {
		return th.Glyphs.None, "", fresh, th.Old.Paint
	}
	value, limits = s.value(p, rangeW)
	age := s.c.Age(p.LastGood.Time())
	if p.Vanished {
		return "? " + value, s.c.T.Device.Vanished, "? " + age, th.Old.Paint
	}
	switch f {
	case facility.Stale:
		return "? " + value, "", "? " + age, th.Old.Paint
	case facility.NoAnswer:
		return value, limits, fresh, th.Old.Paint
	}
	return value, limits, age, th.Normal.Paint
}

func (s *Screen) value(p *live.PointView, rangeW int) (value, limits string) {
	m, _ := facility.LookupMetric(p.Point.Metric)
	if m.Unit == facility.UnitState || len(p.Point.States) > 0 {
		st, ok := p.Point.State(p.Value)
		if !ok {
			return strconv.FormatFloat(p.Value, 'f', -1, 64), i18n.Word(s.c.T.Severity, "unknown")
		}
		name, _ := text.Clean(s.c.T.StateWord(p.Point.Metric, st.Name), 60)
		limits = i18n.Word(s.c.T.Severity, st.Severity.String())
		if st.Severity != facility.SeverityNormal {
			limits += " *"
		}
		return name, limits
	}
	if math.IsNaN(p.Value) {
		return s.c.Theme.Glyphs.None, ""
	}
	scale := i18n.ScaleOf(m.Unit, p.Value)
	if m.Unit == facility.UnitCount { // a limit may stand between two counts
		for _, l := range []*float64{p.Low, p.High} {
			if l != nil {
				scale = i18n.ScaleOfAll(m.Unit, p.Value, *l)
			}
		}
	}
	t := &s.c.T.Device
	alone := func(limit float64) string { return scale.Beside(m.Unit, limit) }
	limits = chart.Range(p.Value, p.Low, p.High, scale, alone, rangeW-1, t.Above, t.Below)
	return i18n.FormatValue(m, p.Value, s.c.T.Lang), limits
}

// history draws the trend of the selected point.
func (s *Screen) history(width, height int) []string {
	th, t := s.c.Theme, &s.c.T.Device
	out := []string{th.Rule(width)}
	p := s.point()
	if p == nil {
		return out
	}
	m, _ := facility.LookupMetric(p.Point.Metric)
	title := session.Join(s.pointName(p.Point), t.Hours(ranges[s.hours]), t.TrendKept, s.limits(p, m.Unit))
	out = append(out, " "+th.Strong.Paint(text.Cut(title, width-2, th.Glyphs.Tail)))
	say := func(word string) []string { return append(out, "", "   "+th.Normal.Paint(word)) }
	tr := &s.trend
	switch {
	case tr.point != p.Point.ID || tr.hours != ranges[s.hours]:
		return say(t.TrendLoading)
	case tr.err != nil:
		why, _ := text.Clean(tr.err.Error(), width)
		return append(say(t.TrendFailed), "   "+th.Dim.Paint(text.Cut(why, width-5, th.Glyphs.Tail)))
	}
	c := chart.Trend{
		Points: tr.points, From: tr.from, To: tr.to, Step: int64(tr.step / time.Second),
		Low: p.Low, High: p.High, ASCII: th.Glyphs.ASCII,
		Time: func(at facility.Tick) string { return at.Time().In(s.c.Zone()).Format("15:04") },
	}
	lo, hi, ok := c.Bounds()
	if !ok {
		return say(t.TrendNone)
	}
	scale := i18n.ScaleOf(m.Unit, math.Max(math.Abs(lo), math.Abs(hi)))
	for span := (hi - lo) * scale.Factor; span > 0 && span < 4*math.Pow(10, -float64(scale.Decimals)) && scale.Decimals < 6; {
		scale.Decimals++ // neighbouring labels must differ
	}
	c.Label = scale.Format
	if len(p.Point.States) > 0 {
		c.Label = s.stateLabel(p.Point)
	}
	view := c.View(width-2, height-2)
	if view == "" {
		return say(t.TrendNone)
	}
	for _, l := range strings.Split(view, "\n") {
		out = append(out, " "+th.Normal.Paint(l))
	}
	return out
}

// stateLabel writes the name of a state beside the row nearest to it.
func (s *Screen) stateLabel(p *facility.Point) func(float64) string {
	return func(v float64) string {
		st, ok := p.State(math.Round(v))
		if !ok || math.Abs(v-math.Round(v)) > 0.02 {
			return ""
		}
		name, _ := text.Clean(s.c.T.StateWord(p.Metric, st.Name), 24)
		return name
	}
}

func (s *Screen) limits(p *live.PointView, u facility.Unit) string {
	t := &s.c.T.Device
	var out []string
	if p.Low != nil {
		out = append(out, t.LimitLow+" "+i18n.FormatUnit(u, *p.Low, s.c.T.Lang))
	}
	if p.High != nil {
		out = append(out, t.LimitHigh+" "+i18n.FormatUnit(u, *p.High, s.c.T.Lang))
	}
	return strings.Join(out, "  ")
}
