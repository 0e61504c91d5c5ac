package snmp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
)

// A session speaks to one device, one request at a time. Answers come in the
// order the device gave them; a device may answer less than was asked.
type session interface {
	get(ctx context.Context, oids []string) ([]variable, error)
	next(ctx context.Context, oids []string) ([]variable, error)
	bulk(ctx context.Context, oids []string, rows int) ([]variable, error)
	setTimeout(d time.Duration) // of each of two tries
	patient()                   // from the next request on: more tries, each with twice the wait
	roundTrip() time.Duration   // real time from a send to the answer that matches it, the last one
	timeouts() uint64           // requests without an answer, tries counted
	close() error
}

// maxVarbindsHard is more than any plan asks for in one request.
const maxVarbindsHard = 256

// maxRequestID is the greatest request id there is (RFC 3416, section 3).
const maxRequestID = 1<<31 - 1

// gosnmpSession is a session of the gosnmp library with a connected socket: only
// the device's own address and port can answer.
type gosnmpSession struct {
	x    *gosnmp.GoSNMP
	wire *wire
	real realTime

	ids      uint32          // id of the last request message sent
	sent     []time.Duration // when each try of the request in hand was sent, in real time
	received time.Duration   // when the last datagram came
	rtt      time.Duration
	lost     uint64
	timeout  time.Duration // as setTimeout was told
	priv     bool          // authPriv

	trusted bool // the device has answered with these keys

	keys *keyring // shared; nil: the library makes the keys
}

// wire keeps the last datagram, to find out why an SNMPv3 answer was not accepted.
type wire struct {
	net.Conn
	last []byte
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.last = append(w.last[:0], p[:min(n, 2048)]...)
	}
	return n, err
}

// dial opens a session. It sends nothing yet.
func dial(ctx context.Context, t collectors.Target, timeout time.Duration, real realTime) (session, error) {
	host, portText, err := net.SplitHostPort(t.Address)
	if err != nil {
		return nil, fmt.Errorf("address %q: want host:port: %w", t.Address, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 {
		return nil, fmt.Errorf("address %q: port is not a number from 1 to 65535", t.Address)
	}
	x := &gosnmp.GoSNMP{
		Target: host, Port: uint16(port), Transport: "udp", Context: ctx,
		Timeout: timeout, Retries: 1, MaxOids: maxVarbindsHard, ContextName: t.SNMP.ContextName,
	}
	if err := access(x, t.SNMP); err != nil {
		return nil, err
	}
	if err := x.Connect(); err != nil {
		return nil, fmt.Errorf("open socket to %s: %w", t.Address, err)
	}
	s := &gosnmpSession{x: x, wire: &wire{Conn: x.Conn}, real: real, timeout: timeout, priv: x.Version == gosnmp.Version3 && x.MsgFlags&gosnmp.AuthPriv == gosnmp.AuthPriv}
	x.Conn = s.wire
	// Before the send, not after: on a busy machine the answer is there before this
	// goroutine runs again.
	x.PreSend = func(*gosnmp.GoSNMP) { s.sent = append(s.sent, real.now()) }
	x.OnRecv = func(*gosnmp.GoSNMP) { s.received = real.now() }
	s.ids = rand.Uint32() & maxRequestID
	x.OnRetry = func(*gosnmp.GoSNMP) { s.lost++ }
	return s, nil
}

// access sets version and credentials.
func access(x *gosnmp.GoSNMP, a collectors.SNMPAccess) error {
	switch a.Version {
	case "1", "2c", "":
		x.Version, x.Community = gosnmp.Version2c, a.Community.Reveal()
		if a.Version == "1" {
			x.Version = gosnmp.Version1
		}
		if len(x.Community) > 127 {
			return errors.New("community is longer than 127 bytes")
		}
		return nil
	case "3":
	default:
		return fmt.Errorf("SNMP version %q is not supported: use 3, 2c or 1", a.Version)
	}
	usm := &gosnmp.UsmSecurityParameters{UserName: a.User}
	x.Version, x.SecurityModel, x.SecurityParameters = gosnmp.Version3, gosnmp.UserSecurityModel, usm
	level := a.Level
	if level == "" {
		level = "authPriv"
	}
	switch level {
	case "noAuthNoPriv":
		x.MsgFlags = gosnmp.NoAuthNoPriv
		return nil
	case "authNoPriv":
		x.MsgFlags = gosnmp.AuthNoPriv
	case "authPriv":
		x.MsgFlags = gosnmp.AuthPriv
	default:
		return fmt.Errorf("security level %q: want noAuthNoPriv, authNoPriv or authPriv", level)
	}
	auth, ok := authProtocols[a.AuthProto]
	if !ok {
		return fmt.Errorf("authentication protocol %q: want SHA-256, SHA-1, SHA-224, SHA-384, SHA-512 or MD5", a.AuthProto)
	}
	usm.AuthenticationProtocol, usm.AuthenticationPassphrase = auth, a.AuthPass.Reveal()
	if level == "authNoPriv" {
		return nil
	}
	priv, ok := privProtocols[a.PrivProto]
	if !ok {
		return fmt.Errorf("privacy protocol %q: want AES-128, AES-192, AES-256 or DES", a.PrivProto)
	}
	usm.PrivacyProtocol, usm.PrivacyPassphrase = priv, a.PrivPass.Reveal()
	return nil
}

// authProtocols and privProtocols by the names of collectors.SNMPAccess; "" is
// the default (RFC 7860 usmHMAC192SHA256AuthProtocol, RFC 3826 usmAesCfb128Protocol).
var (
	authProtocols = map[string]gosnmp.SnmpV3AuthProtocol{"": gosnmp.SHA256, "SHA-256": gosnmp.SHA256, "SHA-1": gosnmp.SHA,
		"SHA-224": gosnmp.SHA224, "SHA-384": gosnmp.SHA384, "SHA-512": gosnmp.SHA512, "MD5": gosnmp.MD5}
	privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{"": gosnmp.AES, "AES-128": gosnmp.AES, "AES-192": gosnmp.AES192,
		"AES-256": gosnmp.AES256, "DES": gosnmp.DES}
)

func (s *gosnmpSession) setTimeout(d time.Duration) {
	s.timeout, s.x.Timeout, s.x.Retries, s.x.ExponentialTimeout = d, d, 1, false
}

// patientTries is how often a request of a discovery is sent: it asks hundreds, and
// one that is lost twice among them must not cost a table.
const patientTries = 4

// patient waits by the round trip that was seen, so that a lost packet costs little,
// and gives a slow answer more time with every try.
func (s *gosnmpSession) patient() {
	if s.rtt > 0 {
		s.x.Timeout = min(max(8*s.rtt, 300*time.Millisecond), s.timeout)
		s.x.Retries, s.x.ExponentialTimeout = patientTries-1, true
	}
}

func (s *gosnmpSession) roundTrip() time.Duration { return s.rtt }
func (s *gosnmpSession) timeouts() uint64         { return s.lost }
func (s *gosnmpSession) close() error             { return s.x.Close() }

func (s *gosnmpSession) get(ctx context.Context, oids []string) ([]variable, error) {
	return s.ask(ctx, gosnmp.GetRequest, oids, 0, func() (*gosnmp.SnmpPacket, error) { return s.x.Get(oids) })
}

func (s *gosnmpSession) next(ctx context.Context, oids []string) ([]variable, error) {
	return s.ask(ctx, gosnmp.GetNextRequest, oids, 0, func() (*gosnmp.SnmpPacket, error) { return s.x.GetNext(oids) })
}

func (s *gosnmpSession) bulk(ctx context.Context, oids []string, rows int) ([]variable, error) {
	return s.ask(ctx, gosnmp.GetBulkRequest, oids, uint32(rows), func() (*gosnmp.SnmpPacket, error) { return s.x.GetBulk(oids, 0, uint32(rows)) })
}

// ask asks the quick way where it may, and the library's where that fails.
func (s *gosnmpSession) ask(ctx context.Context, kind gosnmp.PDUType, oids []string, rows uint32, send func() (*gosnmp.SnmpPacket, error)) ([]variable, error) {
	s.x.Context = ctx
	s.wire.last, s.sent = s.wire.last[:0], s.sent[:0]
	s.x.SetRequestID(s.ids)
	// Waiting on the socket ends with ctx, so that a removed device ends at once.
	stop := context.AfterFunc(ctx, func() { _ = s.wire.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if usm, ok := s.x.SecurityParameters.(*gosnmp.UsmSecurityParameters); ok && s.keys != nil && usm.AuthoritativeEngineID == "" && !s.discover(ctx, usm) {
		if ctx.Err() != nil {
			return nil, s.explain(ctx, ctx.Err())
		}
		return nil, errNoAnswer
	}
	packet, err := (*gosnmp.SnmpPacket)(nil), errUnusual
	if s.mayQuick() {
		packet, err = s.quick(ctx, kind, oids, rows)
	}
	if errors.Is(err, errUnusual) {
		s.ids = (s.ids + uint32(len(s.sent))) & maxRequestID
		s.sent = s.sent[:0]
		s.x.SetRequestID(s.ids)
		packet, err = send()
	}
	first := s.ids + 1
	s.ids = (s.ids + uint32(len(s.sent))) & maxRequestID
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	// Each try has the next id, so the answer's tells which try it is for.
	if try := (packet.RequestID - first) & maxRequestID; int(try) < len(s.sent) {
		s.rtt = s.received - s.sent[try]
	}
	if packet.PDUType == gosnmp.Report {
		if err := reportError(s.wire.last); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("report instead of an answer: %w", errProtocol)
	}
	if packet.Error != gosnmp.NoError {
		return nil, &statusError{status: int(packet.Error), index: int(packet.ErrorIndex)}
	}
	s.trusted = true
	out := make([]variable, 0, len(packet.Variables))
	for _, v := range packet.Variables {
		out = append(out, toVariable(v))
	}
	return out, nil
}

// explain turns the library's error into one of ours. An unauthenticated Report
// is dropped by the library as not authentic; its counter names the cause.
func (s *gosnmpSession) explain(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled
	}
	if named := libraryError(err); named != nil {
		return named
	}
	if s.x.Version == gosnmp.Version3 {
		if named := reportError(s.wire.last); named != nil && !errors.Is(named, errEngineID) {
			return named // unknown engine id is how every engine answers discovery
		}
	}
	if isTimeout(err) {
		s.lost++
		if s.priv && !s.trusted && s.discovered() {
			// Some agents drop what they cannot decrypt (net-snmp: a parse error of the
			// scoped PDU), others report it. Silence right after the engine named itself,
			// before it ever answered with these keys, is taken for the former.
			return errPrivacySilent
		}
		return errNoAnswer
	}
	if strings.Contains(err.Error(), "not authentic") {
		return fmt.Errorf("%w: the answer does not carry this user's signature", errAuthentication)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return err
	}
	what, _, _ := strings.Cut(err.Error(), " Stack:") // the library recovers from its own panics
	return fmt.Errorf("%w: %s", errMalformed, what)
}

func (s *gosnmpSession) discovered() bool {
	usm, ok := s.x.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	return ok && usm.AuthoritativeEngineID != ""
}

// toVariable takes a varbind out of the library's types.
func toVariable(p gosnmp.SnmpPDU) variable {
	v := variable{oid: strings.TrimPrefix(p.Name, ".")}
	switch p.Type {
	case gosnmp.NoSuchObject, gosnmp.NoSuchInstance, gosnmp.EndOfMibView:
		v.kind = kindAbsent
		if p.Type == gosnmp.EndOfMibView {
			v.kind = kindEnd
		}
		return v
	}
	switch x := p.Value.(type) {
	case int:
		v.kind, v.signed = kindSigned, int64(x)
	case uint:
		v.kind, v.unsigned = kindUnsigned, uint64(x)
	case uint32:
		v.kind, v.unsigned = kindUnsigned, uint64(x)
	case uint64:
		v.kind, v.unsigned, v.wide = kindUnsigned, x, true
	case float32:
		v.kind, v.float = kindFloat, float64(x)
	case float64:
		v.kind, v.float = kindFloat, x
	case []byte:
		v.kind, v.bytes = kindBytes, x
	case string:
		if p.Type == gosnmp.ObjectIdentifier {
			v.kind, v.bytes = kindOID, []byte(strings.TrimPrefix(x, "."))
		} else {
			v.kind, v.bytes = kindBytes, []byte(x)
		}
	}
	return v
}
