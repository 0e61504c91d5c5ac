package snmp

import (
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
)

func TestVersion1(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	a.change(func(a *agent) { a.v1Only = true })
	target := a.target("u")
	target.SNMP.Version = "1"
	running20(t, box, target)
	first, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	if !good(loadID, 0.4)(first) || first.Health.Protocol != "v1" || first.Health.ErrorKind != facility.ErrNone {
		t.Errorf("readings %+v, protocol %q, error %q", first.Readings, first.Health.Protocol, first.Health.LastError)
	}
	a.remove("1.3.6.1.2.1.33.1.2.4.0")
	gone, n := box.until(t, "the instance that went away", n, missing(chargeID))
	if !good(sourceID, 3)(gone) {
		t.Errorf("noSuchName took the rest of the answer with it: %+v", gone.Readings)
	}
	if gone.Health.ErrorKind != facility.ErrNone {
		t.Errorf("what is not there is no failed round: %q", gone.Health.LastError)
	}
	var before int
	a.change(func(a *agent) { before = len(a.requests) })
	_, n = box.until(t, "a round later", n, missing(chargeID))
	_, _ = box.until(t, "another round later", n, missing(chargeID))
	var asked int
	a.change(func(a *agent) { asked = len(a.requests) - before })
	if rounds := 6; asked > rounds+1 { // three fast rounds for each of the two
		t.Errorf("%d requests for %d rounds: the missing instance is asked for every time", asked, rounds)
	}
}

func TestVersion1ProbeCostsFewRequests(t *testing.T) {
	t.Parallel()
	a := startAgent(t, ups()...)
	a.change(func(a *agent) { a.v1Only = true })
	target := a.target("u")
	target.SNMP.Version = "1"
	start := time.Now()
	got, err := Probe(t.Context(), builtin(t), target)
	if err != nil {
		t.Fatal(err)
	}
	if s := show(got); !strings.Contains(s, `ups_output_load_ratio{phase="1"} 0.4`) || !strings.Contains(s, "ups_output_source 3") {
		t.Errorf("got\n%s\nproblems %v", s, got.Problems)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("discovery in v1 took %v", took)
	}
}

func TestVersion1SilentToVersion2(t *testing.T) {
	t.Parallel()
	a := startAgent(t, ups()...)
	a.change(func(a *agent) { a.v1Only = true })
	target := a.target("u")
	target.Timeout = 200 * time.Millisecond
	if _, err := Probe(t.Context(), builtin(t), target); KindOf(err) != facility.ErrTimeout {
		t.Errorf("error %v, want no answer: v1 is not tried where nothing answers", err)
	}
}

func TestWalksFallBackToVersion1(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	a.change(func(a *agent) { a.v1Walks = true })
	target := a.target("u")
	target.Timeout = 200 * time.Millisecond
	got, err := Probe(t.Context(), builtin(t), target)
	if err != nil {
		t.Fatal(err)
	}
	if s := show(got); !strings.Contains(s, `ups_output_load_ratio{phase="1"} 0.4`) {
		t.Errorf("want the table read in v1, got\n%s", s)
	}
	if !strings.Contains(strings.Join(got.Problems, "\n"), "SNMP v1") {
		t.Errorf("problems %q do not say that v1 is spoken", got.Problems)
	}
	running20(t, box, target)
	b, _ := box.until(t, "a batch in v1", 0, good(loadID, 0.4))
	if b.Health.Protocol != "v1" {
		t.Errorf("protocol %q, want v1: the screen must show how it is spoken to", b.Health.Protocol)
	}
}
