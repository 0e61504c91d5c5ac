// Package api is how scripts and the command line speak to the daemon: HTTP on
// a unix socket in the data directory (mode 0660), where the kernel says who
// calls; and, on a loopback port, the daemon's own metrics and health.
//
// # Who calls
//
// The socket asks the kernel for the caller's user (SO_PEERCRED) and maps its
// name through people.yaml to a person, so that an acknowledgement from a script
// has a name in the audit. A caller nobody knows may only read. Roles are checked
// by ops, not here.
//
// # Forms
//
// Times are RFC 3339 in UTC. Seconds and counts are integers, ratios decimal
// strings, truncated and never rounded up; budgets are decimals of at most six
// places. A value that is not known is null, never 0. Errors are
// {"code", "message", "hint"}.
package api
