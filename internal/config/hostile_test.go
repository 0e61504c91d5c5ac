package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nezuban/internal/config"
)

// Files that never end, or that nobody could have written by hand, are mistakes
// with a place; a reload must come back from each.
func TestFilesThatAreNoneAreMistakes(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "inventory"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("site.yaml", []byte("code: T\nzone: UTC\n"))
	write("inventory/huge.yaml", make([]byte, 5<<20))
	write("inventory/bomb.yaml", []byte("devices: &a [*a,*a,*a,*a,*a,*a,*a,*a]\n"))
	write("inventory/deep.yaml", []byte("devices: "+strings.Repeat("[", 20_000)))
	if err := syscall.Mkfifo(filepath.Join(dir, "inventory", "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"endless.yaml": "/dev/zero", "gone.yaml": "nowhere", "round.yaml": "round.yaml"} {
		if err := os.Symlink(to, filepath.Join(dir, "inventory", link)); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]string{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, problems := config.Load(dir, config.LoadOptions{})
		for _, p := range problems {
			if !p.Warning {
				found[filepath.Base(p.File)] += p.Error()
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("reading the directory did not end")
	}
	for file, want := range map[string]string{
		"huge.yaml": "at most", "bomb.yaml": "want a list", "deep.yaml": "", "pipe.yaml": "not a regular file",
		"endless.yaml": "not a regular file", "gone.yaml": "no such file", "round.yaml": "symbolic links",
	} {
		if got, ok := found[file]; !ok || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", file, got, want)
		}
	}
}
