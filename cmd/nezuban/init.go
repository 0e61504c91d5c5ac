package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"nezuban/internal/config"
)

func initCommand(f *flags) *cobra.Command {
	o := config.InitOptions{}
	var keyFile string
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a commented site directory to start from",
		Long: `Init writes site.yaml, people.yaml, an inventory with an example and folders for
your own profiles, alarm rules and targets into an empty directory. The starter
sets of alarm rules and targets are built in and on. You become its first person,
with your ssh key and your login name.`,
		Example: "  nezuban init --dir /srv/nezuban --code DC-E1 --name-en 'East 1' --name-ja 東第一 --zone Asia/Tokyo --key ~/.ssh/id_ed25519.pub",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := unixName()
			if err != nil {
				return err
			}
			o.AdminUnix = name
			if keyFile == "" {
				keyFile = usualKey()
			}
			if keyFile == "" {
				return fmt.Errorf("no public key found under ~/.ssh; make one with ssh-keygen -t ed25519 or name it with --key")
			}
			b, err := os.ReadFile(keyFile)
			if err != nil {
				return fmt.Errorf("--key: %w", err)
			}
			o.AdminKey = strings.TrimSpace(string(b))
			if err := config.Init(f.dir, o); err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "wrote a site directory into %s\n\nNext:\n", f.dir)
			fmt.Fprintf(w, "  1. name your first device in %s\n", filepath.Join(f.dir, "inventory"))
			fmt.Fprintf(w, "  2. nezuban secrets set NAME --dir %s      for its pass phrases\n", f.dir)
			fmt.Fprintf(w, "  3. nezuban check --dir %s\n", f.dir)
			fmt.Fprintf(w, "  4. nezuban serve --dir %s --console\n", f.dir)
			return nil
		},
	}
	c.Flags().StringVar(&o.Code, "code", "DC-1", "the site's code; reports name the site by it")
	c.Flags().StringVar(&o.NameEn, "name-en", "Data centre 1", "the site's name in English")
	c.Flags().StringVar(&o.NameJa, "name-ja", "第一データセンター", "the site's name in Japanese")
	c.Flags().StringVar(&o.Zone, "zone", "Asia/Tokyo", "the site's time zone (IANA)")
	c.Flags().StringVar(&o.Language, "language", "en", "language of people who have not chosen: en or ja")
	c.Flags().StringVar(&keyFile, "key", "", "your ssh public key; default the usual one under ~/.ssh")
	return c
}

func usualKey() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	for _, name := range []string{"id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"} {
		if path := filepath.Join(home, ".ssh", name); fileExists(path) {
			return path
		}
	}
	return ""
}
