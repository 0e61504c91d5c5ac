package sshd

import (
	"encoding/binary"
	"slices"

	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// Bounds of what a client may ask for on one connection. Sizes come from the
// client and become memory: a terminal of 4 billion columns would end the daemon.
const (
	maxChannels = 8    // at a time
	maxColumns  = 1000 // cells; a larger terminal is used in part
	maxRows     = 500
	maxEnv      = 16   // settings
	maxEnvBytes = 1024 // of one
	maxTermName = 64
)

// taken are the client's settings that are looked at; no others are kept.
var taken = [...]string{"COLORTERM", "NO_COLOR"}

// serveChannel is the library's session handler behind the bounds.
func serveChannel(srv *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
	v := visitOf(ctx)
	if v == nil || !v.channel() {
		_ = ch.Reject(gossh.ResourceShortage, "too many channels")
		return
	}
	defer v.channelEnds()
	ssh.DefaultSessionHandler(srv, conn, boundedChannel{ch}, ctx)
}

// boundedChannel passes on only the requests a console has use for.
type boundedChannel struct{ gossh.NewChannel }

func (c boundedChannel) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, in, err := c.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	out := make(chan *gossh.Request)
	go func() { // ends with the channel
		defer close(out)
		settings := 0
		for r := range in {
			if r.Type == "env" {
				settings++
			}
			if r.Type == "env" && settings > maxEnv || !bound(r) {
				_ = r.Reply(false, nil)
				continue
			}
			out <- r
		}
	}()
	return ch, out, nil
}

// bound says whether a request is passed on, and cuts its sizes to the bounds.
func bound(r *gossh.Request) bool {
	switch r.Type {
	case "shell", "exec", "subsystem": // the last two are refused with a word
		return true
	case "env": // RFC 4254, section 6.4: string name, string value
		name, _, ok := stringOf(r.Payload)
		return ok && len(r.Payload) <= maxEnvBytes && slices.Contains(taken[:], name)
	case "pty-req": // section 6.2: string TERM, columns, rows, pixels, modes
		name, rest, ok := stringOf(r.Payload)
		return ok && len(name) <= maxTermName && cut(rest)
	case "window-change": // section 6.7: columns, rows, pixels
		return cut(r.Payload)
	}
	return false
}

func stringOf(b []byte) (s string, rest []byte, ok bool) {
	if len(b) < 4 {
		return "", nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return "", nil, false
	}
	return string(b[4 : 4+n]), b[4+n:], true
}

// cut bounds the columns and rows that b begins with, in place.
func cut(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	for i, most := range []uint32{maxColumns, maxRows} {
		if field := b[4*i:]; binary.BigEndian.Uint32(field) > most {
			binary.BigEndian.PutUint32(field, most)
		}
	}
	return true
}
