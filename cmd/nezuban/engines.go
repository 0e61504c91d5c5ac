package main

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/collectors/agent"
	"nezuban/collectors/snmp"
	"nezuban/internal/clock"
	"nezuban/internal/config"
)

// engines is the literal table of collector kinds: a new kind is one line here.
func engines(site *config.Site, clk clock.Clock, reg prometheus.Registerer, log *slog.Logger) map[string]collectors.Engine {
	return map[string]collectors.Engine{
		"snmp":  snmp.New(site.Profiles, clk, reg, log, snmp.Options{}),
		"agent": agent.New(site.AgentProfiles, clk, reg, log),
	}
}
