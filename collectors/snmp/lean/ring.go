package lean

// A ring is a queue that keeps its memory.
type ring[T any] struct {
	items      []T
	head, size int
}

func (r *ring[T]) len() int { return r.size }

func (r *ring[T]) push(x T) {
	if r.size == len(r.items) {
		grown := make([]T, max(64, 2*len(r.items)))
		for i := range r.size {
			grown[i] = r.items[(r.head+i)%len(r.items)]
		}
		r.items, r.head = grown, 0
	}
	r.items[(r.head+r.size)%len(r.items)] = x
	r.size++
}

func (r *ring[T]) front() T { return r.items[r.head] }

func (r *ring[T]) pop() T {
	x := r.items[r.head]
	r.head = (r.head + 1) % len(r.items)
	r.size--
	return x
}
