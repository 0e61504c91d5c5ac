package notify

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"nezuban/internal/clock"
)

// script is a mail server that answers as a test wants: what a real one does only
// when something is wrong. A reply of "" hangs up.
func script(t *testing.T, replies map[string]string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.91.2:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talk(c, replies)
		}
	}()
	return l.Addr().String()
}

func talk(c net.Conn, replies map[string]string) {
	defer c.Close()
	fmt.Fprint(c, "220 ready\r\n")
	in, data := bufio.NewScanner(c), false
	for in.Scan() {
		verb, _, _ := strings.Cut(in.Text(), " ")
		if data {
			if in.Text() != "." {
				continue
			}
			verb, data = "END", false
		}
		reply, ok := replies[verb]
		if !ok {
			reply = map[string]string{"DATA": "354 go on", "QUIT": "221 bye"}[verb]
			if reply == "" {
				reply = "250 fine"
			}
		}
		if reply == "" {
			return
		}
		data = verb == "DATA" && strings.HasPrefix(reply, "354")
		fmt.Fprint(c, reply+"\r\n")
	}
}

func TestWhatAMailServerMayAnswer(t *testing.T) {
	tests := []struct {
		name    string
		replies map[string]string
		taken   bool
		final   bool
		says    string
	}{
		{"fine", nil, true, false, ""},
		{"no such mailbox", map[string]string{"RCPT": "550 5.1.1 no such user"}, false, true, "no such user"},
		{"mailbox busy", map[string]string{"RCPT": "450 4.2.1 try later"}, false, false, "try later"},
		{"content refused", map[string]string{"END": "554 5.7.1 no"}, false, true, "5.7.1"},
		{"disk full", map[string]string{"END": "452 4.3.1 full"}, false, false, "full"},
		{"it does not like the sender today", map[string]string{"MAIL": "550 5.7.1 log in first"}, false, false, "log in first"},
		{"it hangs up before it has taken the mail", map[string]string{"END": ""}, false, false, "EOF"},
		{"it hangs up after it has taken the mail", map[string]string{"RSET": "", "QUIT": ""}, true, false, ""},
		{"it says no to the farewell", map[string]string{"RSET": "500 no", "QUIT": "500 no"}, true, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address := script(t, tt.replies)
			s := site(t)
			s.Channels = []Channel{{Name: "mail", Kind: SMTP, URL: "smtp://" + address, From: "nezuban@example.net", Plain: true}}
			_, err := New(Options{Clock: clock.System(), Settings: s}).Test(t.Context(), "mail", "sato")
			var final *refusal
			if (err == nil) != tt.taken || errors.As(err, &final) != tt.final {
				t.Errorf("error %v, for good %v; want taken %v, for good %v", err, errors.As(err, &final), tt.taken, tt.final)
			}
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v does not tell %q", err, tt.says)
			}
		})
	}
}
