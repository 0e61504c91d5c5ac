package reports

import (
	"bytes"
	"fmt"
	"time"
)

// A Moment is an instant in whole seconds as the site's clock showed it: it
// keeps its own offset, so that rendering needs no time zone database. The zero
// Moment is "none" and null in JSON.
type Moment struct{ t time.Time }

// At puts an instant on the clock of zone, cut to the whole second; the zero
// time gives the zero Moment.
func At(t time.Time, zone *time.Location) Moment {
	if t.IsZero() {
		return Moment{}
	}
	local := time.Unix(t.Unix(), 0).In(zone)
	_, offset := local.Zone()
	return Moment{local.In(time.FixedZone("", offset))}
}

// IsZero reports whether there is no moment.
func (m Moment) IsZero() bool { return m.t.IsZero() }

// Unix seconds of the moment.
func (m Moment) Unix() int64 { return m.t.Unix() }

// Date and Clock as the site showed them; "" where there is none.
func (m Moment) Date() string { return m.format("2006-01-02") }

// Clock is the time of day with seconds.
func (m Moment) Clock() string { return m.format("15:04:05") }

// Short is the time of day without seconds.
func (m Moment) Short() string { return m.format("15:04") }

// Offset from UTC: "+09:00".
func (m Moment) Offset() string { return m.format("-07:00") }

// String is date and time of day.
func (m Moment) String() string { return m.format("2006-01-02 15:04:05") }

func (m Moment) format(layout string) string {
	if m.IsZero() {
		return ""
	}
	return m.t.Format(layout)
}

const momentLayout = "2006-01-02T15:04:05-07:00"

// MarshalJSON writes RFC 3339 with a numeric offset, or null.
func (m Moment) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + m.t.Format(momentLayout) + `"`), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Moment) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*m = Moment{}
		return nil
	}
	t, err := time.Parse(`"`+momentLayout+`"`, string(b))
	if err != nil {
		return fmt.Errorf("moment %s: want RFC 3339 with a numeric offset: %w", b, err)
	}
	_, offset := t.Zone()
	*m = Moment{t.In(time.FixedZone("", offset))}
	return nil
}
