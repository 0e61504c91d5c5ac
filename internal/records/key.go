package records

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// The files of a key directory.
const (
	privateKeyFile = "audit.key"
	publicKeyFile  = "audit.pub" // verifier keys of all times, one a line
)

// A keyring signs checkpoints with the newest key and knows every older one.
type keyring struct {
	signer note.Signer
	known  note.Verifiers
}

// openKeys reads the key, making it the first time. A restored store has public
// keys only; it gets a new key, and the old ones stay known.
func openKeys(dir, node string) (*keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, privateKeyFile)
	private, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if private, err = newKey(dir, node); err != nil {
			return nil, fmt.Errorf("make the audit key: %w", err)
		}
	} else if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(private)))
	if err != nil {
		return nil, fmt.Errorf("%s holds no audit key (%w); move it away and a new one is made, older signatures stay valid by %s", path, err, publicKeyFile)
	}
	known, err := readPublicKeys(filepath.Join(dir, publicKeyFile))
	if err != nil {
		return nil, err
	}
	return &keyring{signer: signer, known: known}, nil
}

// newKey writes the public key first: a private key without its public one would
// sign what nobody can check.
func newKey(dir, node string) ([]byte, error) {
	private, public, err := note.GenerateKey(rand.Reader, "nezuban-"+node)
	if err != nil {
		return nil, err
	}
	if err := appendDurably(filepath.Join(dir, publicKeyFile), []byte(public+"\n"), 0o644); err != nil {
		return nil, err
	}
	if err := writeDurably(filepath.Join(dir, privateKeyFile), []byte(private+"\n"), 0o600); err != nil {
		return nil, err
	}
	return []byte(private), nil
}

func readPublicKeys(path string) (note.Verifiers, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parsePublicKeys(path, string(raw))
}

func parsePublicKeys(where, text string) (note.Verifiers, error) {
	var list []note.Verifier
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		v, err := note.NewVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", where, i+1, err)
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s holds no public key", where)
	}
	return note.VerifierList(list...), nil
}

// appendDurably adds data to a file and waits for the disk.
func appendDurably(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path)))
}

// writeDurably replaces a file whole.
func writeDurably(path string, data []byte, mode fs.FileMode) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return errors.Join(os.Rename(tmp, path), syncDir(filepath.Dir(path)))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
