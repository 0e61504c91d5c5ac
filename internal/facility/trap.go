package facility

import "time"

// A Trap is one SNMP notification as it was received: evidence of what somebody
// sent, never a reading and never an alarm. Everything in it but At, Device,
// Source and Polled was said by the sender; texts are sanitised.
type Trap struct {
	At       time.Time // of receipt, our clock, UTC
	Device   DeviceID  // whom the source address, or the v3 engine and user, names; "" nobody of the inventory
	Source   string    // address it came from, without port
	Version  string    // "v1", "v2c", "v3"
	Inform   bool      // the sender asked for an acknowledgement and got it
	User     string    // v3: whose signature it carried; "" none
	Level    string    // v3: noAuthNoPriv, authNoPriv, authPriv
	OID      string    // snmpTrapOID; of v1 traps as RFC 3584, section 3.1, translates them
	Name     string    // of well-known ones: "coldStart", "upsTrapOnBattery"; "" unknown
	Uptime   float64   // sysUpTime of the sender, seconds
	Agent    string    // v1: the agent's address where it is not Source
	Varbinds []Varbind
	Cut      bool // it had more varbinds than are kept
	Polled   bool // it brought a poll of its device
}

// A Varbind is one variable of a trap, its value as text.
type Varbind struct {
	OID   string
	Type  string // INTEGER, OCTET STRING, OBJECT IDENTIFIER, Counter32 …
	Value string // octets that are no text in hex behind 0x
}

// A TrapSender is somebody whose traps were not taken, and why.
type TrapSender struct {
	Source  string
	Device  DeviceID // "" nobody of the inventory
	Cause   string   // "unknown", "malformed", "user", "digest", "decryption", "level", "time_window", "dialogue"
	Count   uint64
	First   time.Time
	Last    time.Time
	Version string // of the last one that could be read, "" none
	OID     string // of the last one that could be read, "" none
}

// TrapStatus is how receiving traps goes.
type TrapStatus struct {
	Listen       string            // "" not listening
	Received     map[string]uint64 // datagrams by version: v1, v2c, v3, malformed, unread
	Unknown      uint64            // from addresses and engines of nobody in the inventory
	Malformed    uint64
	Refused      uint64 // v3 that proved nothing: user, digest, decryption, level, time window
	Sampled      uint64 // beyond the limits, counted and not read
	Polls        uint64 // rounds that traps brought
	Acknowledged uint64 // informs
	NotKept      uint64 // read, and not kept as evidence: too many of one device, or records could not take them
	Dropped      uint64 // by the kernel, because nobody read them in time
	Senders      []TrapSender
}
