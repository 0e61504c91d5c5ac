package config

import (
	"fmt"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// linkYAML is the line before a device.
type linkYAML struct {
	strict.Node
	Name    strict.Str `yaml:"name"`
	Packets int        `yaml:"packets"`
}

// maxLinkPackets is more than any line needs: 10,000 devices every second.
const maxLinkPackets = 10_000

// link is the line that is written down, or else the device it is reached through.
func (l *loader) link(y *deviceYAML, via facility.DeviceID) collectors.Link {
	out := collectors.Link{Name: y.Link.Name.V, Packets: y.Link.Packets}
	if out.Name == "" {
		out.Name = string(via)
	}
	switch {
	case out.Packets < 0 || out.Packets > maxLinkPackets:
		l.add(y.Link.At("packets"), fmt.Sprintf("link.packets %d: want 1 to %d requests a second", out.Packets, maxLinkPackets), "leave it out where the line can take what the devices can")
	case out.Packets > 0 && out.Name == "":
		l.add(y.Link.At("packets"), "link.packets bounds a line that has no name", "add link: {name: …}, the same for all devices behind it")
	}
	return out
}
