package snmp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// The system group (RFC 3418, SNMPv2-MIB).
const (
	oidSysDescr    = "1.3.6.1.2.1.1.1.0"
	oidSysObjectID = "1.3.6.1.2.1.1.2.0"
	oidSysUpTime   = "1.3.6.1.2.1.1.3.0"
	oidSysName     = "1.3.6.1.2.1.1.5.0"
	oidSysLocation = "1.3.6.1.2.1.1.6.0"
	oidSysServices = "1.3.6.1.2.1.1.7.0"
)

// found is what discovery learned of a device.
type found struct {
	identity facility.Identity
	profiles []*profile.Profile
	limits   profile.Limits
	values   map[string]variable // by instance
	columns  map[string][]string // column → indexes, in order
	problems []string
}

// discoverer asks one device what it is and has.
type discoverer struct {
	s      session
	lib    *profile.Library
	target collectors.Target
	turn   func(ctx context.Context) error // returns when one more request may be sent
	refuse func(cause string)
	speaks *dialect
	out    *found
}

// discover identifies the device, chooses its profiles and reads the tables they
// name. An error means that it did not answer.
func discover(ctx context.Context, d discoverer) (*found, error) {
	d.out = &found{values: map[string]variable{}, columns: map[string][]string{}}
	if err := d.identify(ctx); err != nil {
		var placed *PollError
		if errors.As(err, &placed) {
			return nil, err
		}
		return nil, &PollError{Device: d.target.Device.ID, Step: "identify", Err: err}
	}
	if err := d.scalars(ctx); err != nil {
		return nil, err
	}
	if err := d.walk(ctx); err != nil {
		return nil, err
	}
	return d.out, nil
}

func (d *discoverer) problem(format string, args ...any) { d.out.problem(format, args...) }

func (f *found) problem(format string, args ...any) {
	if len(f.problems) < 50 {
		f.problems = append(f.problems, fmt.Sprintf(format, args...))
	}
}

func (d *discoverer) identify(ctx context.Context) error {
	if err := d.get(ctx, []string{oidSysObjectID, oidSysDescr, oidSysUpTime, oidSysName, oidSysLocation, oidSysServices}); err != nil {
		return err
	}
	id := &d.out.identity
	raw := func(oid string) string { v := d.out.values[oid]; return v.raw() }
	id.SysObjectID = raw(oidSysObjectID)
	if !profile.ValidOID(id.SysObjectID) {
		id.SysObjectID = ""
	}
	id.SysDescr = clean(raw(oidSysDescr), maxDescr, d.refuse)
	id.SysName = clean(raw(oidSysName), maxName, d.refuse)
	id.SysLocation = clean(raw(oidSysLocation), maxDescr, d.refuse)
	if err := d.choose(ctx); err != nil {
		return err
	}
	for _, p := range d.out.profiles {
		id.Profiles = append(id.Profiles, p.Name)
		d.out.limits = gentler(d.out.limits, p.Limits)
	}
	return d.names(ctx)
}

// choose picks the profiles: those forced by the inventory, else those that
// recognise the device.
func (d *discoverer) choose(ctx context.Context) error {
	if len(d.target.Profiles) > 0 {
		for _, name := range d.target.Profiles {
			p, ok := d.lib.Get(name)
			if !ok {
				d.problem("no profile %q in the library", name)
				continue
			}
			d.out.profiles = append(d.out.profiles, p)
		}
		return nil
	}
	seen, err := d.look(ctx)
	if err != nil {
		return err
	}
	d.out.profiles = d.lib.Identify(seen)
	if len(d.out.profiles) == 0 {
		d.problem("no profile recognises the device (sysObjectID %q)", d.out.identity.SysObjectID)
	}
	return nil
}

// names reads maker, model and serial number where the profiles say so.
func (d *discoverer) names(ctx context.Context) error {
	var oids []string
	for _, p := range d.out.profiles {
		oids = append(oids, p.Identity.Vendor.OID, p.Identity.Model.OID, p.Identity.Serial.OID)
	}
	oids = slices.DeleteFunc(oids, func(s string) bool { return s == "" })
	if err := d.get(ctx, oids); err != nil {
		return err
	}
	id := &d.out.identity
	set := func(field *string, s profile.Source) {
		if *field == "" {
			*field = d.told(s)
		}
	}
	for _, p := range d.out.profiles {
		set(&id.Vendor, p.Identity.Vendor)
		set(&id.Model, p.Identity.Model)
		set(&id.Serial, p.Identity.Serial)
		if id.Vendor == "" {
			id.Vendor = p.Vendor
		}
	}
	if id.Vendor == "" {
		id.Vendor = profile.VendorOf(id.SysObjectID)
	}
	return nil
}

// told is a text of the device's identity, "" where it does not tell.
func (d *discoverer) told(s profile.Source) string {
	said := d.out.identity.SysDescr
	if s.OID != "" {
		v := d.out.values[s.OID]
		if !v.exists() {
			return ""
		}
		said = v.raw()
	}
	if s.Pattern != nil {
		m := s.Pattern.FindStringSubmatch(said)
		if m == nil {
			return ""
		}
		said = m[1]
	} else if s.OID == "" {
		return ""
	}
	return strings.TrimSpace(clean(said, maxName, d.refuse))
}

// Layers of sysServices (RFC 3418): the sum of 2^(layer-1).
const (
	servesLinks    = 1 << 1 // subnetwork: bridges
	servesPackets  = 1 << 2 // internet: routers
	servesPrograms = 1 << 6 // applications
)

// kind is what the device is: as the most specific profile that knows says, else
// network gear where it has interfaces and says that it forwards frames, or packets
// and nothing for programs. The standards of hosts say least: the cards of many a UPS
// and hub are small Linux hosts that answer them too.
func (f *found) kind() (kind, category string) {
	interfaces := false
	for _, p := range f.profiles {
		if p.Kind != "" && (kind == "" || kind == "host") {
			kind, category = p.Kind, p.Category
		}
		if kind != "" && !(p.Generic && kind == "host") {
			return kind, category
		}
		interfaces = interfaces || p.Name == "if-mib"
	}
	if kind != "" {
		return kind, category
	}
	v, ok := f.instance(oidSysServices, "")
	services, cause := v.number(false)
	if !ok || cause != "" || !interfaces || services < 0 || services > 127 {
		return "", ""
	}
	layers := int(services)
	if layers&servesLinks == 0 && (layers&servesPackets == 0 || layers&servesPrograms != 0) {
		return "", ""
	}
	return "network", facility.CategoryOf("network")
}

func gentler(a, b profile.Limits) profile.Limits {
	least := func(x, y int) int {
		if x == 0 || y != 0 && y < x {
			return y
		}
		return x
	}
	return profile.Limits{MaxVarbinds: least(a.MaxVarbinds, b.MaxVarbinds), MaxPackets: least(a.MaxPackets, b.MaxPackets),
		NoGetBulk: a.NoGetBulk || b.NoGetBulk, MaxRepetition: least(a.MaxRepetition, b.MaxRepetition)}
}

// walk reads every column that the profiles' tables name, each once.
func (d *discoverer) walk(ctx context.Context) error {
	w := &walker{s: d.s, turn: d.turn, noBulk: d.out.limits.NoGetBulk || d.speaks.noBulk || d.speaks.v1, bulkRows: d.out.limits.MaxRepetition,
		refuse: d.refuse, problem: d.problem}
	defer func() { d.speaks.learn(w) }()
	for _, p := range d.out.profiles {
		for i := range p.Tables {
			if err := d.table(ctx, w, &p.Tables[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// tableColumns lists the columns a table needs, the reading ones first.
func tableColumns(t *profile.Table) []string {
	var out []string
	add := func(references ...string) {
		for _, r := range references {
			if o, whole := profile.Column(r); o != "" && !whole && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	for i := range t.Columns {
		add(t.Columns[i].OID)
		add(t.Columns[i].OIDs()...)
		addConditions(add, t.Columns[i].Where)
	}
	if t.Contact != nil {
		add(t.Contact.OID, t.Contact.NormalOID)
	}
	addConditions(add, t.Where)
	addConditions(add, t.ValidIf)
	add(t.NameOID)
	for _, l := range t.Labels {
		add(l.OIDs...)
	}
	return out
}

func addConditions(add func(...string), list []profile.Condition) {
	for i := range list {
		add(list[i].OID)
	}
}

// scalars reads every scalar the profiles name, to learn which exist.
func (d *discoverer) scalars(ctx context.Context) error {
	var oids []string
	add := func(references ...string) {
		for _, r := range references {
			oids = append(oids, profile.At(r, ""))
		}
	}
	for _, p := range d.out.profiles {
		for i := range p.Points {
			add(p.Points[i].OID)
			add(p.Points[i].OIDs()...)
			addConditions(add, p.Points[i].Where)
		}
		for i := range p.Tables {
			add(tableInstances(&p.Tables[i])...)
		}
	}
	if err := d.get(ctx, oids); err != nil {
		return &PollError{Device: d.target.Device.ID, Step: "get", Err: err}
	}
	return nil
}

// get reads instances not read yet into values, in requests of a gentle size; an
// instance whose request the device refuses is taken as absent.
func (d *discoverer) get(ctx context.Context, oids []string) error {
	oids = slices.Clone(oids)
	slices.SortFunc(oids, compareOID)
	oids = slices.Compact(oids)
	oids = slices.DeleteFunc(oids, func(o string) bool { _, have := d.out.values[o]; return have })
	size := 20
	if d.out.limits.MaxVarbinds > 0 {
		size = min(size, d.out.limits.MaxVarbinds)
	}
	for chunk := range slices.Chunk(oids, size) {
		if d.speaks.v1 {
			var err error
			if chunk, err = d.nextChunk(ctx, chunk); err != nil {
				return err
			}
		}
		if err := d.getChunk(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (d *discoverer) getChunk(ctx context.Context, oids []string) error {
	if len(oids) == 0 {
		return nil
	}
	if err := d.turn(ctx); err != nil {
		return err
	}
	vars, err := d.s.get(ctx, oids)
	if status := asStatus(err); status != nil {
		if at := status.named(len(oids)); at >= 0 {
			return d.getChunk(ctx, absent(oids, at, d.out.values))
		}
		if len(oids) == 1 {
			d.out.values[oids[0]] = variable{oid: oids[0], kind: kindAbsent}
			return nil
		}
		half := len(oids) / 2
		if err := d.getChunk(ctx, oids[:half]); err != nil {
			return err
		}
		return d.getChunk(ctx, oids[half:])
	}
	if err != nil {
		return err
	}
	for i := range vars {
		if slices.Contains(oids, vars[i].oid) {
			d.out.values[vars[i].oid] = vars[i]
		}
	}
	return nil
}

// instance returns the variable of a column's row, or of a scalar with row "".
func (f *found) instance(column, row string) (variable, bool) {
	v, ok := f.values[profile.At(column, row)]
	return v, ok && v.exists()
}

// holds reports whether all conditions hold for a row; an object that is not
// there compares as "".
func (f *found) holds(list []profile.Condition, row string) bool {
	for i := range list {
		v, _ := f.instance(list[i].OID, row)
		if !list[i].Holds(strings.TrimSpace(v.raw())) {
			return false
		}
	}
	return true
}
