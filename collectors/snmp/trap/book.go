package trap

import (
	"net/netip"
	"reflect"
	"sync"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// maxSameName bounds how many pass phrases are tried for one user name.
const maxSameName = 16

// book is whom traps may come from. It is replaced whole, never changed.
type book struct {
	byAddress map[netip.Addr][]facility.DeviceID
	users     map[string][]*secret
	own       map[facility.DeviceID]*secret // of the devices polled by v3
	byUser    map[string][]facility.DeviceID
}

// addressed lists the devices of an address.
func (b *book) addressed(a netip.Addr) []facility.DeviceID { return b.byAddress[a] }

// secretsFor are the secrets to try for a message of this user from these devices:
// their own first.
func (b *book) secretsFor(user string, from []facility.DeviceID) []*secret {
	var out []*secret
	for _, id := range from {
		if s := b.own[id]; s != nil && s.user == user {
			out = append(out, s)
		}
	}
	for _, s := range b.users[user] {
		if len(out) >= maxSameName {
			break
		}
		seen := false
		for _, o := range out {
			seen = seen || o == s
		}
		if !seen {
			out = append(out, s)
		}
	}
	return out
}

// keyring makes secrets of accesses and keeps them, so that a reload costs nothing
// for those that stay.
type keyring struct {
	mu   sync.Mutex // protects made
	made map[collectors.SNMPAccess]*secret
}

func (k *keyring) secret(a collectors.SNMPAccess) (*secret, error) {
	a = collectors.SNMPAccess{Version: "3", User: a.User, Level: a.Level, AuthProto: a.AuthProto, AuthPass: a.AuthPass, PrivProto: a.PrivProto, PrivPass: a.PrivPass}
	k.mu.Lock()
	defer k.mu.Unlock()
	if s, ok := k.made[a]; ok {
		return s, nil
	}
	s, err := newSecret(a)
	if err != nil {
		return nil, err
	}
	if k.made == nil {
		k.made = map[collectors.SNMPAccess]*secret{}
	}
	k.made[a] = s
	return s, nil
}

// users fills in who may sign.
func (b *book) sign(k *keyring, targets []collectors.Target, more []collectors.SNMPAccess) error {
	b.users, b.own, b.byUser = map[string][]*secret{}, map[facility.DeviceID]*secret{}, map[string][]facility.DeviceID{}
	add := func(a collectors.SNMPAccess) (*secret, error) {
		s, err := k.secret(a)
		if err != nil {
			return nil, err
		}
		for _, x := range b.users[a.User] {
			if x == s || reflect.DeepEqual(x.authMaster, s.authMaster) && reflect.DeepEqual(x.privMaster, s.privMaster) && x.level == s.level && x.privSize == s.privSize && x.des == s.des && x.auth.size == s.auth.size {
				return x, nil
			}
		}
		b.users[a.User] = append(b.users[a.User], s)
		return s, nil
	}
	for _, t := range targets {
		if t.SNMP.Version != "3" {
			continue
		}
		s, err := add(t.SNMP)
		if err != nil {
			return err
		}
		b.own[t.Device.ID] = s
		b.byUser[t.SNMP.User] = append(b.byUser[t.SNMP.User], t.Device.ID)
	}
	for _, a := range more {
		if _, err := add(a); err != nil {
			return err
		}
	}
	return nil
}
