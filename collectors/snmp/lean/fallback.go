package lean

import (
	"fmt"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// A Number is one varbind that holds a number, as the library decodes it.
type Number struct {
	OID   string
	Value float64
}

// A StatusError is an answer with error-status (RFC 3416, section 3).
type StatusError struct{ Status, Index int }

// TooBig is the error-status of an answer that would not fit.
const TooBig = 1

func (e *StatusError) Error() string {
	return fmt.Sprintf("the device answered error-status %d for varbind %d", e.Status, e.Index)
}

// Numbers decodes an answer the slow way, for a surprise, and returns the numbers
// in it. An answer with an error status is a *StatusError.
func Numbers(packet []byte) ([]Number, error) {
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	p, err := x.SnmpDecodePacket(packet)
	if err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	if p.Error != gosnmp.NoError {
		return nil, &StatusError{Status: int(p.Error), Index: int(p.ErrorIndex)}
	}
	var out []Number
	for _, v := range p.Variables {
		n := Number{OID: strings.TrimPrefix(v.Name, ".")}
		switch x := v.Value.(type) {
		case int:
			n.Value = float64(x)
		case uint:
			n.Value = float64(x)
		case uint32:
			n.Value = float64(x)
		case uint64:
			n.Value = float64(x)
		case float32:
			n.Value = float64(x)
		case float64:
			n.Value = x
		default:
			continue
		}
		out = append(out, n)
	}
	return out, nil
}
