package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// entityYAML is something that targets of events and obligations speak of and
// nobody polls.
type entityYAML struct {
	strict.Node
	APIVersion strict.Str   `yaml:"apiVersion"`
	Kind       strict.Str   `yaml:"kind"`
	Metadata   metadataYAML `yaml:"metadata"`
	Spec       struct {
		strict.Node
		Kind   strict.Str    `yaml:"kind"` // such as customer-area
		Groups []strict.Str  `yaml:"groups"`
		Labels strict.Labels `yaml:"labels"`
		Since  strict.Str    `yaml:"since"`
		Until  strict.Str    `yaml:"until"`
	} `yaml:"spec"`
}

// obligationYAML is something to be done by a day; of a recurring one the first.
type obligationYAML struct {
	strict.Node
	APIVersion strict.Str   `yaml:"apiVersion"`
	Kind       strict.Str   `yaml:"kind"`
	Metadata   metadataYAML `yaml:"metadata"`
	Spec       struct {
		strict.Node
		Entity   strict.Str `yaml:"entity"`
		Record   strict.Str `yaml:"record"`
		Type     strict.Str `yaml:"type"`
		Due      strict.Str `yaml:"due"`
		Done     strict.Str `yaml:"done"`
		Evidence strict.Str `yaml:"evidence"`
	} `yaml:"spec"`
}

// exclusionYAML is time left out; only in a file that is judged by itself.
type exclusionYAML struct {
	strict.Node
	APIVersion strict.Str   `yaml:"apiVersion"`
	Kind       strict.Str   `yaml:"kind"`
	Metadata   metadataYAML `yaml:"metadata"`
	Spec       struct {
		strict.Node
		Kind       strict.Str   `yaml:"kind"`
		From       strict.Str   `yaml:"from"`
		To         strict.Str   `yaml:"to"`
		Targets    []strict.Str `yaml:"targets"`
		Entities   []strict.Str `yaml:"entities"`
		Reason     strict.Str   `yaml:"reason"`
		ProposedBy strict.Str   `yaml:"proposedBy"`
		ProposedAt strict.Str   `yaml:"proposedAt"`
		NoticedAt  strict.Str   `yaml:"noticedAt"`
		ApprovedBy strict.Str   `yaml:"approvedBy"`
		ApprovedAt strict.Str   `yaml:"approvedAt"`
	} `yaml:"spec"`
}

// otherDocument reads a document that is no target; false where it is one.
func (l *loader) otherDocument(doc strict.Document) bool {
	switch doc.Peek("kind") {
	case "Entity":
		l.entity(doc)
	case "Obligation":
		l.obligation(doc)
	case "Exclusion":
		l.exclusion(doc)
	default:
		return false
	}
	return true
}

func (l *loader) version(s strict.Str, n *strict.Node) {
	if s.V != "nezuban/v1" {
		l.add(n.At("apiVersion"), fmt.Sprintf("apiVersion %q is not known", s.V), "write apiVersion: nezuban/v1")
	}
}

func (l *loader) entity(doc strict.Document) {
	var y entityYAML
	if !doc.Into(&y) {
		return
	}
	l.version(y.APIVersion, &y.Node)
	id := y.Metadata.Name.V
	if id == "" {
		l.add(y.Node.Place(), "metadata.name is missing", "give the entity a name, for example area-0001")
		return
	}
	if slices.ContainsFunc(l.site.Subjects, func(s sla.Subject) bool { return s.ID == id }) {
		l.add(y.Metadata.Name.Place, fmt.Sprintf("entity %q stands twice", id), "")
		return
	}
	s := sla.Subject{ID: id, Attrs: map[string]string{"kind": y.Spec.Kind.V, "group": strings.Join(values(y.Spec.Groups), ";")},
		Since: l.instant(y.Spec.Since, "since"), Until: l.instant(y.Spec.Until, "until")}
	if y.Metadata.Has("displayName") {
		s.Name = l.text(&y.Metadata.DisplayName, "displayName").En
	}
	for k, v := range y.Spec.Labels {
		s.Attrs[k] = v
	}
	l.site.Subjects = append(l.site.Subjects, s)
}

func (l *loader) obligation(doc strict.Document) {
	var y obligationYAML
	if !doc.Into(&y) {
		return
	}
	l.version(y.APIVersion, &y.Node)
	p := &y.Spec
	for key, s := range map[string]strict.Str{"entity": p.Entity, "record": p.Record, "due": p.Due} {
		if s.V == "" {
			l.add(p.Node.Place().Or(y.Node.Place()), "the obligation has no "+key, "for example {entity: fire-1, record: inspection, type: kiki, due: 2026-12-15}")
		}
	}
	if _, err := time.Parse(time.DateOnly, p.Due.V); err != nil && p.Due.V != "" {
		l.add(p.Due.Place, fmt.Sprintf("due %q: want a day such as 2026-12-15", p.Due.V), "")
	}
	if p.Done.V != "" && !l.alone {
		l.add(p.Done.Place, "what was done is a record, not configuration", "record it with `nezuban targets done`")
	}
	o := sla.Obligation{ID: y.Metadata.Name.V, Entity: p.Entity.V, Record: p.Record.V, Type: p.Type.V, Due: p.Due.V, Done: l.instant(p.Done, "done"), Evidence: p.Evidence.V}
	if o.ID == "" {
		o.ID = sla.ObligationID(o.Record, o.Type, o.Entity, o.Due)
	}
	l.site.Obligations = append(l.site.Obligations, o)
	l.obligationsAt = append(l.obligationsAt, p.Entity)
}

func (l *loader) exclusion(doc strict.Document) {
	var y exclusionYAML
	if !doc.Into(&y) {
		return
	}
	l.version(y.APIVersion, &y.Node)
	if !l.alone {
		l.add(doc.Place(), "an exclusion is no configuration: it is proposed by one person and approved by another", "use `nezuban targets exclusions propose`")
		return
	}
	p := &y.Spec
	x := sla.Exclusion{ID: y.Metadata.Name.V, Kind: sla.ExclusionKind(pick(p.Kind.V, string(sla.Maintenance))), Targets: values(p.Targets), Entities: values(p.Entities),
		From: l.instant(p.From, "from"), To: l.instant(p.To, "to"), Reason: p.Reason.V, ProposedBy: p.ProposedBy.V, ProposedAt: l.instant(p.ProposedAt, "proposedAt"),
		NoticedAt: l.instant(p.NoticedAt, "noticedAt"), ApprovedBy: p.ApprovedBy.V, ApprovedAt: l.instant(p.ApprovedAt, "approvedAt")}
	if x.ApprovedBy != "" && x.ApprovedAt == 0 {
		x.ApprovedAt = x.ProposedAt + 1 // who approved counts here; when is told where somebody wants to know
		x.ApprovedAt = max(1, x.ApprovedAt)
	}
	if !p.Has("from") {
		l.add(p.Node.Place().Or(y.Node.Place()), "the exclusion has no from", `for example from: "2026-11-10T01:00:00+09:00"`)
	}
	if err := x.Check(); err != nil {
		l.add(p.Node.Place().Or(y.Node.Place()), err.Error(), "")
	}
	l.exclusionsRead = append(l.exclusionsRead, x)
}

// instant reads Unix seconds, RFC 3339, or a local date with or without time; 0
// where nothing is written.
func (l *loader) instant(s strict.Str, key string) int64 {
	if s.V == "" {
		return 0
	}
	at, err := ParseInstant(s.V, l.site.Facility.Zone)
	if err != nil {
		l.add(s.Place, key+": "+err.Error(), "")
		return 0
	}
	return at.Unix()
}

// ParseInstant reads Unix seconds, RFC 3339 (2026-11-10T01:00:00+09:00), or a
// date, with or without time, in a zone; a date alone is the beginning of its day.
func ParseInstant(s string, zone *time.Location) (time.Time, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 && n < 1<<40 {
		return time.Unix(n, 0).UTC(), nil
	}
	if zone == nil {
		zone = time.UTC
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC(), nil
	}
	for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly, "2006-01"} {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no instant; write 2026-11-10T01:00:00+09:00, 2026-11-10 01:00:00 or Unix seconds", s)
}

// A needed is a target that is judged on entities that the site names.
type needed struct {
	at     strict.Place
	target sla.Target
}

// needEntities notes a target that speaks of entities that somebody must name.
func (l *loader) needEntities(s strict.Str, t *sla.Target, builtin bool) {
	if builtin || l.alone || t.Kind != sla.KindDue && t.Kind != sla.KindFreshness {
		return
	}
	l.neededEntities = append(l.neededEntities, needed{s.Place, *t})
}

// checkEntities: a promise about nothing is a mistake, and so is an obligation of
// nobody.
func (l *loader) checkEntities() {
	for _, n := range l.neededEntities {
		if !slices.ContainsFunc(l.site.Subjects, func(s sla.Subject) bool { return n.target.Picks(&s) }) {
			l.add(n.at, fmt.Sprintf("the selector of target %s matches no entity: a promise about nothing is not kept", n.target.Name), "name the entities: documents of kind Entity in targets/")
		}
	}
	var ids []string
	for _, s := range l.site.Subjects {
		ids = append(ids, s.ID)
	}
	for _, e := range l.obligationsAt {
		if e.V != "" && !slices.Contains(ids, e.V) {
			l.add(e.Place, fmt.Sprintf("there is no entity %q", e.V), strict.Suggest(e.V, ids))
		}
	}
}

// A TargetFile is what stands in one file of targets that is judged by itself.
type TargetFile struct {
	Targets     []sla.Target
	Subjects    []sla.Subject
	Obligations []sla.Obligation
	Exclusions  []sla.Exclusion
	States      map[string][]facility.State // of metrics, as any profile reports them
}

// ReadTargets reads a file of targets without a site: metrics need not be known,
// and nothing is compared with an inventory. zone is that of targets which name
// none.
func ReadTargets(path string, zone *time.Location) (TargetFile, []facility.Problem) {
	src, err := strict.ReadFile(path)
	if err != nil {
		return TargetFile{}, []facility.Problem{{File: path, What: "the file cannot be read: " + reason(err)}}
	}
	return ParseTargets(filepath.Base(path), src, zone)
}

// ParseTargets is ReadTargets of bytes.
func ParseTargets(file string, src []byte, zone *time.Location) (TargetFile, []facility.Problem) {
	l := &loader{site: &Site{Facility: facility.Site{Zone: zone}, Shifts: defaultShifts()}, alone: true}
	seen := map[string]bool{}
	for _, doc := range strict.Parse(file, src, &l.probs) {
		if l.otherDocument(doc) {
			continue
		}
		var y targetYAML
		if t, ok := l.target(doc, &y, false); ok {
			if seen[t.Name] && t.Name != "" {
				l.add(doc.Find("metadata", "name"), fmt.Sprintf("target name %q is used twice", t.Name), "choose another")
			}
			seen[t.Name] = true
			l.site.Targets = append(l.site.Targets, t)
		}
	}
	if l.probs.Errors() > 0 {
		return TargetFile{}, l.probs.Sorted()
	}
	return TargetFile{Targets: l.site.Targets, Subjects: l.site.Subjects, Obligations: l.site.Obligations, Exclusions: l.exclusionsRead}, l.probs.Sorted()
}

// defaultShifts are those of a file that is judged without a site: day and night.
func defaultShifts() []Shift {
	return []Shift{{ID: "day", Start: 8*time.Hour + 30*time.Minute}, {ID: "night", Start: 20*time.Hour + 30*time.Minute}}
}
