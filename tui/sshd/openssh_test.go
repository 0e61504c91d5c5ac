package sshd

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sshArgs is OpenSSH's client as an operator would use it, without anything of
// this machine's configuration.
func (b *bench) sshArgs(person string, more ...string) []string {
	b.t.Helper()
	host, port, err := net.SplitHostPort(b.srv.Addr().String())
	if err != nil {
		b.t.Fatal(err)
	}
	known := filepath.Join(b.dir, "known_hosts")
	if err := os.WriteFile(known, []byte("["+host+"]:"+port+" "+b.known+"\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	args := []string{"-F", "/dev/null", "-o", "UserKnownHostsFile=" + known, "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
		"-o", "BatchMode=yes", "-i", b.keys[person], "-p", port}
	return append(append(args, more...), "console@"+host)
}

func TestOpenSSHDrivesTheConsole(t *testing.T) {
	need(t, "ssh", "tmux")
	b := newBench(t, nil)
	p := newPane(t, 120, 36, nil, append([]string{"ssh"}, b.sshArgs("sato", "-tt")...)...)
	p.shows("Overview", "LIVE", "first alarm", "sato (operator)")

	p.tmux("resize-window", "-x", "80", "-y", "24")
	p.shows("1 2 3 4 5 6 screens")
	for i, l := range strings.Split(strings.TrimRight(p.screen(), "\n"), "\n") {
		if i >= 24 {
			t.Fatalf("line %d in a terminal of 24", i+1)
		}
		if len([]rune(l)) > 80 {
			t.Fatalf("line %d is wider than 80: %q", i+1, l)
		}
	}

	p.keys(":")
	p.keys("-l", "lang ja")
	p.keys("Enter")
	p.shows("概況", "未確認の警報", "nezuban は火災報知設備ではありません")

	p.keys("2")
	p.shows("6 画面", "P   状態")
	p.keys("a")
	p.shows("確認する: ALM-000001")
	p.keys("-l", "現地確認に出動")
	p.shows("コメント (必須): 現地確認に出動")
	if at := p.tmux("display-message", "-p", "#{cursor_x},#{cursor_y},#{cursor_flag}"); strings.TrimSpace(at) != "32,22,1" {
		t.Errorf("real cursor at %s, want 32,22,1: after the text, for the input method", strings.TrimSpace(at))
	}
	p.keys("Enter")
	p.shows("by sato: 現地確認に出動", "ALM-000001 を確認しました")

	p.keys(":")
	p.keys("-l", "q")
	p.keys("Enter")
	p.shows("exit 0")
	eventually(t, "logout recorded", func() bool { return b.book.has("sato left") })
}

func TestOpenSSHWithARefusedKey(t *testing.T) {
	need(t, "ssh")
	b := newBench(t, nil)
	out, err := exec.Command("ssh", b.sshArgs("stranger", "-tt")...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Permission denied (publickey)") {
		t.Fatalf("got %v: %s", err, out)
	}
}

func TestOpenSSHWithoutATerminalOrWithACommand(t *testing.T) {
	need(t, "ssh")
	b := newBench(t, nil)
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no terminal", b.sshArgs("sato", "-T"), "needs a terminal"},
		{"a command", append(b.sshArgs("sato"), "cat /etc/passwd"), "runs no commands"},
		{"a command with a terminal", append(b.sshArgs("sato", "-tt"), "sh"), "runs no commands"},
		{"a subsystem", append(b.sshArgs("sato", "-s"), "sftp"), "subsystem request failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command("ssh", tt.args...)
			out, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() == 0 {
				t.Fatalf("exit 0: %s", out)
			}
			if !strings.Contains(string(out), tt.want) {
				t.Fatalf("said %q, want %q", out, tt.want)
			}
		})
	}
}

func TestClientSaysTheDaemonIsLostAndComesBack(t *testing.T) {
	need(t, "tmux")
	b := newBench(t, nil)
	env := []string{clientEnv + "=" + strings.Join([]string{b.srv.Addr().String(), b.keys["sato"], b.known}, "|")}
	p := newPane(t, 100, 30, env, os.Args[0])
	p.shows("Overview", "first alarm")
	b.stop()
	p.shows("daemon lost at")
	b.start(b.srv.o)
	p.shows("Overview", "first alarm")
	p.keys("C-c")
	p.shows("once more")
	p.keys("C-c")
	p.shows("client ended", "exit 0")
}
