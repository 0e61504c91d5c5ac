package snmp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/facility"
)

// A PollError says which device failed, at which step, on which object. People
// read the message; code asks Kind.
type PollError struct {
	Device facility.DeviceID
	Step   string // "connect", "identify", "get", "walk" or "probe"
	OID    string // "" where the step concerns no single object
	Err    error
}

func (e *PollError) Error() string {
	s := "poll " + string(e.Device) + ": " + e.Step
	if e.OID != "" {
		s += " " + e.OID
	}
	return s + ": " + e.Err.Error()
}

func (e *PollError) Unwrap() error { return e.Err }

// Causes that a session tells apart.
var (
	errProtocol       = errors.New("unexpected answer")
	errMalformed      = fmt.Errorf("%w: it cannot be decoded", errProtocol)
	errLimit          = errors.New("bound reached")
	errNoAnswer       = errors.New("no answer in time")
	errSiteSilent     = fmt.Errorf("not asked: most devices behind the same link are silent, and a few of them are probed: %w", errNoAnswer)
	errAuthentication = errors.New("authentication failed")
	errPrivacy        = errors.New("decryption failed at the device: check the privacy passphrase and protocol")
	errPrivacySilent  = fmt.Errorf("%w (it answers engine discovery, but drops the encrypted request in silence)", errPrivacy)
	errSecurityLevel  = errors.New("the device does not offer this security level to this user")
	errEngineID       = fmt.Errorf("%w: the device does not accept its own engine id (usmStatsUnknownEngineIDs)", errProtocol)
	errTimeWindow     = errors.New("not in the device's time window after resynchronising: check whether the device's engine boots and time stand still")
)

// statusError is an answer with error-status (RFC 3416, section 3).
type statusError struct {
	status, index int // index from 1; 0: the whole request
}

func (e *statusError) Error() string {
	name := "error-status"
	switch e.status {
	case statusTooBig:
		name = "tooBig"
	case statusNoSuchName:
		name = "noSuchName"
	case statusGenErr:
		name = "genErr"
	case 6:
		name = "noAccess"
	case 16:
		name = "authorizationError"
	}
	return fmt.Sprintf("the device answered %s (%d) for varbind %d", name, e.status, e.index)
}

const (
	statusTooBig     = 1
	statusNoSuchName = 2 // SNMP v1 only: one instance is not there, and nothing is answered (RFC 1157, section 4.1.2)
	statusGenErr     = 5
)

// isTimeout reports that no answer came in time.
func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, errNoAnswer) || errors.Is(err, gosnmp.ErrMaxRetriesExceeded) ||
		errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// libraryError names the errors that the library tells apart itself.
func libraryError(err error) error {
	switch {
	case errors.Is(err, gosnmp.ErrWrongDigest):
		return reports[5]
	case errors.Is(err, gosnmp.ErrUnknownUsername):
		return reports[3]
	case errors.Is(err, gosnmp.ErrDecryption):
		return reports[6]
	case errors.Is(err, gosnmp.ErrUnknownSecurityLevel):
		return reports[1]
	case errors.Is(err, gosnmp.ErrNotInTimeWindow):
		return reports[2]
	case errors.Is(err, gosnmp.ErrUnknownEngineID):
		return reports[4]
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens on that port (the address refused it): %w", syscall.ECONNREFUSED)
	}
	return nil
}

// reports are the usmStats counters by which a device says why it refused a
// message (RFC 3414, section 5: SNMP-USER-BASED-SM-MIB usmStats), by the last
// sub-identifier before the instance.
var reports = map[byte]error{
	1: errSecurityLevel,
	2: errTimeWindow,
	3: fmt.Errorf("%w: the device does not know this user (usmStatsUnknownUserNames)", errAuthentication),
	4: errEngineID,
	5: fmt.Errorf("%w: wrong authentication passphrase or protocol (usmStatsWrongDigests)", errAuthentication),
	6: errPrivacy,
}

// usmStats is 1.3.6.1.6.3.15.1.1 as it stands in a packet: tag, length of the
// instance, sub-identifiers.
var usmStats = []byte{0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06, 0x03, 0x0f, 0x01, 0x01}

// reportError finds the usmStats counter in a plain Report. Reports carry no
// signature, so what they say only names an error; it never becomes a reading.
func reportError(packet []byte) error {
	i := bytes.Index(packet, usmStats)
	if i < 0 || i+len(usmStats)+2 > len(packet) {
		return nil
	}
	return reports[packet[i+len(usmStats)]]
}

// KindOf classifies an error of this package for Health and for scripts.
func KindOf(err error) facility.ErrorKind {
	var status *statusError
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case err == nil:
		return facility.ErrNone
	case errors.Is(err, errAuthentication):
		return facility.ErrAuthentication
	case errors.Is(err, errPrivacy):
		return facility.ErrPrivacy
	case errors.Is(err, errSecurityLevel):
		return facility.ErrSecurityLevel
	case errors.Is(err, errTimeWindow):
		return facility.ErrTimeWindow
	case errors.Is(err, errLimit):
		return facility.ErrLimit
	case isTimeout(err):
		return facility.ErrTimeout
	case errors.As(err, &status), errors.Is(err, errProtocol):
		return facility.ErrProtocol
	case errors.As(err, &op), errors.As(err, &dns), errors.Is(err, syscall.ECONNREFUSED), strings.Contains(err.Error(), "open socket"):
		return facility.ErrTransport
	}
	return facility.ErrProtocol
}

// named is the position, from 0, of the varbind that the answer says is not there
// (SNMP v1); -1 where it says something else.
func (e *statusError) named(varbinds int) int {
	if e.status != statusNoSuchName || e.index < 1 || e.index > varbinds {
		return -1
	}
	return e.index - 1
}

// asStatus returns the answer's error-status, nil where the error is another.
func asStatus(err error) *statusError {
	var s *statusError
	if errors.As(err, &s) {
		return s
	}
	return nil
}
