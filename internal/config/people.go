package config

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"golang.org/x/crypto/ssh"

	"nezuban/internal/config/strict"
	"nezuban/internal/duty"
)

type peopleYAML struct {
	strict.Node
	People []personYAML `yaml:"people"`
}

type personYAML struct {
	strict.Node
	ID       strict.Str   `yaml:"id"`
	Name     strict.Str   `yaml:"name"`
	Roles    []strict.Str `yaml:"roles"`
	Language strict.Str   `yaml:"language"`
	Unix     strict.Str   `yaml:"unix"`
	Keys     []strict.Str `yaml:"keys"`
}

var personID = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)

// loadPeople reads people.yaml.
func (l *loader) loadPeople() {
	const file = "people.yaml"
	if _, err := os.Stat(filepath.Join(l.dir, file)); errors.Is(err, fs.ErrNotExist) {
		l.warn(strict.Place{File: file}, "there is no people.yaml: nobody can come in over SSH or acknowledge an alarm", "write it with people: [{id: …, roles: […], keys: […]}]")
		return
	}
	var y peopleYAML
	for _, doc := range l.documents(file) {
		var more peopleYAML
		if doc.Into(&more) {
			y.People = append(y.People, more.People...)
		}
	}
	ids, unix, keys := map[string]strict.Place{}, map[string]string{}, map[string]string{}
	for i := range y.People {
		l.person(&y.People[i], ids, unix, keys)
	}
}

func (l *loader) person(y *personYAML, ids map[string]strict.Place, unix, keys map[string]string) {
	p := duty.Person{ID: y.ID.V, Name: pick(y.Name.V, y.ID.V), Language: y.Language.V, UnixName: y.Unix.V}
	first, twice := ids[p.ID]
	switch {
	case p.ID == "":
		l.add(y.Node.Place(), "a person has no id", "give a short one that is never used again, for example id: sato")
	case !personID.MatchString(p.ID):
		l.add(y.ID.Place, fmt.Sprintf("person id %q: want lower-case letters, digits, '-', '_' and '.', at most 32, beginning with a letter", p.ID), "")
	case twice:
		l.add(y.ID.Place, fmt.Sprintf("person id %q is used twice", p.ID), fmt.Sprintf("it stands at line %d already", first.Line))
	}
	ids[p.ID] = y.ID.Place
	if p.Language != "" {
		l.oneOf(y.Language, p.Language, "language", []string{"en", "ja"})
	}
	if p.UnixName != "" {
		if other, ok := unix[p.UnixName]; ok {
			l.add(y.Unix.Place, fmt.Sprintf("the login name %q is that of %s already", p.UnixName, other), "one person each, or the audit cannot tell them apart")
		}
		unix[p.UnixName] = p.ID
	}
	p.Roles = l.roles(y)
	for _, k := range y.Keys {
		if l.key(k, p.ID, keys) {
			p.Keys = append(p.Keys, k.V)
		}
	}
	switch {
	case len(y.Keys) > 0:
	case p.UnixName == "":
		l.add(y.Node.Place(), fmt.Sprintf("%s has neither a key nor a login name: nobody could ever be this person", quoted(p.ID)), "add keys: [ssh-ed25519 …], or unix: LOGIN")
	default:
		l.warn(y.Node.Place(), fmt.Sprintf("%s has no key and cannot use the console over SSH", quoted(p.ID)), "add keys: [ssh-ed25519 …]")
	}
	l.site.People = append(l.site.People, p)
}

func (l *loader) roles(y *personYAML) []duty.Role {
	var out []duty.Role
	var known []string
	for _, r := range duty.Roles {
		known = append(known, string(r))
	}
	for _, r := range y.Roles {
		switch {
		case !slices.Contains(known, r.V):
			l.add(r.Place, fmt.Sprintf("role %q is not known", r.V), strict.Suggest(r.V, known))
		case slices.Contains(out, duty.Role(r.V)):
			l.warn(r.Place, fmt.Sprintf("role %q stands twice", r.V), "")
		default:
			out = append(out, duty.Role(r.V))
		}
	}
	if len(y.Roles) == 0 {
		l.add(y.Node.Place(), fmt.Sprintf("%s has no role", quoted(y.ID.V)), strict.Suggest("", known))
	}
	p := duty.Person{Roles: out}
	if p.Has(duty.Admin) && p.Has(duty.Operator, duty.ShiftLead, duty.Manager) {
		l.warn(y.At("roles"), fmt.Sprintf("%s may change keys and configuration and also acts on alarms", quoted(y.ID.V)), "duties stay separate when two people, or two accounts, hold these roles")
	}
	if p.Has(duty.Auditor) && p.Has(duty.Operator, duty.ShiftLead, duty.Manager, duty.Admin) {
		l.warn(y.At("roles"), fmt.Sprintf("%s would audit what the same account does", quoted(y.ID.V)), "an auditor changes nothing: give the roles to different people")
	}
	return out
}

// key checks one authorized_keys line. A key is one person's: a shared one would
// make the audit guess.
func (l *loader) key(s strict.Str, person string, owners map[string]string) bool {
	pub, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(s.V))
	switch {
	case err != nil:
		l.add(s.Place, "this is no line of an authorized_keys file", "copy the whole line of the .pub file: ssh-ed25519 AAAA… comment")
		return false
	case len(options) > 0:
		l.add(s.Place, "options before a key are not read", "remove them; roles say what a person may do")
		return false
	case len(rest) > 0:
		l.add(s.Place, "one key a line", "")
		return false
	}
	if k, ok := pub.(ssh.CryptoPublicKey); ok {
		if r, ok := k.CryptoPublicKey().(*rsa.PublicKey); ok && r.N.BitLen() < 2048 {
			l.add(s.Place, fmt.Sprintf("an RSA key of %d bits is too short", r.N.BitLen()), "make a new one: ssh-keygen -t ed25519")
			return false
		}
	}
	fingerprint := ssh.FingerprintSHA256(pub)
	if other, ok := owners[fingerprint]; ok {
		what := fmt.Sprintf("this key belongs to %s already", other)
		if other == person {
			l.warn(s.Place, "the same key stands twice", "")
			return false
		}
		l.add(s.Place, what, "a key is one person's, or the audit cannot tell them apart")
		return false
	}
	owners[fingerprint] = person
	return true
}
