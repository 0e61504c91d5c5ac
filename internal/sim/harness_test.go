package sim

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/clock"
)

// start runs a facility at ten times real time on addresses of its own, beside
// other tests that do.
func start(t *testing.T, base string) *Facility {
	t.Helper()
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	f, err := Start(ctx, Options{BaseIP: base, Seed: 1, Clock: clock.Scaled(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), 10)})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := f.Wait(); err != nil {
			t.Errorf("wait: %v", err)
		}
	})
	return f
}

func (f *Facility) find(t *testing.T, id string) Device {
	t.Helper()
	for _, d := range f.Devices() {
		if d.ID == id {
			return d
		}
	}
	t.Fatalf("no device %s", id)
	return Device{}
}

// dial is a manager's session with a device.
func dial(t *testing.T, d Device) *gosnmp.GoSNMP {
	t.Helper()
	u, err := url.Parse("udp://" + d.Address)
	if err != nil {
		t.Fatal(err)
	}
	var port uint16
	if _, err := fmt.Sscan(u.Port(), &port); err != nil {
		t.Fatal(err)
	}
	g := &gosnmp.GoSNMP{Target: u.Hostname(), Port: port, Version: gosnmp.Version2c, Community: d.Community, Timeout: 5 * time.Second, MaxOids: 60}
	if d.Version == "3" {
		g.Version, g.SecurityModel, g.MsgFlags = gosnmp.Version3, gosnmp.UserSecurityModel, gosnmp.AuthPriv
		g.SecurityParameters = &gosnmp.UsmSecurityParameters{
			UserName: d.User, AuthenticationProtocol: gosnmp.SHA256, AuthenticationPassphrase: d.AuthPass,
			PrivacyProtocol: gosnmp.AES, PrivacyPassphrase: d.PrivPass,
		}
	}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Conn.Close() })
	return g
}

// read reads one number; ok is false where there is none.
func read(g *gosnmp.GoSNMP, oid string) (v float64, ok bool) {
	p, err := g.Get([]string{oid})
	if err != nil || len(p.Variables) != 1 {
		return 0, false
	}
	switch x := p.Variables[0].Value.(type) {
	case int:
		return float64(x), true
	case uint:
		return float64(x), true
	case uint32:
		return float64(x), true
	case uint64:
		return float64(x), true
	}
	return 0, false
}

func text(t *testing.T, g *gosnmp.GoSNMP, oid string) string {
	t.Helper()
	p, err := g.Get([]string{oid})
	if err != nil || len(p.Variables) != 1 {
		t.Fatalf("get %s: %v", oid, err)
	}
	b, _ := p.Variables[0].Value.([]byte)
	return string(b)
}

// until asks again and again until the number passes, for half a minute of real
// time at most: five minutes of the facility's.
func until(t *testing.T, g *gosnmp.GoSNMP, oid, what string, good func(float64) bool) {
	t.Helper()
	end := time.After(30 * time.Second)
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		v, ok := read(g, oid)
		if ok && good(v) {
			return
		}
		select {
		case <-end:
			t.Fatalf("%s: %s is %v (known %v) after 30 s", what, oid, v, ok)
		case <-pause.C:
		}
	}
}

func is(want float64) func(float64) bool { return func(v float64) bool { return v == want } }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
