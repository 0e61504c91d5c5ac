package sim

import (
	"fmt"
	"strings"
	"time"

	"nezuban/internal/sim/model"
)

// Access to the simulated devices. They are no secrets: the facility exists on
// loopback only.
const (
	community = "nezuban-demo"
	v3User    = "nezuban"
	v3Auth    = "demo-authentication"
	v3Priv    = "demo-privacy"
)

// sideName is how people call a side, and what stands as a device's feed.
func sideName(s model.Side) string { return string(rune('A' + int(s))) }

// serverID is the id of the n-th server.
func serverID(n int) string {
	perHall := model.Servers / model.Halls
	return fmt.Sprintf("srv-h%d-%02d", n/perHall+1, n%perHall+1)
}

func hallPlace(hall int) string { return fmt.Sprintf("1F/hall-%d", hall+1) }

// since is a management part that has run for days before the model was made.
func since(days int) func(*model.State) time.Duration {
	return func(*model.State) time.Duration { return -time.Duration(days) * 24 * time.Hour }
}

// plan lists every device in stable order: power from the outside in, then
// cooling, sensors, network, servers.
func plan() []*device {
	var ds []*device
	add := func(d *device) {
		if d.Engine == "" {
			d.Engine, d.Version, d.Community = "snmp", "2c", community
		}
		ds = append(ds, d)
	}
	for side := model.A; side <= model.B; side++ {
		ds = append(ds, intake(side)...)
	}
	for side := model.A; side <= model.B; side++ {
		for hall := range model.Halls {
			ds = append(ds, upsDevice(side, hall))
		}
	}
	for _, d := range ds {
		d.Engine = "snmp"
		if d.Version = "2c"; d.Kind == "ups" || d.Kind == "generator" {
			d.Version, d.User, d.AuthPass, d.PrivPass = "3", v3User, v3Auth, v3Priv
		} else {
			d.Community = community
		}
	}
	for rack := range model.Halls * model.RacksPerHall {
		for side := model.A; side <= model.B; side++ {
			add(pduDevice(rack, side))
		}
	}
	for unit := range model.Halls * model.CRACsPerHall {
		add(cracDevice(unit))
	}
	for hall := range model.Halls {
		add(hubDevice(hall))
	}
	for hall := range model.Halls {
		add(switchDevice(hall))
	}
	for n := range model.Servers {
		add(serverDevice(n))
	}
	return ds
}

// intake is the meter, the generator and the transfer switch of a side.
func intake(side model.Side) []*device {
	feed := sideName(side)
	low := strings.ToLower(feed)
	room := "B1F/elec-" + low
	n := int(side) + 1
	return []*device{
		{
			Device: Device{ID: "meter-" + low, Name: "Utility " + feed + " meter", NameJa: "商用電源 " + feed + " 計器", Kind: "meter", Place: room, Feed: feed, Groups: []string{"utility"}},
			descr:  "power analyser, three phases", objectID: enterprise(34278), services: 72, build: meterView(side), since: since(311),
		},
		{
			Device: Device{ID: fmt.Sprintf("gen-%d", n), Name: fmt.Sprintf("Generator %d", n), NameJa: fmt.Sprintf("発電機 %d", n), Kind: "generator", Place: "B1F/gen", Feed: feed, Groups: []string{"standby"}},
			descr:  "generator controller", objectID: enterprise(318, 1, 3, 19), services: 72, build: generatorView(side), since: since(164),
		},
		{
			Device: Device{ID: "ats-" + low, Name: "Transfer switch " + feed, NameJa: "切替器 " + feed, Kind: "ats", Place: room, Feed: feed, Groups: []string{"standby"}},
			descr:  "automatic transfer switch", objectID: enterprise(318, 1, 3, 11), services: 72, build: transferView(side), since: since(287),
		},
	}
}

func upsDevice(side model.Side, hall int) *device {
	feed := sideName(side)
	id := upsID(side, hall)
	return &device{
		Device: Device{
			ID: id, Name: fmt.Sprintf("UPS %s%d", feed, hall+1), Kind: "ups", Place: "B1F/elec-" + strings.ToLower(feed), Feed: feed,
			Groups: []string{"ups", fmt.Sprintf("hall-%d", hall+1)},
		},
		descr: "uninterruptible power supply, 60 kVA", objectID: mib2(33), services: 72, build: upsView(side, hall), since: since(201 + hall),
	}
}

func pduDevice(rack int, side model.Side) *device {
	hall, feed := rack/model.RacksPerHall, sideName(side)
	return &device{
		Device: Device{
			ID:   pduID(rack, side),
			Name: fmt.Sprintf("PDU %s %s", rackName(rack), feed), Kind: "pdu", Place: hallPlace(hall), Rack: rackName(rack), Feed: feed,
			Groups: []string{"rack-power", fmt.Sprintf("hall-%d", hall+1)},
		},
		descr: "metered rack PDU, 8 outlets", objectID: enterprise(318, 1, 3, 4, 6), services: 72, build: pduView(rack, side),
		alive: func(s *model.State) bool { return s.Racks[rack].PDUs[side].Live },
		since: func(s *model.State) time.Duration { return s.Racks[rack].PDUs[side].Since },
	}
}

func cracDevice(unit int) *device {
	hall := unit / model.CRACsPerHall
	return &device{
		Device: Device{
			ID: cracID(unit), Name: fmt.Sprintf("CRAC %d", unit+1), NameJa: fmt.Sprintf("空調機 %d", unit+1), Kind: "cooling", Place: hallPlace(hall),
			Feed: sideName(model.Side(unit % 2)), Groups: []string{"cooling", fmt.Sprintf("hall-%d", hall+1)},
		},
		descr: "computer room air conditioner, 32 kW", objectID: enterprise(476, 1, 42), services: 72, build: cracView(unit), since: since(120 + unit),
	}
}

func hubDevice(hall int) *device {
	return &device{
		Device: Device{
			ID: fmt.Sprintf("hub-h%d", hall+1), Name: fmt.Sprintf("Sensor hub hall %d", hall+1), NameJa: fmt.Sprintf("センサーハブ ホール%d", hall+1), Kind: "envhub", Place: hallPlace(hall),
			Groups: []string{"fire", fmt.Sprintf("hall-%d", hall+1)}, Bindings: hubBindings(hall),
		},
		descr: "sensor hub, 8 ports and 60 dry contacts", objectID: enterprise(3854, 1), services: 72, build: hubView(hall), since: since(402),
	}
}

func switchDevice(hall int) *device {
	return &device{
		Device: Device{
			ID: fmt.Sprintf("sw-h%d", hall+1), Name: fmt.Sprintf("Access switch hall %d", hall+1), NameJa: fmt.Sprintf("スイッチ ホール%d", hall+1), Kind: "network", Place: hallPlace(hall),
			Rack: rackName((hall+1)*model.RacksPerHall - 1), Groups: []string{"network", fmt.Sprintf("hall-%d", hall+1)},
		},
		descr: "Linux switch, 24 ports and 2 uplinks", objectID: netSNMP(), services: 74, build: switchView(hall),
		alive: func(s *model.State) bool { return s.Switches[hall].Powered },
		since: func(s *model.State) time.Duration { return s.Switches[hall].Booted },
	}
}

func serverDevice(n int) *device {
	perHall := model.Servers / model.Halls
	hall, inHall := n/perHall, n%perHall
	d := &device{
		Device: Device{
			ID: serverID(n), Name: fmt.Sprintf("Server H%d-%02d", hall+1, inHall+1), NameJa: fmt.Sprintf("サーバー H%d-%02d", hall+1, inHall+1), Kind: "host", Place: hallPlace(hall),
			Rack:   rackName(hall*model.RacksPerHall + inHall/2),
			Groups: []string{"servers", fmt.Sprintf("hall-%d", hall+1)},
		},
		descr: "Linux " + serverID(n) + " 6.12.0 x86_64", objectID: netSNMP(), services: 72, build: hostView(n),
		alive: func(s *model.State) bool { return s.Servers[n].Powered },
		since: hostSince(n),
	}
	if inHall >= perHall-2 { // the last two of each hall run the agent instead
		d.Engine, d.build, d.metrics = "agent", nil, hostMetrics(n)
	}
	return d
}

// engineID is an SnmpEngineID after RFC 3411: the Net-SNMP enterprise, format
// "administratively assigned text".
func engineID(id string) []byte {
	return append([]byte{0x80, 0, 0x1f, 0x88, 4}, id...)
}
