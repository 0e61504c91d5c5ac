// Package uniform answers as a fleet of equal SNMP v2c devices at all addresses of
// 127.0.0.0/8, to measure pollers against: one socket, one answer made once for
// every request and sent with the id of each. It answers every instance with the
// length of its OID, to any community, and to nobody who is not on loopback.
package uniform

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/gosnmp/gosnmp"
	"golang.org/x/sys/unix"
)

// Base is the first device of a fleet: the addresses before it are left to others.
var Base = netip.MustParseAddr("127.20.0.1")

// SlowBy is how long a slow device holds an answer back.
const SlowBy = 800 * time.Millisecond

// maxAnswers bounds the requests that are remembered with their answers.
const maxAnswers = 1000

// Faults of a fleet, in percent of its devices.
type Faults struct{ Dead, Slow int }

// share tells in which percent of the fleet an address is.
func share(a netip.Addr) int {
	b := a.As4()
	return (int(b[2])*254 + int(b[3])*7) % 100
}

// IsDead reports whether the device at an address never answers.
func (f Faults) IsDead(a netip.Addr) bool { return share(a) < f.Dead }

// IsSlow reports whether it answers late.
func (f Faults) IsSlow(a netip.Addr) bool {
	return share(a) >= f.Dead && share(a) < f.Dead+f.Slow
}

// A Fleet answers until its context ends.
type Fleet struct {
	conn    *net.UDPConn
	faults  Faults
	answers map[string][]byte // by request without its id
	in, oob [4096]byte
}

// Listen opens the fleet's port; 0: one that is free.
func Listen(port uint16, f Faults) (*Fleet, error) {
	if f.Dead < 0 || f.Slow < 0 || f.Dead+f.Slow > 100 {
		return nil, fmt.Errorf("simulate fleet: %d %% dead and %d %% slow devices", f.Dead, f.Slow)
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{Port: int(port)})
	if err != nil {
		return nil, fmt.Errorf("simulate fleet: %w", err)
	}
	if err := askForDestinations(conn); err != nil {
		return nil, errors.Join(fmt.Errorf("simulate fleet: %w", err), conn.Close())
	}
	return &Fleet{conn: conn, faults: f, answers: map[string][]byte{}}, nil
}

// Port returns the port on which it answers.
func (f *Fleet) Port() uint16 { return f.conn.LocalAddr().(*net.UDPAddr).AddrPort().Port() }

// Run answers until ctx ends, and closes the port.
func (f *Fleet) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = f.conn.Close() })
	defer stop()
	for {
		if err := f.one(); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return errors.Join(fmt.Errorf("simulate fleet: %w", err), f.conn.Close())
		}
	}
}

// one takes a request and answers it as its address does.
func (f *Fleet) one() error {
	n, oobn, _, from, err := f.conn.ReadMsgUDPAddrPort(f.in[:], f.oob[:])
	if err != nil {
		return err
	}
	to, ok := destination(f.oob[:oobn])
	at := idOf(f.in[:n])
	if !ok || !to.IsLoopback() || at < 0 || f.faults.IsDead(to) {
		return nil
	}
	answer, ok := f.answer(f.in[:n], at)
	if !ok {
		return nil
	}
	control := source(to.As4())
	if f.faults.IsSlow(to) {
		late := append([]byte(nil), answer...)
		time.AfterFunc(SlowBy, func() { _, _, _ = f.conn.WriteMsgUDPAddrPort(late, control, from) })
		return nil
	}
	_, _, err = f.conn.WriteMsgUDPAddrPort(answer, control, from)
	return err
}

// answer is the one to a request whose id stands at at; valid until the next.
func (f *Fleet) answer(request []byte, at int) ([]byte, bool) {
	id := binary.BigEndian.Uint32(request[at:])
	binary.BigEndian.PutUint32(request[at:], 0)
	out, ok := f.answers[string(request)]
	if !ok {
		key := string(request)
		binary.BigEndian.PutUint32(request[at:], id) // a small one would take fewer bytes
		var err error
		if out, err = makeAnswer(request); err != nil || idOf(out) < 0 {
			return nil, false
		}
		if len(f.answers) >= maxAnswers {
			clear(f.answers)
		}
		f.answers[key] = out
	}
	binary.BigEndian.PutUint32(out[idOf(out):], id)
	return out, true
}

// askForDestinations makes the kernel tell to which address a datagram came.
func askForDestinations(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		inner = errors.Join(unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_PKTINFO, 1),
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 8<<20))
	})
	return errors.Join(err, inner)
}

// destination reads IP_PKTINFO (ip(7)): index, local address, destination.
func destination(oob []byte) (netip.Addr, bool) {
	list, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(list) == 0 || len(list[0].Data) < 12 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(list[0].Data[8:12])), true
}

// source is the control message that sends from an address.
func source(a [4]byte) []byte { return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: a}) }

// idOf finds the four bytes of the request id behind version and community.
func idOf(b []byte) int {
	skip := func(at int) int { // over a tag and its length
		if at+1 < len(b) && b[at+1] >= 0x80 {
			return at + 2 + int(b[at+1]&0x7f)
		}
		return at + 2
	}
	at := skip(0) + 3 // version: 02 01 xx
	if at+1 >= len(b) {
		return -1
	}
	at = skip(at+2+int(b[at+1])) + 2 // community, PDU, 02 04
	if at+4 > len(b) || b[at-1] != 4 {
		return -1
	}
	return at
}

// makeAnswer answers every instance with the length of its OID.
func makeAnswer(request []byte) ([]byte, error) {
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	p, err := x.SnmpDecodePacket(append([]byte(nil), request...))
	if err != nil {
		return nil, err
	}
	p.PDUType = gosnmp.GetResponse
	for i := range p.Variables {
		p.Variables[i].Type, p.Variables[i].Value = gosnmp.Integer, len(p.Variables[i].Name)-1
	}
	return p.MarshalMsg()
}
