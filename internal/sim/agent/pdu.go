package agent

import "fmt"

// PDU types, RFC 3416 section 3.
const (
	pduGet      = 0xa0
	pduGetNext  = 0xa1
	pduResponse = 0xa2
	pduSet      = 0xa3
	pduGetBulk  = 0xa5
	pduReport   = 0xa8
)

// Error statuses, RFC 3416 section 3.
const (
	statusNoError            = 0
	statusTooBig             = 1
	statusAuthorizationError = 16
	statusNotWritable        = 17
)

type varbind struct {
	oid OID
	val Value
}

type pdu struct {
	kind      byte
	requestID int32
	// status and index are non-repeaters and max-repetitions in a GETBULK.
	status, index int32
	vars          []varbind
}

// maxVarbinds bounds what one request may name.
const maxVarbinds = 2048

func readPDU(r *reader) (pdu, error) {
	tag, in, err := r.next()
	if err != nil {
		return pdu{}, err
	}
	p := pdu{kind: tag}
	if p.requestID, err = in.int32(); err != nil {
		return p, err
	}
	if p.status, err = in.int32(); err != nil {
		return p, err
	}
	if p.index, err = in.int32(); err != nil {
		return p, err
	}
	list, err := in.expect(tagSequence)
	if err != nil {
		return p, err
	}
	for !list.empty() {
		vb, err := list.expect(tagSequence)
		if err != nil {
			return p, err
		}
		o, err := vb.oid()
		if err != nil {
			return p, err
		}
		if _, _, err := vb.next(); err != nil { // a request's values mean nothing
			return p, err
		}
		if p.vars = append(p.vars, varbind{oid: o}); len(p.vars) > maxVarbinds {
			return p, fmt.Errorf("%w: more than %d variables", errBER, maxVarbinds)
		}
	}
	return p, nil
}

func (vb varbind) append(b []byte) []byte {
	return appendTLV(b, tagSequence, vb.val.append(appendOID(nil, vb.oid)))
}

func (p pdu) append(b []byte) []byte {
	var list []byte
	for _, vb := range p.vars {
		list = vb.append(list)
	}
	c := appendInt(nil, tagInteger, int64(p.requestID))
	c = appendInt(c, tagInteger, int64(p.status))
	c = appendInt(c, tagInteger, int64(p.index))
	return appendTLV(b, p.kind, appendTLV(c, tagSequence, list))
}

// answer is what the view says to a request, within room octets of variables.
// ok is false for PDUs that no manager sends as a request.
func answer(view View, req pdu, room int) (p pdu, ok bool) {
	p = pdu{kind: pduResponse, requestID: req.requestID}
	switch req.kind {
	case pduGet:
		for _, vb := range req.vars {
			p.vars = append(p.vars, varbind{vb.oid, view.Get(vb.oid)})
		}
	case pduGetNext:
		for _, vb := range req.vars {
			p.vars = append(p.vars, next(view, vb.oid))
		}
	case pduGetBulk:
		p.vars = bulk(view, req, room)
		return p, true
	case pduSet:
		p.status, p.vars = statusNotWritable, req.vars
		if len(req.vars) > 0 {
			p.index = 1
		}
	default:
		return p, false
	}
	size := 0
	for _, vb := range p.vars {
		size += len(vb.append(nil))
	}
	if size > room {
		return pdu{kind: pduResponse, requestID: req.requestID, status: statusTooBig}, true
	}
	return p, true
}

func next(view View, o OID) varbind {
	if n, v, ok := view.Next(o); ok {
		return varbind{n, v}
	}
	return varbind{o, Value{Kind: EndOfMibView}}
}

// bulk follows RFC 3416 section 4.2.3; what does not fit is left out.
func bulk(view View, req pdu, room int) []varbind {
	single := min(max(int(req.status), 0), len(req.vars))
	rounds := max(int(req.index), 0)
	var out []varbind
	take := func(vb varbind) bool {
		if room -= len(vb.append(nil)); room < 0 {
			return false
		}
		out = append(out, vb)
		return true
	}
	for _, vb := range req.vars[:single] {
		if !take(next(view, vb.oid)) {
			return out
		}
	}
	last := req.vars[single:]
	for range rounds {
		row := make([]varbind, 0, len(last))
		ended := true
		for _, vb := range last {
			n := next(view, vb.oid)
			if !take(n) {
				return out
			}
			ended = ended && n.val.Kind == EndOfMibView
			row = append(row, n)
		}
		if last = row; ended {
			break
		}
	}
	return out
}
