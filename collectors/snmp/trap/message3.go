package trap

// message3 is an SNMPv3 message (RFC 3412, section 6) with the security parameters
// of RFC 3414, section 2.4. Its slices lie in the datagram.
type message3 struct {
	id     int32
	flags  byte
	engine []byte
	boots  int32
	time   int32
	user   string
	mac    []byte
	salt   []byte
	data   []byte // the scoped PDU with its tag, or what is encrypted
}

const (
	flagAuth       = 1
	flagPriv       = 2
	flagReportable = 4
	securityUSM    = 3
	maxUserName    = 32 // RFC 3414, section 2.4
)

// readMessage3 reads what follows the version number.
func readMessage3(r *reader) (m message3, err error) {
	head, err := r.sequence()
	if err != nil {
		return m, err
	}
	if m.id, err = head.small(); err != nil {
		return m, err
	}
	if _, err = head.small(); err != nil { // what the sender can take; our answers are short
		return m, err
	}
	flags, err := head.octets()
	if err != nil {
		return m, err
	}
	model, err := head.small()
	if err != nil || model != securityUSM || len(flags) != 1 || flags[0]&(flagAuth|flagPriv) == flagPriv {
		return m, errBER
	}
	m.flags = flags[0]
	if err := m.readSecurity(r); err != nil {
		return m, err
	}
	if m.flags&flagPriv != 0 {
		m.data, err = r.octets()
		return m, err
	}
	m.data = r.b
	return m, nil
}

func (m *message3) readSecurity(r *reader) error {
	content, err := r.octets()
	if err != nil {
		return err
	}
	outer := reader{content}
	p, err := outer.sequence()
	if err != nil {
		return err
	}
	if m.engine, err = p.octets(); err != nil || len(m.engine) > 32 {
		return errBER
	}
	if m.boots, err = p.small(); err != nil {
		return err
	}
	if m.time, err = p.small(); err != nil {
		return err
	}
	user, err := p.octets()
	if err != nil || len(user) > maxUserName {
		return errBER
	}
	m.user = string(user)
	if m.mac, err = p.octets(); err != nil {
		return err
	}
	m.salt, err = p.octets()
	return err
}

// scopedPDU is what a message carries (RFC 3412, section 6.8).
type scopedPDU struct {
	engine, context []byte
	tag             byte
	body            reader
}

func readScoped(b []byte) (p scopedPDU, err error) {
	r := reader{b}
	s, err := r.sequence()
	if err != nil {
		return p, err
	}
	if p.engine, err = s.octets(); err != nil {
		return p, err
	}
	if p.context, err = s.octets(); err != nil {
		return p, err
	}
	tag, content, err := s.any()
	p.tag, p.body = tag, reader{content}
	return p, err
}

// write encodes a message as its fields say, signed and encrypted by keys where
// its flags ask for it. number differs for every message.
func (m *message3) write(k *keys, number uint32, data []byte) ([]byte, error) {
	salt := []byte{}
	if m.flags&flagPriv != 0 {
		var err error
		if data, salt, err = k.encrypt(m.boots, m.time, number, data); err != nil {
			return nil, err
		}
		data = octets(data)
	}
	mac := []byte{}
	if m.flags&flagAuth != 0 {
		mac = make([]byte, k.auth.size)
	}
	build := func(mac []byte) []byte {
		security := seq(tagSequence, octets(m.engine), integer(int64(m.boots)), integer(int64(m.time)), octets([]byte(m.user)), octets(mac), octets(salt))
		return seq(tagSequence, integer(3),
			seq(tagSequence, integer(int64(m.id)), integer(maxDatagram), octets([]byte{m.flags}), integer(securityUSM)),
			octets(security), data)
	}
	out := build(mac)
	if len(mac) > 0 {
		out = build(k.sign(out))
	}
	return out, nil
}
