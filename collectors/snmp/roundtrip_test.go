package snmp

import (
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// TestRoundTripIsMeasured holds the round trip to the real time from a send to
// the answer that matches it.
func TestRoundTripIsMeasured(t *testing.T) {
	const delay, late = 80 * time.Millisecond, 1200 * time.Millisecond
	const slack = 500 * time.Millisecond // less than any other moment it could be counted from would add or take
	tests := map[string]struct {
		delay, timeout time.Duration
		lost           int // first tries of the last request that stay without an answer
		want           time.Duration
	}{
		"answered":              {delay: delay, timeout: 5 * time.Second, want: delay},
		"first try lost":        {delay: delay, timeout: late, lost: 1, want: delay},
		"answer after a second": {delay: late, timeout: 700 * time.Millisecond, want: late},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startAgent(t)
			s, err := dial(t.Context(), a.target("d"), tt.timeout, testTime())
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			a.change(func(a *agent) {
				a.delay = tt.delay
				a.answer = func(*gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
					tt.lost--
					return nil, 0, 0, tt.lost >= 0
				}
			})
			if _, err := s.get(t.Context(), []string{oidSysName}); err != nil {
				t.Fatal(err)
			}
			if got := s.roundTrip(); got < tt.want || got > tt.want+slack {
				t.Errorf("round trip %v, want %v and little more", got, tt.want)
			}
		})
	}
}

// TestRoundTripIsRealTime holds it to real time on a clock that runs faster.
func TestRoundTripIsRealTime(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	const delay = 30 * time.Millisecond // 600 on that clock
	a.change(func(a *agent) { a.delay = delay })
	running20(t, box, a.target("u"))
	b, _ := box.until(t, "a batch", 0, good(sourceID, 3))
	if got := b.Health.RoundTrip; got < delay || got > delay+400*time.Millisecond {
		t.Errorf("round trip %v of an agent that answers after %v", got, delay)
	}
}
