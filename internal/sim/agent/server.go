package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultMaxSize is the largest answer in octets unless told otherwise: one
// Ethernet frame.
const DefaultMaxSize = 1472

// maxDatagram is the largest UDP payload over IPv4.
const maxDatagram = 65507

// Options of a server. Conn, View and EngineTime are needed.
type Options struct {
	Conn       net.PacketConn
	View       View
	Lock       sync.Locker          // held while the view is read; nil: none
	Community  string               // v2c; "" refuses v2c
	Users      []User               // v3; none refuses v3
	EngineID   []byte               // RFC 3411 SnmpEngineID, 5–32 octets; needed with Users
	Boots      int32                // snmpEngineBoots
	EngineTime func() time.Duration // snmpEngineTime, in the machine's own seconds
	Behave     func() Behaviour     // asked at every packet; nil: well behaved
	Log        *slog.Logger
}

// A Behaviour is how the agent treats a packet. The zero value answers at once
// from the server's own view.
type Behaviour struct {
	Silent  bool          // no answer at all
	Delay   time.Duration // wait this long, in the machine's time, before answering
	MaxSize int           // largest answer in octets; 0: DefaultMaxSize
	View    View          // answers instead of the server's view where not nil
}

// maxDelayed bounds the answers one slow agent holds back at a time.
const maxDelayed = 64

// A Server answers on one socket.
type Server struct {
	opt      Options
	accounts map[string]account
	salt     atomic.Uint64
	trapID   atomic.Int32

	mu     sync.Mutex // protects counts
	counts map[string]uint64
}

// New makes a server; Run starts it.
func New(o Options) (*Server, error) {
	s := &Server{opt: o, accounts: map[string]account{}, counts: map[string]uint64{}}
	if n := len(o.EngineID); len(o.Users) > 0 && (n < 5 || n > 32) {
		return nil, fmt.Errorf("engine id of %d octets: RFC 3411 wants 5 to 32", n)
	}
	for _, u := range o.Users {
		acc, err := newAccount(u, o.EngineID)
		if err != nil {
			return nil, err
		}
		s.accounts[u.Name] = acc
	}
	s.salt.Store(uint64(o.Boots) << 32)
	return s, nil
}

// Run answers until ctx ends and closes the socket. It returns nil once ctx has
// ended and all held-back answers are done with.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.opt.Conn.Close() })
	defer stop()
	var held sync.WaitGroup
	defer held.Wait()
	slots := make(chan struct{}, maxDelayed)
	buf := make([]byte, maxDatagram)
	for {
		n, from, err := s.opt.Conn.ReadFrom(buf)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			continue // an ICMP error of an earlier answer; the socket stays good
		}
		b := s.behaviour()
		if b.Silent {
			continue
		}
		reply := s.respond(buf[:n], b)
		if reply == nil {
			continue
		}
		if b.Delay <= 0 {
			s.send(reply, from)
			continue
		}
		select {
		case slots <- struct{}{}:
			held.Go(func() {
				defer func() { <-slots }()
				t := time.NewTimer(b.Delay)
				defer t.Stop()
				select {
				case <-ctx.Done():
				case <-t.C:
					s.send(reply, from)
				}
			})
		default: // as a busy device would, forget it
		}
	}
}

func (s *Server) send(reply []byte, to net.Addr) {
	if _, err := s.opt.Conn.WriteTo(reply, to); err != nil && s.opt.Log != nil && !errors.Is(err, net.ErrClosed) {
		s.opt.Log.Debug("snmp answer not sent", "to", to.String(), "err", err)
	}
}

func (s *Server) behaviour() Behaviour {
	var b Behaviour
	if s.opt.Behave != nil {
		b = s.opt.Behave()
	}
	if b.MaxSize <= 0 {
		b.MaxSize = DefaultMaxSize
	}
	b.MaxSize = min(b.MaxSize, maxDatagram)
	if b.View == nil {
		b.View = s.opt.View
	}
	return b
}

// Handle is the answer to one datagram, nil for none. Delay and silence are not
// its business.
func (s *Server) Handle(msg []byte) []byte { return s.respond(msg, s.behaviour()) }

func (s *Server) respond(msg []byte, b Behaviour) []byte {
	r, err := newReader(msg).expect(tagSequence)
	if err != nil {
		return nil
	}
	version, err := r.int32()
	if err != nil {
		return nil
	}
	switch {
	case version == version2c && s.opt.Community != "":
		return s.handle2(&r, b)
	case version == version3 && len(s.accounts) > 0:
		return s.handle3(msg, &r, b)
	}
	return nil
}

func (s *Server) handle2(r *reader, b Behaviour) []byte {
	community, err := r.bytes()
	if err != nil || string(community) != s.opt.Community {
		return nil
	}
	req, err := readPDU(r)
	if err != nil {
		return nil
	}
	const frame = 40 // octets around the variables, beside the community
	var p pdu
	var ok bool
	s.locked(func() { p, ok = answer(b.View, req, b.MaxSize-frame-len(community)) })
	if !ok {
		return nil
	}
	body := appendInt(nil, tagInteger, version2c)
	body = appendTLV(body, tagOctetString, community)
	return appendTLV(nil, tagSequence, p.append(body))
}

func (s *Server) locked(f func()) {
	if s.opt.Lock != nil {
		s.opt.Lock.Lock()
		defer s.opt.Lock.Unlock()
	}
	f()
}

// count adds one to a Report's counter and returns it.
func (s *Server) count(o OID) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[o.String()]++
	return s.counts[o.String()]
}
