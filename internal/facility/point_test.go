package facility

import (
	"strings"
	"testing"
	"time"
)

func TestPointIDIsCanonical(t *testing.T) {
	a := MakePointID("ups-a1", "ups_output_load_ratio", []Label{{"phase", "1"}, {"line", "2"}})
	b := MakePointID("ups-a1", "ups_output_load_ratio", []Label{{"line", "2"}, {"phase", "1"}})
	if want := PointID(`ups-a1/ups_output_load_ratio{line="2",phase="1"}`); a != want || b != want {
		t.Errorf("ids %s and %s, want %s", a, b, want)
	}
	if got, want := MakePointID("d", "m", []Label{{"l", "a\"b\\c\nd"}}), PointID(`d/m{l="a\"b\\c\nd"}`); got != want {
		t.Errorf("quoted: %s, want %s", got, want)
	}
	if got := MakePointID("d", "m", nil); got != "d/m" {
		t.Errorf("without labels: %s", got)
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics() {
		if seen[m.Name] {
			t.Errorf("%s stands twice", m.Name)
		}
		seen[m.Name] = true
		if m.Help == "" || m.HelpJa == "" || m.Short == "" || m.Unit == "" {
			t.Errorf("%s lacks a text or its unit: %+v", m.Name, m)
		}
		if len(m.Short) > 24 {
			t.Errorf("%s: short name %q takes more than 24 cells", m.Name, m.Short)
		}
		if u := string(m.Unit); m.Unit != UnitState && m.Unit != UnitCount && !strings.Contains(m.Name, u) {
			t.Errorf("%s: the name lacks its base unit %s", m.Name, u)
		}
		if got, ok := LookupMetric(m.Name); !ok || got != m {
			t.Errorf("LookupMetric(%s) = %+v, %v", m.Name, got, ok)
		}
	}
}

func TestZeroValuesAreTheSafeOnes(t *testing.T) {
	var r Reading
	if r.Quality == Good {
		t.Error("an unset quality is good")
	}
	var f Freshness
	if f.Known() {
		t.Error("an unset freshness counts as known")
	}
	var s Severity
	if s == SeverityNormal {
		t.Error("an unset severity is normal")
	}
}

func TestMaxAge(t *testing.T) {
	if got := MaxAge(10 * time.Second); got != 25*time.Second {
		t.Errorf("MaxAge(10s) = %v, want 25s", got)
	}
}

func TestTickTruncates(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 999_999_999, time.FixedZone("JST", 9*3600))
	if got := TickOf(at).Time(); !got.Equal(at.Truncate(time.Second)) || got.Location() != time.UTC {
		t.Errorf("tick of %v is %v", at, got)
	}
}
