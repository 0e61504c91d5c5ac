package secrets

import (
	"path/filepath"
	"sync"
	"testing"
)

func TestSitesThatShareANewIdentity(t *testing.T) {
	identity := filepath.Join(t.TempDir(), "keys", "identity.txt")
	var g sync.WaitGroup
	sites := make([]string, 8)
	for i := range sites {
		sites[i] = t.TempDir()
		g.Go(func() {
			v, err := Open(sites[i], identity)
			if err == nil {
				err = v.Set("ups-auth", "pass phrase")
			}
			if err != nil {
				t.Errorf("site %d: %v", i, err)
			}
		})
	}
	g.Wait()
	for i, dir := range sites {
		v, err := Open(dir, identity)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := v.Get("ups-auth"); !ok || got != "pass phrase" {
			t.Errorf("site %d: cannot read what it set", i)
		}
	}
}
