package snmp

import (
	"context"
	"crypto"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"
)

// A keyring makes the keys of SNMPv3 users. What depends on the pass phrase alone,
// a hash over a mebibyte of it (RFC 3414, section A.2), is computed once for all
// devices that share it; what depends on the device's engine is cheap.
type keyring struct {
	mu      sync.Mutex // protects masters
	masters map[masterID][]byte
}

// masterID names a pass phrase without being one.
type masterID struct {
	hash   crypto.Hash
	phrase [sha256.Size]byte
}

// passPhraseLength is how much of a repeated pass phrase is hashed (RFC 3414,
// section A.2.1).
const passPhraseLength = 1 << 20

// master is the key of a pass phrase, before it is made one for an engine.
func (k *keyring) master(hash crypto.Hash, phrase string) []byte {
	id := masterID{hash, sha256.Sum256([]byte(phrase))}
	k.mu.Lock()
	defer k.mu.Unlock() // others wait: most want the same key
	if key, ok := k.masters[id]; ok {
		return key
	}
	h := hash.New()
	block := make([]byte, 0, 64*len(phrase))
	for range 64 {
		block = append(block, phrase...)
	}
	for left := passPhraseLength; left > 0; left -= len(block) {
		h.Write(block[:min(left, len(block))])
	}
	if k.masters == nil {
		k.masters = map[masterID][]byte{}
	}
	k.masters[id] = h.Sum(nil)
	return k.masters[id]
}

// localise makes a pass phrase's key that of one engine (RFC 3414, section 2.6).
func (k *keyring) localise(hash crypto.Hash, phrase, engine string) []byte {
	master := k.master(hash, phrase)
	h := hash.New()
	h.Write(master)
	h.Write([]byte(engine))
	h.Write(master)
	return h.Sum(nil)
}

// preset gives a user the keys of an engine, so that the library makes none.
func (k *keyring) preset(usm *gosnmp.UsmSecurityParameters, engine string) {
	usm.AuthoritativeEngineID = engine
	if usm.AuthenticationProtocol <= gosnmp.NoAuth {
		return
	}
	hash := usm.AuthenticationProtocol.HashType()
	usm.SecretKey = k.localise(hash, usm.AuthenticationPassphrase, engine)
	if usm.PrivacyProtocol <= gosnmp.NoPriv {
		return
	}
	key := k.localise(hash, usm.PrivacyPassphrase, engine)
	switch usm.PrivacyProtocol {
	case gosnmp.AES: // RFC 3826, section 1.2.1: the first 128 bits
		key = key[:16]
	case gosnmp.AES192:
		key = extended(hash, key)[:24]
	case gosnmp.AES256:
		key = extended(hash, key)[:32]
	}
	usm.PrivacyKey = key
}

// extended lengthens a key for ciphers that need more than the hash gives
// (draft-blumenthal-aes-usm-04, section 3.1.2.1).
func extended(hash crypto.Hash, key []byte) []byte {
	h := hash.New()
	h.Write(key)
	return append(key, h.Sum(nil)...)
}

// engineBounds are the least and greatest length of an engine id (RFC 3411,
// section 5, SnmpEngineID).
const leastEngine, mostEngine = 5, 32

// discover asks the device for its engine id, boots and time (RFC 3414, section 4)
// and presets the user's keys. It is false where nothing came back; the library
// has its own try where something odd did.
func (s *gosnmpSession) discover(ctx context.Context, usm *gosnmp.UsmSecurityParameters) (answered bool) {
	blank := &gosnmp.SnmpPacket{Version: gosnmp.Version3, MsgFlags: gosnmp.Reportable, SecurityModel: gosnmp.UserSecurityModel,
		SecurityParameters: &gosnmp.UsmSecurityParameters{}, PDUType: gosnmp.GetRequest, ContextName: s.x.ContextName, MsgID: 1, RequestID: 1}
	packet, err := blank.MarshalMsg()
	if err != nil {
		return true
	}
	buf := make([]byte, 2048)
	for range 2 {
		sent := s.real.now()
		if _, err := s.wire.Write(packet); err != nil {
			return true // the library names what is wrong with the socket
		}
		if err := s.wire.SetReadDeadline(time.Now().Add(s.x.Timeout)); err != nil {
			return true
		}
		if ctx.Err() != nil { // its end may have set the deadline before us
			return false
		}
		n, err := s.wire.Read(buf)
		if err != nil {
			if !isTimeout(err) {
				return true
			}
			s.lost++
			continue
		}
		s.rtt = s.real.now() - sent
		reader := &gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: gosnmp.NoAuthNoPriv,
			SecurityParameters: &gosnmp.UsmSecurityParameters{UserName: "discovery"}}
		report, err := reader.SnmpDecodePacket(buf[:n])
		if err != nil || report.PDUType != gosnmp.Report {
			return true
		}
		if got, ok := report.SecurityParameters.(*gosnmp.UsmSecurityParameters); ok && len(got.AuthoritativeEngineID) >= leastEngine && len(got.AuthoritativeEngineID) <= mostEngine {
			s.keys.preset(usm, got.AuthoritativeEngineID)
			usm.AuthoritativeEngineBoots, usm.AuthoritativeEngineTime = got.AuthoritativeEngineBoots, got.AuthoritativeEngineTime
			s.x.ContextEngineID = got.AuthoritativeEngineID
		}
		return true
	}
	return false
}
