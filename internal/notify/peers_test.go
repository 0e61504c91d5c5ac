package notify

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// What other people wrote: Debian's Alertmanager with its amtool, and a mail
// server.

func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

// foreign runs a program of others until the test ends.
func foreign(t *testing.T, name string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed: an error is expected
		if t.Failed() {
			t.Logf("%s said:\n%s", name, out.String())
		}
	})
}

// freeAddress is a loopback address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.91.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually asks until the answer is right, or fails with the last one.
func eventually(t *testing.T, what string, right func() (bool, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		ok, got := right()
		if ok {
			return
		}
		if clock.System().Sleep(ctx, 50*time.Millisecond) != nil {
			t.Fatalf("%s: got %s", what, got)
		}
	}
}

// work runs a worker until the test ends.
func work(t *testing.T, o Options) *Worker {
	t.Helper()
	o.Clock = clock.System()
	if testing.Verbose() {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	w := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("worker: %v", err)
		}
	})
	return w
}

func TestAlertmanagerSeesTheAlertAndItsEnd(t *testing.T) {
	t.Parallel()
	need(t, "prometheus-alertmanager", "amtool")
	dir, address := t.TempDir(), freeAddress(t)
	conf := filepath.Join(dir, "am.yml")
	if err := os.WriteFile(conf, []byte("route: {receiver: none}\nreceivers: [{name: none}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign(t, "prometheus-alertmanager", "--config.file="+conf, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--cluster.listen-address=")
	amtool := func() (alerts []map[string]any, said string) {
		out, err := exec.CommandContext(t.Context(), "amtool", "--alertmanager.url=http://"+address, "alert", "query", "-o", "json").CombinedOutput()
		if err != nil {
			return nil, string(out)
		}
		if err := json.Unmarshal(out, &alerts); err != nil {
			return nil, err.Error() + string(out)
		}
		return alerts, string(out)
	}
	s := site(t)
	s.Channels = []Channel{{Name: "am", Kind: Alertmanager, URL: "http://" + address, All: true}}
	p, out := planner(s), &memory{}
	now := time.Now().UTC().Add(-10 * time.Second)
	o, e := raised(facility.P1, alarm.Redundancy)
	o.RaisedAt, e.At = now, now
	w := work(t, Options{Outbox: out, Settings: s})
	list, _ := p.Transition(o, e, now)
	out.put(list...)
	w.Wake()
	eventually(t, "amtool shows the alert", func() (bool, string) {
		alerts, said := amtool()
		if len(alerts) != 1 {
			return false, said
		}
		labels, _ := alerts[0]["labels"].(map[string]any)
		notes, _ := alerts[0]["annotations"].(map[string]any)
		want := map[string]any{"alertname": "R", "alarm_id": "ALM-900123", "definition": "R", "tag": "crac-1", "device": "crac-1", "site": "DC-E1"}
		return fmt.Sprint(labels) == fmt.Sprint(want) && notes["summary_ja"] == "給気温度高" && notes["priority"] == "P1", said
	})
	ack, ae := then(t, o, alarm.Acknowledged, now.Sub(at0)+time.Second)
	list, _ = p.Transition(ack, ae, now)
	out.put(list...)
	w.Wake()
	eventually(t, "an acknowledgement changes the same alert", func() (bool, string) {
		alerts, said := amtool()
		if len(alerts) != 1 {
			return false, said
		}
		notes, _ := alerts[0]["annotations"].(map[string]any)
		return notes["state"] == "ACKED", said
	})
	end, ee := then(t, ack, alarm.Returned, now.Sub(at0)+2*time.Second)
	list, _ = p.Transition(end, ee, now)
	out.put(list...)
	w.Wake()
	eventually(t, "amtool shows its end", func() (bool, string) {
		alerts, said := amtool()
		return len(alerts) == 0 && out.count(duty.NoticeSent) == 3 && strings.TrimSpace(said) == "[]", said
	})
	sent, err := w.Test(t.Context(), "am", "")
	if err != nil || len(sent) != 1 {
		t.Fatalf("test message: %v, %v", sent, err)
	}
	eventually(t, "amtool shows the test", func() (bool, string) {
		alerts, said := amtool()
		return len(alerts) == 1 && strings.Contains(said, "NezubanTest"), said
	})
}

// certificate makes a self-signed one for an address.
func certificate(t *testing.T, dir, ip string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.ParseIP(ip)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// mailbox reads what a mail server has put into a Maildir.
func mailbox(t *testing.T, dir string) (list []*mail.Message, bodies []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%v: %s", err, b)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		list, bodies = append(list, m), append(bodies, string(body))
	}
	return list, bodies
}

// startMail runs a mail server that keeps what it takes in a Maildir.
func startMail(t *testing.T, address string, args ...string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "box")
	foreign(t, "aiosmtpd", append([]string{"-n", "-l", address, "-c", "aiosmtpd.handlers.Mailbox"}, append(args, dir)...)...)
	return dir
}

func TestMailReachesARealServer(t *testing.T) {
	t.Parallel()
	need(t, "aiosmtpd")
	address := freeAddress(t)
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	cert, key := certificate(t, t.TempDir(), host)
	box := startMail(t, address, "--tlscert", cert, "--tlskey", key)
	s := site(t)
	s.Channels = []Channel{{Name: "mail", Kind: SMTP, URL: "smtp://" + address, From: "nezuban@dc-e1.example", CAFile: cert}}
	p, out := planner(s), &memory{}
	now := time.Now().UTC()
	o, e := raised(facility.P1, alarm.Redundancy)
	o.RaisedAt, e.At = now, now
	o.Name = facility.Text{En: "Supply\r\nBcc: everybody@example.net", Ja: "給気温度高\r\nBcc: everybody@example.net"}
	w := work(t, Options{Outbox: out, Settings: s})
	list, _ := p.Transition(o, e, now)
	out.put(list...)
	first, _ := p.Step(o, 1, now)
	out.put(first...)
	o.Revision++
	again, _ := p.Transition(o, alarm.Event{AlarmID: o.ID, Revision: 2, Kind: alarm.Realarmed, At: now, Actor: "rule:R"}, now)
	out.put(again...)
	w.Wake()
	var mails []*mail.Message
	var bodies []string
	eventually(t, "three mails", func() (bool, string) {
		mails, bodies = mailbox(t, box)
		return len(mails) == 3 && out.count(duty.NoticeSent) == 3, fmt.Sprintf("%d mails, %d sent, %+v", len(mails), out.count(duty.NoticeSent), w.Status())
	})
	byTo := map[string][]int{}
	for i, m := range mails {
		byTo[m.Header.Get("To")] = append(byTo[m.Header.Get("To")], i)
		if m.Header.Get("Bcc") != "" || m.Header.Get("Message-Id") != "<"+m.Header.Get(HeaderNotice)+"@dc-e1.example>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("header %v", m.Header)
		}
	}
	sato := byTo["<sato@example.net>"]
	if len(sato) != 2 || len(byTo["<suzuki@example.net>"]) != 1 {
		t.Fatalf("receivers %v", byTo)
	}
	subject := func(i int) string {
		dec := new(mime.WordDecoder)
		out, err := dec.DecodeHeader(mails[i].Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	slices.SortFunc(sato, func(a, b int) int {
		return strings.Compare(mails[a].Header.Get("References"), mails[b].Header.Get("References"))
	})
	begin, more := mails[sato[0]], mails[sato[1]]
	if begin.Header.Get("References") != "" || more.Header.Get("References") != begin.Header.Get("Message-Id") {
		t.Errorf("the second mail refers to %q, the first is %q", more.Header.Get("References"), begin.Header.Get("Message-Id"))
	}
	if got, want := subject(sato[0]), "!!1 [ALM-900123] 給気温度高 Bcc: everybody@example.net - crac-1 (DC-E1)"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
	if got := subject(byTo["<suzuki@example.net>"][0]); !strings.HasPrefix(got, "!!1 [ALM-900123] NOT ACKNOWLEDGED: Supply") {
		t.Errorf("subject of the escalation %q", got)
	}
	body := bodies[sato[0]]
	ja, en := strings.Index(body, "対応:"), strings.Index(body, "What to do:")
	if ja < 0 || en < ja || !strings.Contains(body, "1. 確認") || !strings.Contains(body, "31.5") || !strings.Contains(body, "JST") {
		t.Errorf("the body for a Japanese reader:\n%s", body)
	}
}

func TestMailWithoutTLSIsNotSentUnlessItIsAskedFor(t *testing.T) {
	t.Parallel()
	need(t, "aiosmtpd")
	address := freeAddress(t)
	box := startMail(t, address)
	eventually(t, "the server listens", func() (bool, string) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return false, err.Error()
		}
		return c.Close() == nil, ""
	})
	s := site(t)
	s.Channels = []Channel{{Name: "mail", Kind: SMTP, URL: "smtp://" + address, From: "nezuban@dc-e1.example"}}
	send := func() error {
		_, err := New(Options{Clock: clock.System(), Outbox: &memory{}, Settings: s}).Test(t.Context(), "mail", "sato")
		return err
	}
	if err := send(); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("a server without TLS: %v", err)
	}
	if mails, _ := mailbox(t, box); len(mails) != 0 {
		t.Error("it was sent in clear")
	}
	s.Channels[0].Plain = true
	if err := send(); err != nil {
		t.Errorf("asked for in clear: %v", err)
	}
	if mails, bodies := mailbox(t, box); len(mails) != 1 || !strings.Contains(bodies[0], "試験通知") {
		t.Errorf("%d mails %v", len(mails), bodies)
	}
	if _, err := New(Options{Clock: clock.System(), Settings: s}).Test(t.Context(), "mail", "nobody"); err == nil || !strings.Contains(err.Error(), "nobody has no address on channel mail") {
		t.Errorf("somebody without an address: %v", err)
	}
	empty := s
	empty.Contacts = nil
	if _, err := New(Options{Clock: clock.System(), Settings: empty}).Test(t.Context(), "mail", ""); err == nil || !strings.Contains(err.Error(), "nobody has an address on channel mail") {
		t.Errorf("mail to nobody: %v", err)
	}
	if _, err := New(Options{Clock: clock.System(), Settings: s}).Test(t.Context(), "fax", ""); err == nil || !strings.Contains(err.Error(), `no channel "fax"; known: [mail]`) {
		t.Errorf("a channel that is not there: %v", err)
	}
}

// TestAWebhookThatComesBack does it with real sockets: nobody listens, then a
// server that fails, then one that takes and hangs up without a word, then one
// that works.
func TestAWebhookThatComesBack(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := hooks("hook")
	s.Channels[0].URL = "http://" + address + "/in"
	out := &memory{}
	for i := range 5 {
		out.put(note(i, "hook", "", facility.P1))
	}
	w := work(t, Options{Outbox: out, Settings: s})
	eventually(t, "an attempt fails", func() (bool, string) {
		st := w.Status()[0]
		return strings.Contains(st.LastError, "refused"), st.LastError
	})
	var mu sync.Mutex // protects the following
	var requests int
	got := map[string]int{}
	var order []string
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		requests++
		if requests == 1 {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		id := r.Header.Get(HeaderNotice)
		if got[id]++; got[id] == 1 {
			order = append(order, id)
		}
		if requests == 2 {
			panic(http.ErrAbortHandler) // taken, and the reply is lost
		}
	})}
	go func() { _ = srv.Serve(l) }() // ends with Close
	defer srv.Close()
	eventually(t, "all taken", func() (bool, string) {
		return out.count(duty.NoticeSent) == 5, fmt.Sprint(out.count(duty.NoticeSent))
	})
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 5 || !slices.IsSorted(order) || got["NTC-000000"] != 2 || requests != 7 {
		t.Errorf("%d requests, taken %v in order %v; want the lost reply's notice twice and all others once", requests, got, order)
	}
}
