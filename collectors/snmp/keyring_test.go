package snmp

import (
	"bytes"
	"testing"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
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
