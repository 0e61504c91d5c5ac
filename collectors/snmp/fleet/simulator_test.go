package fleet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
	"golang.org/x/sys/unix"
)

// A simulator is a fleet on loopback: one socket for all addresses of 127/8, one
// answer made once for every request and sent with the id of each. It runs in a
// process of its own, so that its processor time is not the poller's.
type simulator struct{ port uint16 }

// simulatorBase is the first device.
var simulatorBase = netip.MustParseAddr("127.20.0.1")

// faults of a simulated fleet, in percent of its devices.
type faults struct{ dead, slow int }

const slowBy = 800 * time.Millisecond

// share tells in which percent of the fleet an address is.
func share(a netip.Addr) int {
	b := a.As4()
	return (int(b[2])*254 + int(b[3])*7) % 100
}

func isDead(a netip.Addr, percent int) bool { return share(a) < percent }
func isSlow(a netip.Addr, dead, slow int) bool {
	return share(a) >= dead && share(a) < dead+slow
}

func number(i int) string { return strconv.Itoa(i) }

// Environment of the children of this test binary.
const (
	envSimulator = "NEZUBAN_TEST_SIMULATOR" // "DEAD,SLOW"
	envRow       = "NEZUBAN_TEST_ROW"       // a row of the table, see table_test.go
)

func TestMain(m *testing.M) {
	if v, ok := os.LookupEnv(envSimulator); ok {
		os.Exit(simulate(v))
	}
	if v, ok := os.LookupEnv(envRow); ok {
		os.Exit(runRow(v))
	}
	os.Exit(m.Run())
}

// startSimulator runs a fleet in a child process until the test ends.
func startSimulator(t testing.TB, f faults) *simulator {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%d", envSimulator, f.dead, f.slow))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("simulator: %v", err)
	}
	port, err := strconv.ParseUint(strings.TrimSpace(line), 10, 16)
	if err != nil {
		t.Fatalf("simulator says %q", line)
	}
	return &simulator{port: uint16(port)}
}

// simulate is the child.
func simulate(arg string) int {
	var f faults
	fmt.Sscanf(arg, "%d,%d", &f.dead, &f.slow)
	conn, err := net.ListenUDP("udp4", nil)
	if err == nil {
		err = askForDestinations(conn)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(conn.LocalAddr().(*net.UDPAddr).Port)
	s := &server{conn: conn, faults: f, answers: map[string][]byte{}}
	for {
		if err := s.one(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}

// askForDestinations makes the kernel tell to which address a datagram came.
func askForDestinations(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		inner = errors.Join(unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_PKTINFO, 1),
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 8<<20))
	})
	return errors.Join(err, inner)
}

type server struct {
	conn    *net.UDPConn
	faults  faults
	answers map[string][]byte // by request without its id
	in, oob [4096]byte
}

// one takes a request and answers it as its address does.
func (s *server) one() error {
	n, oobn, _, from, err := s.conn.ReadMsgUDPAddrPort(s.in[:], s.oob[:])
	if err != nil {
		return err
	}
	to, ok := destination(s.oob[:oobn])
	at := idOf(s.in[:n])
	if !ok || at < 0 || isDead(to, s.faults.dead) {
		return nil
	}
	id := binary.BigEndian.Uint32(s.in[at:])
	binary.BigEndian.PutUint32(s.in[at:], 0)
	answer, ok := s.answers[string(s.in[:n])]
	if !ok {
		binary.BigEndian.PutUint32(s.in[at:], id)
		if answer, err = makeAnswer(s.in[:n]); err != nil {
			return nil
		}
		binary.BigEndian.PutUint32(s.in[at:], 0)
		s.answers[string(s.in[:n])] = answer
	}
	binary.BigEndian.PutUint32(answer[idOf(answer):], id)
	oob := (&net.IPAddr{IP: to.AsSlice()}).IP.To4()
	control := source([4]byte(oob))
	if isSlow(to, s.faults.dead, s.faults.slow) {
		late := append([]byte(nil), answer...)
		time.AfterFunc(slowBy, func() { _, _, _ = s.conn.WriteMsgUDPAddrPort(late, control, from) })
		return nil
	}
	_, _, err = s.conn.WriteMsgUDPAddrPort(answer, control, from)
	return err
}

// destination reads IP_PKTINFO (ip(7)): index, local address, destination.
func destination(oob []byte) (netip.Addr, bool) {
	list, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(list) == 0 || len(list[0].Data) < 12 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(list[0].Data[8:12])), true
}

// source is the control message that sends from an address.
func source(a [4]byte) []byte { return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: a}) }

// idOf finds the four bytes of the request id behind version and community.
func idOf(b []byte) int {
	skip := func(at int) int { // over a tag and its length
		if at+1 < len(b) && b[at+1] >= 0x80 {
			return at + 2 + int(b[at+1]&0x7f)
		}
		return at + 2
	}
	at := skip(0) + 3 // version: 02 01 xx
	if at+1 >= len(b) {
		return -1
	}
	at = skip(at+2+int(b[at+1])) + 2 // community, PDU, 02 04
	if at+4 > len(b) || b[at-1] != 4 {
		return -1
	}
	return at
}

// makeAnswer answers every instance with the length of its OID.
func makeAnswer(request []byte) ([]byte, error) {
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	p, err := x.SnmpDecodePacket(append([]byte(nil), request...))
	if err != nil {
		return nil, err
	}
	p.PDUType = gosnmp.GetResponse
	for i := range p.Variables {
		p.Variables[i].Type, p.Variables[i].Value = gosnmp.Integer, len(p.Variables[i].Name)-1
	}
	return p.MarshalMsg()
}
