package snmp

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"
)

// datagrams is memory for one datagram each, shared by the requests that wait.
var datagrams = sync.Pool{New: func() any { b := make([]byte, 65535); return &b }}

// errUnusual says that the library has to ask in its own way: a report, a clock that
// went back, an answer that is not authentic.
var errUnusual = errors.New("no usual answer")

// mayQuick reports whether requests may go the quick way: an engine that has answered
// with these keys. DES goes the long way, where the library counts its short salt.
func (s *gosnmpSession) mayQuick() bool {
	usm, ok := s.x.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	return ok && s.trusted && s.x.Version == gosnmp.Version3 && usm.AuthoritativeEngineID != "" && usm.PrivacyProtocol != gosnmp.DES
}

// quick asks as the library does, with its encoder, keys and checks, but without the
// sentences about each packet that it makes for its log even where there is none: a
// fifth of what an SNMPv3 request costs. Retries and time-outs are the library's.
// errUnusual: ask the long way.
func (s *gosnmpSession) quick(ctx context.Context, kind gosnmp.PDUType, oids []string, rows uint32) (packet *gosnmp.SnmpPacket, err error) {
	in := datagrams.Get().(*[]byte)
	defer datagrams.Put(in)
	defer func() {
		if recover() != nil { // the library's decoder, which it guards itself in its own way
			packet, err = nil, errUnusual
		}
	}()
	pdus := make([]gosnmp.SnmpPDU, len(oids))
	for i, oid := range oids {
		pdus[i] = gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Null}
	}
	wait := s.x.Timeout
	for try := range s.x.Retries + 1 {
		if try > 0 {
			s.x.OnRetry(s.x)
			if s.x.ExponentialTimeout {
				wait *= 2
			}
		}
		out, err := s.x.SnmpEncodePacket(kind, pdus, 0, rows)
		if err != nil {
			return nil, errUnusual
		}
		if err := s.wire.SetDeadline(time.Now().Add(wait)); err != nil {
			return nil, err
		}
		if ctx.Err() != nil { // its end may have come before the deadline was set
			return nil, ctx.Err()
		}
		s.x.PreSend(s.x)
		if _, err := s.wire.Write(out); err != nil {
			return nil, err
		}
		packet, err := s.awaitQuick(*in)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return packet, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, errNoAnswer
}

// awaitQuick waits for the answer to one of the tries.
func (s *gosnmpSession) awaitQuick(in []byte) (*gosnmp.SnmpPacket, error) {
	for {
		n, err := s.wire.Read(in)
		if err != nil {
			return nil, err
		}
		s.x.OnRecv(s.x)
		// It authenticates and decrypts whatever comes, traps or not, and keeps parts.
		packet, err := s.x.UnmarshalTrap(slices.Clone(in[:n]), false)
		if err != nil || packet.Version != gosnmp.Version3 || packet.PDUType != gosnmp.GetResponse {
			return nil, errUnusual
		}
		if try := (packet.RequestID - s.ids - 1) & maxRequestID; int(try) >= len(s.sent) {
			continue // to an earlier request
		}
		if len(packet.Variables) == 0 && packet.Error == gosnmp.NoError || !s.follow(packet) {
			return nil, errUnusual
		}
		return packet, nil
	}
}

// follow takes over the engine's clock of an authentic answer (RFC 3414, section 3.2,
// step 7b); false where it went back.
func (s *gosnmpSession) follow(p *gosnmp.SnmpPacket) bool {
	ours, ok := s.x.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	theirs, also := p.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	if !ok || !also || theirs.AuthoritativeEngineID != ours.AuthoritativeEngineID {
		return false
	}
	boots, at := theirs.AuthoritativeEngineBoots, theirs.AuthoritativeEngineTime
	if boots < ours.AuthoritativeEngineBoots || boots == ours.AuthoritativeEngineBoots && at < ours.AuthoritativeEngineTime {
		return false
	}
	ours.AuthoritativeEngineBoots, ours.AuthoritativeEngineTime = boots, at
	return true
}
