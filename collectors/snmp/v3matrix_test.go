package snmp

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// Protocols as snmpd.conf(5) names them, by ours. DES is not in every build.
var (
	snmpdAuth = [][2]string{{"MD5", "MD5"}, {"SHA-1", "SHA"}, {"SHA-224", "SHA-224"}, {"SHA-256", "SHA-256"}, {"SHA-384", "SHA-384"}, {"SHA-512", "SHA-512"}}
	snmpdPriv = [][2]string{{"", ""}, {"DES", "DES"}, {"AES-128", "AES"}, {"AES-192", "AES-192"}, {"AES-256", "AES-256"}}
)

// matrixUsers are lines of snmpd.conf and the accesses that must work with them.
func matrixUsers() (conf, persist string, users []collectors.SNMPAccess) {
	var c, p strings.Builder
	for _, auth := range snmpdAuth {
		for _, priv := range snmpdPriv {
			user := strings.ToLower(strings.ReplaceAll("u-"+auth[0]+"-"+priv[0], "-", ""))
			a := collectors.SNMPAccess{Version: "3", User: user, Level: "authNoPriv", AuthProto: auth[0], AuthPass: "correct-auth-pass"}
			fmt.Fprintf(&p, "createUser %s %s %q", user, auth[1], "correct-auth-pass")
			if priv[0] != "" {
				a.Level, a.PrivProto, a.PrivPass = "authPriv", priv[0], "correct-priv-pass"
				fmt.Fprintf(&p, " %s %q", priv[1], "correct-priv-pass")
			}
			fmt.Fprintln(&p)
			fmt.Fprintf(&c, "rouser %s %s\n", user, strings.ToLower(strings.TrimSuffix(a.Level, "NoPriv"))) // auth, authpriv
			users = append(users, a)
		}
	}
	return c.String(), p.String(), users
}

// Every pair of authentication and privacy that snmpd offers is spoken.
func TestRealAgentEveryPair(t *testing.T) {
	conf, persist, users := matrixUsers()
	address := startSnmpdWith(t, conf, persist)
	for _, a := range users {
		t.Run(a.AuthProto+" "+a.PrivProto, func(t *testing.T) {
			target := collectors.Target{Device: facility.Device{ID: "peer"}, Address: address, SNMP: a}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			s, err := dial(ctx, target, 2*time.Second, testTime())
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			vars, err := s.get(ctx, []string{oidSysName})
			if err != nil || len(vars) != 1 || string(vars[0].bytes) != "peer.example" {
				t.Fatalf("got %v, %v; want the agent's name", vars, err)
			}
			if id := engineIDOf(s); !strings.HasPrefix(id, "80001f88") { // net-snmp's enterprise, 8072
				t.Errorf("engine id %q, want that of a net-snmp agent", id)
			}
			target.SNMP.AuthPass = "some-other-pass"
			wrong, err := dial(ctx, target, 2*time.Second, testTime())
			if err != nil {
				t.Fatal(err)
			}
			defer wrong.close()
			if _, err := wrong.get(ctx, []string{oidSysName}); KindOf(err) != facility.ErrAuthentication {
				t.Errorf("wrong pass phrase: %v, want it named as failed authentication", err)
			}
		})
	}
}
