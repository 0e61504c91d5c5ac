package main

import (
	"context"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"nezuban/collectors"
	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
	"nezuban/sla"
)

// reloadOnHangup reads the site directory again on SIGHUP. A directory with
// mistakes changes nothing.
func (d *daemon) reloadOnHangup(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
		}
		site, err := loadLive(d.dir, d.log)
		if err != nil {
			d.log.Error("reload refused; the old configuration stays", "err", err)
			d.ops.Record(ctx, "daemon", "config.refused", d.dir, map[string]any{"reason": err.Error()})
			continue
		}
		d.apply(ctx, site)
	}
}

// apply takes a new configuration up without losing state: only devices that
// changed are told to their engines.
func (d *daemon) apply(ctx context.Context, site *config.Site) {
	old := d.site.Swap(site)
	d.known.Store(knownOf(site))
	changes := changesOf(old, site)
	if parts := startOnly(d.started, site); len(parts) > 0 {
		changes["at_next_start"] = parts
		d.log.Warn("changed, but taken up at the next start only", "parts", strings.Join(parts, ", "))
	}
	d.ops.Record(ctx, "daemon", "config.reload", d.dir, changes)
	d.noteDevices(ctx, site)
	d.table.Reload(live.Config{
		Rules: site.Rules, Targets: site.Targets, Versions: d.defineTargets(ctx, site), Devices: devicesOf(site), Models: modelsOf(site), Expected: expectedPoints(site),
	})
	d.applyNotices(site)
	if d.traps != nil {
		d.traps.Set(targetsOf(site, "snmp"), site.Traps.Users)
	}
	d.tellEngines(ctx, site)
	for kind := range d.changes {
		for _, id := range difference(targetsOf(old, kind), targetsOf(site, kind)).Remove {
			d.history.Forget(id)
		}
	}
	d.log.Info("reloaded", "devices", len(site.Devices), "rules", len(site.Rules), "targets", len(site.Targets))
}

// startOnly names the parts of the site directory that stand otherwise than at
// the start and that a running daemon does not take up.
func startOnly(old, now *config.Site) []string {
	var out []string
	place, newPlace := old.Facility, now.Facility
	place.Language, newPlace.Language = "", "" // asked for at each log-in
	for _, x := range []struct {
		part     string
		old, now any
	}{
		{"code, name, zone", place, newPlace},
		{"data", old.DataDir, now.DataDir},
		{"ssh", old.SSH, now.SSH},
		{"http", old.HTTP, now.HTTP},
		{"history", old.History, now.History},
		{"records", old.Records, now.Records},
		{"traps.listen", old.Traps.Listen, now.Traps.Listen},
		{"profiles", old.Profiles, now.Profiles},
		{"agent profiles", old.AgentProfiles, now.AgentProfiles},
	} {
		if !reflect.DeepEqual(x.old, x.now) {
			out = append(out, x.part)
		}
	}
	return out
}

// changesOf is what the audit keeps of a reload: what is watched no longer, or
// otherwise, and by whom it may be handled, is evidence.
func changesOf(old, now *config.Site) map[string]any {
	out := map[string]any{"devices": len(now.Devices), "rules": len(now.Rules), "targets": len(now.Targets), "people": len(now.People)}
	note := func(what string, before, after map[string]any) {
		var added, removed, changed []string
		for id, v := range after {
			if was, ok := before[id]; !ok {
				added = append(added, id)
			} else if !reflect.DeepEqual(was, v) {
				changed = append(changed, id)
			}
		}
		for id := range before {
			if _, ok := after[id]; !ok {
				removed = append(removed, id)
			}
		}
		for verb, ids := range map[string][]string{"added": added, "removed": removed, "changed": changed} {
			if len(ids) > 0 {
				slices.Sort(ids)
				out[what+"_"+verb] = ids[:min(len(ids), maxNoted)]
			}
		}
	}
	note("devices", byID(old.Devices, deviceKey), byID(now.Devices, deviceKey))
	note("rules", byID(definitions(old.Rules), ruleKey), byID(definitions(now.Rules), ruleKey))
	note("targets", byID(unplaced(old.Targets), targetKey), byID(unplaced(now.Targets), targetKey))
	note("people", byID(old.People, personKey), byID(now.People, personKey))
	note("positions", byID(old.Positions, positionKey), byID(now.Positions, positionKey))
	if parts := modelsChanged(old, now); len(parts) > 0 {
		out["models_changed"] = parts
	}
	if !reflect.DeepEqual(unplacedNotify(old.Notify), unplacedNotify(now.Notify)) { // not what: it holds secrets and addresses
		out["notify_changed"] = true
	}
	return out
}

// modelsChanged names the models of the facility that say otherwise than before.
func modelsChanged(old, now *config.Site) []string {
	var out []string
	for _, x := range []struct {
		model    string
		old, now any
	}{
		{"oneline", drawn(old.OneLine), drawn(now.OneLine)},
		{"fire", unplacedZones(old.Fire), unplacedZones(now.Fire)},
		{"cooling", unplacedRooms(old.Cooling), unplacedRooms(now.Cooling)},
	} {
		if !reflect.DeepEqual(x.old, x.now) {
			out = append(out, x.model)
		}
	}
	return out
}

// maxNoted bounds one list of names in an audit entry.
const maxNoted = 200

func byID[T any](list []T, key func(T) string) map[string]any {
	out := make(map[string]any, len(list))
	for _, v := range list {
		out[key(v)] = v
	}
	return out
}

// definitions are rules without the places where they are written, which move
// with every line above them.
func definitions(rules []*alarm.Rule) []alarm.Rule {
	out := make([]alarm.Rule, len(rules))
	for i, r := range rules {
		out[i] = *r
		out[i].File, out[i].Line = "", 0
		if e := r.Expression; e != nil { // two compilations are never equal
			out[i].Expression = &alarm.Expression{Source: e.Source, Group: e.Group}
		}
	}
	return out
}

func unplaced(targets []sla.Target) []sla.Target {
	out := slices.Clone(targets)
	for i := range out {
		out[i].File, out[i].Line = "", 0
	}
	return out
}

// drawn are the nodes of a one-line; nil where there is none.
func drawn(g *topology.Graph) []topology.Node {
	if g == nil {
		return nil
	}
	out := slices.Clone(g.Nodes())
	for i := range out {
		out[i].File, out[i].Line = "", 0
	}
	return out
}

func unplacedZones(zones []fire.ZoneModel) []fire.ZoneModel {
	out := slices.Clone(zones)
	for i := range out {
		out[i].File, out[i].Line = "", 0
	}
	return out
}

func unplacedRooms(rooms []cooling.RoomModel) []cooling.RoomModel {
	out := slices.Clone(rooms)
	for i := range out {
		out[i].File, out[i].Line = "", 0
	}
	return out
}

func unplacedNotify(n config.NotifySettings) config.NotifySettings {
	n.Channels, n.Escalations = slices.Clone(n.Channels), slices.Clone(n.Escalations)
	for i := range n.Channels {
		n.Channels[i].File, n.Channels[i].Line = "", 0
	}
	for i := range n.Escalations {
		n.Escalations[i].File, n.Escalations[i].Line = "", 0
	}
	return n
}

func deviceKey(t collectors.Target) string { return string(t.Device.ID) }
func ruleKey(r alarm.Rule) string          { return r.ID }
func targetKey(t sla.Target) string        { return t.Name }
func positionKey(p duty.Position) string   { return p.ID }
func personKey(p duty.Person) string       { return p.ID }

func difference(old, now []collectors.Target) collectors.Change {
	var c collectors.Change
	before := map[facility.DeviceID]collectors.Target{}
	for _, t := range old {
		before[t.Device.ID] = t
	}
	for _, t := range now {
		if o, ok := before[t.Device.ID]; !ok || !reflect.DeepEqual(o, t) {
			c.Set = append(c.Set, t)
		}
		delete(before, t.Device.ID)
	}
	for _, t := range old {
		if _, gone := before[t.Device.ID]; gone {
			c.Remove = append(c.Remove, t.Device.ID)
		}
	}
	return c
}
