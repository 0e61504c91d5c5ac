package sim

import (
	"net"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// A UPS that goes on battery says so, from its own address and signed as it is
// polled; a device that was silent before the sink was named has nothing old to tell.
func TestDevicesSendTraps(t *testing.T) {
	f := start(t, "127.79.41.1")
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	if err := f.TrapsTo(sink.LocalAddr().String()); err != nil {
		t.Fatal(err)
	}
	if err := f.Inject("utility-a-loss"); err != nil {
		t.Fatal(err)
	}
	ups := f.find(t, "ups-a1")
	want, _, _ := net.SplitHostPort(ups.Address)
	x := &gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: gosnmp.AuthPriv, SecurityParameters: &gosnmp.UsmSecurityParameters{
		UserName: ups.User, AuthenticationProtocol: gosnmp.SHA256, AuthenticationPassphrase: ups.AuthPass, PrivacyProtocol: gosnmp.AES, PrivacyPassphrase: ups.PrivPass,
	}}
	buf := make([]byte, 65535)
	if err := sink.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for {
		n, from, err := sink.ReadFromUDP(buf)
		if err != nil {
			t.Fatalf("no upsTrapOnBattery of %s among %d traps: %v", want, seen, err)
		}
		seen++
		if from.IP.String() != want {
			continue
		}
		p, err := x.UnmarshalTrap(append([]byte(nil), buf[:n]...), false)
		if err != nil {
			t.Fatalf("a trap of the UPS: %v", err)
		}
		if p.PDUType != gosnmp.SNMPv2Trap || len(p.Variables) < 2 {
			t.Fatalf("%+v is no trap", p)
		}
		if p.Variables[1].Value == ".1.3.6.1.2.1.33.2.1" {
			if len(p.Variables) != 5 {
				t.Errorf("%d variables, want uptime, trap and the three of RFC 1628", len(p.Variables))
			}
			return
		}
	}
}
