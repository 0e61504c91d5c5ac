package snmp

import (
	"bytes"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// The keys are those that the library would make, for every pair of protocols.
func TestKeysAreThoseOfTheLibrary(t *testing.T) {
	k := &keyring{}
	const engine = "\x80\x00\x1f\x88\x80test-engine"
	for auth, a := range authProtocols {
		for priv, p := range privProtocols {
			user := func() *gosnmp.UsmSecurityParameters {
				return &gosnmp.UsmSecurityParameters{UserName: "u", AuthenticationProtocol: a, PrivacyProtocol: p,
					AuthenticationPassphrase: "correct-auth-pass", PrivacyPassphrase: "correct-priv-pass", AuthoritativeEngineID: engine}
			}
			want, got := user(), user()
			if err := want.InitSecurityKeys(); err != nil {
				t.Fatal(err)
			}
			k.preset(got, engine)
			if !bytes.Equal(got.SecretKey, want.SecretKey) || !bytes.Equal(got.PrivacyKey, want.PrivacyKey) {
				t.Errorf("%s, %s: keys %x and %x, the library's %x and %x", auth, priv, got.SecretKey, got.PrivacyKey, want.SecretKey, want.PrivacyKey)
			}
		}
	}
}

// net-snmp accepts the preset keys, and the pass phrases are not asked again.
func TestPresetKeysAreAccepted(t *testing.T) {
	address := startSnmpd(t)
	target := collectors.Target{Address: address, SNMP: collectors.SNMPAccess{Version: "3", User: "full", AuthPass: "correct-auth-pass", PrivPass: "correct-priv-pass"}}
	s, err := dial(t.Context(), target, DefaultTimeout, testTime())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	g := s.(*gosnmpSession)
	g.keys = &keyring{}
	usm := g.x.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	if !g.discover(t.Context(), usm) || usm.AuthoritativeEngineID == "" || len(usm.PrivacyKey) != 16 {
		t.Fatalf("engine %x, %d bytes of privacy key; want both known before the first request", usm.AuthoritativeEngineID, len(usm.PrivacyKey))
	}
	usm.AuthenticationPassphrase, usm.PrivacyPassphrase = "wrong-auth-pass", "wrong-priv-pass"
	got, err := s.get(t.Context(), []string{oidSysName})
	if err != nil || len(got) != 1 || string(got[0].bytes) != "peer.example" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func BenchmarkKeysOfSharedPassPhrases(b *testing.B) {
	k, engine := &keyring{}, []byte("\x80\x00\x1f\x88\x80engine-0000")
	usm := &gosnmp.UsmSecurityParameters{AuthenticationProtocol: gosnmp.SHA256, PrivacyProtocol: gosnmp.AES,
		AuthenticationPassphrase: "correct-auth-pass", PrivacyPassphrase: "correct-priv-pass"}
	for i := 0; b.Loop(); i++ {
		engine[len(engine)-1], engine[len(engine)-2] = byte(i), byte(i>>8)
		k.preset(usm, string(engine))
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*10_000, "s/10k_devices")
}

// Between rounds a v3 device holds no socket; the next round asks for neither
// engine nor keys again.
func TestV3SessionsRest(t *testing.T) {
	address := startSnmpd(t)
	target := collectors.Target{Device: facility.Device{ID: "u"}, Address: address,
		SNMP: collectors.SNMPAccess{Version: "3", User: "full", AuthPass: "correct-auth-pass", PrivPass: "correct-priv-pass"}}
	d := newDevice(New(builtin(t), clock.System(), nil, quiet(), Options{}), target, newMailbox())
	defer d.hangUp()
	if err := d.learn(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	before := d.s.(*gosnmpSession).x.SecurityParameters
	d.rest()
	if d.s != nil || d.resting == nil {
		t.Fatalf("session %v, resting %v; want the socket closed and the rest kept", d.s, d.resting)
	}
	if _, err := d.read(t.Context(), allClasses); err != nil {
		t.Fatal(err)
	}
	g := d.s.(*gosnmpSession)
	if g.x.SecurityParameters != before || d.health.Timeouts != 0 || len(g.sent) != 1 {
		t.Errorf("%d datagrams in the last request, time-outs %d; want the engine and its keys as before", len(g.sent), d.health.Timeouts)
	}
	d.rest()
	d.noAnswer(t.Context(), time.Now(), errNoAnswer)
	if d.resting != nil {
		t.Error("what a failed session knew is kept")
	}
}
