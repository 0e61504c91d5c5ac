package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/crypto/ssh"

	"nezuban/internal/secrets"
	"nezuban/internal/sim"
)

// The demo's site directory: written at every start from what the simulator
// serves, in the same form as a site of yours. What a person changed under
// alarms/, targets/ and profiles/ stays.

const (
	demoKeyFile   = "demo_key"
	generatedNote = "# Written by `nezuban demo` at every start; changes here are lost.\n"
)

type demoSNMP struct {
	Version    string `yaml:"version"`
	Community  string `yaml:"community,omitempty"`
	User       string `yaml:"user,omitempty"`
	Level      string `yaml:"level,omitempty"`
	AuthSecret string `yaml:"auth_secret,omitempty"`
	PrivSecret string `yaml:"priv_secret,omitempty"`
}

type demoAgent struct {
	URL string `yaml:"url"`
}

type demoBinding struct {
	Input  string            `yaml:"input"`
	Kind   string            `yaml:"kind"`
	Metric string            `yaml:"metric,omitempty"`
	Name   string            `yaml:"name,omitempty"`
	Zone   string            `yaml:"zone,omitempty"`
	Normal string            `yaml:"normal,omitempty"`
	Labels map[string]string `yaml:"labels,omitempty"`
	Scale  float64           `yaml:"scale,omitempty"`
	Offset float64           `yaml:"offset,omitempty"`
}

type demoDevice struct {
	ID       string        `yaml:"id"`
	Name     string        `yaml:"name"`
	Kind     string        `yaml:"kind"`
	Place    string        `yaml:"place"`
	Rack     string        `yaml:"rack,omitempty"`
	Feed     string        `yaml:"feed,omitempty"`
	Groups   []string      `yaml:"groups,omitempty"`
	Address  string        `yaml:"address,omitempty"`
	SNMP     *demoSNMP     `yaml:"snmp,omitempty"`
	Agent    *demoAgent    `yaml:"agent,omitempty"`
	Bindings []demoBinding `yaml:"bindings,omitempty"`
}

// writeDemoSite writes the site directory for the simulated facility.
func writeDemoSite(dir, lang, sshListen string, devices []sim.Device) error {
	for _, d := range []string{"inventory", "alarms", "targets", "profiles"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o750); err != nil {
			return fmt.Errorf("demo site: %w", err)
		}
	}
	site := fmt.Sprintf(`%scode: DC-DEMO
name: {en: Simulated facility, ja: 模擬施設}
zone: Asia/Tokyo
language: %s
ssh: {listen: %q}
http: {listen: "127.0.0.1:0"}
history: {min_free_bytes: 67108864}
records: {reserve_bytes: 16777216}
traps: {listen: "127.0.0.1:0"}
secrets: {identity: %q}
`, generatedNote, lang, sshListen, demoIdentity())
	if err := os.WriteFile(filepath.Join(dir, "site.yaml"), []byte(site), 0o640); err != nil {
		return fmt.Errorf("demo site: %w", err)
	}
	vault, err := demoVault(dir)
	if err != nil {
		return err
	}
	list := make([]demoDevice, 0, len(devices))
	for _, d := range devices {
		e, err := demoEntry(d, lang, vault)
		if err != nil {
			return err
		}
		list = append(list, e)
	}
	inventory, err := yaml.Marshal(map[string]any{"devices": list})
	if err != nil {
		return fmt.Errorf("demo inventory: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "inventory", "simulated.yaml"), append([]byte(generatedNote), inventory...), 0o640); err != nil {
		return fmt.Errorf("demo site: %w", err)
	}
	if err := writeDemoFacility(dir, devices); err != nil {
		return err
	}
	return writeDemoPeople(dir, lang)
}

func demoVault(dir string) (*secrets.Vault, error) {
	return secrets.Open(dir, demoIdentity())
}

// demoIdentity opens the secrets of every demo of this user; like a real site's
// it lies outside the site directory.
func demoIdentity() string {
	return filepath.Join(filepath.Dir(secrets.DefaultIdentityPath()), "demo-identity.txt")
}

// demoEntry is a device as an inventory has it, its names in the language of the
// site.
func demoEntry(d sim.Device, lang string, vault *secrets.Vault) (demoDevice, error) {
	name := func(en, ja string) string {
		if lang == "ja" && ja != "" {
			return ja
		}
		return en
	}
	e := demoDevice{ID: d.ID, Name: name(d.Name, d.NameJa), Kind: d.Kind, Place: d.Place, Rack: d.Rack, Feed: d.Feed, Groups: d.Groups}
	for _, b := range d.Bindings {
		e.Bindings = append(e.Bindings, demoBinding{b.Input, b.Kind, b.Metric, name(b.Name, b.NameJa), b.Zone, b.Normal, b.Labels, b.Scale, b.Offset})
	}
	switch {
	case d.Engine == "agent":
		e.Agent = &demoAgent{URL: d.Address}
	case d.Version == "3":
		e.Address = d.Address
		e.SNMP = &demoSNMP{Version: "3", User: d.User, Level: "authPriv", AuthSecret: "demo-auth", PrivSecret: "demo-priv"}
		for name, value := range map[string]string{"demo-auth": d.AuthPass, "demo-priv": d.PrivPass} {
			if old, ok := vault.Get(name); ok && old == value {
				continue
			}
			if err := vault.Set(name, value); err != nil {
				return e, fmt.Errorf("demo secrets: %w", err)
			}
		}
	default:
		e.Address = d.Address
		e.SNMP = &demoSNMP{Version: "2c", Community: d.Community}
	}
	return e, nil
}

// writeDemoPeople makes the user who runs the demo its shift lead, with a key
// made for the demo.
func writeDemoPeople(dir, lang string) error {
	public, err := demoKey(filepath.Join(dir, demoKeyFile))
	if err != nil {
		return err
	}
	me, err := user.Current()
	if err != nil {
		return fmt.Errorf("demo people: who runs this: %w", err)
	}
	people := fmt.Sprintf(`%speople:
  - id: demo
    name: Demo operator
    roles: [operator, shift-lead, manager]
    language: %s
    unix: %s
    keys:
      - %s
`, generatedNote, lang, me.Username, strings.TrimSpace(public))
	if err := os.WriteFile(filepath.Join(dir, "people.yaml"), []byte(people), 0o640); err != nil {
		return fmt.Errorf("demo people: %w", err)
	}
	return nil
}

// demoKey returns the public key of the demo's client key, made at the first
// start with mode 0600.
func demoKey(path string) (string, error) {
	if b, err := os.ReadFile(path + ".pub"); err == nil {
		return string(b), nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("demo key: %w", err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("demo key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, "nezuban demo")
	if err != nil {
		return "", fmt.Errorf("demo key: %w", err)
	}
	pub, err := ssh.NewPublicKey(public)
	if err != nil {
		return "", fmt.Errorf("demo key: %w", err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		return "", fmt.Errorf("demo key: %w", err)
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub))) + " nezuban-demo\n"
	if err := os.WriteFile(path+".pub", []byte(line), 0o644); err != nil {
		return "", fmt.Errorf("demo key: %w", err)
	}
	return line, nil
}
