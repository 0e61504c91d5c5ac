package agent

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// macSize is the length of usmHMAC192SHA256AuthProtocol's digest, RFC 7860
// section 4.2.2.
const macSize = 24

// saltSize is the length of the privacy parameters, RFC 3826 section 3.1.2.1.
const saltSize = 8

// A User may ask v3 questions. Authentication is HMAC-192-SHA-256, privacy
// AES-128. With an empty PrivPass the user has no privacy key; with an empty
// AuthPass neither.
type User struct {
	Name     string
	AuthPass string
	PrivPass string
}

// levels of security, the bits of msgFlags, RFC 3412 section 6.4.
const (
	flagAuth       = 0x01
	flagPriv       = 0x02
	flagReportable = 0x04
)

// account is a user with keys localised to this engine.
type account struct {
	auth []byte // nil: cannot authenticate
	priv []byte // nil: cannot decrypt
	need byte   // the level below which access is refused
}

func newAccount(u User, engine []byte) (account, error) {
	var a account
	if u.AuthPass == "" {
		if u.PrivPass != "" {
			return a, fmt.Errorf("user %s: privacy without authentication", u.Name)
		}
		return a, nil
	}
	key, err := localKey(u.AuthPass, engine)
	if err != nil {
		return a, fmt.Errorf("user %s: authentication key: %w", u.Name, err)
	}
	a.auth, a.need = key, flagAuth
	if u.PrivPass == "" {
		return a, nil
	}
	if key, err = localKey(u.PrivPass, engine); err != nil {
		return a, fmt.Errorf("user %s: privacy key: %w", u.Name, err)
	}
	a.priv, a.need = key[:16], flagAuth|flagPriv // RFC 3826 section 1.2.1: the first 128 bits
	return a, nil
}

// localKey is the password to key algorithm of RFC 3414 section 2.6 and
// appendix A.2 with SHA-256, as RFC 7860 section 9.3 prescribes.
func localKey(password string, engine []byte) ([]byte, error) {
	if len(password) < 8 { // RFC 3414 section 11.2
		return nil, errors.New("the password has fewer than 8 characters")
	}
	const expanded = 1 << 20
	buf := make([]byte, 0, expanded+len(password))
	for len(buf) < expanded {
		buf = append(buf, password...)
	}
	ku := sha256.Sum256(buf[:expanded])
	h := sha256.New()
	h.Write(ku[:])
	h.Write(engine)
	h.Write(ku[:])
	return h.Sum(nil), nil
}

// digest signs a whole message whose authentication parameters are zero.
func digest(key, msg []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(msg)
	return h.Sum(nil)[:macSize]
}

// crypt runs AES-128-CFB over text in place, RFC 3826 section 3.1.
func crypt(key []byte, boots, engineTime int32, salt, text []byte, encrypt bool) error {
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	iv := binary.BigEndian.AppendUint32(nil, uint32(boots))
	iv = binary.BigEndian.AppendUint32(iv, uint32(engineTime))
	iv = append(iv, salt...)
	if len(iv) != aes.BlockSize {
		return fmt.Errorf("privacy parameters of %d octets where %d belong", len(salt), saltSize)
	}
	// CFB is what RFC 3826 asks for; integrity comes from the HMAC above it.
	if encrypt {
		cipher.NewCFBEncrypter(block, iv).XORKeyStream(text, text) //lint:ignore SA1019 the protocol prescribes CFB
	} else {
		cipher.NewCFBDecrypter(block, iv).XORKeyStream(text, text) //lint:ignore SA1019 the protocol prescribes CFB
	}
	return nil
}

// timeWindow is how far a manager's idea of our time may be off, in seconds, RFC
// 3414 section 2.2.3.
const timeWindow = 150

// maxBoots is the value at which an engine must be given new keys.
const maxBoots = 1<<31 - 1
