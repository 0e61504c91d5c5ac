package agent

import (
	"bytes"
	"fmt"
)

// message3 is a v3 message, RFC 3412 section 6, with the security parameters of
// RFC 3414 section 2.4.
type message3 struct {
	id      int32
	maxSize int32
	flags   byte
	engine  []byte
	boots   int32
	time    int32
	user    string
	mac     []byte
	macAt   int // where mac lies in the message
	salt    []byte
	data    []byte // the scoped PDU as plain BER, or what is inside the OCTET STRING
}

const (
	version2c   = 1
	version3    = 3
	securityUSM = 3
)

// readMessage3 reads what follows the version number.
func readMessage3(r *reader) (m message3, err error) {
	head, err := r.expect(tagSequence)
	if err != nil {
		return m, err
	}
	if m.id, err = head.int32(); err != nil {
		return m, err
	}
	if m.maxSize, err = head.int32(); err != nil {
		return m, err
	}
	flags, err := head.bytes()
	if err != nil {
		return m, err
	}
	model, err := head.int32()
	if err != nil {
		return m, err
	}
	// RFC 3412 section 7.2, 2–5: one octet of flags, never privacy alone.
	if len(flags) != 1 || flags[0]&(flagAuth|flagPriv) == flagPriv || model != securityUSM || m.maxSize < 484 || m.id < 0 {
		return m, fmt.Errorf("%w: v3 header", errBER)
	}
	m.flags = flags[0]
	if err := m.readSecurity(r); err != nil {
		return m, err
	}
	if m.flags&flagPriv != 0 {
		m.data, err = r.bytes()
		return m, err
	}
	start := r.pos
	if _, err = r.expect(tagSequence); err != nil {
		return m, err
	}
	m.data = r.b[start:r.pos]
	return m, nil
}

func (m *message3) readSecurity(r *reader) error {
	wrap, err := r.expect(tagOctetString)
	if err != nil {
		return err
	}
	sec, err := wrap.expect(tagSequence)
	if err != nil {
		return err
	}
	if m.engine, err = sec.bytes(); err != nil {
		return err
	}
	if m.boots, err = sec.int32(); err != nil {
		return err
	}
	if m.time, err = sec.int32(); err != nil {
		return err
	}
	user, err := sec.bytes()
	if err != nil {
		return err
	}
	mac, err := sec.expect(tagOctetString)
	if err != nil {
		return err
	}
	m.user, m.mac, m.macAt = string(user), mac.octets(), mac.pos
	if m.salt, err = sec.bytes(); err != nil {
		return err
	}
	if m.boots < 0 || m.time < 0 || len(user) > 32 { // RFC 3414 section 2.4
		return fmt.Errorf("%w: security parameters", errBER)
	}
	return nil
}

// encode writes the message; where it is authenticated, mac is zero and macAt
// says where it lies.
func (m *message3) encode() []byte {
	head := appendInt(nil, tagInteger, int64(m.id))
	head = appendInt(head, tagInteger, int64(m.maxSize))
	head = appendTLV(head, tagOctetString, []byte{m.flags})
	head = appendInt(head, tagInteger, securityUSM)

	sec := appendTLV(nil, tagOctetString, m.engine)
	sec = appendInt(sec, tagInteger, int64(m.boots))
	sec = appendInt(sec, tagInteger, int64(m.time))
	sec = appendTLV(sec, tagOctetString, []byte(m.user))
	sec = appendTLV(sec, tagOctetString, m.mac)
	macEnd := len(sec)
	sec = appendTLV(sec, tagOctetString, m.salt)
	tail := len(sec) - macEnd // octets of the security parameters behind the mac

	body := appendInt(nil, tagInteger, version3)
	body = appendTLV(body, tagSequence, head)
	body = appendTLV(body, tagOctetString, appendTLV(nil, tagSequence, sec))
	tail = len(body) - tail
	if m.flags&flagPriv != 0 {
		body = appendTLV(body, tagOctetString, m.data)
	} else {
		body = append(body, m.data...)
	}
	out := appendTLV(nil, tagSequence, body)
	m.macAt = len(out) - len(body) + tail - len(m.mac)
	return out
}

// scoped is a scoped PDU, RFC 3412 section 6.8.
type scoped struct {
	engine []byte
	name   []byte
	pdu    pdu
}

func readScoped(b []byte) (s scoped, err error) {
	r, err := newReader(b).expect(tagSequence)
	if err != nil {
		return s, err
	}
	if s.engine, err = r.bytes(); err != nil {
		return s, err
	}
	if s.name, err = r.bytes(); err != nil {
		return s, err
	}
	s.pdu, err = readPDU(&r)
	return s, err
}

func (s scoped) encode() []byte {
	c := appendTLV(nil, tagOctetString, s.engine)
	c = appendTLV(c, tagOctetString, s.name)
	return appendTLV(nil, tagSequence, s.pdu.append(c))
}

// zeroed returns the message with its authentication parameters zero.
func zeroed(msg []byte, at, n int) []byte {
	c := bytes.Clone(msg)
	clear(c[at : at+n])
	return c
}
