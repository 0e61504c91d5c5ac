package sshd

import (
	"context"
	"errors"
	"testing"
)

func TestLocate(t *testing.T) {
	answer := func(address string, err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return address, err }
	}
	tests := []struct {
		name   string
		locate func(context.Context) (string, error)
		want   string
	}{
		{"nobody to ask", nil, "127.0.0.1:2222"},
		{"the daemon came back on another port", answer("127.0.0.1:40000", nil), "127.0.0.1:40000"},
		{"the daemon is still away", answer("", errors.New("nobody answers")), "127.0.0.1:2222"},
		{"an empty answer is none", answer("", nil), "127.0.0.1:2222"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &client{o: ClientOptions{Address: "127.0.0.1:2222", Locate: tt.locate}}
			c.locate(t.Context())
			if c.o.Address != tt.want {
				t.Errorf("address %s, want %s", c.o.Address, tt.want)
			}
		})
	}
}
