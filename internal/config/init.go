package config

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"golang.org/x/crypto/ssh"
)

//go:embed template/*.yaml
var templates embed.FS

// InitOptions fill the site directory that Init writes.
type InitOptions struct {
	Code           string // "DC-E1"
	NameEn, NameJa string // "": the code
	Zone           string // IANA; "" is UTC
	Language       string // "en" (also for "") or "ja"
	AdminKey       string // an authorized_keys line; "" where AdminUnix is given
	AdminUnix      string // login name on this machine; "" where AdminKey is given
}

// initFiles says which template becomes which file.
var initFiles = []struct{ template, file string }{
	{"site.yaml", "site.yaml"},
	{"people.yaml", "people.yaml"},
	{"notify.yaml", "notify.yaml"},
	{"devices.yaml", "inventory/devices.yaml"},
	{"oneline.yaml", "oneline.yaml"},
	{"fire.yaml", "fire.yaml"},
	{"cooling.yaml", "cooling.yaml"},
	{"alarms.yaml", "alarms/site.yaml"},
	{"targets.yaml", "targets/site.yaml"},
}

// Init writes a commented site directory that `nezuban check` finds no mistake
// in. It refuses a directory in which anything stands already.
func Init(dir string, o InitOptions) error {
	if err := o.complete(); err != nil {
		return fmt.Errorf("write site directory: %w", err)
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("write site directory %s: it is not empty (%s …); choose another directory", dir, entries[0].Name())
	}
	files := map[string][]byte{}
	for _, f := range initFiles {
		content, err := o.render(f.template)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.file, err)
		}
		files[f.file] = content
	}
	for _, folder := range []string{"", "inventory", "profiles", "alarms", "targets"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o750); err != nil {
			return fmt.Errorf("write site directory: %w", err)
		}
	}
	for _, f := range initFiles {
		if err := os.WriteFile(filepath.Join(dir, f.file), files[f.file], 0o640); err != nil {
			return fmt.Errorf("write site directory: %w", err)
		}
	}
	return nil
}

// complete fills what was left out and refuses what check would refuse.
func (o *InitOptions) complete() error {
	if !siteCode.MatchString(o.Code) {
		return fmt.Errorf("code %q: want letters, digits and '-', at most 32, for example DC-E1", o.Code)
	}
	o.NameEn, o.NameJa = pick(o.NameEn, pick(o.NameJa, o.Code)), pick(o.NameJa, pick(o.NameEn, o.Code))
	o.Zone, o.Language = pick(o.Zone, "UTC"), pick(o.Language, "en")
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "Local" {
		return fmt.Errorf("time zone %q is not known; write an IANA name such as Asia/Tokyo", o.Zone)
	}
	if o.Language != "en" && o.Language != "ja" {
		return fmt.Errorf("language %q is not known; write en or ja", o.Language)
	}
	o.AdminKey = strings.TrimSpace(o.AdminKey)
	if o.AdminKey == "" && o.AdminUnix == "" {
		return fmt.Errorf("nobody could come in: give a public key or a login name")
	}
	if o.AdminKey != "" {
		if _, _, _, _, err := ssh.ParseAuthorizedKey([]byte(o.AdminKey)); err != nil {
			return fmt.Errorf("the key is no line of an authorized_keys file; give the content of a .pub file")
		}
	}
	return nil
}

// personID makes a person's id of a login name.
func (o *InitOptions) personID() string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return -1
	}, strings.ToLower(o.AdminUnix))
	if !personID.MatchString(id) {
		return "admin"
	}
	return id
}

// render fills one template; every value is written as a quoted YAML string, of
// which JSON's form is one.
func (o *InitOptions) render(name string) ([]byte, error) {
	src, err := templates.ReadFile("template/" + name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Parse(string(src))
	if err != nil {
		return nil, err
	}
	values := map[string]string{"Code": o.Code, "NameEn": o.NameEn, "NameJa": o.NameJa, "Zone": o.Zone, "Language": o.Language,
		"AdminKey": o.AdminKey, "AdminUnix": o.AdminUnix, "ID": o.personID()}
	for k, v := range values {
		if v == "" {
			continue
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			return nil, err
		}
		values[k] = strings.TrimSpace(b.String())
	}
	var out bytes.Buffer
	err = t.Execute(&out, values)
	return out.Bytes(), err
}
