//go:build race

package sla

func init() { oracleCases = 5_000 }
