package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"nezuban/internal/config"
	"nezuban/internal/secrets"
)

// identityPath is where the key that opens secrets.age lies: what site.yaml
// says, or the default outside the site.
func identityPath(dir string) string {
	if named := config.Identity(dir); named != "" {
		return named
	}
	return secrets.DefaultIdentityPath()
}

func fileExists(path string) bool { _, err := os.Stat(path); return err == nil }

// secretNames gives the secrets to the configuration where they can be opened;
// nil where they cannot: names are then not resolved.
func secretNames(dir string) func(string) (string, bool) {
	vault, err := secrets.Open(dir, identityPath(dir))
	if err != nil {
		return nil
	}
	return vault.Get
}

func secretsCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "secrets",
		Short: "Keep SNMPv3 pass phrases and tokens encrypted in the site directory",
		Long: `Secrets stand in secrets.age, encrypted with age. The identity that opens it lies
outside the site's data (settable as secrets.identity in site.yaml) and is made at
the first set. Values are read from the terminal or standard input, never from
the command line, and are never printed.`,
		Example: `  nezuban secrets set ups-auth
  printf %s "$PASS" | nezuban secrets set ups-priv
  nezuban secrets list`,
	}
	c.AddCommand(&cobra.Command{
		Use:     "set NAME",
		Short:   "Set one secret, read from the terminal or standard input",
		Example: "  nezuban secrets set ups-auth --dir /srv/nezuban",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			value, err := readSecret(cmd)
			if err != nil {
				return err
			}
			vault, err := secrets.Open(f.dir, identityPath(f.dir))
			if err != nil {
				return err
			}
			if err := vault.Set(args[0], value); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is set; a running daemon takes it up on SIGHUP\n", args[0])
			return nil
		},
	}, &cobra.Command{
		Use:     "list",
		Short:   "List the names of the secrets",
		Example: "  nezuban secrets list --dir /srv/nezuban",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			vault, err := secrets.Open(f.dir, identityPath(f.dir))
			if err != nil {
				return err
			}
			for _, n := range vault.Names() {
				fmt.Fprintln(cmd.OutOrStdout(), n)
			}
			return nil
		},
	})
	return c
}

func readSecret(cmd *cobra.Command) (string, error) {
	var value string
	if in, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(cmd.ErrOrStderr(), "secret (not shown): ")
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(cmd.ErrOrStderr())
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		value = string(b)
	} else {
		line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
		if err != nil && line == "" {
			return "", fmt.Errorf("read secret from standard input: %w", err)
		}
		value = strings.TrimRight(line, "\r\n")
	}
	if value == "" {
		return "", errors.New("the secret is empty; nothing was changed")
	}
	return value, nil
}
