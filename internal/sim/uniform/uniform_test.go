package uniform

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

func TestFleetAnswersAtEveryAddress(t *testing.T) {
	f, err := Listen(0, Faults{Dead: 20})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	dead := 0
	for i, a := 0, Base; i < 20; i, a = i+1, a.Next() {
		x := &gosnmp.GoSNMP{Target: a.String(), Port: f.Port(), Transport: "udp", Community: "any", Version: gosnmp.Version2c, Timeout: 5 * time.Second}
		if (Faults{Dead: 20}).IsDead(a) {
			x.Timeout = 50 * time.Millisecond
			dead++
		}
		if err := x.Connect(); err != nil {
			t.Fatal(err)
		}
		got, err := x.Get([]string{"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.2.2.1.10.4"})
		x.Close()
		switch isDead := (Faults{Dead: 20}).IsDead(a); {
		case isDead != (err != nil):
			t.Errorf("%s: error %v, dead %v", a, err, isDead)
		case err == nil && (len(got.Variables) != 2 || got.Variables[1].Value != len("1.3.6.1.2.1.2.2.1.10.4")):
			t.Errorf("%s: %+v", a, got.Variables)
		}
	}
	if dead == 0 || dead == 20 {
		t.Errorf("%d of 20 devices are dead, want some", dead)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestFleetLivesThroughRubbish(t *testing.T) {
	f, err := Listen(0, Faults{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(Base, f.Port())))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for n := range 300 {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(0x30 + n*i)
		}
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	x := &gosnmp.GoSNMP{Target: Base.String(), Port: f.Port(), Transport: "udp", Community: "any", Version: gosnmp.Version2c, Timeout: 5 * time.Second}
	if err := x.Connect(); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if _, err := x.Get([]string{"1.3.6.1.2.1.1.3.0"}); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestImpossibleFaultsAreRefused(t *testing.T) {
	if _, err := Listen(0, Faults{Dead: 60, Slow: 50}); err == nil {
		t.Error("110 % of a fleet")
	}
}
