package main

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"nezuban/collectors/snmp"
	"nezuban/internal/text"
)

// discovered is one device as `nezuban discover --json` prints it.
type discovered struct {
	Address     string   `json:"address"`
	Device      string   `json:"device"` // id in the inventory; "" where it is new
	ID          string   `json:"id"`     // proposed
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`
	Place       string   `json:"place"`
	Vendor      string   `json:"vendor"`
	Model       string   `json:"model"`
	Profiles    []string `json:"profiles"`
	SysObjectID string   `json:"sys_object_id"`
	SysDescr    string   `json:"sys_descr"`
	Problems    []string `json:"problems"`
}

// printDiscovered prints what a sweep found, by address.
func (f *flags) printDiscovered(w io.Writer, d *discovery, found []snmp.Swept) error {
	slices.SortFunc(found, func(a, b snmp.Swept) int {
		return netip.MustParseAddrPort(a.Address).Compare(netip.MustParseAddrPort(b.Address))
	})
	out, ids := []discovered{}, map[string]bool{}
	for _, id := range d.known {
		ids[id] = true
	}
	for i := range found {
		out = append(out, d.propose(&found[i], ids))
	}
	if f.json {
		return printJSON(w, out)
	}
	_, err := io.WriteString(w, d.inventory(out))
	return err
}

// propose makes an inventory entry of what an address said of itself; ids are
// those that are taken.
func (d *discovery) propose(r *snmp.Swept, ids map[string]bool) discovered {
	id := &r.Identity
	out := discovered{Address: r.Address, Device: d.known[r.Address], Name: id.SysName, Kind: r.Kind, Place: id.SysLocation,
		Vendor: id.Vendor, Model: id.Model, Profiles: id.Profiles, SysObjectID: id.SysObjectID, SysDescr: id.SysDescr, Problems: r.Problems}
	if out.Kind == "" {
		out.Kind = "other"
	}
	if out.Profiles == nil {
		out.Profiles = []string{}
	}
	if out.Problems == nil {
		out.Problems = []string{}
	}
	base := idOf(id.SysName)
	if base == "" {
		addr := netip.MustParseAddrPort(r.Address).Addr().String()
		base = out.Kind + "-" + idOf(strings.ReplaceAll(addr, ".", "-"))
	}
	out.ID = base
	for n := 2; ids[out.ID]; n++ {
		out.ID = base + "-" + strconv.Itoa(n)
	}
	ids[out.ID] = true
	return out
}

// idOf makes a device id of a name: lower-case letters, digits and dashes, at most
// 56 so that a number fits behind it.
func idOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_':
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte('-')
		}
		if b.Len() == 56 {
			break
		}
	}
	return strings.Trim(b.String(), "-._")
}

// inventory writes the proposal as a file of the inventory. What devices said is
// quoted and has passed the gate for text from outside.
func (d *discovery) inventory(found []discovered) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %d devices answered in %d addresses. Check kind, place and feed, and give racks and groups.\n", len(found), d.total)
	b.WriteString(d.defaults())
	b.WriteString("devices:\n")
	fresh := 0
	for _, x := range found {
		what := clean1(strings.TrimSpace(strings.Join([]string{x.Vendor, x.Model}, " ")))
		if what == "" {
			what = clean1(x.SysDescr)
		}
		fmt.Fprintf(&b, "  # %s; %s\n", orDash(what), orDash(strings.Join(x.Profiles, ", ")))
		mark := "  - "
		if x.Device != "" {
			mark = fmt.Sprintf("  # in the inventory as %s: ", x.Device)
		} else {
			fresh++
		}
		fmt.Fprintf(&b, "%s{id: %s, name: %s, kind: %s, place: %s, address: %q}\n", mark, strconv.Quote(x.ID), quoted(x.Name), x.Kind, quoted(x.Place), address(x.Address))
	}
	if fresh == 0 {
		return strings.Replace(b.String(), "devices:\n", "devices: []\n", 1)
	}
	return b.String()
}

// defaults says how all of them are spoken to; secrets are named, not shown.
func (d *discovery) defaults() string {
	a := d.sweep.Access
	if a.Version == "3" {
		out := fmt.Sprintf("defaults:\n  snmp: {version: \"3\", user: %s, level: %s", quoted(a.User), a.Level)
		if a.Level != "noAuthNoPriv" {
			out += ", auth: " + a.AuthProto + ", auth_secret: discovered-auth"
		}
		if a.Level == "authPriv" {
			out += ", priv: " + a.PrivProto + ", priv_secret: discovered-priv"
		}
		return out + "}  # nezuban secrets set discovered-auth, discovered-priv\n"
	}
	return fmt.Sprintf("defaults:\n  snmp: {version: %q, community_secret: discovered-community}  # nezuban secrets set discovered-community\n", a.Version)
}

// address leaves out the port that SNMP has anyway.
func address(hostPort string) string {
	ap := netip.MustParseAddrPort(hostPort)
	if ap.Port() == 161 {
		return ap.Addr().String()
	}
	return hostPort
}

func quoted(s string) string { return strconv.Quote(clean1(s)) }

// clean1 passes a text through the gate for text from outside, on one line.
func clean1(s string) string {
	s, _ = text.Clean(s, 120)
	return strings.Join(strings.Fields(s), " ")
}
