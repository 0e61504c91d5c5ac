package reports

import (
	"testing"

	"nezuban/internal/i18n"
)

func TestReadingsAreWordsOfTheirMetric(t *testing.T) {
	tests := []struct{ metric, level, value, limit, unit, en, ja string }{
		{"ups_output_source", "battery", "5", "", "state", "on battery", "バッテリー"},
		{"smoke_state", "active", "1", "", "state", "operated", "作動"},
		{"door_state", "active", "1", "", "state", "open", "開"},
		{"ats_redundancy_state", "redundancy_lost", "1", "", "state", "lost", "冗長性喪失"},
		{"ups_output_source", "of_a_site_profile", "9", "", "state", "of_a_site_profile", "of_a_site_profile"},
		{"", "no_data", "", "", "", "no data", "データなし"},
		{"ups_output_source", "no_data", "5", "", "state", "no data", "データなし"},
		{"ups_alarms_present", "high", "2", "0.5", "count", "own alarms 2", "UPS自己警報数 2"},
		{"processes", "high", "900", "800", "count", "processes 900 (Limit 800)", "プロセス数 900 (限界値 800)"},
		{"temperature_celsius", "high", "28.5", "27", "celsius", "high 28.5 C (Limit 27.0 C)", "上限超過 28.5 C (限界値 27.0 C)"},
		{"ups_battery_runtime_seconds", "low", "100", "600", "seconds", "low 2 min (Limit 10 min)", "下限未満 2 min (限界値 10 min)"},
	}
	for _, tt := range tests {
		for lang, want := range map[string]string{"en": tt.en, "ja": tt.ja} {
			w := &writer{lang: lang, t: i18n.ReportIn(lang), word: i18n.For(lang)}
			if got := w.reading(tt.metric, tt.level, tt.value, tt.limit, tt.unit); got != want {
				t.Errorf("%s %s %s in %s: %q, want %q", tt.metric, tt.level, tt.value, lang, got, want)
			}
		}
	}
}
