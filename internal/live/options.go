package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
	"nezuban/sla"
)

// A Committer makes changes of alarms durable, or holds them until it can. One
// goroutine calls Commit, in the order of evaluation.
type Committer interface {
	Commit(ctx context.Context, changes []alarm.Change)
	// Standing is every occurrence that is not normal; the slice is not modified
	// afterwards.
	Standing() []alarm.Occurrence
}

// Figures are what the alarms are worth together, as who keeps them counts it.
type Figures struct {
	Suppressions []alarm.Suppression
	Floods       []Flood
	Nuisances    []Nuisance
	Happenings   []Happening
	Positions    []duty.Position
	Notify       NotifyStatus
}

// Models of the facility, as the site wrote them down. The zero value has none.
type Models struct {
	OneLine *topology.Graph
	Fire    []fire.ZoneModel
	Cooling []cooling.RoomModel
}

// A HistoryWriter keeps batches. Write must not block. The batch's readings are
// lent until it returns; the map is not modified afterwards.
type HistoryWriter interface {
	Write(b facility.Batch, points map[facility.PointID]*facility.Point)
}

// A CheckpointStore keeps what the table must know after a restart.
type CheckpointStore interface {
	SaveAccounts(ctx context.Context, data []byte) error
	LoadAccounts(ctx context.Context) ([]byte, error) // nil: nothing saved yet
}

// Options of a Table. Clock is required; everything else may be left out.
type Options struct {
	Clock   clock.Clock
	Site    facility.Site
	Version string

	Devices []facility.Device
	Rules   []*alarm.Rule
	Targets []sla.Target
	// Versions are the targets' recorded definitions, see Config.
	Versions map[string][]sla.Version
	// Closed takes the figures of a window that is over and settled, and revisions
	// of them; it may block. nil: nobody keeps them.
	Closed func(ctx context.Context, c sla.Closing)

	Committer   Committer
	History     HistoryWriter
	Checkpoints CheckpointStore
	Stores      func() Stores
	Figures     func() Figures // nil: none
	Models      Models
	Expected    map[facility.DeviceID][]facility.Point // see Config

	// Backfill returns the stored samples of a point in [from, to], the oldest
	// first. It fills the accounts of targets for the time before a restart; nil:
	// that time is unknown.
	Backfill func(ctx context.Context, point facility.PointID, from, to time.Time) ([]sla.Sample, error)

	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// SelfDevice is the device under which the program's own alarms stand.
const SelfDevice = facility.SelfDevice

func (o *Options) fill() {
	if o.Committer == nil {
		o.Committer = nobody{}
	}
	if o.History == nil {
		o.History = nobody{}
	}
	if o.Stores == nil {
		o.Stores = func() Stores { return Stores{} }
	}
	if o.Figures == nil {
		o.Figures = func() Figures { return Figures{} }
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// nobody stands in for what is left out.
type nobody struct{}

func (nobody) Commit(context.Context, []alarm.Change)                     {}
func (nobody) Standing() []alarm.Occurrence                               { return nil }
func (nobody) Write(facility.Batch, map[facility.PointID]*facility.Point) {}
