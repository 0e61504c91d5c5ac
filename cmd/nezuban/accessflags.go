package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"nezuban/collectors"
)

// accessFlags are the flags that say how devices are spoken to.
type accessFlags struct {
	community string
	v1        bool
	v3        collectors.SNMPAccess
}

func (a *accessFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&a.community, "community", "", "community of SNMP v2c and v1")
	c.Flags().BoolVar(&a.v1, "v1", false, "ask in SNMP v1, for a device that knows nothing newer")
	c.Flags().StringVar(&a.v3.User, "user", "", "user of SNMP v3")
	c.Flags().StringVar(&a.v3.Level, "level", "authPriv", "security level of v3: noAuthNoPriv, authNoPriv, authPriv")
	c.Flags().StringVar(&a.v3.AuthProto, "auth", "SHA-256", "authentication protocol of v3: SHA-256, SHA-1, SHA-224, SHA-384, SHA-512, MD5")
	c.Flags().StringVar(&a.v3.PrivProto, "priv", "AES-128", "privacy protocol of v3: AES-128, AES-192, AES-256, DES")
}

// of puts version and credentials together; pass phrases come from the environment
// or the terminal.
func (a *accessFlags) of(cmd *cobra.Command) (collectors.SNMPAccess, error) {
	out := a.v3
	var err error
	switch {
	case out.User != "" && (a.v1 || a.community != ""):
		return out, fmt.Errorf("--user belongs to v3, --community and --v1 to older versions: give one of them")
	case out.User != "":
		out.Version = "3"
		if out.AuthPass, err = passPhrase(cmd, "NEZUBAN_AUTH_PASS", "authentication", out.Level != "noAuthNoPriv"); err != nil {
			return out, err
		}
		out.PrivPass, err = passPhrase(cmd, "NEZUBAN_PRIV_PASS", "privacy", out.Level == "authPriv")
		return out, err
	case a.community == "":
		return out, fmt.Errorf("give --community for v2c (and v1, with --v1) or --user for v3")
	case a.v1:
		return collectors.SNMPAccess{Version: "1", Community: collectors.Secret(a.community)}, nil
	}
	return collectors.SNMPAccess{Version: "2c", Community: collectors.Secret(a.community)}, nil
}

func passPhrase(cmd *cobra.Command, env, what string, needed bool) (collectors.Secret, error) {
	if !needed {
		return "", nil
	}
	if v := os.Getenv(env); v != "" {
		return collectors.Secret(v), nil
	}
	in, ok := cmd.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", fmt.Errorf("the %s pass phrase is missing: set %s or run in a terminal", what, env)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s pass phrase (not shown): ", what)
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(cmd.ErrOrStderr())
	return collectors.Secret(b), err
}
