package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// Traps reads what SNMP traps said and how receiving them goes.
type Traps interface {
	Traps(ctx context.Context, device facility.DeviceID, limit int) ([]facility.Trap, error) // newest first; "" of all devices
	TrapStatus() facility.TrapStatus
}

// Trap is one SNMP notification as scripts see it.
type Trap struct {
	At       time.Time     `json:"at"`
	Device   string        `json:"device"`
	Source   string        `json:"source"`
	Version  string        `json:"version"`
	Inform   bool          `json:"inform"`
	User     string        `json:"user"`  // "" not signed
	Level    string        `json:"level"` // v3
	OID      string        `json:"oid"`
	Name     string        `json:"name"`
	Uptime   float64       `json:"uptime_seconds"`
	Agent    string        `json:"agent_address"` // v1, where it is not the source
	Varbinds []TrapVarbind `json:"varbinds"`
	Cut      bool          `json:"cut"` // it had more varbinds than are kept
	Polled   bool          `json:"polled"`
}

// TrapVarbind is one variable of a trap.
type TrapVarbind struct {
	OID   string `json:"oid"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// TrapStatus is how receiving traps goes.
type TrapStatus struct {
	Listen       string            `json:"listen"` // "" none are received
	Received     map[string]uint64 `json:"received"`
	Unknown      uint64            `json:"unknown_sender"`
	Malformed    uint64            `json:"malformed"`
	Refused      uint64            `json:"refused"`
	Sampled      uint64            `json:"sampled_out"`
	Polls        uint64            `json:"polls"`
	Acknowledged uint64            `json:"informs_acknowledged"`
	NotKept      uint64            `json:"not_kept"`
	Dropped      uint64            `json:"kernel_dropped"`
	Senders      []TrapSender      `json:"senders"` // whose traps were not taken, each once a cause
}

// TrapSender is somebody whose traps were not taken.
type TrapSender struct {
	Source  string    `json:"source"`
	Device  string    `json:"device"`
	Cause   string    `json:"cause"`
	Count   uint64    `json:"count"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Version string    `json:"version"`
	OID     string    `json:"oid"`
}

// TrapOf translates a trap.
func TrapOf(t facility.Trap) Trap {
	out := Trap{At: t.At.UTC(), Device: string(t.Device), Source: t.Source, Version: t.Version, Inform: t.Inform, User: t.User, Level: t.Level,
		OID: t.OID, Name: t.Name, Uptime: t.Uptime, Agent: t.Agent, Varbinds: []TrapVarbind{}, Cut: t.Cut, Polled: t.Polled}
	for _, v := range t.Varbinds {
		out.Varbinds = append(out.Varbinds, TrapVarbind(v))
	}
	return out
}

// maxTraps in one answer.
const maxTraps = 1000

func (s *Server) traps(w http.ResponseWriter, r *http.Request) {
	limit := 100
	if q := r.URL.Query().Get("limit"); q != "" {
		n, err := strconv.Atoi(q)
		if err != nil || n < 1 || n > maxTraps {
			refuse(w, duty.Refuse(duty.Invalid, "limit %q: want a number from 1 to %d", q, maxTraps))
			return
		}
		limit = n
	}
	out := []Trap{}
	if s.o.Traps != nil {
		list, err := s.o.Traps.Traps(r.Context(), facility.DeviceID(r.URL.Query().Get("device")), limit)
		if err != nil {
			refuse(w, err)
			return
		}
		for _, t := range list {
			out = append(out, TrapOf(t))
		}
	}
	answer(w, out)
}

func (s *Server) trapStatus(w http.ResponseWriter, _ *http.Request) {
	out := TrapStatus{Received: map[string]uint64{}, Senders: []TrapSender{}}
	if s.o.Traps != nil {
		x := s.o.Traps.TrapStatus()
		out = TrapStatus{Listen: x.Listen, Received: x.Received, Unknown: x.Unknown, Malformed: x.Malformed, Refused: x.Refused, Sampled: x.Sampled,
			Polls: x.Polls, Acknowledged: x.Acknowledged, NotKept: x.NotKept, Dropped: x.Dropped, Senders: []TrapSender{}}
		for _, f := range x.Senders {
			out.Senders = append(out.Senders, TrapSender{f.Source, string(f.Device), f.Cause, f.Count, f.First.UTC(), f.Last.UTC(), f.Version, f.OID})
		}
	}
	answer(w, out)
}

// Traps lists the newest traps, of one device or of all.
func (c *Client) Traps(ctx context.Context, device string, limit int) (list []Trap, err error) {
	q := url.Values{"device": {device}, "limit": {strconv.Itoa(limit)}}
	return list, c.do(ctx, http.MethodGet, "/v1/traps?"+q.Encode(), nil, &list)
}

// TrapStatus asks how receiving traps goes.
func (c *Client) TrapStatus(ctx context.Context) (s TrapStatus, err error) {
	return s, c.do(ctx, http.MethodGet, "/v1/traps/status", nil, &s)
}
