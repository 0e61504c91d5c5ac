package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

const passphrase = "correct-horse-battery"

// place is a site directory and an identity outside it.
func place(t *testing.T) (site, identity string) {
	t.Helper()
	root := t.TempDir()
	site = filepath.Join(root, "site")
	if err := os.Mkdir(site, 0o700); err != nil {
		t.Fatal(err)
	}
	return site, filepath.Join(root, "keys", "identity.txt")
}

func filled(t *testing.T) (site, identity string) {
	t.Helper()
	site, identity = place(t)
	v, err := Open(site, identity)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"snmp-ups-auth": passphrase, "pager-token": "t0ken"} {
		if err := v.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return site, identity
}

func TestSecretsComeBack(t *testing.T) {
	site, identity := filled(t)
	v, err := Open(site, identity)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := v.Get("snmp-ups-auth"); !ok || got != passphrase {
		t.Errorf("Get = %q, %v", got, ok)
	}
	if _, ok := v.Get("nothing"); ok {
		t.Error("an unknown name has a value")
	}
	if got := strings.Join(v.Names(), " "); got != "pager-token snmp-ups-auth" {
		t.Errorf("Names = %s", got)
	}
	if err := v.Remove("pager-token"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(site, identity)
	if err != nil || len(again.Names()) != 1 {
		t.Errorf("after Remove: %v, %v", again, err)
	}
}

func TestNothingOnDiskIsReadable(t *testing.T) {
	site, identity := filled(t)
	for _, path := range []string{filepath.Join(site, FileName), identity} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %04o, want 0600", path, info.Mode().Perm())
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{passphrase, "t0ken", "snmp-ups-auth"} {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s holds %q in clear", path, secret)
			}
		}
	}
	entries, err := os.ReadDir(site)
	if err != nil || len(entries) != 1 {
		t.Errorf("the site directory holds %v, %v; want secrets.age alone", entries, err)
	}
}

func TestValuesAreNeverPrinted(t *testing.T) {
	site, identity := filled(t)
	v, err := Open(site, identity)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, arg := range []any{v, struct{ V *Vault }{v}} {
			if out := fmt.Sprintf(verb, arg); strings.Contains(out, passphrase) {
				t.Errorf("%s prints %s", verb, out)
			}
		}
	}
	if out, err := json.Marshal(v); err == nil {
		t.Errorf("JSON: %s; want a refusal", out)
	}
}

func TestWhatGoesWrongSaysWhatToDo(t *testing.T) {
	otherIdentity := func(t *testing.T, identity string) {
		t.Helper()
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, identity, func([]byte) []byte { return []byte(id.String() + "\n") })
	}
	tests := []struct {
		name  string
		spoil func(t *testing.T, site, identity string)
		want  error
		says  string
	}{
		{"identity gone", func(t *testing.T, _, id string) { remove(t, id) }, ErrNoIdentity, "copy it from where"},
		{"another identity", func(t *testing.T, _, id string) { otherIdentity(t, id) }, ErrWrongIdentity, "name the identity"},
		{"garbage for an identity", func(t *testing.T, _, id string) {
			rewrite(t, id, func([]byte) []byte { return []byte("hello\n") })
		}, nil, "age-keygen"},
		{"identity open to others", func(t *testing.T, _, id string) {
			if err := os.Chmod(id, 0o640); err != nil {
				t.Fatal(err)
			}
		}, nil, "chmod 600"},
		{"garbage for secrets", func(t *testing.T, site, _ string) {
			rewrite(t, filepath.Join(site, FileName), func([]byte) []byte { return []byte("hello") })
		}, ErrMalformed, "restore it from a backup"},
		{"an empty file", func(t *testing.T, site, _ string) {
			rewrite(t, filepath.Join(site, FileName), func([]byte) []byte { return nil })
		}, ErrMalformed, "restore it from a backup"},
		{"cut off", func(t *testing.T, site, _ string) {
			rewrite(t, filepath.Join(site, FileName), func(b []byte) []byte { return b[:len(b)-1] })
		}, ErrMalformed, "changed or cut"},
		{"one bit flipped", func(t *testing.T, site, _ string) {
			rewrite(t, filepath.Join(site, FileName), func(b []byte) []byte { b[len(b)-20] ^= 1; return b })
		}, ErrMalformed, "changed or cut"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site, identity := filled(t)
			v, err := Open(site, identity)
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, site, identity)
			before, _ := os.ReadFile(filepath.Join(site, FileName))
			_, openErr := Open(site, identity)
			for what, err := range map[string]error{"Open": openErr, "Set": v.Set("another", "x")} {
				if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%s: %v; want one that says %q", what, err, tt.says)
				}
				if err != nil && strings.Contains(err.Error(), passphrase) {
					t.Errorf("%s: the error holds a secret: %v", what, err)
				}
			}
			if after, _ := os.ReadFile(filepath.Join(site, FileName)); !bytes.Equal(before, after) {
				t.Error("a failed Set changed the file")
			}
		})
	}
}

func TestAnIdentityInTheSiteDirectoryIsRefused(t *testing.T) {
	site, _ := place(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(site, link); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{filepath.Join(site, "identity.txt"), filepath.Join(site, "data", "identity.txt"), filepath.Join(link, "identity.txt")} {
		if _, err := Open(site, id); err == nil || !strings.Contains(err.Error(), "inside the site directory") {
			t.Errorf("Open with identity %s: %v, want a refusal", id, err)
		}
	}
}

func TestSetRefusesWhatCannotBeASecret(t *testing.T) {
	site, identity := place(t)
	v, err := Open(site, identity)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"": "x", "With Space": "x", "empty": "", "long": strings.Repeat("x", maxValue+1)} {
		if err := v.Set(name, value); err == nil {
			t.Errorf("Set(%q) of %d bytes was taken", name, len(value))
		}
	}
	if _, err := os.Stat(identity); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused Set made an identity: %v", err)
	}
}

func TestTwoWritersKeepEachOthersSecrets(t *testing.T) {
	site, identity := filled(t)
	a, err := Open(site, identity)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(site, identity)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.Set("from-a", "1"), b.Set("from-b", "2")); err != nil {
		t.Fatal(err)
	}
	v, err := Open(site, identity)
	if err != nil || len(v.Names()) != 4 {
		t.Errorf("names: %v, %v; want four", v.Names(), err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}
