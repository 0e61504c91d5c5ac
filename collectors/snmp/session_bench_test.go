package snmp

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// BenchmarkSession asks Debian's snmpd, which is a process of its own, for sixty
// instances, and tells this process's seconds by million readings: what SNMPv3
// costs above the library's v2c.
func BenchmarkSession(b *testing.B) {
	address := startSnmpd(b)
	var oids []string
	for len(oids) < 60 { // the snmp group of SNMPv2-MIB, what it has of it, again and again
		for _, leaf := range []string{"1.0", "3.0", "4.0", "5.0", "6.0", "30.0", "31.0", "32.0"} {
			if len(oids) < 60 {
				oids = append(oids, "1.3.6.1.2.1.11."+leaf)
			}
		}
	}
	b.Run("gosnmp v2c", func(b *testing.B) {
		host, port, _ := net.SplitHostPort(address)
		n, _ := strconv.Atoi(port)
		x := &gosnmp.GoSNMP{Target: host, Port: uint16(n), Transport: "udp", Community: "nezuban-test", Version: gosnmp.Version2c, Timeout: 2 * time.Second, MaxOids: 100}
		if err := x.Connect(); err != nil {
			b.Fatal(err)
		}
		defer x.Close()
		measureGets(b, func() int {
			got, err := x.Get(oids)
			if err != nil {
				b.Fatal(err)
			}
			return len(got.Variables)
		})
	})
	for _, level := range []string{"noAuthNoPriv", "authNoPriv", "authPriv"} {
		b.Run("v3 "+level, func(b *testing.B) {
			a := collectors.SNMPAccess{Version: "3", User: map[string]string{"noAuthNoPriv": "open", "authNoPriv": "signed", "authPriv": "full"}[level], Level: level}
			if level != "noAuthNoPriv" {
				a.AuthPass = "correct-auth-pass"
			}
			if level == "authPriv" {
				a.PrivPass = "correct-priv-pass"
			}
			s, err := dial(b.Context(), collectors.Target{Device: facility.Device{ID: "peer"}, Address: address, SNMP: a}, 2*time.Second, testTime())
			if err != nil {
				b.Fatal(err)
			}
			defer s.close()
			measureGets(b, func() int {
				got, err := s.get(b.Context(), oids)
				if err != nil {
					b.Fatal(err)
				}
				return len(got)
			})
		})
	}
}

// measureGets reports the processor time of this process by million readings.
func measureGets(b *testing.B, get func() (readings int)) {
	get() // the engine's id and time are asked for once
	before, readings := ownCPU(), 0
	b.ReportAllocs()
	for b.Loop() {
		readings += get()
	}
	b.ReportMetric((ownCPU()-before).Seconds()/float64(readings)*1e6, "CPU-s/1M")
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
