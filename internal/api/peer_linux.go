package api

import (
	"context"
	"fmt"
	"net"
	"os/user"
	"strconv"

	"golang.org/x/sys/unix"
)

// callerKey is the context key of the calling user's name.
type callerKey struct{}

// peerUser asks the kernel who holds the other end of a unix connection
// (SO_PEERCRED, unix(7)) and returns the login name, or "uid:N" where the user
// data base has none.
func peerUser(c net.Conn) (string, error) {
	if s, ok := c.(*slotted); ok {
		c = s.Conn
	}
	uc, ok := c.(*net.UnixConn)
	if !ok {
		return "", fmt.Errorf("caller: not a unix socket")
	}
	raw, err := uc.SyscallConn()
	if err != nil {
		return "", fmt.Errorf("caller: %w", err)
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return "", fmt.Errorf("caller: %w", err)
	}
	if credErr != nil {
		return "", fmt.Errorf("caller: %w", credErr)
	}
	id := strconv.FormatUint(uint64(cred.Uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username, nil
	}
	return "uid:" + id, nil
}

// withCaller is an http.Server's ConnContext.
func withCaller(ctx context.Context, c net.Conn) context.Context {
	name, err := peerUser(c)
	if err != nil {
		return ctx
	}
	return context.WithValue(ctx, callerKey{}, name)
}

func callerOf(ctx context.Context) string {
	name, _ := ctx.Value(callerKey{}).(string)
	return name
}
