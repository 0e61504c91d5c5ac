package sshd

import "github.com/gliderlabs/ssh"

// PublicKey is a client's key, so that the caller need not know the library.
type PublicKey = ssh.PublicKey
