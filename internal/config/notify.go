package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

// notifyYAML is notify.yaml.
type notifyYAML struct {
	strict.Node
	Channels    []channelYAML    `yaml:"channels"`
	Contacts    []contactYAML    `yaml:"contacts"`
	Rotations   []rotationYAML   `yaml:"rotations"`
	Escalations []escalationYAML `yaml:"escalations"`
	Heartbeats  []heartbeatYAML  `yaml:"heartbeats"`
	TestAt      strict.Str       `yaml:"test_at"`
}

type channelYAML struct {
	strict.Node
	Name          strict.Str `yaml:"name"`
	Kind          strict.Str `yaml:"kind"`
	URL           strict.Str `yaml:"url"`
	URLSecret     strict.Str `yaml:"url_secret"`
	From          strict.Str `yaml:"from"`
	User          strict.Str `yaml:"user"`
	Secret        strict.Str `yaml:"secret"`
	TLS           strict.Str `yaml:"tls"`
	CA            strict.Str `yaml:"ca"`
	Template      strict.Str `yaml:"template"`
	TemplateFile  strict.Str `yaml:"template_file"`
	PerHour       int        `yaml:"per_hour"`
	Minimum       strict.Str `yaml:"minimum"`
	All           bool       `yaml:"all"`
	AllowInsecure bool       `yaml:"allow_insecure"`
}

type contactYAML struct {
	strict.Node
	Person strict.Str    `yaml:"person"`
	At     strict.Labels `yaml:"at"`
}

type heartbeatYAML struct {
	strict.Node
	Name          strict.Str    `yaml:"name"`
	URL           strict.Str    `yaml:"url"`
	URLSecret     strict.Str    `yaml:"url_secret"`
	Every         time.Duration `yaml:"every"`
	Post          bool          `yaml:"post"`
	TokenSecret   strict.Str    `yaml:"token_secret"`
	CA            strict.Str    `yaml:"ca"`
	AllowInsecure bool          `yaml:"allow_insecure"`
}

const (
	notifyFile = "notify.yaml"
	// defaultTestAt is when the test messages of the day go out, after local midnight.
	defaultTestAt = 9 * time.Hour
	// defaultBeat is how often a heartbeat is sent: an outside watcher that waits for
	// two of them notices a dead program within a minute.
	defaultBeat = 25 * time.Second
)

var (
	channelName  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	channelKinds = []string{"smtp", "webhook", "alertmanager"}
)

// loadNotify reads notify.yaml. It needs the people and shifts before it.
func (l *loader) loadNotify() {
	if _, err := os.Stat(filepath.Join(l.dir, notifyFile)); errors.Is(err, fs.ErrNotExist) {
		return
	}
	docs := l.documents(notifyFile)
	if len(docs) == 0 {
		return
	}
	y := notifyYAML{}
	if !docs[0].Into(&y) {
		return
	}
	if len(docs) > 1 {
		l.add(docs[1].Place(), "notify.yaml holds a second document", "remove the --- line")
	}
	n := &l.site.Notify
	n.TestAt = l.testAt(y.TestAt)
	seen := map[string]bool{}
	for i := range y.Channels {
		if c, ok := l.channel(&y.Channels[i], seen); ok {
			n.Channels = append(n.Channels, c)
		}
	}
	l.contacts(y.Contacts)
	l.rotations(y.Rotations)
	l.policies(&y)
	l.heartbeats(y.Heartbeats, seen)
	l.idleChannels(&y)
}

// testAt reads the time of day of the test messages; "never" is negative.
func (l *loader) testAt(s strict.Str) time.Duration {
	switch s.V {
	case "":
		return defaultTestAt
	case "never":
		l.warn(s.Place, "test_at: never: nobody notices that a channel has stopped working until an alarm needs it", "write a time of day")
		return -1
	}
	t, err := time.Parse("15:04", s.V)
	if err != nil {
		l.add(s.Place, fmt.Sprintf("test_at %q: want hours and minutes", s.V), `for example test_at: "09:00", or never`)
		return defaultTestAt
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

func (l *loader) channel(y *channelYAML, seen map[string]bool) (Channel, bool) {
	c := Channel{Name: y.Name.V, Kind: y.Kind.V, From: y.From.V, User: y.User.V, TLS: pick(y.TLS.V, "required"),
		PerHour: y.PerHour, All: y.All || y.Kind.V == "alertmanager", File: notifyFile, Line: y.Node.Place().Line}
	if !l.wayName(y.At("name"), "channel", c.Name, seen) {
		return c, false
	}
	if !slices.Contains(channelKinds, c.Kind) {
		l.add(y.At("kind"), fmt.Sprintf("channel %s: kind %q is not known", c.Name, c.Kind), "write "+strings.Join(channelKinds, ", "))
		return c, false
	}
	l.misplaced(y)
	c.URL = l.channelURL(y)
	c.Secret = l.secretName(y.Secret)
	if y.CA.V != "" {
		c.CAFile = l.certificates(y.CA)
	}
	c.Template = l.template(y)
	c.Minimum = l.priority(y.Minimum, "minimum")
	if y.PerHour < 0 || y.PerHour > 100_000 {
		l.add(y.At("per_hour"), fmt.Sprintf("per_hour: %d is out of range", y.PerHour), "write 1 to 100000, or leave it out for no limit")
	}
	if c.Kind == "smtp" {
		if _, err := mail.ParseAddress(c.From); err != nil {
			l.add(y.At("from"), fmt.Sprintf("channel %s: its sender %q is no mail address", c.Name, c.From), "for example from: nezuban@dc-e1.example.net")
		}
		if (c.User == "") != (y.Secret.V == "") {
			l.add(y.Node.Place(), fmt.Sprintf("channel %s: a login needs both user and secret", c.Name), "")
		}
	}
	return c, true
}

// wayName checks the name of a channel or heartbeat: they share one list on screen.
func (l *loader) wayName(at strict.Place, what, name string, seen map[string]bool) bool {
	switch {
	case !channelName.MatchString(name):
		l.add(at, fmt.Sprintf("%s name %q: want lower-case letters, digits and '-', at most 32, beginning with a letter", what, name), "for example name: mail")
		return false
	case seen[name]:
		l.add(at, fmt.Sprintf("the name %q is used twice", name), "channels and heartbeats need names of their own")
		return false
	}
	seen[name] = true
	return true
}

// misplaced reports keys that mean nothing for the channel's kind.
func (l *loader) misplaced(y *channelYAML) {
	only := map[string]string{"from": "smtp", "user": "smtp", "tls": "smtp", "template": "webhook", "template_file": "webhook", "all": "webhook"}
	for key, kind := range only {
		if y.Has(key) && y.Kind.V != kind && !(key == "all" && y.Kind.V == "alertmanager" && y.All) {
			l.add(y.Key(key), fmt.Sprintf("%s means nothing for a channel of kind %s", key, y.Kind.V), "it belongs to kind "+kind)
		}
	}
	if y.Has("per_hour") && y.Kind.V == "alertmanager" {
		l.add(y.Key("per_hour"), "per_hour means nothing for a channel of kind alertmanager", "an Alertmanager groups and limits by itself")
	}
}

// channelURL checks where a channel leads. Without encryption it may only lead to
// this machine, unless somebody has written that he knows.
func (l *loader) channelURL(y *channelYAML) string {
	schemes := []string{"https", "http"}
	if y.Kind.V == "smtp" {
		schemes = []string{"smtp", "smtps"}
	}
	u, raw, at := l.endpoint(y.URL, y.URLSecret, y.Node.Place(), "channel "+y.Name.V, schemes)
	if u == nil {
		return raw
	}
	plain := u.Scheme == "http"
	if y.TLS.V != "" && y.Kind.V == "smtp" {
		l.oneOf(y.TLS, y.TLS.V, "tls", []string{"required", "none"})
		plain = y.TLS.V == "none"
		if plain && u.Scheme == "smtps" {
			l.add(y.TLS.Place, "tls: none contradicts smtps://", "write smtp://, or leave tls out")
		}
	}
	l.insecure(plain, u, at, y.AllowInsecure)
	return raw
}

// endpoint reads a web or mail address that stands in the file or is a secret; u
// is nil where it cannot be used or is not known now.
func (l *loader) endpoint(plain, secret strict.Str, whole strict.Place, what string, schemes []string) (u *url.URL, raw string, at strict.Place) {
	raw, at = plain.V, plain.Place
	shown := quoted(raw)
	switch {
	case plain.V != "" && secret.V != "":
		l.add(secret.Place, what+": url and url_secret are both given", "keep one of them")
		return nil, "", at
	case secret.V != "":
		at, raw, shown = secret.Place, l.secretName(secret).Reveal(), "in the secret "+secret.V
		if raw == "" {
			return nil, "", at
		}
	case plain.V == "":
		l.add(whole, what+" has no url", "write url, or url_secret with the name of a secret that holds it")
		return nil, "", whole
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme) {
		l.add(at, fmt.Sprintf("%s: the address %s cannot be used", what, shown), "write "+strings.Join(schemes, "://… or ")+"://…")
		return nil, "", at
	}
	if u.User != nil {
		l.add(at, what+": the address holds a user or password", "name them with user and secret, or keep the address in url_secret")
		return nil, "", at
	}
	return u, raw, at
}

func (l *loader) insecure(plain bool, u *url.URL, at strict.Place, allowed bool) {
	switch {
	case !plain || loopback(u.Host):
	case allowed:
		l.warn(at, "alarms go over the network in clear; anybody on the way can read and change them", "")
	default:
		l.add(at, "alarms would go over the network in clear", "use https, smtps or STARTTLS, or write allow_insecure: true beside it")
	}
}

// certificates checks that a file of certificates is there.
func (l *loader) certificates(s strict.Str) string {
	path := l.path(s.V)
	if _, err := os.Stat(path); err != nil {
		l.add(s.Place, fmt.Sprintf("the file of certificates %s cannot be read: %s", s.V, reason(err)), "")
	}
	return path
}

// template reads a webhook's template and tries it.
func (l *loader) template(y *channelYAML) string {
	src, at := y.Template.V, y.Template.Place
	if y.TemplateFile.V != "" {
		at = y.TemplateFile.Place
		if y.Template.V != "" {
			l.add(at, "template and template_file are both given", "keep one of them")
		}
		b, err := strict.ReadFile(l.path(y.TemplateFile.V))
		if err != nil {
			l.add(at, "the template cannot be read: "+reason(err), "")
			return ""
		}
		src = string(b)
	}
	if src == "" {
		return ""
	}
	if _, err := message.ParseTemplate(src); err != nil {
		l.add(at, "the template cannot be used: "+err.Error(), "docs/site-directory.md names its fields; {{with .Alarm}} guards what a digest or test does not have")
	}
	return src
}

// priority reads "P1" to "P4"; 0 where nothing is written.
func (l *loader) priority(s strict.Str, key string) facility.Priority {
	if s.V == "" {
		return 0
	}
	i := slices.Index([]string{"P1", "P2", "P3", "P4"}, s.V)
	if i < 0 {
		l.add(s.Place, fmt.Sprintf("%s %q is no priority", key, s.V), "write P1, P2, P3 or P4")
	}
	return facility.Priority(i + 1)
}

// contacts reads under which addresses people are reached.
func (l *loader) contacts(list []contactYAML) {
	n := &l.site.Notify
	n.Contacts = map[string]map[string]string{}
	for i := range list {
		y := &list[i]
		if !l.knownPerson(y.Person, y.Node.Place()) {
			continue
		}
		if n.Contacts[y.Person.V] != nil {
			l.add(y.Person.Place, fmt.Sprintf("%s has addresses already", quoted(y.Person.V)), "write them in one entry")
			continue
		}
		own := map[string]string{}
		for channel, address := range y.At {
			if l.addressOn(y.Node.At("at"), channel, address) {
				own[channel] = address
			}
		}
		n.Contacts[y.Person.V] = own
	}
}

// addressOn checks one address and reports whether there is one, right or wrong.
func (l *loader) addressOn(at strict.Place, channel, address string) bool {
	list := l.site.Notify.Channels
	i := slices.IndexFunc(list, func(c Channel) bool { return c.Name == channel })
	switch {
	case i < 0:
		var names []string
		for _, c := range list {
			names = append(names, c.Name)
		}
		l.add(at, fmt.Sprintf("there is no channel %q", channel), strict.Suggest(channel, names))
		return false
	case list[i].Kind == "alertmanager":
		l.add(at, fmt.Sprintf("channel %s is an Alertmanager, which knows no people", channel), "remove the address; it gets every alarm")
		return false
	case address == "":
		l.add(at, fmt.Sprintf("the address on channel %s is empty", channel), "")
		return false
	}
	if list[i].Kind == "smtp" {
		if _, err := mail.ParseAddress(address); err != nil {
			l.add(at, fmt.Sprintf("%q is no mail address", address), "for example sato@example.net")
		}
	}
	return true
}

func (l *loader) knownPerson(s strict.Str, whole strict.Place) bool {
	if slices.ContainsFunc(l.site.People, func(p duty.Person) bool { return p.ID == s.V && s.V != "" }) {
		return true
	}
	var ids []string
	for _, p := range l.site.People {
		ids = append(ids, p.ID)
	}
	at := s.Place.Or(whole)
	if s.V == "" {
		l.add(at, "person is missing", strict.Suggest("", ids))
		return false
	}
	l.add(at, fmt.Sprintf("people.yaml has no person %q", s.V), strict.Suggest(s.V, ids))
	return false
}

func (l *loader) heartbeats(list []heartbeatYAML, seen map[string]bool) {
	for i := range list {
		y := &list[i]
		h := Heartbeat{Name: y.Name.V, Every: defaultBeat, Post: y.Post}
		if !l.wayName(y.At("name"), "heartbeat", h.Name, seen) {
			continue
		}
		u, raw, at := l.endpoint(y.URL, y.URLSecret, y.Node.Place(), "heartbeat "+h.Name, []string{"https", "http"})
		if u != nil {
			l.insecure(u.Scheme == "http", u, at, y.AllowInsecure)
		}
		h.URL = raw
		if y.Has("every") {
			h.Every = y.Every
			if h.Every < 5*time.Second || h.Every > time.Hour {
				l.add(y.At("every"), fmt.Sprintf("every: %v is out of range", h.Every), "write 5s to 1h; 25s lets a watcher outside notice a dead program within a minute")
			}
		}
		h.Token = l.secretName(y.TokenSecret)
		if y.CA.V != "" {
			h.CAFile = l.certificates(y.CA)
		}
		l.site.Notify.Heartbeats = append(l.site.Notify.Heartbeats, h)
	}
}
