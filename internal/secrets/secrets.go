// Package secrets keeps passphrases and tokens in secrets.age in the site
// directory, encrypted with age (X25519) to one identity.
//
// The identity lies outside the site and the data directory, so that a copy of
// either gives nothing away: $XDG_CONFIG_HOME/nezuban/identity.txt (or
// ~/.config), or for root /etc/nezuban/identity.txt. It is made, mode 0600, with
// the first secret. Losing it loses the secrets.
//
// The decrypted form is JSON, name to value. Values live in memory only; no
// error, log line or String of this package holds one.
package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"
)

// FileName is the encrypted file in the site directory.
const FileName = "secrets.age"

// Why a vault cannot be opened; the message says what to do.
var (
	ErrNoIdentity    = errors.New("no identity")
	ErrWrongIdentity = errors.New("not encrypted to this identity")
	ErrMalformed     = errors.New("not a file of secrets")
)

// Limits that keep a mistake, such as a file piped in, from being kept.
const (
	maxFile  = 1 << 20
	maxValue = 8 << 10
)

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// A Vault is the secrets of a site. It is safe for concurrent use.
type Vault struct {
	path, identityPath string

	mu     sync.Mutex // protects values and the file
	values map[string]string
}

// DefaultIdentityPath is where the identity is looked for when no other place is
// named.
func DefaultIdentityPath() string {
	if os.Getuid() == 0 {
		return "/etc/nezuban/identity.txt"
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "/etc/nezuban/identity.txt"
	}
	return filepath.Join(dir, "nezuban", "identity.txt")
}

// Open reads the secrets of a site directory. Where there are none yet the vault
// is empty and needs no identity. identityPath "" is DefaultIdentityPath.
func Open(siteDir, identityPath string) (*Vault, error) {
	if identityPath == "" {
		identityPath = DefaultIdentityPath()
	}
	v := &Vault{path: filepath.Join(siteDir, FileName), identityPath: identityPath}
	if err := outside(siteDir, identityPath); err != nil {
		return nil, err
	}
	var err error
	if v.values, err = v.read(); err != nil {
		return nil, fmt.Errorf("open secrets %s: %w", v.path, err)
	}
	return v, nil
}

// outside refuses an identity beside what it opens.
func outside(siteDir, identityPath string) error {
	site, err := filepath.Abs(siteDir)
	if err != nil {
		return err
	}
	id, err := filepath.Abs(identityPath)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(resolved(site), filepath.Join(resolved(filepath.Dir(id)), filepath.Base(id)))
	if err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return fmt.Errorf("identity %s lies inside the site directory %s: a copy of the directory would give the secrets away; move it and name its new place", identityPath, siteDir)
	}
	return nil
}

func resolved(path string) string {
	if r, err := filepath.EvalSymlinks(path); err == nil {
		return r
	}
	return path
}

// Get returns the value kept under a name.
func (v *Vault) Get(name string) (string, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	value, ok := v.values[name]
	return value, ok
}

// Names returns the names of all secrets, sorted.
func (v *Vault) Names() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	names := make([]string, 0, len(v.values))
	for name := range v.values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Set keeps a value under a name (lower-case letters, digits, '.', '_', '-').
// The file is read anew before, so what another process set is kept, and replaced whole,
// mode 0600.
func (v *Vault) Set(name, value string) error {
	switch {
	case !validName.MatchString(name):
		return fmt.Errorf("set secret %q: use lower-case letters, digits, '.', '_' and '-', at most 63", name)
	case value == "" || len(value) > maxValue:
		return fmt.Errorf("set secret %s: its value has %d bytes; 1 to %d are possible", name, len(value), maxValue)
	}
	if err := v.change(func(values map[string]string) { values[name] = value }); err != nil {
		return fmt.Errorf("set secret %s: %w", name, err)
	}
	return nil
}

// Remove forgets a secret. Forgetting an unknown one is no error.
func (v *Vault) Remove(name string) error {
	if err := v.change(func(values map[string]string) { delete(values, name) }); err != nil {
		return fmt.Errorf("remove secret %s: %w", name, err)
	}
	return nil
}

func (v *Vault) change(edit func(map[string]string)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	values, err := v.read()
	if err != nil {
		return err
	}
	edit(values)
	if err := v.write(values); err != nil {
		return err
	}
	v.values = values
	return nil
}

func (v *Vault) read() (map[string]string, error) {
	raw, err := os.ReadFile(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(raw))
	}
	id, err := v.identity()
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(raw), id)
	var noMatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &noMatch):
		return nil, fmt.Errorf("%w: %s; name the identity the secrets were set with, or move %s away and set them anew", ErrWrongIdentity, v.identityPath, v.path)
	case err != nil:
		return nil, fmt.Errorf("%w (%w); restore it from a backup, or move it away and set the secrets anew", ErrMalformed, err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, fmt.Errorf("%w: it was changed or cut (%w); restore it from a backup, or move it away and set the secrets anew", ErrMalformed, err)
	}
	values := map[string]string{}
	if json.Unmarshal(plain, &values) != nil { // its error would quote the contents
		return nil, fmt.Errorf("%w: the decrypted text is not what nezuban writes", ErrMalformed)
	}
	return values, nil
}

func (v *Vault) identity() (*age.X25519Identity, error) {
	f, err := os.Open(v.identityPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s; copy it from where the secrets were set, or name its place", ErrNoIdentity, v.identityPath)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoIdentity, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("identity %s is open to others (mode %04o); chmod 600 it", v.identityPath, info.Mode().Perm())
	}
	ids, err := age.ParseIdentities(io.LimitReader(f, 64<<10))
	if err != nil || len(ids) != 1 {
		return nil, fmt.Errorf("%s holds no age identity, or more than one; it is a file as age-keygen writes it", v.identityPath)
	}
	id, ok := ids[0].(*age.X25519Identity)
	if !ok {
		return nil, fmt.Errorf("%s holds another kind of identity than X25519", v.identityPath)
	}
	return id, nil
}

// ensureIdentity makes the identity with the first secret. It never makes one
// where secrets exist: they could not be read any more.
func (v *Vault) ensureIdentity() (*age.X25519Identity, error) {
	id, err := v.identity()
	if !errors.Is(err, ErrNoIdentity) {
		return id, err
	}
	if id, err = age.GenerateX25519Identity(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(v.identityPath), 0o700); err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	body := fmt.Sprintf("# nezuban: opens %s. Keep a copy in a safe place.\n# public key: %s\n%s\n", v.path, id.Recipient(), id)
	// Whole or not at all, and never over one that somebody made meanwhile.
	f, err := os.CreateTemp(filepath.Dir(v.identityPath), ".identity-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), v.identityPath)
	}
	if errors.Is(err, os.ErrExist) {
		return v.identity()
	}
	if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	return id, nil
}

func (v *Vault) write(values map[string]string) error {
	id, err := v.ensureIdentity()
	if err != nil {
		return err
	}
	plain, err := json.Marshal(values)
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, id.Recipient())
	if err != nil {
		return err
	}
	_, err = w.Write(plain)
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	return replaceFile(v.path, sealed.Bytes())
}

// replaceFile puts the new file in place whole, or not at all.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".secrets-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// String says how many secrets there are, never which value.
func (v *Vault) String() string { return fmt.Sprintf("%d secrets in %s", len(v.Names()), v.path) }

// Format keeps values out of every verb of fmt.
func (v *Vault) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) }

// MarshalJSON refuses: nothing secret is ever shown back.
func (v *Vault) MarshalJSON() ([]byte, error) {
	return nil, errors.New("secrets are not printed")
}
