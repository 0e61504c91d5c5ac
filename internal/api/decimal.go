package api

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// ratio prints num/den as a decimal of six places, truncated, never rounded up:
// 0.999499.
func ratio(num, den int64) string {
	q := new(big.Int).Mul(big.NewInt(num), big.NewInt(1_000_000))
	q.Quo(q, big.NewInt(den))
	return fmt.Sprintf("%d.%06d", q.Int64()/1_000_000, q.Int64()%1_000_000)
}

// micros prints millionths of a second as seconds with at most six places.
func micros(v int64) json.Number {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	s := fmt.Sprintf("%s%d.%06d", sign, v/1_000_000, v%1_000_000)
	return json.Number(strings.TrimSuffix(strings.TrimRight(s, "0"), "."))
}
