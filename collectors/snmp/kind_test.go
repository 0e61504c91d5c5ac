package snmp

import (
	"slices"
	"testing"

	"github.com/gosnmp/gosnmp"
)

func TestKindOfWhatNoProfileKnows(t *testing.T) {
	host := num("1.3.6.1.2.1.25.1.1.0", 5) // hrSystemUptime
	tests := map[string]struct {
		services int
		objects  []gosnmp.SnmpPDU
		want     string
	}{
		"bridge":                     {2, ports(), "network"},
		"layer 3 switch":             {78, ports(), "network"},
		"router":                     {4, ports(), "network"},
		"server":                     {72, ports(), ""},
		"server that says internet":  {76, ports(), ""},
		"switch that is a host":      {74, append(ports(), host), "host"},
		"ups with a bridging card":   {74, append(ports(), ups()...), "ups"},
		"ups whose card is a host":   {72, append(ups(), host), "ups"},
		"bridge without interfaces":  {2, nil, ""},
		"more layers than there are": {255, ports(), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startAgent(t, append(slices.Clone(tt.objects), num(oidSysServices, tt.services))...)
			got, err := Probe(t.Context(), builtin(t), a.target("d"))
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != tt.want || (got.Category == "") != (tt.want == "") {
				t.Errorf("kind %q of category %q, want %q", got.Kind, got.Category, tt.want)
			}
		})
	}
}
