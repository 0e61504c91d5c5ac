package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"nezuban/internal/duty"
	"nezuban/sla"
)

// Targets are the operations about what is recorded of quality targets; ops checks
// roles.
type Targets interface {
	Book() *sla.Book
	Propose(ctx context.Context, p duty.Person, x sla.Exclusion) (sla.Exclusion, error)
	Approve(ctx context.Context, p duty.Person, id, comment string) (sla.Exclusion, error)
	Decline(ctx context.Context, p duty.Person, id, comment string) (sla.Exclusion, error)
	End(ctx context.Context, p duty.Person, id, comment string) (sla.Exclusion, error)
	Done(ctx context.Context, p duty.Person, d sla.Done, comment string) error
	Report(ctx context.Context, p duty.Person, e sla.Event, comment string) (string, error)
	Sign(ctx context.Context, p duty.Person, target string, from int64, comment string) (sla.Closing, error)
	Obligations() []Obligation
	Each(target string) []sla.Result // figures of its entities; nil: no such target
	Explain(ctx context.Context, target, entity string, at time.Time) ([]sla.Explanation, error)
}

func (s *Server) targetRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/targets", s.targets)
	mux.HandleFunc("GET /v1/results", s.results)
	if s.o.Targets == nil {
		return
	}
	mux.HandleFunc("GET /v1/targets/{name}/entities", s.targetEntities)
	mux.HandleFunc("GET /v1/targets/{name}/explain", s.targetExplain)
	mux.HandleFunc("GET /v1/targets/{name}/windows", s.targetWindows)
	mux.HandleFunc("POST /v1/targets/{name}/windows/{from}/sign", s.targetSign)
	mux.HandleFunc("GET /v1/exclusions", s.exclusions)
	mux.HandleFunc("POST /v1/exclusions", s.propose)
	mux.HandleFunc("POST /v1/exclusions/{id}/approve", s.decide(s.o.Targets.Approve))
	mux.HandleFunc("POST /v1/exclusions/{id}/decline", s.decide(s.o.Targets.Decline))
	mux.HandleFunc("POST /v1/exclusions/{id}/end", s.decide(s.o.Targets.End))
	mux.HandleFunc("GET /v1/obligations", s.obligations)
	mux.HandleFunc("POST /v1/obligations/done", s.done)
	mux.HandleFunc("POST /v1/events", s.reportEvent)
}

func (s *Server) targets(w http.ResponseWriter, _ *http.Request) {
	answer(w, TargetsOf(s.o.Snapshot().Targets))
}

func (s *Server) results(w http.ResponseWriter, _ *http.Request) { answer(w, s.o.Snapshot().Targets) }

func (s *Server) targetEntities(w http.ResponseWriter, r *http.Request) {
	list := s.o.Targets.Each(r.PathValue("name"))
	if list == nil && !s.hasTarget(r.PathValue("name")) {
		refuse(w, duty.Refuse(duty.NotFound, "no target %s; `nezuban targets` lists them", r.PathValue("name")))
		return
	}
	answer(w, TargetsOf(list))
}

func (s *Server) hasTarget(name string) bool {
	return slices.ContainsFunc(s.o.Snapshot().Targets, func(x sla.Result) bool { return x.Name == name })
}

func (s *Server) targetExplain(w http.ResponseWriter, r *http.Request) {
	at := s.o.Clock.Now()
	if q := r.URL.Query().Get("at"); q != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, q); err != nil {
			refuse(w, duty.Refuse(duty.Invalid, "at=%s: want 2026-11-22T21:00:00Z", q))
			return
		}
	}
	list, err := s.o.Targets.Explain(r.Context(), r.PathValue("name"), r.URL.Query().Get("entity"), at)
	switch {
	case err != nil:
		refuse(w, duty.Refuse(duty.Unavailable, "explain: %v", err))
	case len(list) == 0:
		refuse(w, duty.Refuse(duty.NotFound, "no target %s; `nezuban targets` lists them", r.PathValue("name")))
	default:
		answer(w, ExplanationsOf(list))
	}
}

func (s *Server) targetWindows(w http.ResponseWriter, r *http.Request) {
	out := []Window{}
	for _, c := range s.o.Targets.Book().Closings(r.PathValue("name")) {
		out = append(out, WindowOf(c))
	}
	answer(w, out)
}

func (s *Server) targetSign(w http.ResponseWriter, r *http.Request) {
	var c Command
	from, err := strconv.ParseInt(r.PathValue("from"), 10, 64)
	if err != nil {
		refuse(w, duty.Refuse(duty.Invalid, "sign: %q is no beginning of a window in Unix seconds", r.PathValue("from")))
		return
	}
	if !body(w, r, &c) {
		return
	}
	closing, err := s.o.Targets.Sign(r.Context(), s.caller(r), r.PathValue("name"), from, c.Comment)
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, WindowOf(closing))
}

func (s *Server) exclusions(w http.ResponseWriter, _ *http.Request) {
	out := []Exclusion{}
	for _, x := range s.o.Targets.Book().Exclusions() {
		out = append(out, ExclusionOf(x))
	}
	answer(w, out)
}

func (s *Server) propose(w http.ResponseWriter, r *http.Request) {
	var n NewExclusion
	if !body(w, r, &n) {
		return
	}
	x, err := s.o.Targets.Propose(r.Context(), s.caller(r), sla.Exclusion{Kind: sla.ExclusionKind(n.Kind), Targets: n.Targets, Entities: n.Entities,
		From: n.From.Unix(), To: secondsOf(n.To), NoticedAt: secondsOf(n.NoticedAt), Reason: n.Reason})
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, ExclusionOf(x))
}

func secondsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

type decideFunc func(ctx context.Context, p duty.Person, id, comment string) (sla.Exclusion, error)

func (s *Server) decide(do decideFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c Command
		if !body(w, r, &c) {
			return
		}
		x, err := do(r.Context(), s.caller(r), r.PathValue("id"), c.Comment)
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, ExclusionOf(x))
	}
}

func (s *Server) obligations(w http.ResponseWriter, _ *http.Request) {
	out := s.o.Targets.Obligations()
	if out == nil {
		out = []Obligation{}
	}
	answer(w, out)
}

func (s *Server) done(w http.ResponseWriter, r *http.Request) {
	var n NewDone
	if !body(w, r, &n) {
		return
	}
	if !slices.ContainsFunc(s.o.Targets.Obligations(), func(o Obligation) bool { return o.ID == n.Obligation }) {
		refuse(w, duty.Refuse(duty.NotFound, "no obligation %q; `nezuban targets obligations` lists them", n.Obligation))
		return
	}
	if err := s.o.Targets.Done(r.Context(), s.caller(r), sla.Done{Obligation: n.Obligation, At: secondsOf(n.At), Evidence: n.Evidence}, n.Comment); err != nil {
		refuse(w, err)
		return
	}
	answer(w, n)
}

// Reported names the event that was recorded.
type Reported struct {
	ID string `json:"id"`
}

func (s *Server) reportEvent(w http.ResponseWriter, r *http.Request) {
	var n NewEvent
	if !body(w, r, &n) {
		return
	}
	id, err := s.o.Targets.Report(r.Context(), s.caller(r), sla.Event{At: secondsOf(n.At), Name: n.Name, Entity: n.Entity, Key: n.Key, Attrs: n.Attrs}, n.Comment)
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, Reported{id})
}

// TargetEntities lists the figures of every entity of a target.
func (c *Client) TargetEntities(ctx context.Context, name string) (list []Target, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/targets/"+url.PathEscape(name)+"/entities", nil, &list)
}

// Exclusions lists all.
func (c *Client) Exclusions(ctx context.Context) (list []Exclusion, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/exclusions", nil, &list)
}

// Propose asks to leave time out.
func (c *Client) Propose(ctx context.Context, n NewExclusion) (x Exclusion, err error) {
	return x, c.do(ctx, http.MethodPost, "/v1/exclusions", n, &x)
}

// DecideExclusion approves, declines or ends one.
func (c *Client) DecideExclusion(ctx context.Context, id, verb, comment string) (x Exclusion, err error) {
	return x, c.do(ctx, http.MethodPost, "/v1/exclusions/"+url.PathEscape(id)+"/"+verb, Command{Comment: comment}, &x)
}

// Obligations lists what is to be done by a day.
func (c *Client) Obligations(ctx context.Context) (list []Obligation, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/obligations", nil, &list)
}

// Done records that an obligation was completed.
func (c *Client) Done(ctx context.Context, n NewDone) error {
	return c.do(ctx, http.MethodPost, "/v1/obligations/done", n, &NewDone{})
}

// ReportEvent records an event that targets count.
func (c *Client) ReportEvent(ctx context.Context, n NewEvent) (r Reported, err error) {
	return r, c.do(ctx, http.MethodPost, "/v1/events", n, &r)
}

// Windows lists the closed windows of a target.
func (c *Client) Windows(ctx context.Context, name string) (list []Window, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/targets/"+url.PathEscape(name)+"/windows", nil, &list)
}

// Sign makes a closed window final.
func (c *Client) Sign(ctx context.Context, name string, from int64, comment string) (w Window, err error) {
	return w, c.do(ctx, http.MethodPost, "/v1/targets/"+url.PathEscape(name)+"/windows/"+strconv.FormatInt(from, 10)+"/sign", Command{Comment: comment}, &w)
}
