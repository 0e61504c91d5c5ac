package facility

import "testing"

func TestPartSaysWhatTheTitleDoesNot(t *testing.T) {
	hub, pdu := &Device{Name: "Sensor hub hall 1"}, &Device{Name: "PDU H1-R01 A"}
	tests := []struct {
		name  string
		d     *Device
		p     Point
		title Text
		want  Text
	}{
		{"a smoke detector is told by its number alone", hub,
			Point{Metric: "smoke_state", Name: "smoke detector S-1-01 alarm", Labels: []Label{{"detector", "S-1-01"}, {"zone", "Z-1"}}},
			Text{"FIRE: smoke detector alarm", "火災 煙感知器発報"}, Text{"S-1-01", "S-1-01"}},
		{"where the title says it all the fire zone is left", hub,
			Point{Metric: "fire_panel_alarm_state", Name: "fire panel alarm", Labels: []Label{{"zone", "Z-1"}}},
			Text{"FIRE: panel in alarm", "火災 受信機発報"}, Text{"Z-1", "Z-1"}},
		{"a Japanese name loses what the Japanese title says", hub,
			Point{Metric: "smoke_state", Name: "煙感知器 S-1-01"}, Text{"Smoke pre-alarm", "煙感知器 予備警報"}, Text{"S-1-01", "S-1-01"}},
		{"what tells two contacts apart stays", hub,
			Point{Metric: "fire_panel_trouble_state", Name: "fire panel trouble"}, Text{"Fire panel cannot be seen", "火災受信機 接点監視不能"}, Text{"trouble", "trouble"}},
		{"a label's word is not said twice", hub,
			Point{Metric: "ats_source_status", Labels: []Label{{"source", "A"}}}, Text{"source status", "電源状態"}, Text{"A", "A側"}},
		{"short words tell feeds from one another and stay", hub,
			Point{Metric: "ats_input_voltage_volts", Name: "input A"}, Text{"input voltage", "入力電圧"}, Text{"A", "A"}},
		{"words with a digit stay", hub, Point{Metric: "temperature_celsius", Name: "row12 row12b"}, Text{"row12", ""}, Text{"row12 row12b", "row12 row12b"}},
		{"a point named like its device has no part", pdu, Point{Metric: "pdu_power_watts", Name: "PDU H1-R01 A"}, Text{"PDU power", "PDU電力"}, Text{}},
		{"a phase stands behind its source", hub,
			Point{Metric: "ats_input_voltage_volts", Labels: []Label{{"phase", "2"}, {"source", "A"}}}, Text{"input voltage", "入力電圧"}, Text{"source A phase 2", "A側 相2"}},
		{"a label that is a name needs no word", hub,
			Point{Metric: "filesystem_used_ratio", Labels: []Label{{"mountpoint", "/var"}}}, Text{"file system used", ""}, Text{"/var", "/var"}},
		{"a quantity that is there once has none", hub, Point{Metric: "genset_speed_rpm"}, Text{"engine speed", ""}, Text{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.p.Part(tt.d, tt.title); got != tt.want {
				t.Errorf("%q behind %q: part %+v, want %+v", tt.p.Name, tt.title.En, got, tt.want)
			}
		})
	}
}
