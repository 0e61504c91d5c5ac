package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"nezuban/internal/duty"
	"nezuban/internal/records"
	"nezuban/internal/text"
	"nezuban/sla"
)

// Targets keeps what is recorded about quality targets: definitions, exclusions,
// obligations, events, closed and signed windows. Like every change of alarms,
// each is checked against roles, written with its audit entry in one transaction,
// and never changed afterwards. It is safe for concurrent use.
type Targets struct {
	s       *Service
	defined func() []sla.Target // as the configuration has them now

	mu   sync.Mutex // protects last; held while writing
	last int64
	book atomic.Pointer[sla.Book] // never modified once it is here
}

// NewTargets reads what was recorded. defined gives the targets as the
// configuration has them now.
func NewTargets(ctx context.Context, s *Service, defined func() []sla.Target) (*Targets, error) {
	t := &Targets{s: s, defined: defined}
	book, last, err := ReadBook(ctx, s.store)
	t.last = last
	t.book.Store(book)
	if err != nil {
		if state, _ := s.store.Status(); state == records.StateOK {
			return nil, err
		}
		s.log.Error("what was recorded about targets cannot be read", "err", err)
	}
	return t, nil
}

// ReadBook folds what a store has about targets.
func ReadBook(ctx context.Context, store *records.Store) (*sla.Book, int64, error) {
	book := sla.NewBook()
	entries, last, err := store.TargetEntries(ctx, 0)
	for _, e := range entries {
		err = errors.Join(err, book.Apply(e))
	}
	if err != nil {
		return book, last, fmt.Errorf("read the book of targets: %w", err)
	}
	return book, last, nil
}

// Book is everything recorded so far; read only.
func (t *Targets) Book() *sla.Book { return t.book.Load() }

// put writes entries in one transaction and folds them.
func (t *Targets) put(ctx context.Context, name string, entries ...sla.Entry) error {
	next := t.Book().Clone()
	for i := range entries {
		entries[i].Revision = next.Next(entries[i].Object)
		if err := next.Apply(entries[i]); err != nil {
			return duty.Refuse(duty.WrongState, "%s: %v", name, err)
		}
	}
	err := t.s.store.Tx(ctx, func(tx *records.Tx) error {
		for _, e := range entries {
			if err := tx.AppendTarget(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return duty.Refuse(duty.Unavailable, "%s: %v", name, err)
	}
	t.book.Store(next)
	return nil
}

// ask checks a person's command: role and comment.
func (t *Targets) ask(name string, p duty.Person, comment string, roles ...duty.Role) (string, error) {
	if !t.s.may(p, roles...) {
		var need []string
		for _, r := range roles {
			need = append(need, string(r))
		}
		return "", duty.Refuse(duty.NotAllowed, "%s: needs the role %s", name, strings.Join(need, " or "))
	}
	return t.s.comment(name, comment)
}

// Propose asks for time to be left out of targets. It needs the operator's, the
// shift lead's or the manager's role and a reason, and counts for nothing until
// another person approves it.
func (t *Targets) Propose(ctx context.Context, p duty.Person, x sla.Exclusion) (out sla.Exclusion, err error) {
	defer func() { t.s.told("exclusion.propose", x.ID, p, err) }()
	if x.Reason, err = t.ask("propose", p, x.Reason, duty.Operator, duty.ShiftLead, duty.Manager); err != nil {
		return x, err
	}
	now := t.s.clock.Now().Unix()
	x.ProposedBy, x.ProposedAt, x.ApprovedBy, x.ApprovedAt, x.Declined = p.ID, now, "", 0, false
	if x.NoticedAt > now {
		return x, duty.Refuse(duty.Invalid, "propose: those affected cannot have been told later than now")
	}
	for i := range x.Entities {
		x.Entities[i], _ = text.Clean(x.Entities[i], 200)
	}
	if err := x.Check(); err != nil {
		return x, duty.Refuse(duty.Invalid, "propose: %v", err)
	}
	if err := t.concerned("propose", &x, now); err != nil {
		return x, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	x.ID = t.number("EXC-", sla.EntryProposed)
	return x, t.put(ctx, "propose", sla.Entry{Kind: sla.EntryProposed, Object: x.ID, At: now, Actor: p.ID, Comment: x.Reason, Exclusion: &x})
}

// concerned refuses an exclusion that no target would heed, or that reaches into
// a signed window.
func (t *Targets) concerned(name string, x *sla.Exclusion, now int64) error {
	allowed := false
	for _, tg := range t.defined() {
		named := slices.Contains(x.Targets, tg.Name)
		if len(x.Targets) > 0 && !named {
			continue
		}
		switch {
		case named && !tg.Allows(x.Kind):
			return duty.Refuse(duty.WrongState, "%s: target %s lets no time of kind %s be left out; life safety and targets of 100 %% never do", name, tg.Name, x.Kind)
		case tg.Allows(x.Kind) && sla.Frozen(t.latest(tg.Name), &tg, x, now):
			return duty.Refuse(duty.WrongState, "%s: a window of target %s within that time is signed; its figures are final", name, tg.Name)
		}
		allowed = allowed || tg.Allows(x.Kind)
	}
	for _, want := range x.Targets {
		if !slices.ContainsFunc(t.defined(), func(tg sla.Target) bool { return tg.Name == want }) {
			return duty.Refuse(duty.NotFound, "%s: there is no target %q", name, want)
		}
	}
	if !allowed {
		return duty.Refuse(duty.WrongState, "%s: no target lets time of kind %s be left out", name, x.Kind)
	}
	return nil
}

// latest are the newest closings of each window of a target.
func (t *Targets) latest(target string) []sla.Closing {
	byFrom := map[int64]sla.Closing{}
	for _, c := range t.Book().Closings(target) {
		byFrom[c.From] = c
	}
	var out []sla.Closing
	for _, c := range byFrom {
		out = append(out, c)
	}
	return out
}

// number is the next free id of a kind. The caller holds mu.
func (t *Targets) number(prefix string, kind sla.EntryKind) string {
	n := 1
	switch kind {
	case sla.EntryProposed:
		n = len(t.Book().Exclusions()) + 1
	case sla.EntryHappened:
		n = len(t.Book().Events()) + 1
	}
	return fmt.Sprintf("%s%06d", prefix, n)
}

// Approve brings an exclusion into force: the consent of another person than who
// proposed it, with the shift lead's or the manager's role and a comment.
func (t *Targets) Approve(ctx context.Context, p duty.Person, id, comment string) (sla.Exclusion, error) {
	return t.decide(ctx, p, id, comment, "approve", sla.EntryApproved)
}

// Decline refuses an exclusion, by another person than who proposed it.
func (t *Targets) Decline(ctx context.Context, p duty.Person, id, comment string) (sla.Exclusion, error) {
	return t.decide(ctx, p, id, comment, "decline", sla.EntryDeclined)
}

func (t *Targets) decide(ctx context.Context, p duty.Person, id, comment, name string, kind sla.EntryKind) (x sla.Exclusion, err error) {
	defer func() { t.s.told("exclusion."+name, id, p, err) }()
	if comment, err = t.ask(name, p, comment, duty.ShiftLead, duty.Manager); err != nil {
		return x, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.Book().Exclusion(id)
	now := t.s.clock.Now().Unix()
	switch {
	case !ok:
		return x, duty.Refuse(duty.NotFound, "%s: there is no exclusion %q", name, id)
	case x.ProposedBy == p.ID:
		return x, duty.RefuseFor(duty.NotAllowed, duty.SamePerson, "", "%s %s: %s proposed it; another person decides", name, id, p.ID)
	case x.ApprovedAt != 0 || x.Declined:
		return x, duty.RefuseFor(duty.WrongState, duty.NotWaiting, "", "%s %s: it was decided already", name, id)
	}
	if kind == sla.EntryApproved {
		if err := t.concerned(name, &x, now); err != nil {
			return x, err
		}
	}
	if err := t.put(ctx, name, sla.Entry{Kind: kind, Object: id, At: now, Actor: p.ID, Comment: comment}); err != nil {
		return x, err
	}
	x, _ = t.Book().Exclusion(id)
	return x, nil
}

// End gives a running exclusion its end: now. It needs the operator's, the shift
// lead's or the manager's role and a comment.
func (t *Targets) End(ctx context.Context, p duty.Person, id, comment string) (x sla.Exclusion, err error) {
	defer func() { t.s.told("exclusion.end", id, p, err) }()
	if comment, err = t.ask("end", p, comment, duty.Operator, duty.ShiftLead, duty.Manager); err != nil {
		return x, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.Book().Exclusion(id)
	now := t.s.clock.Now().Unix()
	if !ok {
		return x, duty.Refuse(duty.NotFound, "end: there is no exclusion %q", id)
	}
	x.To = max(now, x.From+1)
	if err := t.put(ctx, "end", sla.Entry{Kind: sla.EntryEnded, Object: id, At: now, Actor: p.ID, Comment: comment, Exclusion: &x}); err != nil {
		return x, err
	}
	x, _ = t.Book().Exclusion(id)
	return x, nil
}

// Done records that an obligation was completed. A time before now is kept beside
// the time of recording. It needs the operator's, the shift lead's or the
// manager's role.
func (t *Targets) Done(ctx context.Context, p duty.Person, d sla.Done, comment string) (err error) {
	defer func() { t.s.told("obligation.done", d.Obligation, p, err) }()
	if comment, err = t.ask("done", p, comment, duty.Operator, duty.ShiftLead, duty.Manager); err != nil {
		return err
	}
	now := t.s.clock.Now().Unix()
	if d.At == 0 {
		d.At = now
	}
	if d.Obligation == "" || d.At > now {
		return duty.Refuse(duty.Invalid, "done: name an obligation, and a time that is not to come")
	}
	d.By = p.ID
	d.Evidence, _ = text.Clean(d.Evidence, maxComment)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.put(ctx, "done", sla.Entry{Kind: sla.EntryDone, Object: "done:" + d.Obligation, At: now, Actor: p.ID, Comment: comment, Done: &d})
}

// Report records an event that targets count: a backup completed, a notice
// published. It needs the operator's, the shift lead's or the manager's role.
func (t *Targets) Report(ctx context.Context, p duty.Person, e sla.Event, comment string) (id string, err error) {
	defer func() { t.s.told("event.report", e.Name, p, err) }()
	if comment, err = t.ask("report", p, comment, duty.Operator, duty.ShiftLead, duty.Manager); err != nil {
		return "", err
	}
	now := t.s.clock.Now().Unix()
	if e.At == 0 {
		e.At = now
	}
	if e.Name == "" || strings.HasPrefix(e.Name, "alarm.") || e.At > now {
		return "", duty.Refuse(duty.Invalid, "report: name an event that is no alarm's, and a time that is not to come")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	id = t.number("EVT-", sla.EntryHappened)
	e.Source = id + " recorded by " + p.ID
	return id, t.put(ctx, "report", sla.Entry{Kind: sla.EntryHappened, Object: id, At: now, Actor: p.ID, Comment: comment, Event: &e})
}

// Sign makes a closed window's figures final. It needs the manager's role and a
// comment; later data make another revision and never change this one.
func (t *Targets) Sign(ctx context.Context, p duty.Person, target string, from int64, comment string) (c sla.Closing, err error) {
	object := windowObject(target, from)
	defer func() { t.s.told("window.sign", object, p, err) }()
	if comment, err = t.ask("sign", p, comment, duty.Manager); err != nil {
		return c, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.Book().Closing(target, from)
	switch {
	case !ok:
		return c, duty.Refuse(duty.NotFound, "sign %s: that window is not closed yet; it closes once its settle time is over", object)
	case c.State == sla.StateFinal:
		return c, duty.Refuse(duty.WrongState, "sign %s: revision %d is final already", object, c.Revision)
	}
	c.State, c.SignedBy = sla.StateFinal, p.ID
	c.Results = slices.Clone(c.Results)
	for i := range c.Results {
		c.Results[i].State = sla.StateFinal
	}
	return c, t.put(ctx, "sign", sla.Entry{Kind: sla.EntrySigned, Object: object, At: t.s.clock.Now().Unix(), Actor: p.ID, Comment: comment, Closing: &c})
}

func windowObject(target string, from int64) string {
	return "window:" + target + "/" + strconv.FormatInt(from, 10)
}

// Close records a window's figures once it is over and settled, or another
// revision of them. The program does it by itself.
func (t *Targets) Close(ctx context.Context, c sla.Closing) error {
	if len(c.Results) > maxResults { // the digest covers all of them all the same
		c.Results = c.Results[:1]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if was, ok := t.Book().Closing(c.Target, c.From); ok && was.Digest == c.Digest {
		return nil
	}
	return t.put(ctx, "close", sla.Entry{Kind: sla.EntryClosed, Object: windowObject(c.Target, c.From), At: t.s.clock.Now().Unix(), Actor: "system:targets", Closing: &c})
}

// maxResults is how many figures of entities are kept of one closed window; beyond
// it only the target's own are.
const maxResults = 1000

// Define records the definitions that are new or changed, and returns every
// target's definitions, the oldest first. A changed one counts from the next
// window, unless it names an instant itself.
func (t *Targets) Define(ctx context.Context, targets []sla.Target) (map[string][]sla.Version, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.s.clock.Now()
	var entries []sla.Entry
	for i := range targets {
		tg := targets[i]
		known := t.Book().Versions(tg.Name)
		v := sla.Version{Revision: len(known) + 1, Target: &tg}
		if n := len(known); n > 0 {
			last := known[n-1]
			if last.Target.Digest() == tg.Digest() {
				continue
			}
			v.From = sla.EffectiveFrom(last.Target, &tg, now)
			v.From = max(v.From, last.From)
		}
		entries = append(entries, sla.Entry{Kind: sla.EntryDefined, Object: "target:" + tg.Name, At: now.Unix(), Actor: "system:configuration", Version: &v})
	}
	var err error
	if len(entries) > 0 {
		err = t.put(ctx, "define", entries...)
	}
	return VersionsOf(t.Book(), targets), err
}

// VersionsOf are the definitions of targets as recorded, with the words of the
// configuration; one that was never recorded counts as it is.
func VersionsOf(book *sla.Book, targets []sla.Target) map[string][]sla.Version {
	out := map[string][]sla.Version{}
	for i := range targets {
		tg := targets[i]
		list := slices.Clone(book.Versions(tg.Name))
		if len(list) == 0 {
			list = []sla.Version{{Revision: 1, Target: &tg}}
		}
		if last := &list[len(list)-1]; last.Target.Digest() == tg.Digest() {
			last.Target = &tg // its words may be newer
		}
		out[tg.Name] = list
	}
	return out
}
