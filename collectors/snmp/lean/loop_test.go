package lean

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

func TestRoundsFollowTheSchedule(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	s := newSubject(t, 300*time.Millisecond, prepare(t, testOIDs[:4]...), prepare(t, testOIDs[4:]...))
	join(t, p, s, Config{Address: a.address()})
	before := s.next(t)
	for range 3 {
		r := s.next(t)
		if r.Outcome != Whole || r.Answered != 2 || r.Timeouts != 0 {
			t.Errorf("round %+v, want two answers", r)
		}
		if r.Due-before.Due != s.interval || r.Now < r.Due {
			t.Errorf("due at %v after %v, begun at %v", r.Due, before.Due, r.Now)
		}
		before = r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := fmt.Sprint(s.values); got != "[0 1 2 3 0 1 2 3 4 5 6 7]" {
		t.Errorf("values %s", got)
	}
}

// What came from elsewhere, twice, or is no message, is counted and never read.
func TestOnlyTheAnswerCounts(t *testing.T) {
	t.Parallel()
	a, p, other := startResponder(t), startPool(t, Options{}), listen(t)
	defer other.Close()
	a.set(func(req *gosnmp.SnmpPacket) []reply {
		good := respond(t, req)
		stale, foreign := *req, *req
		stale.RequestID = requestID(0, uint16(req.RequestID-3)%generations)
		foreign.RequestID = 12345
		return []reply{
			{packet: good, from: other},
			{packet: respond(t, &stale)},
			{packet: respond(t, &foreign)},
			{packet: []byte("no message")},
			{packet: good, delay: 40 * time.Millisecond},
			{packet: good, delay: 60 * time.Millisecond},
		}
	})
	s := newSubject(t, 400*time.Millisecond, prepare(t, testOIDs...))
	l := join(t, p, s, Config{Address: a.address()})
	for range 2 {
		if r := s.next(t); r.Outcome != Whole || r.Trip < 40*time.Millisecond || r.Garbage != 1 {
			t.Errorf("round %+v, want the answer after 40 ms and one datagram of garbage", r)
		}
	}
	f := &l.Figures
	if f.WrongSource.Load() < 2 || f.Late.Load() < 2 || f.UnknownID.Load() < 4 || f.Duplicates.Load() < 1 || f.Answers.Load() != 2 {
		t.Errorf("wrong source %d, late %d, unknown %d, duplicates %d, answers %d", f.WrongSource.Load(), f.Late.Load(), f.UnknownID.Load(), f.Duplicates.Load(), f.Answers.Load())
	}
}

// A device that has become slow is waited for longer once its late answers have
// shown how slow it is.
func TestLateAnswersRaiseTheEstimate(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	s := newSubject(t, 3*time.Second, prepare(t, testOIDs...))
	l := join(t, p, s, Config{Address: a.address()})
	if r := s.next(t); r.Outcome != Whole {
		t.Fatalf("first round %+v", r)
	}
	a.set(func(req *gosnmp.SnmpPacket) []reply {
		return []reply{{packet: respond(t, req), delay: 550 * time.Millisecond}}
	})
	if r := s.next(t); r.Timeouts == 0 {
		t.Errorf("round %+v, want a time-out of a device that used to answer at once", r)
	}
	if l.Figures.Late.Load() == 0 {
		t.Error("no late answer counted")
	}
	if r := s.next(t); r.Outcome != Whole || r.Timeouts != 0 || r.Timeout < 550*time.Millisecond {
		t.Errorf("round %+v, want it whole without a time-out: the device is known to be slow", r)
	}
}

func TestSurprisesGoToTheClient(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	a.set(func(req *gosnmp.SnmpPacket) []reply {
		return []reply{{packet: answer(t, req.RequestID, []gosnmp.SnmpPDU{{Name: testOIDs[1], Type: gosnmp.Integer, Value: 1}})}}
	})
	s := newSubject(t, 300*time.Millisecond, prepare(t, testOIDs[:1]...), prepare(t, testOIDs[1:]...))
	s.verdict = Break
	join(t, p, s, Config{Address: a.address()})
	if r := s.next(t); r.Outcome != Broken || r.Answered != 1 || r.Failed != 0 {
		t.Errorf("round %+v, want it broken off by the client", r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.surprises == 0 || len(s.values) > 0 {
		t.Errorf("%d surprises, values %v", s.surprises, s.values)
	}
}

// After two rounds in vain there is one small probe at growing distances; one
// answer brings the whole plan in the same round.
func TestBackOffAndReturn(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	dead := func(*gosnmp.SnmpPacket) []reply { return nil }
	a.set(dead)
	s := newSubject(t, 200*time.Millisecond, prepare(t, testOIDs...))
	join(t, p, s, Config{Address: a.address(), MaxBackoff: 800 * time.Millisecond})
	var got []Outcome
	for range 9 {
		got = append(got, s.next(t).Outcome)
	}
	// Probes: 1 interval after the second failed round, then 2, then 4.
	want := []Outcome{Silent, Silent, Silent, Unreachable, Silent, Unreachable, Unreachable, Unreachable, Silent}
	if !slices.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
	a.set(func(req *gosnmp.SnmpPacket) []reply { return []reply{{packet: respond(t, req)}} })
	for r := s.next(t); r.Outcome != Whole; r = s.next(t) {
		if r.Outcome != Unreachable {
			t.Fatalf("outcome %v, want to wait for the next probe", r.Outcome)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.values) != len(testOIDs) {
		t.Errorf("%d values after the return, want the whole plan in the same round", len(s.values))
	}
}

// One outstanding request a device: retries are tried after the time-out, and a
// dead device gets two tries.
func TestOneRetry(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	a.set(func(*gosnmp.SnmpPacket) []reply { return nil })
	s := newSubject(t, 900*time.Millisecond, prepare(t, testOIDs...))
	s.rounds = 1
	join(t, p, s, Config{Address: a.address()})
	if r := s.next(t); r.Outcome != Silent || r.Timeouts != 2 || r.Timeout != 300*time.Millisecond {
		t.Errorf("round %+v, want two tries of a third of the interval", r)
	}
	at := a.requests()
	if len(at) != 2 || at[1].Sub(at[0]) < 290*time.Millisecond {
		t.Errorf("asked at %v, want a second try after 300 ms", at)
	}
	<-s.gone
}

// A whole site that falls silent is not asked device by device; once one of the
// sample answers, all are asked again.
func TestSilentSiteIsSampled(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	a.set(func(*gosnmp.SnmpPacket) []reply { return nil })
	const members = 60
	var all []*subject
	var l *Loop
	for i := range members {
		s := newSubject(t, 300*time.Millisecond, prepare(t, testOIDs[i%len(testOIDs)]))
		all = append(all, s)
		var err error
		cfg := Config{Address: a.address(), Interval: s.interval, MaxBackoff: s.interval, Group: "link"}
		if l, err = p.Join(fmt.Sprint(i), s, cfg, p.Now()); err != nil {
			t.Fatal(err)
		}
	}
	unasked := 0
	for range 8 {
		for _, s := range all {
			if s.next(t).Outcome == SiteSilent {
				unasked++
			}
		}
	}
	sent := l.Figures.Sent.Load()
	if unasked < members*4 || sent > 2*members+8*2*sampleSize {
		t.Errorf("%d rounds not asked, %d requests sent for %d devices in 8 rounds", unasked, sent, members)
	}
	a.set(func(req *gosnmp.SnmpPacket) []reply { return []reply{{packet: respond(t, req)}} })
	back := 0
	for range 3 {
		back = 0
		for _, s := range all {
			if s.next(t).Outcome == Whole {
				back++
			}
		}
	}
	if back < members {
		t.Errorf("%d of %d devices are back two rounds after the link", back, members)
	}
}

func TestBucketsHoldBack(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	var requests []*Request
	for i := range 8 {
		requests = append(requests, prepare(t, testOIDs[i]))
	}
	s := newSubject(t, 3*time.Second, requests...)
	s.rounds = 1
	join(t, p, s, Config{Address: a.address(), Rate: 5})
	if r := s.next(t); r.Outcome != Whole {
		t.Fatalf("round %+v", r)
	}
	at := a.requests()
	if took := at[len(at)-1].Sub(at[0]); took < 500*time.Millisecond {
		t.Errorf("8 requests at 5 a second went out within %v; after the first five there are 200 ms each", took)
	}
}

func TestClientsLeave(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	s := newSubject(t, 200*time.Millisecond, prepare(t, testOIDs...))
	l := join(t, p, s, Config{Address: a.address()})
	s.next(t)
	l.Leave(s)
	select {
	case <-s.gone:
	case <-time.After(5 * time.Second):
		t.Fatal("not gone after 5 s")
	}
	if n := l.Figures.Devices.Load(); n != 0 {
		t.Errorf("%d devices left", n)
	}
}

// Somebody wants a device between its rounds: it is out at once, or when the
// round in hand has ended.
func TestClientsAreCalled(t *testing.T) {
	t.Parallel()
	a, p := startResponder(t), startPool(t, Options{})
	s := newSubject(t, time.Minute, prepare(t, testOIDs...))
	l := join(t, p, s, Config{Address: a.address()})
	s.next(t)
	l.Call(s)
	<-s.called
	begun := make(chan struct{}, 2)
	a.set(func(req *gosnmp.SnmpPacket) []reply {
		begun <- struct{}{}
		return []reply{{packet: respond(t, req), delay: 200 * time.Millisecond}}
	})
	l = join(t, p, s, Config{Address: a.address()})
	<-begun
	l.Call(s)
	if r := s.next(t); r.Outcome != Whole {
		t.Errorf("round %+v, want the one in hand to end first", r)
	}
	<-s.called
	if n := l.Figures.Devices.Load(); n != 0 {
		t.Errorf("%d devices in the loop", n)
	}
}

// A dead device's request holds a place in the window no longer than 60 ms.
func TestDeadDevicesFreeTheWindow(t *testing.T) {
	t.Parallel()
	dead, live := startResponder(t), startResponder(t)
	dead.set(func(*gosnmp.SnmpPacket) []reply { return nil })
	p := startPool(t, Options{Window: 16}) // the least there is
	var last *subject
	for i := range 48 {
		s := newSubject(t, time.Minute, prepare(t, testOIDs...))
		s.rounds = 1
		a := dead
		if i == 47 {
			a, last = live, s
		}
		if _, err := p.Join(fmt.Sprint(i), s, Config{Address: a.address(), Interval: s.interval}, p.Now()); err != nil {
			t.Fatal(err)
		}
	}
	started := time.Now()
	if r := last.next(t); r.Outcome != Whole {
		t.Errorf("round %+v", r)
	}
	if took := time.Since(started); took > 1500*time.Millisecond {
		t.Errorf("the healthy device waited %v behind 47 dead ones with a window of 16", took)
	}
}

// The steady path allocates nothing a reading worth mentioning.
func TestSteadyPathAllocatesNothing(t *testing.T) {
	p := NewPool(Options{Loops: 1})
	r := prepare(t, testOIDs...)
	packet := answer(t, requestID(0, 0), testValues())
	l, err := newLoop(p, false)
	if err != nil {
		t.Fatal(err)
	}
	defer l.conn.Close()
	from := netip.MustParseAddrPort("127.0.0.1:9")
	c := &counting{requests: []*Request{r}}
	cfg := Config{Address: from, Interval: time.Second, Rate: 1 << 30}
	cfg.fill()
	l.admit(order{client: c, cfg: cfg})
	round := func() {
		l.begin(0)
		l.pump()
		id := requestID(0, l.devices[0].generation)
		h, _ := readHeader(packet)
		binary.BigEndian.PutUint32(packet[h.idAt:], id)
		l.take(packet, from)
	}
	round()
	before := c.slots
	if n := testing.AllocsPerRun(200, round); n > 0 {
		t.Errorf("%v allocations a round", n)
	}
	if c.slots == before {
		t.Error("no slot was read; the measurement shows nothing")
	}
}

// counting is a client that only counts.
type counting struct {
	requests []*Request
	slots    int
}

func (c *counting) Round(Moment, bool) []*Request { return c.requests }
func (c *counting) Answer(_ int, slots []Slot, _ []byte) Verdict {
	c.slots += len(slots)
	return Continue
}
func (c *counting) Surprise(int, []byte) Verdict        { return Continue }
func (c *counting) Done(r Result) (time.Duration, bool) { return r.Due + time.Second, true }
func (c *counting) Called()                             {}
func (c *counting) Gone()                               {}

func TestPrepareNamesWhatIsWrong(t *testing.T) {
	if _, err := Prepare("2c", "public", nil); err == nil {
		t.Error("a request for nothing is prepared")
	}
	if _, err := Prepare("2c", "secret-word", []string{"no oid"}); err == nil || strings.Contains(err.Error(), "secret-word") {
		t.Errorf("error %v, want one without the community", err)
	}
}
