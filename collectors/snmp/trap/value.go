package trap

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"unicode/utf8"

	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// Bounds of one value, in bytes.
const (
	maxText = 256
	maxHex  = 64
)

// varbind makes a variable readable.
func varbind(name string, tag byte, b []byte) (v facility.Varbind, err error) {
	v.OID = name
	number := func(kind string) (facility.Varbind, error) {
		n, err := unsigned(b)
		v.Type, v.Value = kind, strconv.FormatUint(n, 10)
		return v, err
	}
	switch tag {
	case tagInteger:
		n, err := signed(b)
		v.Type, v.Value = "INTEGER", strconv.FormatInt(n, 10)
		return v, err
	case tagOctets:
		v.Type, v.Value = "OCTET STRING", octetText(b)
	case tagOID:
		v.Type = "OBJECT IDENTIFIER"
		v.Value, err = oidText(b)
	case tagAddress:
		v.Type = "IpAddress"
		v.Value, err = addressText(b)
	case tagCounter32:
		return number("Counter32")
	case tagGauge32:
		return number("Gauge32")
	case tagTicks:
		return number("TimeTicks")
	case tagCounter64:
		return number("Counter64")
	case tagOpaque:
		v.Type, v.Value = "Opaque", hexText(b)
	case tagNull:
		v.Type = "NULL"
	case 0x80, 0x81, 0x82: // the exceptions of RFC 3416; odd in a trap, and harmless
		v.Type = [...]string{"noSuchObject", "noSuchInstance", "endOfMibView"}[tag&3]
	default:
		return v, errBER
	}
	return v, err
}

func addressText(b []byte) (string, error) {
	if len(b) != 4 {
		return "", errBER
	}
	return netip.AddrFrom4([4]byte(b)).String(), nil
}

// octetText is text where the octets are text, and hex where they are not.
func octetText(b []byte) string {
	if !utf8.Valid(b) {
		return hexText(b)
	}
	for i, o := range b {
		last := i == len(b)-1 // agents written in C send the end of the string too
		if o < ' ' && o != '\n' && o != '\r' && o != '\t' && o != 0x1b && (o != 0 || !last) {
			return hexText(b)
		}
	}
	out, _ := text.Clean(string(b), maxText)
	return out
}

func hexText(b []byte) string {
	if len(b) > maxHex {
		return "0x" + hex.EncodeToString(b[:maxHex]) + "…"
	}
	return "0x" + hex.EncodeToString(b)
}

// names of notifications that any device may send: SNMPv2-MIB (RFC 3418), IF-MIB
// (RFC 2863) and UPS-MIB (RFC 1628, section 4: upsTraps).
var names = map[string]string{
	oidGeneric + ".1": "coldStart", oidGeneric + ".2": "warmStart", oidGeneric + ".3": "linkDown", oidGeneric + ".4": "linkUp",
	oidGeneric + ".5": "authenticationFailure", oidGeneric + ".6": "egpNeighborLoss",
	"1.3.6.1.2.1.33.2.1": "upsTrapOnBattery", "1.3.6.1.2.1.33.2.2": "upsTrapTestCompleted",
	"1.3.6.1.2.1.33.2.3": "upsTrapAlarmEntryAdded", "1.3.6.1.2.1.33.2.4": "upsTrapAlarmEntryRemoved",
	"1.3.6.1.2.1.33.2.0.1": "upsTrapOnBattery", "1.3.6.1.2.1.33.2.0.2": "upsTrapTestCompleted",
	"1.3.6.1.2.1.33.2.0.3": "upsTrapAlarmEntryAdded", "1.3.6.1.2.1.33.2.0.4": "upsTrapAlarmEntryRemoved",
}
