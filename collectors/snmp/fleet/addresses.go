package fleet

import (
	"fmt"
	"net/netip"
)

// Addresses returns n consecutive addresses from base on. Those that end in 0 or
// 255 (IPv4) are left out unless all is set.
func Addresses(base netip.Addr, n int, all bool) ([]netip.Addr, error) {
	out := make([]netip.Addr, 0, n)
	for a := base; len(out) < n; a = a.Next() {
		if !a.IsValid() {
			return nil, fmt.Errorf("no %d addresses from %s on", n, base)
		}
		if last := a.AsSlice()[len(a.AsSlice())-1]; all || !a.Is4() || last != 0 && last != 255 {
			out = append(out, a)
		}
	}
	return out, nil
}
