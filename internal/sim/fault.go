package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/sim/model"
)

// A Fault is one named script and whether it plays.
type Fault struct {
	Name   string        `json:"name"`
	Text   facility.Text `json:"text"`
	Device string        `json:"device,omitempty"` // what it acts on by default
	Active bool          `json:"active"`
	// On lists the devices it acts on now, where it plays.
	On []string `json:"on,omitempty"`
}

// effects is the sum of all active faults.
type effects struct {
	model   model.Faults
	all     bool // nothing answers
	silent  map[string]bool
	slow    map[string]bool
	garbage map[string]bool
}

// A script is how one fault works.
type script struct {
	name   string
	text   facility.Text
	device string   // default target; "" none
	also   []string // further default targets
	kind   string   // the device kind it may be aimed at; "*" any, "" only the default
	apply  func(e *effects, device string, index int)
	begin  func(d *device, now time.Duration) // what happens once when it starts; nil nothing
}

// scripts is the table of faults. index is the target's place among the devices
// of its kind.
func scripts() []script {
	return []script{
		{"utility-a-loss", facility.Text{
			En: "Utility A fails: UPS A1 and A2 go on battery, generator 1 starts and takes over; ends with the return of the utility",
			Ja: "商用電源A系が停電。UPS A1・A2がバッテリー運転、発電機1が起動して受電切替。解除で復電",
		}, "meter-a", nil, "meter", func(e *effects, _ string, i int) { e.model.UtilityLoss[i] = true }, nil},
		{"ups-a2-fail", facility.Text{
			En: "UPS A2 fails: on bypass for 20 s, then no output; hall 2 runs on its B feed alone",
			Ja: "UPS A2が故障。20秒間バイパス運転の後に出力停止。ホール2はB系のみで運転",
		}, "ups-a2", nil, "ups", func(e *effects, _ string, i int) { e.model.UPSFail[i/model.Halls][i%model.Halls] = true }, nil},
		{"crac-fail", facility.Text{
			En: "A CRAC unit stops: the racks in front of it warm over minutes",
			Ja: "空調機が停止。受け持ちのラックの温度が数分かけて上昇",
		}, "crac-1", nil, "cooling", func(e *effects, _ string, i int) { e.model.CRACFail[i] = true }, nil},
		{"smoke-hall-1", facility.Text{
			En: "Smoke in hall 1: detector S-1-01 goes to pre-alarm, after 15 s to alarm, then the fire panel follows",
			Ja: "ホール1で煙。感知器S-1-01がプリアラーム、15秒後に火災、続いて受信機の火災接点が動作",
		}, "hub-h1", nil, "envhub", func(e *effects, _ string, i int) { e.model.Smoke[i] = true }, nil},
		{"agent-pressure-low", facility.Text{
			En: "Suppression agent leaks: the pressure falls below 3.80 MPa within 20 s, the panel reports supervisory",
			Ja: "消火剤が漏れ、20秒ほどで圧力が3.80 MPaを下回り、受信機の監視接点が動作",
		}, "hub-h1", nil, "envhub", func(e *effects, _ string, i int) { e.model.PressureLow[i] = true }, nil},
		{"device-silent", facility.Text{En: "A device stops answering", Ja: "機器が応答しない"},
			"pdu-h2-r03-b", nil, "*", func(e *effects, d string, _ int) { e.silent[d] = true }, nil},
		{"slow-device", facility.Text{En: "A device answers every request after 3 s", Ja: "機器の応答が3秒遅れる"},
			"pdu-h1-r04-a", nil, "*", func(e *effects, d string, _ int) { e.slow[d] = true }, nil},
		{"flapping-sensor", facility.Text{En: "The front door's contact changes every 3 s", Ja: "前扉の接点が3秒ごとに変化"},
			"hub-h1", nil, "envhub", func(e *effects, _ string, i int) { e.model.Flapping[i] = true }, nil},
		{"sensor-garbage", facility.Text{
			En: "A sensor hub and a metrics endpoint send nonsense: NaN, impossible values, escape sequences, huge texts, tables without end, stamps from the future",
			Ja: "センサーハブとエージェントが異常なデータを送る（NaN、範囲外、制御文字、巨大な文字列、終わらない表、未来の時刻）",
		}, "hub-h2", []string{"srv-h2-08"}, "*", func(e *effects, d string, _ int) { e.garbage[d] = true }, nil},
		{name: "ups-self-test", text: facility.Text{
			En: "UPS A1 tests its battery: 20 s on battery while its input stands, then the test is passed",
			Ja: "UPS A1が自己診断。受電したまま20秒間バッテリー運転し、合格",
		}, device: "ups-a1", kind: "ups", apply: func(e *effects, _ string, i int) { e.model.SelfTest[i/model.Halls][i%model.Halls] = true }},
		{name: "ups-self-test-failed", text: facility.Text{
			En: "UPS B1 tests its battery and the battery fails: the result stays until a later test is passed",
			Ja: "UPS B1の自己診断が不合格。次に合格するまで結果が残る",
		}, device: "ups-b1", kind: "ups", apply: func(e *effects, _ string, i int) { e.model.SelfTestFail[i/model.Halls][i%model.Halls] = true }},
		{name: "battery-flapping", text: facility.Text{
			En: "UPS B2 calls its battery bad and good in turn, every 4 s",
			Ja: "UPS B2の蓄電池不良表示が4秒ごとに出たり消えたりする",
		}, device: "ups-b2", kind: "ups", apply: func(e *effects, _ string, i int) { e.model.BatteryFlap[i/model.Halls][i%model.Halls] = true }},
		{name: "generator-fails-to-start", text: facility.Text{
			En: "Utility B fails and generator 2 does not start: cranked for 60 s, then it shuts down; feed B lives on its batteries",
			Ja: "商用電源B系が停電し発電機2が始動しない。60秒間の始動試行の後に停止、B系は蓄電池だけで運転",
		}, device: "gen-2", kind: "generator", apply: func(e *effects, _ string, i int) { e.model.UtilityLoss[i], e.model.GenNoStart[i] = true, true }},
		{name: "device-reboot", text: facility.Text{
			En: "A device restarts: silent for 10 s, then its uptime begins at zero",
			Ja: "機器が再起動。10秒間応答せず、稼働時間が0から始まる",
		}, device: "pdu-h1-r02-a", kind: "*", apply: func(*effects, string, int) {},
			begin: func(d *device, now time.Duration) { d.rebooted.Store(int64(max(now, 1))) }},
		{name: "link-flapping", text: facility.Text{
			En: "The first uplink of a switch goes down for 5 s and up for 6 s in turn",
			Ja: "スイッチの上位リンク1が5秒断・6秒復旧を繰り返す",
		}, device: "sw-h1", kind: "network", apply: func(e *effects, _ string, i int) { e.model.LinkFlap[i] = true }},
		{name: "panel-trouble", text: facility.Text{
			En: "The fire panel of hall 2 reports trouble", Ja: "ホール2の受信機が障害信号を出す",
		}, device: "hub-h2", kind: "envhub", apply: func(e *effects, _ string, i int) { e.model.PanelTrouble[i] = true }},
		{name: "zone-disabled", text: facility.Text{
			En: "The fire zone of hall 2 is switched off at the panel: detectors still report, the panel raises no alarm",
			Ja: "ホール2の防火区画を受信機で遮断。感知器は動作を伝えるが受信機は発報しない",
		}, device: "hub-h2", kind: "envhub", apply: func(e *effects, _ string, i int) { e.model.ZoneDisabled[i] = true }},
		{"everything-silent", facility.Text{En: "Nothing answers any more", Ja: "すべての機器が応答しない"},
			"", nil, "", func(e *effects, _ string, _ int) { e.all = true }, nil},
	}
}

// Faults lists all faults by name with what they do and whether they play.
func (f *Facility) Faults() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Fault
	for _, s := range scripts() {
		on := slices.Clone(f.active[s.name])
		slices.Sort(on)
		out = append(out, Fault{Name: s.name, Text: s.text, Device: s.device, Active: len(on) > 0, On: on})
	}
	return out
}

// target reads "NAME" or "NAME:DEVICE".
func (f *Facility) target(name string) (s script, devices []string, aimed bool, err error) {
	base, id, aimed := strings.Cut(name, ":")
	all := scripts()
	i := slices.IndexFunc(all, func(s script) bool { return s.name == base })
	if i < 0 {
		var names []string
		for _, s := range all {
			names = append(names, s.name)
		}
		return s, nil, false, fmt.Errorf("fault %q is not known; there are %s", base, strings.Join(names, " "))
	}
	s = all[i]
	if !aimed {
		return s, append([]string{s.device}, s.also...), false, nil
	}
	j := slices.IndexFunc(f.devices, func(d *device) bool { return d.ID == id })
	switch {
	case j < 0:
		return s, nil, false, fmt.Errorf("fault %s: device %q is not known; name one that the facility lists", base, id)
	case id == s.device:
	case s.kind == "":
		return s, nil, false, fmt.Errorf("fault %s cannot be aimed at another device; write %s alone", base, base)
	case s.kind != "*" && f.devices[j].Kind != s.kind:
		return s, nil, false, fmt.Errorf("fault %s acts on a device of kind %s; %s is of kind %s", base, s.kind, id, f.devices[j].Kind)
	}
	return s, []string{id}, true, nil
}

// Inject starts a fault, "NAME" or "NAME:DEVICE".
func (f *Facility) Inject(name string) error {
	s, devices, _, err := f.target(name)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range devices {
		if !slices.Contains(f.active[s.name], d) {
			f.active[s.name] = append(f.active[s.name], d)
			f.beginLocked(s, d)
		}
	}
	f.log.Info("fault injected", "fault", name)
	f.applyLocked()
	return nil
}

// beginLocked plays what happens once; f.mu is held.
func (f *Facility) beginLocked(s script, device string) {
	if s.begin == nil {
		return
	}
	l := f.model.Locker()
	l.Lock()
	now := f.model.State().Now
	l.Unlock()
	for _, d := range f.devices {
		if d.ID == device {
			s.begin(d, now)
		}
	}
}

// Clear ends a fault; without a device, on all devices it acts on.
func (f *Facility) Clear(name string) error {
	s, devices, aimed, err := f.target(name)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !aimed {
		delete(f.active, s.name)
	} else {
		f.active[s.name] = slices.DeleteFunc(f.active[s.name], func(d string) bool { return slices.Contains(devices, d) })
	}
	f.log.Info("fault cleared", "fault", name)
	f.applyLocked()
	return nil
}

// applyLocked makes the sum of the active faults anew; f.mu is held.
func (f *Facility) applyLocked() {
	e := &effects{silent: map[string]bool{}, slow: map[string]bool{}, garbage: map[string]bool{}}
	index := map[string]int{}
	seen := map[string]int{}
	for _, d := range f.devices {
		index[d.ID] = seen[d.Kind]
		seen[d.Kind]++
	}
	for _, s := range scripts() {
		for _, d := range f.active[s.name] {
			s.apply(e, d, index[d])
		}
	}
	f.model.Break(func(m *model.Faults) { *m = e.model })
	f.effects.Store(e)
}
