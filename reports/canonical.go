package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// JSON writes the model as report.json: keys sorted, two spaces, a final
// newline, nothing escaped that JSON does not ask for.
func JSON(m Model) ([]byte, error) { return canonical(m, "  ") }

// Parse reads a report.json. Unknown fields and other schema versions are
// refused: a report is evidence, not a suggestion.
func Parse(b []byte) (Model, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var m Model
	if err := dec.Decode(&m); err != nil {
		return Model{}, fmt.Errorf("read report.json: %w", err)
	}
	if m.SchemaVersion != SchemaVersion {
		return Model{}, fmt.Errorf("read report.json: schema version %d, this build knows %d; use the build named in its provenance (%s)",
			m.SchemaVersion, SchemaVersion, m.Provenance.Build)
	}
	return m, nil
}

// canonical JSON of v: maps and structs alike with their keys sorted.
func canonical(v any, indent string) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(tree); err != nil { // maps are written in the order of their keys
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	return out.Bytes(), nil
}

// sum is the SHA-256 of v's canonical JSON in hexadecimal.
func sum(v any) (string, error) {
	b, err := canonical(v, "")
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}
