package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/ops"
	"nezuban/internal/sim/agent"
)

// workSpeed is how much faster than time the daemon of these tests lives.
const workSpeed = 10

// counted is a socket that counts what comes in.
type counted struct {
	net.PacketConn
	n *atomic.Int64
}

func (c counted) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(b)
	if err == nil {
		c.n.Add(1)
	}
	return n, from, err
}

// A worksite is a daemon that polls two UPS cards, each at an address of its own,
// and counts what they are asked.
type worksite struct {
	*testing.T
	dir    string
	on     string // beginning of the loopback addresses
	clock  clock.Clock
	ports  map[string]int
	asked  map[string]*atomic.Int64
	cards  map[string]*agent.Server
	daemon *daemon
	stop   func()
}

func newWorksite(t *testing.T, on string) *worksite {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the whole daemon; not in -short")
	}
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	w := &worksite{T: t, dir: t.TempDir(), on: on, clock: clock.Scaled(time.Now(), workSpeed),
		ports: map[string]int{}, asked: map[string]*atomic.Int64{}, cards: map[string]*agent.Server{}}
	for i, id := range []string{"ups-a1", "ups-a2"} {
		w.card(id, fmt.Sprintf("%s.%d", on, i+1))
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(w.dir, "site.yaml"), fmt.Sprintf(`code: DC-WORK
zone: Asia/Tokyo
polling: {fast: 1s, normal: 1s}
ssh: {listen: "127.0.0.1:0"}
http: {listen: "127.0.0.1:0"}
traps: {listen: "127.0.0.1:0"}
history: {url: %q}
records: {reserve_bytes: 1MiB}
secrets: {identity: %q}
`, takesAll(t), demoIdentity()))
	writeFile(t, filepath.Join(w.dir, "people.yaml"), fmt.Sprintf(`people:
  - {id: mori, name: Mori, roles: [shift-lead], unix: %s}
  - {id: sato, name: Sato, roles: [operator], unix: nobody-logs-in-as-sato}
`, me.Username))
	vault, err := demoVault(w.dir)
	if err == nil {
		err = vault.Set("community", "work")
	}
	if err != nil {
		t.Fatal(err)
	}
	w.inventory("UPS")
	t.Cleanup(func() {
		if w.stop != nil {
			w.stop()
		}
	})
	w.start()
	return w
}

// card is the management card of a UPS with a battery that is well.
func (w *worksite) card(id, address string) {
	w.Helper()
	conn, err := net.ListenPacket("udp", address+":0")
	if err != nil {
		w.Skipf("%s is not on this machine's loopback: %v", address, err)
	}
	tree := &agent.Tree{}
	for oid, v := range map[string]agent.Value{
		"1.3.6.1.2.1.1.1":      {Kind: agent.OctetString, Bytes: []byte("UPS")},
		"1.3.6.1.2.1.1.3":      {Kind: agent.TimeTicks, Uint: 4711},
		"1.3.6.1.2.1.1.5":      {Kind: agent.OctetString, Bytes: []byte(id)},
		"1.3.6.1.2.1.33.1.2.1": {Kind: agent.Integer, Int: 2},   // upsBatteryStatus: normal
		"1.3.6.1.2.1.33.1.2.4": {Kind: agent.Integer, Int: 100}, // upsEstimatedChargeRemaining
	} {
		o, err := agent.ParseOID(oid)
		if err != nil {
			w.Fatal(err)
		}
		tree.Scalar(o, func() agent.Value { return v })
	}
	n := &atomic.Int64{}
	s, err := agent.New(agent.Options{Conn: counted{conn, n}, View: tree, Community: "work", EngineTime: func() time.Duration { return 0 }})
	if err = errors.Join(err, tree.Seal()); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	w.ports[id], w.asked[id], w.cards[id] = conn.LocalAddr().(*net.UDPAddr).Port, n, s
}

// inventory writes the two cards; name is part of what people call them.
func (w *worksite) inventory(name string) {
	w.Helper()
	var b strings.Builder
	b.WriteString("devices:\n")
	for i, id := range []string{"ups-a1", "ups-a2"} {
		fmt.Fprintf(&b, "  - {id: %s, name: %s %d, kind: ups, place: B1F, address: \"%s.%d:%d\", snmp: {version: 2c, community_secret: community}}\n",
			id, name, i+1, w.on, i+1, w.ports[id])
	}
	writeFile(w.T, filepath.Join(w.dir, "inventory", "ups.yaml"), b.String())
}

// start opens and runs the daemon; stop ends it.
func (w *worksite) start() {
	w.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d, err := openDaemon(ctx, daemonOptions{dir: w.dir, clock: w.clock, log: slog.New(slog.NewTextHandler(logTo(w.T), nil)), mode: "DEMO", speed: workSpeed})
	if err != nil {
		cancel()
		w.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- d.run(ctx, nil) }()
	w.daemon = d
	w.stop = func() {
		cancel()
		if err := errors.Join(<-done, d.close()); err != nil {
			w.Error(err)
		}
		w.stop = nil
	}
}

func (w *worksite) reach(id facility.DeviceID) live.Reach {
	for _, d := range w.daemon.table.Snapshot().Devices {
		if d.Device.ID == id {
			return d.Reach(w.clock.Now())
		}
	}
	return ""
}

func (w *worksite) reaches(id facility.DeviceID, want live.Reach) {
	w.Helper()
	eventually(w.T, 30*time.Second, fmt.Sprintf("%s is %s", id, want), func() error {
		if got := w.reach(id); got != want {
			return fmt.Errorf("it is %q", got)
		}
		return nil
	})
}

// silence checks that a card is asked nothing for thirty rounds, once the rounds
// under way are over, while the other one is.
func (w *worksite) silence(moment string) {
	w.Helper()
	pass := func(d time.Duration) {
		if err := w.clock.Sleep(w.Context(), d); err != nil {
			w.Fatal(err)
		}
	}
	var before, other int64
	eventually(w.T, 20*time.Second, moment+": the last round is over", func() error {
		before = w.asked["ups-a1"].Load()
		pass(5 * time.Second)
		if n := w.asked["ups-a1"].Load(); n != before {
			return fmt.Errorf("%d packets in five seconds", n-before)
		}
		return nil
	})
	other = w.asked["ups-a2"].Load()
	pass(30 * time.Second)
	if n := w.asked["ups-a1"].Load(); n != before {
		w.Errorf("%s: %d packets to a device whose polling is stopped", moment, n-before)
	}
	if w.asked["ups-a2"].Load() == other {
		w.Errorf("%s: the other device is not asked either", moment)
	}
	for _, o := range w.daemon.ops.Standing() {
		if o.Device == "ups-a1" {
			w.Errorf("%s: %s stands at the device", moment, o.Rule)
		}
	}
}

// stopped stops the polling of ups-a1 from the command line, and has it approved.
func (w *worksite) stopped(length string) api.Suppression {
	w.Helper()
	x := decode[api.Suppression](w.T, mustCLI(w.T, w.dir, "devices", "stop-polling", "ups-a1", "--for", length, "--reason", "card firmware", "--json"))
	if x.State != "waiting" || x.By != "mori" || x.Device != "ups-a1" {
		w.Fatalf("asked: %+v, want it to wait: a P1 watches a UPS", x)
	}
	sato, ok := w.daemon.personByID("sato")
	if !ok {
		w.Fatal("nobody can approve")
	}
	u, err := w.daemon.ops.Approve(w.Context(), sato, x.ID, 1, "agreed")
	if err != nil {
		w.Fatal(err)
	}
	return api.SuppressionOf(u)
}

// TestAStoppedDeviceIsAskedNothing: somebody changes the firmware of a card. It gets
// no packet, over a reload, a trap of its own and a restart of the daemon, and is
// polled again at the end.
func TestAStoppedDeviceIsAskedNothing(t *testing.T) {
	t.Parallel()
	w := newWorksite(t, network(173))
	w.reaches("ups-a1", live.Up)
	w.reaches("ups-a2", live.Up)
	first := w.stopped("1h")
	w.reaches("ups-a1", live.Stopped)
	w.silence("stopped")

	w.inventory("Renamed UPS")
	site, err := loadLive(w.dir, w.daemon.log)
	if err != nil {
		t.Fatal(err)
	}
	w.daemon.apply(t.Context(), site)
	w.silence("reloaded")

	receiver, err := net.ResolveUDPAddr("udp", w.daemon.traps.Addr())
	if err != nil {
		t.Fatal(err)
	}
	w.cards["ups-a1"].Notify(receiver, agent.OID{1, 3, 6, 1, 6, 3, 1, 1, 5, 1}, time.Second)
	eventually(t, 20*time.Second, "its trap is kept", func() error {
		list, err := w.daemon.store.Traps(t.Context(), "ups-a1", 10)
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%d traps, %w", len(list), err)
		}
		if list[0].Polled {
			t.Errorf("the trap brought a poll: %+v", list[0])
		}
		return nil
	})
	w.silence("after its trap")

	w.stop()
	w.start()
	w.silence("restarted")
	d := decode[api.Device](t, mustCLI(t, w.dir, "devices", "ups-a1", "--json"))
	if d.Reach != "stopped" || d.PollingStop == nil || d.PollingStop.ID != first.ID || d.PollingStop.Approver != "sato" || !d.PollingStop.Until.Equal(first.Until) {
		t.Errorf("after the restart: %s, %+v", d.Reach, d.PollingStop)
	}
	if list := mustCLI(t, w.dir, "devices"); !strings.Contains(list, "polling stopped by mori until") {
		t.Errorf("list:\n%s", list)
	}

	short := w.stopped("1m")
	w.reaches("ups-a1", live.Up)
	if end := w.clock.Now(); end.Before(short.Until) {
		t.Errorf("polled again at %v, before the end %v", end, short.Until)
	}
	if over, ok := findSuppression(w, short.ID); !ok || over.State != "over" || over.EndedBy != "system:suppression" {
		t.Errorf("at its end: %+v", over)
	}
}

func findSuppression(w *worksite, id string) (api.Suppression, bool) {
	for _, x := range w.daemon.ops.Suppressions() {
		if x.ID == id {
			return api.SuppressionOf(x), true
		}
	}
	return api.Suppression{}, false
}

// TestPollingIsResumedByHand, and what cannot be stopped says so.
func TestPollingIsResumedByHand(t *testing.T) {
	t.Parallel()
	w := newWorksite(t, network(174))
	w.reaches("ups-a1", live.Up)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"stop-polling", "ups-a1", "--for", "25h", "--reason", "x"}, "24h"},
		{[]string{"stop-polling", "ups-a1", "--for", "1h"}, "comment is required"},
		{[]string{"stop-polling", "ups-a1", "--reason", "x"}, "--for"},
		{[]string{"stop-polling", "ups-x9", "--for", "1h", "--reason", "x"}, `"ups-x9"`},
		{[]string{"resume-polling", "ups-a1", "--reason", "x"}, "is not stopped"},
	} {
		if out, err := cli(t, w.dir, append([]string{"devices"}, tt.args...)...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want it to say %q\n%s", tt.args, err, tt.want, out)
		}
	}
	if _, err := w.daemon.ops.StopPolling(t.Context(), duty.Person{ID: "sato", Roles: []duty.Role{duty.Operator}}, ops.StopRequest{Device: "ups-a1", For: time.Hour, Reason: "x"}); err == nil {
		t.Error("an operator stopped the polling")
	}
	w.stopped("1h")
	w.reaches("ups-a1", live.Stopped)
	w.silence("stopped")
	out := mustCLI(t, w.dir, "devices", "resume-polling", "ups-a1", "--reason", "firmware is in")
	if !strings.Contains(out, "ups-a1 is polled") {
		t.Errorf("resumed: %s", out)
	}
	before := w.asked["ups-a1"].Load()
	w.reaches("ups-a1", live.Up)
	if w.asked["ups-a1"].Load() == before {
		t.Error("it is up without having been asked")
	}
}
