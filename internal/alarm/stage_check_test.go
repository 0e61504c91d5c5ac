package alarm_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
)

// check returns what is so instead of w, "" where w holds. The first word is the
// state that is shown.
func (s *stage) check(t *testing.T, i int, w string, refusal error) string {
	t.Helper()
	o := s.current()
	k, v, _ := strings.Cut(w, "=")
	if i == 0 {
		k, v = "state", w
	}
	got, want := s.look(t, o, k, v, refusal)
	if got != want {
		return k + " is " + strconv.Quote(got)
	}
	return ""
}

// look returns what is so, and what k=v asks for, in the same words.
func (s *stage) look(t *testing.T, o alarm.Occurrence, k, v string, refusal error) (got, want string) {
	t.Helper()
	last := s.latest()
	switch k {
	case "state":
		return string(o.Shown()), v
	case "base":
		return string(o.State()), v
	case "refused":
		return s.refusal(refusal, v)
	case "at":
		d, err := time.ParseDuration(v)
		if err != nil {
			t.Fatal(err)
		}
		return last.At.Sub(s.begin).String(), d.String()
	case "count":
		return strconv.Itoa(o.Count), v
	case "limit":
		return strconv.FormatFloat(last.Limit, 'g', -1, 64), v
	case "value":
		return strconv.FormatFloat(last.Value, 'g', -1, 64), v
	case "P1", "P2", "P3", "P4":
		return "P" + strconv.Itoa(int(o.Priority)), k
	case "by":
		parent, _ := s.book.Get(o.Design)
		return parent.Rule, v
	case "owner":
		return o.Owner, v
	case "notes":
		return strconv.Itoa(o.Notes), v
	case "heldback":
		return strconv.Itoa(o.HeldBack), v
	case "held":
		return s.heldBy(last), v
	case "raised", "came_back", "returned", "acknowledged", "reset", "realarmed", "suppressed", "suppression_ended", "cause_set", "assigned", "noted", "closed":
		return s.kind(k), k
	case "shelving", "service", "holds", "ends":
		return s.suppression(t, k, v)
	case "group", "alone", "members", "gravest", "place", "grew":
		return s.cause(o, k, v)
	case "flood", "calm", "rate", "chatters", "quiet", "nuisance", "proposes":
		return s.burden(t, o, k, v)
	}
	return last.Level, k
}

func (s *stage) refusal(refusal error, code string) (got, want string) {
	switch {
	case refusal == nil:
		return "not refused", "refused"
	case strings.Contains(refusal.Error(), strings.ReplaceAll(code, "_", " ")), strings.Contains(refusal.Error(), "("+code+")"):
		return "", ""
	}
	return refusal.Error(), code
}

func (s *stage) heldBy(e alarm.Event) string {
	switch {
	case e.Held == "":
		return "nobody"
	case strings.HasPrefix(e.Held, "SUP-"):
		x, _ := s.held.Get(e.Held)
		return string(x.Type)
	}
	return e.Held
}

// kind is k where an event of this kind came in this step.
func (s *stage) kind(k string) string {
	for _, e := range s.events[s.before:] {
		if e.Rule == s.now && string(e.Kind) == k {
			return k
		}
	}
	return string(s.latest().Kind)
}

// suppression tells of the one that was spoken of last.
func (s *stage) suppression(t *testing.T, k, v string) (got, want string) {
	t.Helper()
	x, _ := s.held.Get(s.last)
	switch k {
	case "holds":
		return strconv.Itoa(x.Held), v
	case "ends":
		return x.Until.In(s.begin.Location()).Format("15:04-0700"), v
	}
	return string(x.State), v
}

func (s *stage) cause(o alarm.Occurrence, k, v string) (got, want string) {
	g, _ := s.grouping.Group(o.ID)
	switch k {
	case "group":
		root, ok := s.grouping.RootOf[o.ID]
		if !ok {
			return "none", v
		}
		r, _ := s.book.Get(root)
		return r.Rule, v
	case "members":
		return strconv.Itoa(len(g.Members)), v
	case "gravest":
		return "P" + strconv.Itoa(int(g.Priority)), v
	case "grew":
		return strconv.FormatBool(slices.Contains(s.grown, cmp.Or(s.grouping.RootOf[o.ID], o.ID))), "true"
	case "place":
		flood, _ := s.meter.Flood()
		return string(alarm.Place(o, s.grouping, flood)), v
	}
	root, _ := s.grouping.Group(s.grouping.RootOf[o.ID])
	return strconv.FormatBool(slices.Contains(root.Alone, o.ID)), "true"
}

func (s *stage) burden(t *testing.T, o alarm.Occurrence, k, v string) (got, want string) {
	t.Helper()
	flood, _ := s.meter.Flood()
	p := s.part()
	switch k {
	case "flood":
		return strconv.FormatBool(flood), "true"
	case "calm":
		return strconv.FormatBool(flood), "false"
	case "rate":
		return strconv.Itoa(s.meter.Rate(0)), v
	case "chatters", "quiet":
		return strconv.FormatBool(s.meter.Chatters(p.rule.ID, p.device.ID, p.point.ID)), strconv.FormatBool(k == "chatters")
	}
	var kinds, proposals []string
	for _, n := range s.meter.Nuisances(s.standing(), nil, s.begin.Add(s.wall)) {
		if n.Rule != s.now {
			continue
		}
		kinds = append(kinds, string(n.Kind)+":"+strconv.Itoa(n.Count))
		proposals = append(proposals, "on:"+n.Proposal.OnDelay.String()+",off:"+n.Proposal.OffDelay.String())
	}
	if k == "proposes" {
		return strings.Join(proposals, "+"), v
	}
	return strings.Join(kinds, "+"), v
}
