package sim

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"nezuban/internal/clock"
	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// DefaultPort is where all devices listen unless told otherwise, UDP and TCP.
const DefaultPort = 1161

// DefaultBaseIP is the first device's address.
const DefaultBaseIP = "127.77.0.1"

// modelStep is how far the model moves at a time.
const modelStep = 250 * time.Millisecond

// Options of a facility. The zero value of each field is usable.
type Options struct {
	BaseIP        string      // first loopback address; "": DefaultBaseIP
	Port          int         // 0: any port that is free on all addresses
	Seed          int64       // of the noise
	Clock         clock.Clock // nil: the machine's
	Log           *slog.Logger
	ControlSocket string // path of a unix socket that takes faults; "" none
}

// A Facility is a running simulation.
type Facility struct {
	log     *slog.Logger
	clk     clock.Clock
	model   *model.Model
	devices []*device
	effects atomic.Pointer[effects]
	wg      sync.WaitGroup
	trapsTo atomic.Pointer[net.UDPAddr] // nil: no traps are sent
	failed  atomic.Pointer[error]       // the first error that ended a part early

	mu     sync.Mutex          // protects active
	active map[string][]string // fault → devices it acts on
}

// Start builds the facility and listens on every address; it returns once
// everything answers. All ends with ctx; Wait waits for that.
func Start(ctx context.Context, o Options) (*Facility, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.BaseIP == "" {
		o.BaseIP = DefaultBaseIP
	}
	f := &Facility{log: o.Log, clk: o.Clock, model: model.New(o.Seed), devices: plan(), active: map[string][]string{}}
	for _, d := range f.devices {
		d.state, d.start = f.model.State(), o.Clock.Now()
		if d.build != nil {
			if err := d.seal(); err != nil {
				return nil, fmt.Errorf("simulate %s: %w", d.ID, err)
			}
		}
	}
	f.applyLocked() // nobody else has f yet
	socks, err := listenAll(f.devices, o.BaseIP, o.Port)
	if err != nil {
		return nil, err
	}
	if err := f.serve(ctx, socks, o); err != nil {
		for _, s := range socks {
			s.close()
		}
		return nil, err
	}
	f.wg.Go(func() { f.drive(ctx) })
	return f, nil
}

// serve starts all servers; nothing runs yet where it returns an error.
func (f *Facility) serve(ctx context.Context, socks []socket, o Options) error {
	mono := o.Clock.Mono()
	engineTime := func() time.Duration { return o.Clock.Real(o.Clock.Mono() - mono) }
	// Boots grows from run to run without being kept: seconds since 2020-09-13.
	boots := int32(o.Clock.Now().Unix() - 1600000000)
	var run []func()
	for i, d := range f.devices {
		s := socks[i]
		d.Address = s.address(d.Engine)
		if s.tcp != nil {
			run = append(run, func() { f.serveMetrics(ctx, d, s.tcp) })
			continue
		}
		srv, err := f.snmpServer(d, s.udp, boots, engineTime)
		if err != nil {
			return fmt.Errorf("simulate %s: %w", d.ID, err)
		}
		d.server = srv
		run = append(run, func() {
			if err := srv.Run(ctx); err != nil {
				f.fail(err)
			}
		})
	}
	if o.ControlSocket != "" { // last: nothing can fail once it listens
		control, err := f.control(ctx, o.ControlSocket)
		if err != nil {
			return err
		}
		run = append(run, control)
	}
	for _, r := range run {
		f.wg.Go(r)
	}
	return nil
}

func (f *Facility) snmpServer(d *device, conn net.PacketConn, boots int32, engineTime func() time.Duration) (*agent.Server, error) {
	opt := agent.Options{
		Conn: conn, View: d.view, Lock: f.model.Locker(), Community: d.Community,
		Boots: boots, EngineTime: engineTime, Log: f.log.With("device", d.ID),
	}
	if d.Version == "3" {
		opt.EngineID = engineID(d.ID)
		opt.Users = []agent.User{{Name: d.User, AuthPass: d.AuthPass, PrivPass: d.PrivPass}}
	}
	crazy := &garbageView{Tree: d.view, clk: f.clk}
	opt.Behave = func() agent.Behaviour { return f.behave(d, crazy) }
	return agent.New(opt)
}

// slowness is how long a slow device takes, in the machine's time.
const slowness = 3 * time.Second

func (f *Facility) behave(d *device, crazy *garbageView) agent.Behaviour {
	var b agent.Behaviour
	e := f.effects.Load()
	if b.Silent = e.all || e.silent[d.ID] || !f.powered(d); b.Silent {
		return b
	}
	if e.slow[d.ID] {
		b.Delay = slowness
	}
	if e.garbage[d.ID] {
		crazy.begin()
		b.View, b.MaxSize = crazy, 65507
	} else {
		crazy.finish()
	}
	return b
}

func (f *Facility) powered(d *device) bool {
	l := f.model.Locker()
	l.Lock()
	defer l.Unlock()
	return d.running()
}

// drive moves the model with the clock until ctx ends.
func (f *Facility) drive(ctx context.Context) {
	// The clock's time that passes while the machine's moves by one step.
	wait := time.Duration(float64(modelStep) * float64(modelStep) / float64(max(1, f.clk.Real(modelStep))))
	const most = 4000 // steps at a time; after a long sleep of the machine the rest is one stride
	done := f.clk.Mono()
	f.listen()
	for f.clk.Sleep(ctx, wait) == nil {
		behind := f.clk.Mono() - done
		if behind > most*modelStep {
			f.model.Step(behind - most*modelStep)
			done += behind - most*modelStep
		}
		for ; f.clk.Mono()-done >= modelStep; done += modelStep {
			f.model.Step(modelStep)
		}
		f.proclaim()
	}
}

// Devices lists all devices in stable order.
func (f *Facility) Devices() []Device {
	out := make([]Device, len(f.devices))
	for i, d := range f.devices {
		out[i] = d.Device
	}
	return out
}

// Wait returns once all parts have ended, nil unless one could not go on.
func (f *Facility) Wait() error {
	f.wg.Wait()
	if err := f.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *Facility) fail(err error) {
	f.log.Error("simulation part ended", "err", err)
	f.failed.CompareAndSwap(nil, &err)
}

// A socket is where one device listens.
type socket struct {
	udp net.PacketConn
	tcp net.Listener
}

func (s socket) close() {
	if s.udp != nil {
		s.udp.Close()
	}
	if s.tcp != nil {
		s.tcp.Close()
	}
}

func (s socket) address(engine string) string {
	if engine == "agent" {
		return "http://" + s.tcp.Addr().String() + "/metrics"
	}
	return s.udp.LocalAddr().String()
}

// listenAll opens one socket a device, all on the same port.
func listenAll(ds []*device, base string, port int) ([]socket, error) {
	ip, err := netip.ParseAddr(base)
	if err != nil || !ip.Is4() || !ip.IsLoopback() {
		return nil, fmt.Errorf("base address %q: not an IPv4 loopback address such as %s", base, DefaultBaseIP)
	}
	const tries = 20
	for range tries {
		try := port
		if port == 0 {
			if try, err = freePort(ip); err != nil {
				return nil, err
			}
		}
		var socks []socket
		if socks, err = listenOn(ds, ip, try); err == nil {
			return socks, nil
		}
		if port != 0 {
			break
		}
	}
	return nil, err
}

func freePort(ip netip.Addr) (int, error) {
	c, err := net.ListenPacket("udp4", net.JoinHostPort(ip.String(), "0"))
	if err != nil {
		return 0, fmt.Errorf("listen on %s: %w; the simulated facility needs the addresses of 127.0.0.0/8, which Linux has on loopback", ip, err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port, nil
}

func listenOn(ds []*device, base netip.Addr, port int) (socks []socket, err error) {
	defer func() {
		if err != nil {
			for _, s := range socks {
				s.close()
			}
			socks = nil
		}
	}()
	ip := base
	for _, d := range ds {
		for last := ip.As4()[3]; last == 0 || last == 255; last = ip.As4()[3] {
			ip = ip.Next()
		}
		if !ip.IsLoopback() {
			return socks, fmt.Errorf("base address %s: too high, the devices run past 127.255.255.255", base)
		}
		at := net.JoinHostPort(ip.String(), strconv.Itoa(port))
		var s socket
		if d.Engine == "agent" {
			s.tcp, err = net.Listen("tcp4", at)
		} else {
			s.udp, err = net.ListenPacket("udp4", at)
		}
		if err != nil {
			return socks, fmt.Errorf("listen for %s: %w; another simulation may be running, choose another base address or port", d.ID, err)
		}
		socks = append(socks, s)
		ip = ip.Next()
	}
	return socks, nil
}
