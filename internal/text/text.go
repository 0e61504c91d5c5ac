// Package text is the gate for every string from outside: what comes from a
// device, a file or a person is sanitised here before it is kept, and once more
// before it is drawn.
package text
