package fleet

import (
	"errors"

	"nezuban/collectors/snmp/lean"
)

// A plan is how the instances are spread over requests. It is shared by all
// members and replaced as a whole.
type plan struct {
	requests []*lean.Request
	reply    int     // bytes of one answer at most
	value    float64 // bytes of one value, tag and length with it
	seen     bool    // by the sizes of real answers
}

// Bounds of one request: the reply is not fragmented on Ethernet.
const (
	maxReply   = 1400
	leastReply = 100
	replyFixed = 50  // message and PDU around the varbinds
	valueGuess = 6   // tag, length and four bytes
	growth     = 0.5 // bytes by which a value may grow before the next look
)

// replan spreads the instances over as few requests as answers of `reply` bytes
// allow.
func (f *Fleet) replan(reply int, value float64) error {
	p := &plan{reply: reply, value: value, seen: value != valueGuess}
	var list []string
	size := replyFixed
	add := func() error {
		r, err := lean.Prepare("2c", f.o.Community, list)
		p.requests = append(p.requests, r)
		list, size = nil, replyFixed
		return err
	}
	for _, o := range f.oids {
		n := 2 + oidBytes(o) + int(value+0.99)
		if len(list) > 0 && size+n > reply {
			if err := add(); err != nil {
				return err
			}
		}
		list, size = append(list, o), size+n
	}
	if err := add(); err != nil {
		return err
	}
	f.plan.Store(p)
	return nil
}

// learn sizes the requests by an answer: requests are planned by what was seen,
// not by what might be.
func (f *Fleet) learn(p *plan, request, bytes int) {
	if p.seen || f.plan.Load() != p || request > 0 {
		return
	}
	n, oids := p.requests[0].Varbinds(), 0
	for _, o := range f.oids[:n] {
		oids += 2 + oidBytes(o)
	}
	_ = f.replan(p.reply, max(2, float64(bytes-replyFixed-oids)/float64(n)+growth)) // the same instances as before
}

// shrink halves the answers asked for, because one was refused as too big.
func (f *Fleet) shrink(p *plan, err error) {
	var status *lean.StatusError
	if errors.As(err, &status) && status.Status == lean.TooBig && f.plan.Load() == p && p.reply > leastReply {
		_ = f.replan(p.reply/2, p.value)
	}
}

// oidBytes is how many bytes an OID takes in BER, with tag and length.
func oidBytes(oid string) int {
	n, sub := 1, uint64(0) // the first two numbers share a byte
	for i := 0; i <= len(oid); i++ {
		if i < len(oid) && oid[i] != '.' {
			sub = sub*10 + uint64(oid[i]-'0')
			continue
		}
		for n++; sub >= 0x80; sub >>= 7 {
			n++
		}
		sub = 0
	}
	return n
}
