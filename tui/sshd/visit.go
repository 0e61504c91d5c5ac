package sshd

import (
	"net"
	"sync"
	"time"

	"github.com/gliderlabs/ssh"
)

// maxWaiting is how many connections of one address may be without a session at
// a time: nobody alone uses up what all share.
const maxWaiting = 16

// visitKey holds a connection's visit in its context.
type visitKey struct{}

// A visit is one connection. It has loginGrace to become a session, and the same
// time after its last session has ended.
type visit struct {
	s     *Server
	from  string
	grace *time.Timer

	mu       sync.Mutex // protects the fields below
	waiting  bool       // counted among those of its address
	sessions int
	channels int
}

// admit counts a new connection in; nil where a limit is reached.
func (s *Server) admit(c net.Conn) *visit {
	v := &visit{s: s, from: origin(c.RemoteAddr()), waiting: true}
	s.mu.Lock()
	reason := ""
	switch {
	case s.conns >= s.o.MaxSessions+spareConns:
		reason = "connections"
	case s.waiting[v.from] >= maxWaiting:
		reason = "address"
	default:
		s.conns++
		s.waiting[v.from]++
	}
	s.mu.Unlock()
	if reason != "" {
		s.metrics.refused.WithLabelValues(reason).Inc()
		return nil
	}
	v.grace = time.AfterFunc(loginGrace, func() { _ = c.Close() })
	return v
}

// origin is what counts as one address: an IPv6 customer has a whole /64.
func origin(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	if t.IP.To4() == nil && len(t.IP) == net.IPv6len {
		return t.IP.Mask(net.CIDRMask(64, 128)).String()
	}
	return t.IP.String()
}

// begin and end enclose one session of the connection.
func (v *visit) begin() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sessions++
	v.grace.Stop()
	v.settle()
}

func (v *visit) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sessions--; v.sessions == 0 {
		v.grace.Reset(loginGrace)
	}
}

// left is the end of the connection.
func (v *visit) left() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.grace.Stop()
	v.settle()
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	v.s.conns--
}

// settle takes the connection out of those that wait. The caller holds mu.
func (v *visit) settle() {
	if !v.waiting {
		return
	}
	v.waiting = false
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	if v.s.waiting[v.from]--; v.s.waiting[v.from] == 0 {
		delete(v.s.waiting, v.from)
	}
}

// channel takes one of the connection's channels; false where there are enough.
func (v *visit) channel() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.channels >= maxChannels {
		return false
	}
	v.channels++
	return true
}

func (v *visit) channelEnds() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.channels--
}

func visitOf(ctx ssh.Context) *visit { v, _ := ctx.Value(visitKey{}).(*visit); return v }
