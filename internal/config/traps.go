package config

import (
	"nezuban/collectors"
	"nezuban/internal/config/strict"
)

// traps reads where traps are received, and who signs them besides the users of
// the inventory.
func (l *loader) traps(y *siteYAML) {
	if !y.Has("traps") {
		return
	}
	t := &y.Traps
	if t.Listen.V == "" {
		t.Listen.V = DefaultTrapListen
	}
	l.listen(t.Listen, "traps.listen")
	l.site.Traps.Listen = t.Listen.V
	for i := range t.Users {
		u := &t.Users[i]
		if u.Version.V != "" && u.Version.V != "3" {
			l.add(u.Version.Place, "traps.users are of SNMP version 3", "v1 and v2c traps need no user: they are believed in nothing")
			continue
		}
		d := deviceYAML{ID: strict.Str{V: "traps.users"}, SNMP: *u}
		target := collectors.Target{SNMP: collectors.SNMPAccess{Version: "3", User: u.User.V}}
		if u.User.V == "" {
			l.add(u.Node.Place(), "a user of traps.users has no name", "for example - {user: nezuban-traps, auth_secret: trap-auth, priv_secret: trap-priv}")
			continue
		}
		l.userSecurity(&d, &target)
		l.site.Traps.Users = append(l.site.Traps.Users, target.SNMP)
	}
}
