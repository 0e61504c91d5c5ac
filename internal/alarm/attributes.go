package alarm

import (
	"strconv"

	"nezuban/internal/facility"
)

// Attributes are what selectors may ask of an occurrence: its own first, then
// those of its device, nil where the device is not known. Its state is both the
// one shown and the base state underneath.
func (o Occurrence) Attributes(device facility.Attributes) facility.Attributes {
	return func(key string) []string {
		switch key {
		case "priority":
			return []string{strconv.Itoa(int(o.Priority))}
		case "state":
			return []string{string(o.Shown()), string(o.State())}
		case "rule":
			return []string{o.Rule}
		case "class":
			return []string{string(o.Class)}
		case "owner":
			return []string{o.Owner}
		case "zone":
			return []string{o.Zone}
		case "device":
			return []string{string(o.Device)}
		case "place":
			return []string{o.Place}
		case "category":
			return []string{o.Category}
		}
		if device == nil {
			return nil
		}
		return device(key)
	}
}
