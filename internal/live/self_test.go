package live

import (
	"fmt"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

var siteRule = &alarm.Rule{ID: RuleSite, Revision: 1, Select: selector("device=nezuban"), Type: alarm.NoData, Effect: alarm.Loss,
	Class: alarm.Redundancy, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute, Text: alarm.Guidance{Name: facility.Text{En: "Site not seen", Ja: "サイト全体が見えない"}}}

var channelRule = &alarm.Rule{ID: "NOTIFY-CHANNEL-FAILING", Revision: 1, Select: selector("device=nezuban"), Type: alarm.NoData,
	Class: alarm.Compliance, Severity: alarm.Major, TimeToRespond: time.Hour, Text: alarm.Guidance{Name: facility.Text{En: "Channel fails", Ja: "通知経路の障害"}}}

// fleet is a table of ten devices without points.
func fleet(t *testing.T, rules ...*alarm.Rule) (*bench, func(silent int)) {
	t.Helper()
	var devices []facility.Device
	for i := range 10 {
		devices = append(devices, facility.Device{ID: facility.DeviceID(fmt.Sprintf("d-%d", i)), Kind: "host", Category: "resources"})
	}
	b := newBench(t, func(o *Options) { o.Devices, o.Rules = devices, rules })
	return b, func(silent int) {
		t.Helper()
		b.clk.pass(10 * time.Second)
		for i, d := range devices {
			h := facility.Health{Rounds: 1, LastAnswer: b.clk.Now(), Interval: 10 * time.Second}
			if i < silent {
				h.ConsecFailed = 2
			}
			b.accept(facility.Batch{Device: d.ID, Tick: facility.TickOf(b.clk.Now()), Health: h})
		}
		b.table.tick()
		b.table.commitAll(t.Context())
	}
}

func TestSiteDownIsOneAlarmUntilHalfIsBack(t *testing.T) {
	b, round := fleet(t, siteRule)
	for _, step := range []struct {
		silent int
		want   []string
	}{
		{0, nil}, {7, nil}, {8, []string{"SITE-UNREACHABLE UNACK"}}, {10, []string{"SITE-UNREACHABLE UNACK"}},
		{5, []string{"SITE-UNREACHABLE UNACK"}}, {4, []string{"SITE-UNREACHABLE RTNUN"}}, {7, []string{"SITE-UNREACHABLE RTNUN"}},
		{9, []string{"SITE-UNREACHABLE UNACK"}},
	} {
		round(step.silent)
		b.want(fmt.Sprintf("%d of 10 silent", step.silent), step.want...)
	}
	if o := b.rec.Standing()[0]; o.Device != SelfDevice || o.Value != 9 || o.Category != "resources" {
		t.Errorf("occurrence %+v", o)
	}
}

// Everything silent: one line, and behind it every device.
func TestSiteDownTakesInEveryDevice(t *testing.T) {
	b, round := fleet(t, siteRule, silentRule)
	round(0)
	round(10)
	b.table.publish()
	s := b.table.Snapshot()
	if len(s.Grouping.Groups) != 1 || len(s.Grouping.Groups[0].Members) != 10 {
		t.Fatalf("groups %+v, want one of ten devices", s.Grouping.Groups)
	}
	root, ok := b.rec.book.Get(s.Grouping.Groups[0].Root)
	if !ok || root.Rule != RuleSite {
		t.Errorf("root %+v", root)
	}
}

func TestTwoSilentDevicesAreNoSite(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Rules = []*alarm.Rule{siteRule} })
	b.poll(b.temp(25), b.smoke(0))
	b.pass(2 * time.Minute)
	b.want("one device, and it is silent")
}

func TestOwnAlarmsGoOnAndOffByPart(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Rules = []*alarm.Rule{channelRule} })
	set := func(part string, on bool) {
		b.table.SetSelf("NOTIFY-CHANNEL-FAILING", part, on, "failing", 125, true)
		b.table.commitAll(t.Context())
	}
	set("mail", false)
	b.want("what is not on does not return")
	set("mail", true)
	set("mail", true)
	set("pager", true)
	b.want("two channels", "NOTIFY-CHANNEL-FAILING UNACK", "NOTIFY-CHANNEL-FAILING UNACK")
	if o := b.rec.Standing()[1]; o.Name.Ja != "通知経路の障害 mail" || o.Unit != facility.UnitSeconds || o.Value != 125 || o.Point != "nezuban/mail" {
		t.Errorf("occurrence %+v", o)
	}
	b.restart(func(o *Options) { o.Rules = []*alarm.Rule{channelRule} })
	set("mail", true)
	b.want("it stood already", "NOTIFY-CHANNEL-FAILING UNACK", "NOTIFY-CHANNEL-FAILING UNACK")
	set("mail", false)
	b.want("one is back", "NOTIFY-CHANNEL-FAILING RTNUN", "NOTIFY-CHANNEL-FAILING UNACK")
	set("mail", true)
	b.table.KeepSelf("NOTIFY-CHANNEL-FAILING", []string{"mail"})
	b.table.commitAll(t.Context())
	b.want("the pager is no channel any more", "NOTIFY-CHANNEL-FAILING RTNUN", "NOTIFY-CHANNEL-FAILING UNACK")
	b.table.SetSelf("NO-SUCH-RULE", "", true, "x", 0, false)
	b.table.publish()
	if s := b.table.Snapshot(); len(s.Unwatched) != 0 || len(b.rec.errs) != 0 {
		t.Errorf("unwatched %v, refused %v", s.Unwatched, b.rec.errs)
	}
	b.table.Reload(Config{Devices: []facility.Device{hub}})
	b.table.publish()
	if s := b.table.Snapshot(); len(s.Unwatched) != 2 {
		t.Errorf("the rule is gone: %d marked, want both", len(s.Unwatched))
	}
}
