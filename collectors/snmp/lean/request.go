package lean

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unique"

	"github.com/gosnmp/gosnmp"
)

// A Request is one GET, encoded. It is never changed and may be shared by devices
// and loops; requests of the same bytes share their memory.
type Request struct {
	packet unique.Handle[string]
	idAt   int // where the four bytes of the request id stand
	pdu    int // where the PDU begins: before it stand version and community
	first  int // where the first varbind begins
	count  int
}

// maxPacket is the longest datagram there is.
const maxPacket = 65535

// Prepare encodes a GET of the instances; version is "1" or "2c".
func Prepare(version, community string, oids []string) (*Request, error) {
	if len(oids) == 0 {
		return nil, errors.New("prepare request: no instance to ask for")
	}
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c, Community: community, MaxOids: len(oids)}
	if version == "1" {
		x.Version = gosnmp.Version1
	}
	pdus := make([]gosnmp.SnmpPDU, len(oids))
	for i, o := range oids {
		pdus[i] = gosnmp.SnmpPDU{Name: o, Type: gosnmp.Null}
	}
	x.SetRequestID(idMark - 1) // the encoder counts up before it encodes
	b, err := x.SnmpEncodePacket(gosnmp.GetRequest, pdus, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("prepare request: %w", err)
	}
	r := &Request{count: len(oids)}
	if err := r.locate(b); err != nil {
		return nil, fmt.Errorf("prepare request of %d instances: %w", len(oids), err)
	}
	r.packet = unique.Make(string(b))
	return r, nil
}

// locate finds the places that sending and decoding need.
func (r *Request) locate(b []byte) error {
	h, ok := readHeader(b)
	if !ok || h.tag != byte(gosnmp.GetRequest) || h.id != idMark || len(b) > maxPacket {
		return errors.New("the encoder's packet is not as expected")
	}
	r.idAt, r.pdu = h.idAt, h.pdu
	n, at, ok := header(b, h.rest+6, tagSequence) // error-status and error-index: 02 01 00 each
	if !ok || at+n != len(b) {
		return errors.New("the encoder's varbinds are not as expected")
	}
	r.first = at
	return nil
}

// Varbinds is how many instances the request asks for.
func (r *Request) Varbinds() int { return r.count }

// Size is the request's length in bytes.
func (r *Request) Size() int { return len(r.packet.Value()) }

// appendTo writes the packet with an id of its own.
func (r *Request) appendTo(buf []byte, id uint32) []byte {
	buf = append(buf, r.packet.Value()...)
	binary.BigEndian.PutUint32(buf[r.idAt:], id)
	return buf
}

// Request ids: 01, the device's place in its loop, the generation of the request.
const (
	idMark      = 1 << 30
	generations = 1 << 14
	maxDevices  = 1 << 16
)

func requestID(place, generation uint16) uint32 {
	return idMark | uint32(place)<<14 | uint32(generation)
}

// splitID takes a request id apart; false where it cannot be one of ours.
func splitID(id uint32) (place, generation uint16, ok bool) {
	return uint16(id >> 14), uint16(id & (generations - 1)), id>>30 == 1
}
