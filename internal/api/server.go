package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
)

// Operations are the changes a caller may ask for; ops checks roles.
type Operations interface {
	Acknowledge(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	Reset(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	Standing() []alarm.Occurrence
	Suppressing
}

// Journal reads what was recorded.
type Journal interface {
	Events(ctx context.Context, alarmID string) ([]alarm.Event, error)
	Occurrences(ctx context.Context, limit int) ([]alarm.Occurrence, error) // newest first, ended ones too
}

// Trends reads history.
type Trends interface {
	Trend(ctx context.Context, p facility.Point, from, to facility.Tick, step time.Duration) ([]facility.TrendPoint, error)
}

// Options of a Server.
type Options struct {
	Socket     string // path of the control socket
	Clock      clock.Clock
	Snapshot   func() *live.Snapshot
	Operations Operations
	Targets    Targets // nil: figures only
	Journal    Journal
	Trends     Trends
	Traps      Traps // nil: none are received
	Person     func(unixName string) (duty.Person, bool)
	Console    func() Console
	Log        *slog.Logger
}

// A Server answers on the control socket.
type Server struct {
	o        Options
	listener net.Listener
	http     *http.Server
}

const (
	maxBody    = 1 << 20 // bytes of a request
	maxConns   = 256     // open at a time
	maxPath    = 104     // bytes of a socket's path the kernel takes (sun_path, unix(7)), less the NUL
	groupName  = "nezuban"
	socketMode = 0o660
)

// Listen makes the socket. A socket left by a dead daemon is replaced; one that
// still answers is not.
func Listen(o Options) (*Server, error) {
	if len(o.Socket) > maxPath {
		return nil, fmt.Errorf("control socket %s: the path is longer than the %d bytes the system allows; choose a shorter data directory", o.Socket, maxPath)
	}
	if c, err := net.DialTimeout("unix", o.Socket, time.Second); err == nil {
		c.Close()
		return nil, fmt.Errorf("control socket %s: another daemon answers there; stop it first", o.Socket)
	}
	if err := os.Remove(o.Socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(o.Socket), 0o750); err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	l, err := net.Listen("unix", o.Socket)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if err := os.Chmod(o.Socket, socketMode); err != nil {
		l.Close()
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if g, err := user.LookupGroup(groupName); err == nil {
		if gid, err := strconv.Atoi(g.Gid); err == nil {
			if err := os.Chown(o.Socket, -1, gid); err != nil {
				o.Log.Warn("control socket keeps its group", "path", o.Socket, "err", err)
			}
		}
	}
	s := &Server{o: o, listener: l}
	s.http = &http.Server{
		Handler: s.routes(), ConnContext: withCaller, ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, MaxHeaderBytes: 64 << 10,
	}
	return s, nil
}

// Serve answers until ctx ends.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if s.http.Shutdown(deadline) != nil {
			s.http.Close()
		}
	})
	defer stop()
	if err := s.http.Serve(atMost(s.listener, maxConns)); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("control socket: %w", err)
	}
	return nil
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", s.status)
	mux.HandleFunc("GET /v1/whoami", s.whoami)
	mux.HandleFunc("GET /v1/alarms", s.alarms)
	mux.HandleFunc("GET /v1/alarms/{id}", s.alarmDetail)
	mux.HandleFunc("GET /v1/alarms/{id}/events", s.events)
	mux.HandleFunc("POST /v1/alarms/{id}/acknowledge", s.change(s.o.Operations.Acknowledge))
	mux.HandleFunc("POST /v1/alarms/{id}/reset", s.change(s.o.Operations.Reset))
	s.suppressionRoutes(mux)
	s.powerRoutes(mux)
	mux.HandleFunc("GET /v1/devices", s.devices)
	mux.HandleFunc("GET /v1/devices/{id}", s.device)
	mux.HandleFunc("GET /v1/traps", s.traps)
	mux.HandleFunc("GET /v1/traps/status", s.trapStatus)
	s.targetRoutes(mux)
	mux.HandleFunc("GET /v1/trend", s.trend)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, duty.Refuse(duty.NotFound, "no such path: %s", r.URL.Path))
	})
	return mux
}

func (s *Server) caller(r *http.Request) duty.Person {
	name := callerOf(r.Context())
	if p, ok := s.o.Person(name); ok && name != "" {
		return p
	}
	return duty.Nobody
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	answer(w, StatusOf(s.o.Snapshot(), s.o.Operations.Standing(), s.o.Clock.Now(), s.o.Console()))
}

// Who is what the daemon knows of its caller.
type Who struct {
	UnixName string      `json:"unix_name"`
	Person   string      `json:"person"` // "" nobody known: may only read
	Roles    []duty.Role `json:"roles"`
}

func (s *Server) whoami(w http.ResponseWriter, r *http.Request) {
	p := s.caller(r)
	answer(w, Who{callerOf(r.Context()), p.ID, p.Roles})
}

func (s *Server) alarms(w http.ResponseWriter, r *http.Request) {
	sel, err := facility.ParseSelector(r.URL.Query().Get("filter"))
	if err != nil {
		refuse(w, duty.Refuse(duty.Invalid, "%v", err))
		return
	}
	list := s.o.Operations.Standing()
	if r.URL.Query().Get("all") != "" {
		if list, err = s.o.Journal.Occurrences(r.Context(), 10_000); err != nil {
			refuse(w, err)
			return
		}
	}
	out := []Alarm{}
	for _, o := range list {
		if sel.Match(o.Attributes(deviceAttributes(s.o.Snapshot(), o.Device))) {
			out = append(out, AlarmIn(s.o.Snapshot(), o))
		}
	}
	answer(w, out)
}

// deviceAttributes are those of the alarm's device, nil where the inventory no
// longer has it.
func deviceAttributes(s *live.Snapshot, id facility.DeviceID) facility.Attributes {
	for _, d := range s.Devices {
		if d.Device.ID == id {
			return facility.DeviceAttributes(&d.Device)
		}
	}
	return nil
}

func (s *Server) find(ctx context.Context, id string) (alarm.Occurrence, error) {
	for _, o := range s.o.Operations.Standing() {
		if o.ID == id {
			return o, nil
		}
	}
	events, err := s.o.Journal.Events(ctx, id)
	if err != nil {
		return alarm.Occurrence{}, err
	}
	var o alarm.Occurrence
	for _, e := range events {
		if o, err = o.Apply(e); err != nil {
			return alarm.Occurrence{}, fmt.Errorf("alarm %s: %w", id, err)
		}
	}
	if o.ID == "" {
		return o, duty.Refuse(duty.NotFound, "no alarm %s", id)
	}
	return o, nil
}

func (s *Server) alarmDetail(w http.ResponseWriter, r *http.Request) {
	o, err := s.find(r.Context(), r.PathValue("id"))
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, AlarmIn(s.o.Snapshot(), o))
}

func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	events, err := s.o.Journal.Events(r.Context(), r.PathValue("id"))
	if err == nil && len(events) == 0 {
		err = duty.Refuse(duty.NotFound, "no alarm %s", r.PathValue("id"))
	}
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, EventsOf(events))
}

// Command is the body of a change.
type Command struct {
	Revision int    `json:"revision"` // the revision the caller saw; 0 the newest
	Comment  string `json:"comment"`
}

type changeFunc func(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)

func (s *Server) change(do changeFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c Command
		if !body(w, r, &c) {
			return
		}
		o, err := do(r.Context(), s.caller(r), r.PathValue("id"), c.Revision, c.Comment)
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, AlarmOf(o))
	}
}

// body reads a request's body; false where it was refused.
func body(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		refuse(w, duty.Refuse(duty.Invalid, "body: %v", err))
		return false
	}
	return true
}

func (s *Server) devices(w http.ResponseWriter, r *http.Request) {
	sel, err := facility.ParseSelector(r.URL.Query().Get("filter"))
	if err != nil {
		refuse(w, duty.Refuse(duty.Invalid, "%v", err))
		return
	}
	now := s.o.Clock.Now()
	out, models := []Device{}, []Device{}
	for _, d := range s.o.Snapshot().Devices {
		if !sel.Match(facility.DeviceAttributes(&d.Device)) {
			continue
		}
		if d.IsModel() { // behind what is polled
			models = append(models, DeviceOf(d, now, false))
		} else {
			out = append(out, DeviceOf(d, now, false))
		}
	}
	answer(w, append(out, models...))
}

func (s *Server) device(w http.ResponseWriter, r *http.Request) {
	snap := s.o.Snapshot()
	for _, d := range snap.Devices {
		if string(d.Device.ID) == r.PathValue("id") {
			out := DeviceOf(d, s.o.Clock.Now(), true)
			for _, id := range live.SharesEngineID(snap.Devices, d) {
				out.SharesEngineID = append(out.SharesEngineID, string(id))
			}
			answer(w, out)
			return
		}
	}
	refuse(w, duty.Refuse(duty.NotFound, "no device %s in the inventory", r.PathValue("id")))
}

func (s *Server) trend(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	point, ok := s.point(facility.PointID(q.Get("point")))
	if !ok {
		refuse(w, duty.Refuse(duty.NotFound, "no point %s; `nezuban devices ID` lists a device's points", q.Get("point")))
		return
	}
	span, err1 := time.ParseDuration(q.Get("for"))
	step, err2 := time.ParseDuration(q.Get("step"))
	to, err3 := s.o.Clock.Now(), error(nil)
	if q.Has("to") {
		to, err3 = time.Parse(time.RFC3339, q.Get("to"))
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		refuse(w, duty.Refuse(duty.Invalid, "want for=1h, step=60s and, unless it is now, to=2026-11-22T21:00:00Z: %v", err))
		return
	}
	from := to.Add(-span)
	if step < time.Second || !from.Before(to) || to.Sub(from)/step > 10_000 {
		refuse(w, duty.Refuse(duty.Invalid, "want from before to, a step of at least 1s and at most 10000 steps"))
		return
	}
	points, err := s.o.Trends.Trend(r.Context(), *point, facility.TickOf(from), facility.TickOf(to), step)
	if err != nil {
		refuse(w, duty.Refuse(duty.Unavailable, "history: %v", err))
		return
	}
	answer(w, TrendOf(*point, step, points))
}

func (s *Server) point(id facility.PointID) (*facility.Point, bool) {
	device := id.Device()
	for _, d := range s.o.Snapshot().Devices {
		if d.Device.ID != device {
			continue
		}
		points := d.Points()
		for i := range points {
			if points[i].Point.ID == id {
				return points[i].Point, true
			}
		}
	}
	return nil, false
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) //nolint:errcheck // the caller went away: nothing to tell anybody
}

// Failure is the body of an answer that is not 200.
type Failure struct {
	Code    duty.Code `json:"code"`
	Message string    `json:"message"`
}

func refuse(w http.ResponseWriter, err error) {
	f := Failure{Code: "internal", Message: err.Error()}
	status := http.StatusInternalServerError
	var r *duty.Refusal
	if errors.As(err, &r) {
		f = Failure{Code: r.Code, Message: r.Detail}
		status = map[duty.Code]int{
			duty.NotAllowed: http.StatusForbidden, duty.NotFound: http.StatusNotFound, duty.Outdated: http.StatusConflict,
			duty.WrongState: http.StatusConflict, duty.Incomplete: http.StatusUnprocessableEntity,
			duty.Unavailable: http.StatusServiceUnavailable, duty.Invalid: http.StatusBadRequest,
		}[r.Code]
		if status == 0 {
			status = http.StatusInternalServerError
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(f) //nolint:errcheck // as above
}
