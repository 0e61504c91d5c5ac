package trap

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"nezuban/collectors"
)

// authentication is one protocol of RFC 3414 (MD5, SHA-1) or RFC 7860.
type authentication struct {
	hash func() hash.Hash
	size int // of the code in a message, bytes
}

var authentications = map[string]authentication{
	"": {sha256.New, 24}, "SHA-256": {sha256.New, 24}, "SHA-224": {sha256.New224, 16}, "SHA-384": {sha512.New384, 32},
	"SHA-512": {sha512.New, 48}, "SHA-1": {sha1.New, 12}, "MD5": {md5.New, 12},
}

// privacies are the key lengths of the privacy protocols in bytes: DES (RFC 3414),
// AES-128 (RFC 3826), AES-192 and AES-256 as makers and net-snmp do them, with the
// key extension of draft-blumenthal-aes-usm-04.
var privacies = map[string]int{"": 16, "AES-128": 16, "AES-192": 24, "AES-256": 32, "DES": 16}

// secret is a user's pass phrases, made into master keys once: each costs a
// megabyte of hashing (RFC 3414, section A.2).
type secret struct {
	user       string
	level      byte // flagAuth and flagPriv that its messages must have
	auth       authentication
	des        bool
	privSize   int
	authMaster []byte
	privMaster []byte
}

func newSecret(a collectors.SNMPAccess) (*secret, error) {
	s := &secret{user: a.User}
	level := a.Level
	if level == "" {
		level = "authPriv"
	}
	if level == "noAuthNoPriv" {
		return s, nil
	}
	var ok bool
	if s.auth, ok = authentications[a.AuthProto]; !ok {
		return nil, fmt.Errorf("traps of user %s: authentication protocol %q is not known", a.User, a.AuthProto)
	}
	s.level, s.authMaster = flagAuth, master(s.auth.hash, a.AuthPass.Reveal())
	if level == "authNoPriv" {
		return s, nil
	}
	if s.privSize, ok = privacies[a.PrivProto]; !ok {
		return nil, fmt.Errorf("traps of user %s: privacy protocol %q is not known", a.User, a.PrivProto)
	}
	s.level, s.des, s.privMaster = flagAuth|flagPriv, a.PrivProto == "DES", master(s.auth.hash, a.PrivPass.Reveal())
	return s, nil
}

// master is the key of a pass phrase (RFC 3414, section A.2.1); nil for none.
func master(h func() hash.Hash, pass string) []byte {
	if pass == "" {
		return nil
	}
	const length = 1 << 20
	d, buf := h(), make([]byte, 0, 64+len(pass))
	for len(buf) < 64 {
		buf = append(buf, pass...)
	}
	whole := len(buf) / len(pass) * len(pass)
	written := 0
	for ; written+whole <= length; written += whole {
		d.Write(buf[:whole])
	}
	d.Write(buf[:min(whole, length-written)])
	return d.Sum(nil)
}

// keys are a user's at one engine.
type keys struct {
	auth    authentication
	authKey []byte
	des     bool
	privKey []byte
}

// at localises the keys (RFC 3414, section 2.6); it costs two or three hashes.
func (s *secret) at(engine []byte) *keys {
	k := &keys{auth: s.auth, des: s.des}
	if s.authMaster != nil {
		k.authKey = localise(s.auth.hash, s.authMaster, engine)
	}
	if s.privMaster != nil {
		k.privKey = localise(s.auth.hash, s.privMaster, engine)
		for len(k.privKey) < s.privSize {
			d := s.auth.hash()
			d.Write(k.privKey)
			k.privKey = d.Sum(k.privKey)
		}
		k.privKey = k.privKey[:s.privSize]
	}
	return k
}

func localise(h func() hash.Hash, key, engine []byte) []byte {
	d := h()
	d.Write(key)
	d.Write(engine)
	d.Write(key)
	return d.Sum(nil)
}

// sign is the code of a message whose own code is zero.
func (k *keys) sign(message []byte) []byte {
	m := hmac.New(k.auth.hash, k.authKey)
	m.Write(message)
	return m.Sum(nil)[:k.auth.size]
}

// verify checks the code that lies in the message.
func (k *keys) verify(packet, mac []byte) bool {
	if len(mac) != k.auth.size || k.authKey == nil {
		return false
	}
	// mac is a part of packet, so their capacities tell where it lies.
	at := cap(packet) - cap(mac)
	if at < 0 || at+len(mac) > len(packet) {
		return false
	}
	zeroed := append([]byte(nil), packet...)
	clear(zeroed[at : at+len(mac)])
	return hmac.Equal(k.sign(zeroed), mac)
}

var errPrivacy = errors.New("it cannot be decrypted")

// decrypt opens what is encrypted.
func (k *keys) decrypt(boots, seconds int32, salt, data []byte) ([]byte, error) {
	if len(salt) != 8 || k.privKey == nil || len(data) == 0 {
		return nil, errPrivacy
	}
	out := append([]byte(nil), data...)
	if k.des {
		block, iv, err := k.desBlock(salt)
		if err != nil || len(out)%des.BlockSize != 0 {
			return nil, errPrivacy
		}
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, out)
		return out, nil
	}
	block, err := aes.NewCipher(k.privKey)
	if err != nil {
		return nil, errPrivacy
	}
	cipher.NewCFBDecrypter(block, aesIV(boots, seconds, salt)).XORKeyStream(out, out) //lint:ignore SA1019 the protocol prescribes CFB
	return out, nil
}

// encrypt closes what only the user may read. No number may be used twice with the
// same boots (RFC 3826, section 3.1.2.1).
func (k *keys) encrypt(boots, seconds int32, number uint32, plain []byte) (data, salt []byte, err error) {
	if k.privKey == nil {
		return nil, nil, errPrivacy
	}
	salt = binary.BigEndian.AppendUint64(nil, uint64(boots)<<32|uint64(number))
	data = append([]byte(nil), plain...)
	if k.des {
		for len(data)%des.BlockSize != 0 {
			data = append(data, 0)
		}
		block, iv, err := k.desBlock(salt)
		if err != nil {
			return nil, nil, err
		}
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)
		return data, salt, nil
	}
	block, err := aes.NewCipher(k.privKey)
	if err != nil {
		return nil, nil, err
	}
	cipher.NewCFBEncrypter(block, aesIV(boots, seconds, salt)).XORKeyStream(data, data) //lint:ignore SA1019 the protocol prescribes CFB
	return data, salt, nil
}

// desBlock is the cipher and its start (RFC 3414, section 8.1.1.1).
func (k *keys) desBlock(salt []byte) (cipher.Block, []byte, error) {
	block, err := des.NewCipher(k.privKey[:8])
	iv := make([]byte, 8)
	for i := range iv {
		iv[i] = k.privKey[8+i] ^ salt[i]
	}
	return block, iv, err
}

// aesIV is RFC 3826, section 3.1.2.1.
func aesIV(boots, seconds int32, salt []byte) []byte {
	iv := binary.BigEndian.AppendUint32(nil, uint32(boots))
	iv = binary.BigEndian.AppendUint32(iv, uint32(seconds))
	return append(iv, salt...)
}
