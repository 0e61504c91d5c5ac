package profile

import (
	_ "embed"
	"strings"
)

//go:embed enterprises.tsv
var enterprises string

// VendorOf names the maker whose enterprise number a sysObjectID begins with
// (1.3.6.1.4.1.N, the numbers IANA assigns); "" where it is not known. Agents that
// show the number of the software they are built with name no maker.
func VendorOf(sysObjectID string) string {
	rest, ok := strings.CutPrefix(sysObjectID, "1.3.6.1.4.1.")
	if !ok {
		return ""
	}
	number, _, _ := strings.Cut(rest, ".")
	for line := range strings.Lines(enterprises) {
		if n, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && n == number {
			return strings.TrimSpace(name)
		}
	}
	return ""
}
