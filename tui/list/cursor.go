// Package list keeps the place in a list whose rows come and go: the cursor
// holds an id and never a row number, so that an arrival never moves under it.
package list

// A Cursor is a place in a list. The zero value stands on the first row.
type Cursor struct {
	id    string
	index int
}

// ID of the row under the cursor; "" while the list is empty.
func (c *Cursor) ID() string { return c.id }

// Index of that row in the ids last given to Sync.
func (c *Cursor) Index() int { return c.index }

// Sync follows the list: the cursor stays on its id wherever that row went.
// Where the row is gone, the cursor takes the one that stands in its place now.
func (c *Cursor) Sync(ids []string) {
	for i, id := range ids {
		if id == c.id {
			c.index = i
			return
		}
	}
	c.put(ids, c.index)
}

// Select puts the cursor on an id; false where there is no such row.
func (c *Cursor) Select(ids []string, id string) bool {
	for i := range ids {
		if ids[i] == id {
			c.put(ids, i)
			return true
		}
	}
	return false
}

// Move goes n rows down (negative: up), stopping at the ends.
func (c *Cursor) Move(ids []string, n int) { c.put(ids, c.index+n) }

// Key moves the cursor for the movement keys; false for any other key.
func (c *Cursor) Key(ids []string, key string) bool {
	switch key {
	case "j", "down":
		c.Move(ids, 1)
	case "k", "up":
		c.Move(ids, -1)
	case "ctrl+d", "pgdown":
		c.Move(ids, 10)
	case "ctrl+u", "pgup":
		c.Move(ids, -10)
	case "g", "home":
		c.put(ids, 0)
	case "G", "end":
		c.put(ids, len(ids)-1)
	default:
		return false
	}
	return true
}

func (c *Cursor) put(ids []string, i int) {
	if len(ids) == 0 {
		c.id, c.index = "", 0
		return
	}
	c.index = min(max(i, 0), len(ids)-1)
	c.id = ids[c.index]
}

// Window returns the half-open range of rows to draw in height lines, with the
// cursor always inside and, in a long list, in the middle.
func (c *Cursor) Window(n, height int) (from, to int) {
	if height <= 0 || n == 0 {
		return 0, 0
	}
	from = min(max(c.index-height/2, 0), max(n-height, 0))
	return from, min(from+height, n)
}
