package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/crypto/ssh"
)

// A screenReader is one SSH session, and what it was sent since the last key.
type screenReader struct {
	client  *ssh.Client
	session *ssh.Session
	keys    io.Writer
	output  chan []byte
	seen    string
}

// join opens a console over SSH with the demo's key.
func join(dir, address string, width, height int) (*screenReader, error) {
	pem, err := os.ReadFile(filepath.Join(dir, demoKeyFile))
	if err != nil {
		return nil, err
	}
	key, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, err
	}
	r := &screenReader{output: make(chan []byte, 1024)}
	r.client, err = ssh.Dial("tcp", address, &ssh.ClientConfig{
		User: "demo", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second,
	})
	if err != nil {
		return nil, err
	}
	if r.session, err = r.client.NewSession(); err != nil {
		return nil, errors.Join(err, r.client.Close())
	}
	out, err1 := r.session.StdoutPipe()
	in, err2 := r.session.StdinPipe()
	err = errors.Join(err1, err2, r.session.RequestPty("xterm-256color", height, width, ssh.TerminalModes{}), r.session.Shell())
	if err != nil {
		return nil, errors.Join(err, r.client.Close())
	}
	r.keys = in
	go func() {
		defer close(r.output)
		for {
			buf := make([]byte, 32<<10)
			n, err := out.Read(buf)
			if n > 0 {
				r.output <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return r, nil
}

func (r *screenReader) close() { r.client.Close() }

// find goes down the alarm list until all the texts were drawn for one line.
func (r *screenReader) find(want []string) error {
	missing := want
	for i := range 20 {
		press := []string{"j", "\x0c"} // the next line, everything drawn anew
		if i == 0 {
			press = []string{"2", "g", "\x0c"}
		}
		for _, key := range press {
			r.seen = ""
			if _, err := io.WriteString(r.keys, key); err != nil {
				return err
			}
			missing = r.missing(want, 300*time.Millisecond)
		}
		if len(missing) == 0 {
			return nil
		}
	}
	return fmt.Errorf("the console does not say %q; it says\n%s", missing, strings.Join(strings.Fields(r.seen), " "))
}

// missing reads until all the texts were drawn or nothing more comes.
func (r *screenReader) missing(want []string, quiet time.Duration) (missing []string) {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	missing = want // a console that sends nothing says nothing
	for {
		select {
		case b, ok := <-r.output:
			if !ok {
				return want
			}
			r.seen += ansi.Strip(string(b))
		case <-timer.C:
			return missing
		}
		missing = nil
		for _, w := range want {
			if runes := []rune(w); !strings.Contains(r.seen, string(runes[:min(len(runes), 20)])) {
				missing = append(missing, w)
			}
		}
		if len(missing) == 0 {
			return nil
		}
	}
}
