package agent

import (
	"bytes"
	"testing"
	"time"
)

const (
	testUser = "operator"
	testAuth = "an auth password"
	testPriv = "a priv password"
	boots    = 7
)

// fresh is a server without a socket, a thousand seconds after its start.
func fresh(t testing.TB) *Server {
	t.Helper()
	row2 := true
	s, err := New(Options{
		View: sample(t, &row2), Community: "secret", EngineID: []byte("\x80\x00\x1f\x88\x04test"), Boots: boots,
		EngineTime: func() time.Duration { return 1000 * time.Second },
		Users: []User{
			{Name: testUser, AuthPass: testAuth, PrivPass: testPriv},
			{Name: "authonly", AuthPass: testAuth},
			{Name: "nobody"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func v2c(community string, p pdu) []byte {
	b := appendInt(nil, tagInteger, version2c)
	b = appendTLV(b, tagOctetString, []byte(community))
	return appendTLV(nil, tagSequence, p.append(b))
}

// ask sends a v2c request; answered is false where the server is silent. The
// values are skipped: status, index and names tell the story here.
func ask(t *testing.T, s *Server, msg []byte) (p pdu, answered bool) {
	t.Helper()
	reply := s.Handle(msg)
	if reply == nil {
		return p, false
	}
	r, err := newReader(reply).expect(tagSequence)
	if err == nil {
		_, err = r.int32()
	}
	if err == nil {
		_, err = r.bytes()
	}
	if err == nil {
		p, err = readPDU(&r)
	}
	if err != nil {
		t.Fatalf("answer does not parse: %v", err)
	}
	return p, true
}

func names(oids ...string) []varbind {
	var vs []varbind
	for _, s := range oids {
		o, err := ParseOID(s)
		if err != nil {
			panic(err)
		}
		vs = append(vs, varbind{oid: o, val: Value{Kind: Null}})
	}
	return vs
}

func TestVersion2cAnswersOrStaysSilent(t *testing.T) {
	s := fresh(t)
	descr := names("1.3.6.1.2.1.1.1.0")
	for _, tt := range []struct {
		name     string
		msg      []byte
		answered bool
		status   int32
		index    int32
		first    string // name of the first variable, "" none
	}{
		{"a get", v2c("secret", pdu{kind: pduGet, requestID: 5, vars: descr}), true, 0, 0, "1.3.6.1.2.1.1.1.0"},
		{"a getnext", v2c("secret", pdu{kind: pduGetNext, requestID: 5, vars: descr}), true, 0, 0, "1.3.6.1.2.1.1.2.0"},
		{"a getbulk", v2c("secret", pdu{kind: pduGetBulk, requestID: 5, index: 3, vars: descr}), true, 0, 0, "1.3.6.1.2.1.1.2.0"},
		{"a negative getbulk", v2c("secret", pdu{kind: pduGetBulk, requestID: 5, status: -4, index: -9, vars: descr}), true, 0, 0, ""},
		{"a set is refused", v2c("secret", pdu{kind: pduSet, requestID: 5, vars: descr}), true, statusNotWritable, 1, "1.3.6.1.2.1.1.1.0"},
		{"no variables", v2c("secret", pdu{kind: pduGet, requestID: 5}), true, 0, 0, ""},
		{"another community", v2c("public", pdu{kind: pduGet, requestID: 5, vars: descr}), false, 0, 0, ""},
		{"a response is no request", v2c("secret", pdu{kind: pduResponse, requestID: 5, vars: descr}), false, 0, 0, ""},
		{"a report is no request", v2c("secret", pdu{kind: pduReport, requestID: 5, vars: descr}), false, 0, 0, ""},
		{"half a message", v2c("secret", pdu{kind: pduGet, requestID: 5, vars: descr})[:20], false, 0, 0, ""},
		{"nothing", nil, false, 0, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, answered := ask(t, s, tt.msg)
			if answered != tt.answered {
				t.Fatalf("answered %v, want %v", answered, tt.answered)
			}
			if !answered {
				return
			}
			first := ""
			if len(p.vars) > 0 {
				first = p.vars[0].oid.String()
			}
			if p.kind != pduResponse || p.requestID != 5 || p.status != tt.status || p.index != tt.index || first != tt.first {
				t.Errorf("got %#x id %d status %d index %d first %q", p.kind, p.requestID, p.status, p.index, first)
			}
		})
	}
}

func TestAnAnswerThatDoesNotFitIsTooBigAndABulkIsCut(t *testing.T) {
	s := fresh(t)
	s.opt.Behave = func() Behaviour { return Behaviour{MaxSize: 100} }
	many := names("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.1.0")
	p, _ := ask(t, s, v2c("secret", pdu{kind: pduGet, requestID: 1, vars: many}))
	if p.status != statusTooBig || len(p.vars) != 0 {
		t.Errorf("get: status %d with %d variables, want tooBig with none", p.status, len(p.vars))
	}
	msg := v2c("secret", pdu{kind: pduGetBulk, requestID: 1, index: 50, vars: names("1.3.6.1.2.1.1")})
	p, _ = ask(t, s, msg)
	if p.status != 0 || len(p.vars) == 0 || len(p.vars) > 4 {
		t.Errorf("getbulk: status %d with %d variables", p.status, len(p.vars))
	}
	if n := len(s.Handle(msg)); n > 100 {
		t.Errorf("the answer has %d octets, the limit is 100", n)
	}
}

func TestABulkWalkEndsAtTheEndOfTheView(t *testing.T) {
	p, _ := ask(t, fresh(t), v2c("secret", pdu{kind: pduGetBulk, requestID: 1, index: 100, vars: names("1.3.6.1.4.1.9999.1.1.2")}))
	if len(p.vars) != 4 { // three rows of the last column and one end mark
		t.Errorf("%d variables, want 4", len(p.vars))
	}
}

// question is a v3 request as a manager would send it.
func question(t testing.TB, s *Server, user string, level byte, edit func(*message3), auth, priv string) []byte {
	t.Helper()
	engine := s.opt.EngineID
	m := message3{
		id: 99, maxSize: 65507, flags: level | flagReportable, engine: engine, boots: boots, time: 1000, user: user,
		data: scoped{engine: engine, pdu: pdu{kind: pduGet, requestID: 5, vars: names("1.3.6.1.2.1.1.1.0")}}.encode(),
	}
	if edit != nil {
		edit(&m)
	}
	acc, err := newAccount(User{Name: user, AuthPass: auth, PrivPass: priv}, m.engine)
	if err != nil {
		t.Fatal(err)
	}
	if m.flags&flagPriv != 0 {
		m.salt = []byte("saltsalt")
		if err := crypt(acc.priv, m.boots, m.time, m.salt, m.data, true); err != nil {
			t.Fatal(err)
		}
	}
	if m.flags&flagAuth != 0 {
		m.mac = make([]byte, macSize)
	}
	out := m.encode()
	if m.flags&flagAuth != 0 {
		copy(out[m.macAt:], digest(acc.auth, out))
	}
	return out
}

// open reads a v3 answer with the keys of testUser; authentic tells whether its
// digest is right.
func open(t testing.TB, s *Server, reply []byte) (m message3, p pdu, authentic bool) {
	t.Helper()
	r, err := newReader(reply).expect(tagSequence)
	if err == nil {
		_, err = r.int32()
	}
	if err == nil {
		m, err = readMessage3(&r)
	}
	if err != nil {
		t.Fatalf("answer does not parse: %v", err)
	}
	acc := s.accounts[testUser]
	authentic = m.flags&flagAuth != 0 && bytes.Equal(m.mac, digest(acc.auth, zeroed(reply, m.macAt, len(m.mac))))
	if m.flags&flagPriv != 0 {
		if err := crypt(acc.priv, m.boots, m.time, m.salt, m.data, false); err != nil {
			t.Fatal(err)
		}
	}
	sc, err := readScoped(m.data)
	if err != nil {
		t.Fatalf("scoped pdu does not parse: %v", err)
	}
	return m, sc.pdu, authentic
}

func TestVersion3AnswersAndReports(t *testing.T) {
	s := fresh(t)
	const full = flagAuth | flagPriv
	for _, tt := range []struct {
		name       string
		msg        []byte
		kind       byte
		level      byte
		status     int32
		first      OID // name of the first variable
		authentic  bool
		wantSilent bool
	}{
		{name: "right at authPriv", msg: question(t, s, testUser, full, nil, testAuth, testPriv),
			kind: pduResponse, level: full, first: OID{1, 3, 6, 1, 2, 1, 1, 1, 0}, authentic: true},
		{name: "discovery", msg: question(t, s, "", 0, func(m *message3) { m.engine, m.boots, m.time = nil, 0, 0 }, "", ""),
			kind: pduReport, first: usmStat(usmUnknownEngine)},
		{name: "another engine", msg: question(t, s, testUser, full, func(m *message3) { m.engine = []byte("another") }, testAuth, testPriv),
			kind: pduReport, first: usmStat(usmUnknownEngine)},
		{name: "unknown user", msg: question(t, s, "stranger", full, nil, testAuth, testPriv),
			kind: pduReport, first: usmStat(usmUnknownUser)},
		{name: "wrong authentication password", msg: question(t, s, testUser, full, nil, "not the password", testPriv),
			kind: pduReport, first: usmStat(usmWrongDigest)},
		{name: "wrong privacy password", msg: question(t, s, testUser, full, nil, testAuth, "not the password"),
			kind: pduReport, level: flagAuth, first: usmStat(usmDecryptionError), authentic: true},
		{name: "privacy for a user without a key", msg: question(t, s, "authonly", full, nil, testAuth, testPriv),
			kind: pduReport, first: usmStat(usmUnsupportedLevel)},
		{name: "authentication for a user without a key", msg: question(t, s, "nobody", flagAuth, nil, testAuth, ""),
			kind: pduReport, first: usmStat(usmUnsupportedLevel)},
		{name: "a lower level than the user's", msg: question(t, s, testUser, flagAuth, nil, testAuth, ""),
			kind: pduResponse, level: flagAuth, status: statusAuthorizationError, first: OID{1, 3, 6, 1, 2, 1, 1, 1, 0}, authentic: true},
		{name: "no level at all", msg: question(t, s, testUser, 0, nil, "", ""),
			kind: pduResponse, status: statusAuthorizationError, first: OID{1, 3, 6, 1, 2, 1, 1, 1, 0}},
		{name: "a time 150 s behind passes", msg: question(t, s, testUser, full, func(m *message3) { m.time = 850 }, testAuth, testPriv),
			kind: pduResponse, level: full, first: OID{1, 3, 6, 1, 2, 1, 1, 1, 0}, authentic: true},
		{name: "a time 151 s behind", msg: question(t, s, testUser, full, func(m *message3) { m.time = 849 }, testAuth, testPriv),
			kind: pduReport, level: flagAuth, first: usmStat(usmNotInTimeWindow), authentic: true},
		{name: "a time 151 s ahead", msg: question(t, s, testUser, full, func(m *message3) { m.time = 1151 }, testAuth, testPriv),
			kind: pduReport, level: flagAuth, first: usmStat(usmNotInTimeWindow), authentic: true},
		{name: "boots of the last start", msg: question(t, s, testUser, full, func(m *message3) { m.boots-- }, testAuth, testPriv),
			kind: pduReport, level: flagAuth, first: usmStat(usmNotInTimeWindow), authentic: true},
		{name: "an unreportable mistake", msg: question(t, s, "stranger", full, func(m *message3) { m.flags &^= flagReportable }, testAuth, testPriv), wantSilent: true},
		{name: "privacy without authentication", msg: question(t, s, testUser, flagPriv, nil, testAuth, testPriv), wantSilent: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reply := s.Handle(tt.msg)
			if tt.wantSilent {
				if reply != nil {
					t.Fatalf("answered % x", reply)
				}
				return
			}
			if reply == nil {
				t.Fatal("no answer")
			}
			m, p, authentic := open(t, s, reply)
			if p.kind != tt.kind || p.status != tt.status || len(p.vars) != 1 || p.vars[0].oid.Compare(tt.first) != 0 || authentic != tt.authentic {
				t.Errorf("kind %#x status %d variables %v authentic %v", p.kind, p.status, p.vars, authentic)
			}
			if m.id != 99 || m.flags != tt.level || !bytes.Equal(m.engine, s.opt.EngineID) || m.boots != boots || m.time != 1000 {
				t.Errorf("header %+v, want level %#x", m, tt.level)
			}
		})
	}
}

func TestNoBitOfAnAuthenticatedMessageMayChange(t *testing.T) {
	s := fresh(t)
	good := question(t, s, testUser, flagAuth|flagPriv, nil, testAuth, testPriv)
	for i := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[i/8] ^= 1 << (i % 8)
		reply := s.Handle(bad)
		if reply == nil {
			continue
		}
		if m, p, _ := open(t, s, reply); p.kind != pduReport && p.status == 0 || m.flags&flagPriv != 0 {
			t.Fatalf("bit %d changed, answered all the same: %#x status %d", i, p.kind, p.status)
		}
	}
}

func TestShortPasswordsAndEngineIDsAreRefused(t *testing.T) {
	if _, err := New(Options{EngineID: []byte("12345"), Users: []User{{Name: "u", AuthPass: "short"}}}); err == nil {
		t.Error("a password of five characters was taken")
	}
	if _, err := New(Options{EngineID: []byte("1234"), Users: []User{{Name: "u"}}}); err == nil {
		t.Error("an engine id of four octets was taken")
	}
	if _, err := New(Options{EngineID: []byte("12345"), Users: []User{{Name: "u", PrivPass: "long enough"}}}); err == nil {
		t.Error("privacy without authentication was taken")
	}
}

// FuzzHandle feeds anything: no panic, and never an answer that is no answer to
// what was asked.
func FuzzHandle(f *testing.F) {
	s := fresh(f)
	for _, p := range []pdu{
		{kind: pduGet, requestID: 1, vars: names("1.3.6.1.2.1.1.1.0", "1.3.6.1.9")},
		{kind: pduGetNext, requestID: -1, vars: names("1.3")},
		{kind: pduGetBulk, requestID: 2, status: 1, index: 20, vars: names("1.3.6.1.2.1.1.1.0", "1.3.6.1.4")},
		{kind: pduSet, requestID: 3, vars: names("1.3.6.1.2.1.1.1.0")},
	} {
		f.Add(v2c("secret", p))
	}
	f.Add(question(f, s, testUser, flagAuth|flagPriv, nil, testAuth, testPriv))
	f.Add(question(f, s, testUser, flagAuth, nil, testAuth, ""))
	f.Add(question(f, s, "", 0, func(m *message3) { m.engine = nil }, "", ""))
	f.Fuzz(func(t *testing.T, msg []byte) {
		reply := s.Handle(msg)
		if reply == nil {
			return
		}
		if len(reply) > DefaultMaxSize && len(msg) < 1000 {
			t.Fatalf("%d octets in answer to %d", len(reply), len(msg))
		}
		r, err := newReader(reply).expect(tagSequence)
		if err != nil {
			t.Fatalf("answer does not parse: %v", err)
		}
		q, err := newReader(msg).expect(tagSequence)
		if err != nil {
			t.Fatalf("answered what does not parse: %v", err)
		}
		asked, _ := q.int32()
		version, err := r.int32()
		if err != nil || version != asked {
			t.Fatalf("version %d answers version %d", version, asked)
		}
		if version == version3 {
			if m, p, authentic := open(t, s, reply); p.kind == pduResponse && p.status == 0 && (!authentic || m.flags&flagPriv == 0) && m.user == testUser {
				t.Fatalf("values given away at level %#x", m.flags)
			}
			return
		}
		if c, err := r.bytes(); err != nil || string(c) != "secret" {
			t.Fatalf("answered community %q", c)
		}
		_, _ = q.bytes()
		want, _ := readPDU(&q)
		got, err := readPDU(&r)
		if err != nil || got.kind != pduResponse || got.requestID != want.requestID {
			t.Fatalf("answer %#x id %d to %#x id %d: %v", got.kind, got.requestID, want.kind, want.requestID, err)
		}
	})
}
