package lean

import (
	"net"
	"unsafe"

	"golang.org/x/sys/unix"
)

// askBuffer asks for a receive buffer and returns what the kernel granted: it caps
// the wish in silence (net.core.rmem_max) unless the program may force it.
func askBuffer(conn *net.UDPConn, size int) (granted int, err error) {
	err = control(conn, func(fd int) error {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) != nil {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size); err != nil {
				return err
			}
		}
		granted, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
		return err
	})
	return granted, err
}

// drops is how many datagrams the kernel has thrown away for want of room in the
// socket's buffer: SK_MEMINFO_DROPS of SO_MEMINFO (linux/sock_diag.h).
func drops(conn *net.UDPConn) (n uint32, err error) {
	const skMeminfoDrops, skMeminfoVars = 8, 9
	err = control(conn, func(fd int) error {
		var info [skMeminfoVars]uint32
		size := uint32(unsafe.Sizeof(info))
		_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
		if errno != 0 {
			return errno
		}
		n = info[skMeminfoDrops]
		return nil
	})
	return n, err
}

func control(conn *net.UDPConn, f func(fd int) error) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}
