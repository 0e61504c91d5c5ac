package trap

import (
	"encoding/binary"
	"net"
	"syscall"
)

// soRxqOvfl makes the kernel tell with each datagram how many it has dropped on
// this socket (socket(7), SO_RXQ_OVFL; asm-generic/socket.h).
const soRxqOvfl = 40

func countDrops(conn *net.UDPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { // a kernel without it only tells less
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, soRxqOvfl, 1)
	})
}

// drops reads the kernel's count.
func drops(oob []byte) (uint32, bool) {
	list, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, false
	}
	for _, m := range list {
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == soRxqOvfl && len(m.Data) >= 4 {
			return binary.NativeEndian.Uint32(m.Data), true
		}
	}
	return 0, false
}
