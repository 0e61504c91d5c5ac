package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// siteYAML is site.yaml.
type siteYAML struct {
	strict.Node
	Code      strict.Str     `yaml:"code"`
	Name      strict.Text    `yaml:"name"`
	Zone      strict.Str     `yaml:"zone"`
	Language  strict.Str     `yaml:"language"`
	Data      string         `yaml:"data"`
	Shifts    []shiftYAML    `yaml:"shifts"`
	Positions []positionYAML `yaml:"positions"`
	Polling   intervalsYAML  `yaml:"polling"`
	SSH       sshYAML        `yaml:"ssh"`
	HTTP      httpYAML       `yaml:"http"`
	History   historyYAML    `yaml:"history"`
	Records   recordsYAML    `yaml:"records"`
	Secrets   secretsYAML    `yaml:"secrets"`
	Traps     trapsYAML      `yaml:"traps"`
}

type trapsYAML struct {
	strict.Node
	Listen strict.Str `yaml:"listen"`
	Users  []snmpYAML `yaml:"users"`
}

type shiftYAML struct {
	strict.Node
	ID    strict.Str  `yaml:"id"`
	Name  strict.Text `yaml:"name"`
	Start strict.Str  `yaml:"start"`
}

type sshYAML struct {
	strict.Node
	Listen       strict.Str    `yaml:"listen"`
	HostKey      string        `yaml:"host_key"`
	MaxSessions  int           `yaml:"max_sessions"`
	MaxPerPerson int           `yaml:"max_per_person"`
	IdleReadOnly time.Duration `yaml:"idle_read_only"`
}

type httpYAML struct {
	strict.Node
	Listen      strict.Str `yaml:"listen"`
	AllowRemote bool       `yaml:"allow_remote"`
}

type historyYAML struct {
	strict.Node
	URL            strict.Str    `yaml:"url"`
	TokenSecret    strict.Str    `yaml:"token_secret"`
	Listen         strict.Str    `yaml:"listen"`
	Retention      time.Duration `yaml:"retention"`
	MinFreeBytes   strict.Bytes  `yaml:"min_free_bytes"`
	MinFreePercent float64       `yaml:"min_free_percent"`
}

type recordsYAML struct {
	strict.Node
	ReserveBytes strict.Bytes `yaml:"reserve_bytes"`
	Witness      strict.Str   `yaml:"witness"`
}

type secretsYAML struct {
	strict.Node
	Identity strict.Str `yaml:"identity"`
}

type intervalsYAML struct {
	strict.Node
	Fast   time.Duration `yaml:"fast"`
	Normal time.Duration `yaml:"normal"`
	Slow   time.Duration `yaml:"slow"`
}

var siteCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,31}$`)

// loadSettings reads site.yaml.
func (l *loader) loadSettings() {
	l.site.DataDir = filepath.Join(l.dir, "data")
	l.site.SecretsFile = filepath.Join(l.dir, "secrets.age")
	l.site.Facility = facility.Site{Zone: time.UTC, Language: "en"}
	src, err := strict.ReadFile(filepath.Join(l.dir, "site.yaml"))
	if err != nil {
		l.add(strict.Place{File: "site.yaml"}, "the file cannot be read: "+reason(err), "write a site directory with `nezuban init`")
		return
	}
	y := siteYAML{
		Language: strict.Str{V: "en"},
		SSH:      sshYAML{Listen: strict.Str{V: DefaultSSHListen}, MaxSessions: DefaultMaxSessions, MaxPerPerson: DefaultMaxPerPerson, IdleReadOnly: DefaultIdleReadOnly},
		HTTP:     httpYAML{Listen: strict.Str{V: DefaultHTTPListen}},
		History:  historyYAML{Retention: DefaultRetention, MinFreeBytes: DefaultMinFreeBytes, MinFreePercent: DefaultMinFreePercent},
		Records:  recordsYAML{ReserveBytes: DefaultReserveBytes},
	}
	docs := strict.Parse("site.yaml", src, &l.probs)
	if len(docs) == 0 || !docs[0].Into(&y) {
		return
	}
	if len(docs) > 1 {
		l.add(docs[1].Place(), "site.yaml holds a second document", "remove the --- line")
	}
	l.facilitySite(&y)
	l.shifts(y.Shifts)
	l.positions = y.Positions
	l.polling = l.intervals(&y.Polling)
	l.servers(&y)
	l.stores(&y)
	l.traps(&y)
}

func (l *loader) facilitySite(y *siteYAML) {
	f := &l.site.Facility
	switch {
	case y.Code.V == "":
		l.add(y.Place(), "code is missing", "give the site a code that says nothing about where it is, for example code: DC-E1")
	case !siteCode.MatchString(y.Code.V):
		l.add(y.Code.Place, fmt.Sprintf("code %q: want letters, digits and '-', at most 32", y.Code.V), "for example DC-E1")
	}
	f.Code = y.Code.V
	if y.Has("name") {
		f.Name = l.text(&y.Name, "name")
	} else {
		f.Name = facility.Text{En: f.Code, Ja: f.Code}
	}
	if y.Has("data") {
		l.site.DataDir = l.path(y.Data)
	}
	if y.Language.V != "en" && y.Language.V != "ja" {
		l.add(y.Language.Place, fmt.Sprintf("language %q is not known", y.Language.V), "write en or ja")
	} else {
		f.Language = y.Language.V
	}
	if y.Zone.V == "" {
		l.add(y.Key("zone"), "zone is missing; calendar months and shifts need it", "write an IANA name such as Asia/Tokyo")
		return
	}
	if z, ok := l.zone(y.Zone); ok {
		f.Zone = z
	}
}

// zone reads an IANA zone name. "Local" is refused: a report must not depend on
// the machine that makes it.
func (l *loader) zone(s strict.Str) (*time.Location, bool) {
	z, err := time.LoadLocation(s.V)
	if err != nil || s.V == "" || s.V == "Local" {
		l.add(s.Place, fmt.Sprintf("time zone %q is not known", s.V), "write an IANA name such as Asia/Tokyo or Europe/Berlin")
		return nil, false
	}
	return z, true
}

var shiftID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,15}$`)

func (l *loader) shifts(list []shiftYAML) {
	last := time.Duration(-1)
	seen := map[string]bool{}
	for i := range list {
		y := &list[i]
		switch {
		case !shiftID.MatchString(y.ID.V):
			l.add(y.At("id"), fmt.Sprintf("shift id %q: want letters, digits and '-', at most 16", y.ID.V), "for example day or night-B")
		case seen[y.ID.V]:
			l.add(y.ID.Place, fmt.Sprintf("shift %q is defined twice", y.ID.V), "")
		}
		seen[y.ID.V] = true
		t, err := time.Parse("15:04", y.Start.V)
		if err != nil {
			l.add(y.At("start"), fmt.Sprintf("shift start %q: want hours and minutes", y.Start.V), `for example start: "08:30"`)
			continue
		}
		start := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		if start <= last {
			l.add(y.Start.Place, "shifts must stand in the order of their starts within a day", "a shift lasts until the next one begins; the last one goes over midnight")
		}
		last = start
		name := facility.Text{En: y.ID.V, Ja: y.ID.V}
		if y.Has("name") {
			name = l.text(&y.Name, "name")
		}
		l.site.Shifts = append(l.site.Shifts, Shift{ID: y.ID.V, Name: name, Start: start})
	}
}

func (l *loader) servers(y *siteYAML) {
	l.listen(y.SSH.Listen, "ssh.listen")
	if l.listen(y.HTTP.Listen, "http.listen") && !loopback(y.HTTP.Listen.V) && !y.HTTP.AllowRemote {
		l.add(y.HTTP.Listen.Place, fmt.Sprintf("http.listen %q can be reached from other machines, without a password", y.HTTP.Listen.V),
			"listen on 127.0.0.1, or write allow_remote: true beside it")
	}
	for key, n := range map[string]int{"max_sessions": y.SSH.MaxSessions, "max_per_person": y.SSH.MaxPerPerson} {
		if n < 1 || n > 10_000 {
			l.add(y.SSH.At(key), fmt.Sprintf("ssh.%s: %d is out of range", key, n), "write a number from 1 to 10000")
		}
	}
	key := filepath.Join(l.site.DataDir, "keys", "ssh_host_ed25519_key")
	if y.SSH.HostKey != "" {
		key = l.path(y.SSH.HostKey)
	}
	l.site.SSH = SSHSettings{Listen: y.SSH.Listen.V, HostKey: key, MaxSessions: y.SSH.MaxSessions, MaxPerPerson: y.SSH.MaxPerPerson, IdleReadOnly: y.SSH.IdleReadOnly}
	l.site.HTTP = HTTPSettings{Listen: y.HTTP.Listen.V}
}

func (l *loader) stores(y *siteYAML) {
	h := &y.History
	if h.URL.V != "" {
		u, err := url.Parse(h.URL.V)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			l.add(h.URL.Place, fmt.Sprintf("history.url %q is no web address", h.URL.V), "for example https://metrics.example.net/prometheus")
		case u.Scheme == "http" && !loopback(u.Host):
			l.warn(h.URL.Place, "history.url sends readings over the network in clear", "use https")
		}
	}
	if h.Listen.V != "" {
		l.listen(h.Listen, "history.listen")
	}
	token := l.secretName(h.TokenSecret)
	if h.Retention < 24*time.Hour {
		l.add(h.At("retention"), fmt.Sprintf("history.retention %v is shorter than a day", h.Retention), "write days, for example 35d")
	}
	if h.MinFreePercent < 0 || h.MinFreePercent >= 100 {
		l.add(h.At("min_free_percent"), fmt.Sprintf("history.min_free_percent: %g is no share of a disk", h.MinFreePercent), "write a number from 0 to 99")
	}
	l.site.History = HistorySettings{URL: h.URL.V, Token: token, Listen: h.Listen.V, Retention: h.Retention,
		MinFreeBytes: int64(h.MinFreeBytes), MinFreePercent: h.MinFreePercent}
	l.site.Records = RecordsSettings{ReserveBytes: int64(y.Records.ReserveBytes)}
	if w := y.Records.Witness; w.V != "" {
		l.site.Records.Witness = l.path(w.V)
		if l.site.Records.Witness == l.site.DataDir {
			l.add(w.Place, "the witness is the data directory itself", "name a place that the daemon's machine cannot lose together with its records, for example a mounted share")
		}
	}
	id := y.Secrets.Identity
	if id.V == "" {
		return
	}
	l.site.IdentityFile = l.path(id.V)
	for _, dir := range []string{l.dir, l.site.DataDir} {
		if rel, err := filepath.Rel(dir, l.site.IdentityFile); err == nil && !strings.HasPrefix(rel, "..") {
			l.add(id.Place, "the identity lies beside the secrets that it opens", "keep it outside the site directory and the data directory")
			break
		}
	}
}

func (l *loader) intervals(y *intervalsYAML) collectors.Intervals {
	out := collectors.Intervals{Fast: y.Fast, Normal: y.Normal, Slow: y.Slow}
	for key, d := range map[string]time.Duration{"fast": y.Fast, "normal": y.Normal, "slow": y.Slow} {
		if !y.Has(key) {
			continue
		}
		if d < time.Second || d > 24*time.Hour || d%time.Second != 0 {
			l.add(y.At(key), fmt.Sprintf("interval %s: %v is out of range", key, d), "write whole seconds from 1s to 24h")
		}
	}
	return out
}

// listen checks "host:port".
func (l *loader) listen(s strict.Str, what string) bool {
	_, port, err := net.SplitHostPort(s.V)
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil || n < 0 || n > 65535 {
		l.add(s.Place, fmt.Sprintf("%s: %q is no address to listen on", what, s.V), "write host:port, for example 127.0.0.1:2222")
		return false
	}
	return true
}

// loopback reports whether "host:port" can be reached from this machine only.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback()
}
