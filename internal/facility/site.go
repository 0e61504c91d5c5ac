package facility

import "time"

// A Site is one data centre. Reports name it by Code; the address is nowhere.
type Site struct {
	Code     string // "DC-E1"
	Name     Text
	Zone     *time.Location
	Language string // "en" or "ja": the default for people who have not chosen
}

// Text is a sentence or name in both languages.
type Text struct{ En, Ja string }

// In returns the text in lang ("ja" or anything else for English), falling back
// to the other language where one is empty.
func (t Text) In(lang string) string {
	if lang == "ja" && t.Ja != "" || t.En == "" {
		return t.Ja
	}
	return t.En
}

// A Device is one thing on the network that is polled.
type Device struct {
	ID       DeviceID
	Name     string    // shown to people
	Kind     string    // ups pdu ats envhub dcpower generator meter cooling bmc network host storage other
	Category string    // power fire cooling equipment resources
	Place    string    // "B1F/elec-a": floor and room, from outside in
	Rack     string    // "" where none
	Feed     string    // "A", "B" or ""
	Groups   []string  // free groups for selectors
	Via      DeviceID  // the switch or gateway through which it is reached; "" none named
	Engine   string    // "snmp", "agent", or "model" where nezuban computes the points itself
	Since    time.Time // in service since; zero: since first seen
}

// Categories in the order of the overview.
var Categories = []string{"power", "fire", "cooling", "equipment", "resources"}

// CategoryOf is the overview box in which devices of a kind stand unless the
// inventory says otherwise.
func CategoryOf(kind string) string {
	switch kind {
	case "ups", "pdu", "ats", "dcpower", "generator", "meter":
		return "power"
	case "cooling":
		return "cooling"
	case "envhub":
		return "fire"
	case "host", "storage", "bmc":
		return "resources"
	}
	return "equipment"
}

// Kinds lists the device kinds a profile or an inventory may name.
var Kinds = []string{"ups", "pdu", "ats", "envhub", "dcpower", "generator", "meter", "cooling", "bmc", "network", "host", "storage", "other"}

// Priority of an alarm: 1 is the gravest.
type Priority uint8

const (
	P1 Priority = 1 + iota
	P2
	P3
	P4
)

// Mark is how a priority is written everywhere, beside any colour.
func (p Priority) Mark() string {
	switch p {
	case P1:
		return "!!1"
	case P2:
		return "!2"
	case P3:
		return ".3"
	case P4:
		return "-4"
	}
	return "?"
}
