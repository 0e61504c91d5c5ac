package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/records"
)

// Options of a Service. Store, Clock and Log are required. The functions may be
// called from New on. They are called without a lock held, but for Attributes and
// the Planner, which must not call the Service.
type Options struct {
	Store      *records.Store
	Clock      clock.Clock
	Log        *slog.Logger
	Registerer prometheus.Registerer
	// Current is the person of that id as the configuration has them now; false
	// where it has nobody of that id any more. A console lasts for hours, and roles
	// taken away meanwhile are gone at once. Nil: the caller's word is taken.
	Current func(id string) (duty.Person, bool)
	// Wake is called after every change, without a lock held; it must not block.
	Wake func()

	Planner Planner                       // nil: nobody is told of anything
	Rules   func() map[string]*alarm.Rule // as the configuration has them now; nil: none
	Supply  func() alarm.Supply           // nil, or a nil answer: nothing feeds anything
	// Grouping is who is whose consequence, made of what Standing returned a moment
	// ago. Nil: computed from Standing, Rules and Supply, each second where any
	// changed. Before one was made, leave it nil or answer from the records: an empty
	// answer means that every consequence stands for itself.
	Grouping  func() alarm.Grouping
	Positions func() []duty.Position // operator positions; nil: one that answers for everything
	// Unwatched reports whether nothing evaluates a standing alarm any more. Nil:
	// everything is evaluated.
	Unwatched func(alarmID string) bool
	// Attributes are those of a device, for filters over alarms; nil: filters see an
	// alarm's own only.
	Attributes func(facility.DeviceID) facility.Attributes
	// Sight is what the rules see of a device; false: nobody polls it. Nil: nobody
	// polls anything, so no polling is stopped.
	Sight func(facility.DeviceID) (alarm.Sight, bool)
}

// A Service holds the book of alarms and writes the records. It is safe for
// concurrent use.
type Service struct {
	o       Options
	store   *records.Store
	clock   clock.Clock
	log     *slog.Logger
	metrics *metrics
	wake    func()
	current func(id string) (duty.Person, bool)
	kick    chan struct{} // size 1: there is something to write
	failing bool          // of Run alone: the last try failed

	ticking sync.Mutex // held during a whole Tick; taken before writing and mu
	writing sync.Mutex // held while the store is written; taken before mu, never after it

	mu       sync.Mutex // protects everything below; never held while waiting for a disk
	running  bool       // Run writes what waits
	book     *alarm.Book
	sups     *alarm.Suppressions
	lastSup  int64                    // number of the newest suppression
	lasts    map[string]time.Duration // shelvings and polling stops: when each is over on the monotonic clock
	pending  []*item
	failure  error // why the last try to write failed; nil after a success
	numbers  numbers
	inFlight map[string]bool // alarms that a person's command is being written for
	deferred []alarm.Change  // of those, until the command is done
	language map[string]string
	sessions map[string]Session

	shown      []alarm.Occurrence         // Standing's answer; nil after a change
	anyHeld    bool                       // something in it is suppressed
	active     map[string]map[string]bool // rule → ids of its active alarms
	parents    map[string]bool            // rules that suppress others by design
	silent     map[string]bool            // active, unacknowledged and not heard yet, or not any more, since it was held back
	hushed     map[string]bool            // held back, and what waited to be sent about them is cancelled
	quieted    map[string]bool            // alarms whose notices were cancelled as members of a group
	deadlines  map[string]deadline        // next steps of escalations, by alarm
	grouped    *alarm.Grouping            // as the last tick saw it; nil before the first
	computed   grouped                    // the newest own grouping
	tried      map[string]attempt         // attempts at notices that are not written yet
	underWay   map[string]time.Duration   // notices handed out to be sent, since when (monotonic)
	counts     records.NoticeCounts       // as the last tick found them
	happenings []live.Happening           // newest last
	desks      []*desk                    // one for each operator position
}

// New rebuilds the book from the records. Records that cannot be read are no
// error: alarms begin anew then, and RecordsStatus says so.
func New(ctx context.Context, o Options) (*Service, error) {
	o.fill()
	s := &Service{o: o, store: o.Store, clock: o.Clock, log: o.Log, wake: o.Wake, current: o.Current, kick: make(chan struct{}, 1)}
	s.forget()
	s.metrics = newMetrics(o.Registerer, s.Pending)
	if err := s.rebuild(ctx); err != nil {
		state, _ := o.Store.Status()
		if state == records.StateOK {
			return nil, fmt.Errorf("rebuild alarms: %w", err)
		}
		s.log.Error("alarms begin anew: records cannot be read", "err", err)
		s.forget()
	}
	if err := s.reserveNumbers(ctx); err != nil {
		s.numbers = s.numbersWithout(ctx)
		s.log.Error("reserve alarm numbers", "next", s.numbers.next, "err", err)
	}
	return s, nil
}

func (o *Options) fill() {
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Planner == nil {
		o.Planner = nobody{}
	}
	if o.Rules == nil {
		o.Rules = func() map[string]*alarm.Rule { return nil }
	}
	if o.Supply == nil {
		o.Supply = func() alarm.Supply { return nil }
	}
	if o.Positions == nil {
		everything := []duty.Position{{ID: "all", Name: facility.Text{En: "all", Ja: "全体"}}}
		o.Positions = func() []duty.Position { return everything }
	}
	if o.Sight == nil {
		o.Sight = func(facility.DeviceID) (alarm.Sight, bool) { return alarm.Sight{}, false }
	}
	if o.Unwatched == nil {
		o.Unwatched = func(string) bool { return false }
	}
}

// nobody is the planner of a site that tells nobody.
type nobody struct{}

func (nobody) Transition(alarm.Occurrence, alarm.Event, time.Time) ([]duty.Notice, time.Time) {
	return nil, time.Time{}
}

func (nobody) Step(alarm.Occurrence, int, time.Time) ([]duty.Notice, time.Time) {
	return nil, time.Time{}
}

// forget begins with nothing.
func (s *Service) forget() {
	s.book, s.sups = alarm.NewBook(), alarm.NewSuppressions()
	s.sups.Device = s.o.Attributes
	s.inFlight, s.language, s.sessions = map[string]bool{}, map[string]string{}, map[string]Session{}
	s.active, s.parents = map[string]map[string]bool{}, map[string]bool{}
	s.silent, s.hushed, s.quieted = map[string]bool{}, map[string]bool{}, map[string]bool{}
	s.deadlines, s.tried, s.underWay = map[string]deadline{}, map[string]attempt{}, map[string]time.Duration{}
	s.lasts, s.shown, s.happenings = map[string]time.Duration{}, nil, nil
	s.desks = nil
}

// Run writes what waits, does what time brings and keeps the store in order,
// until ctx ends. Then it writes once more and gives unused alarm numbers back.
func (s *Service) Run(ctx context.Context) error {
	s.setRunning(true)
	defer s.stop()
	tick := make(chan struct{})
	var ticker sync.WaitGroup
	ticker.Go(func() { s.tick(ctx, tick) })
	defer ticker.Wait()
	s.Tick(ctx) // what fell due while the program was down
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
			err = s.flush(ctx)
		case <-tick:
			s.Tick(ctx)
			err = errors.Join(s.flush(ctx), s.store.Maintain(ctx))
		}
		s.report(err)
	}
}

// report logs the first of a row of failures, and its end.
func (s *Service) report(err error) {
	switch {
	case err != nil && !s.failing:
		s.log.Warn("records cannot be written; trying again each second", "pending", s.Pending(), "err", err)
	case err == nil && s.failing:
		s.log.Info("records are written again")
	}
	s.failing = err != nil
}

// stop is the orderly end. What still cannot be written is lost with the
// process, and said.
func (s *Service) stop() {
	s.setRunning(false)
	ctx := context.Background()
	if err := s.flush(ctx); err != nil {
		s.log.Error("changes are lost with this process: records cannot be written", "pending", s.Pending(), "err", err)
		return
	}
	s.freeNumbers(ctx)
}

func (s *Service) setRunning(v bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = v
}

// retryEvery is how often writing is tried again.
const retryEvery = time.Second

// tick sends each second of real time, whatever the clock's speed: disks do not
// run faster in a demo.
func (s *Service) tick(ctx context.Context, c chan<- struct{}) {
	perSecond := max(s.clock.Real(time.Second), 1) // real time of one second of the clock's
	every := time.Duration(float64(retryEvery) * float64(time.Second) / float64(perSecond))
	for s.clock.Sleep(ctx, every) == nil {
		select {
		case c <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

// Standing returns every alarm that is not normal, in the book's order, with the
// shelving and the out-of-service record that cover it. The slice is shared and
// never changes.
func (s *Service) Standing() []alarm.Occurrence {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.standing()
}

// standing is Standing for who holds mu.
func (s *Service) standing() []alarm.Occurrence {
	if s.shown != nil {
		return s.shown
	}
	plain := s.book.Standing()
	list := make([]alarm.Occurrence, len(plain))
	copy(list, plain)
	s.anyHeld = false
	for i := range list {
		s.sups.Cover(&list[i])
		s.anyHeld = s.anyHeld || list[i].IsSuppressed()
	}
	s.shown = list
	return list
}

// Alarm returns one alarm that stands or ended lately.
func (s *Service) Alarm(id string) (alarm.Occurrence, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.covered(id)
}

// covered is an alarm with what suppresses it. The caller holds mu.
func (s *Service) covered(id string) (alarm.Occurrence, bool) {
	o, ok := s.book.Get(id)
	if ok {
		s.sups.Cover(&o)
	}
	return o, ok
}

// Pending is how many changes wait to be written.
func (s *Service) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// RecordsStatus says how the store does, and how many changes wait. It is never
// ok while changes wait because of a failure.
func (s *Service) RecordsStatus() (state, detail string, pending int) {
	state, detail = s.store.Status()
	s.mu.Lock()
	defer s.mu.Unlock()
	pending = len(s.pending)
	if state == records.StateOK && pending > 0 && s.failure != nil {
		return records.StateReadOnly, s.failure.Error(), pending
	}
	return state, detail, pending
}

// Record notes something the program did: "daemon.start", "config.reload". It
// never fails: a note that cannot be written waits.
func (s *Service) Record(ctx context.Context, system, action, object string, detail any) {
	s.enqueue(ctx, &item{note: &note{duty.Actor{Kind: "system", ID: system}, action, object, detail}})
}
