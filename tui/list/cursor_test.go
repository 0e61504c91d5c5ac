package list

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCursorStaysOnItsIDWhateverComesAndGoes(t *testing.T) {
	keys := []string{"j", "k", "g", "G", "ctrl+d", "ctrl+u", "down", "up", "x"}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var c Cursor
		var ids []string
		for step := range 200 {
			if r.IntN(3) > 0 {
				held := c.ID()
				next := ids[:0:0]
				for _, id := range ids {
					if r.IntN(5) > 0 {
						next = append(next, id)
					}
				}
				for range r.IntN(4) {
					next = slices.Insert(next, r.IntN(len(next)+1), fmt.Sprintf("id-%d-%d", step, r.IntN(1e9)))
				}
				r.Shuffle(len(next), func(i, j int) { next[i], next[j] = next[j], next[i] })
				ids = next
				c.Sync(ids)
				if slices.Contains(ids, held) && c.ID() != held {
					t.Fatalf("seed %d step %d: cursor left %s for %s", seed, step, held, c.ID())
				}
			} else {
				c.Key(ids, keys[r.IntN(len(keys))])
			}
			check(t, &c, ids, r.IntN(30))
		}
	}
}

func check(t *testing.T, c *Cursor, ids []string, height int) {
	t.Helper()
	if len(ids) == 0 {
		if c.ID() != "" || c.Index() != 0 {
			t.Fatalf("cursor %q at %d in an empty list", c.ID(), c.Index())
		}
		return
	}
	if c.ID() != "" && ids[c.Index()] != c.ID() {
		t.Fatalf("index %d is %s, id is %s", c.Index(), ids[c.Index()], c.ID())
	}
	from, to := c.Window(len(ids), height)
	if to-from > height || to-from < min(height, len(ids)) {
		t.Fatalf("window %d:%d of %d rows in %d lines", from, to, len(ids), height)
	}
	if height > 0 && (c.Index() < from || c.Index() >= to) {
		t.Fatalf("cursor %d outside of window %d:%d", c.Index(), from, to)
	}
}

func TestARowThatIsGoneLeavesTheCursorInItsPlace(t *testing.T) {
	var c Cursor
	c.Sync([]string{"a", "b", "c"})
	c.Select([]string{"a", "b", "c"}, "b")
	c.Sync([]string{"a", "c"})
	if c.ID() != "c" {
		t.Fatalf("cursor on %s, want c, which stands where b stood", c.ID())
	}
	c.Sync([]string{"a"})
	if c.ID() != "a" {
		t.Fatalf("cursor on %s, want the last row", c.ID())
	}
}
