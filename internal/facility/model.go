package facility

// Metrics that nezuban computes itself, by the device under which they stand.
// What is not known is a reading of quality Missing, never a number.
var modelMetrics = map[DeviceID][]string{
	PowerModel: {"power_redundancy", "power_paths_available", "power_load_headroom_ratio", "power_failover_headroom_ratio", "power_side_carries_all",
		"power_phase_imbalance_ratio", "power_side_imbalance_ratio", "power_battery_bridging", "power_fuel_seconds", "power_single_points"},
	FireModel:    {"fire_zone_state", "fire_suppression_ready", "fire_isolation_overdue_seconds"},
	CoolingModel: {"cooling_units_running", "cooling_units_spare", "cooling_inlet_max_celsius"},
}

// ModelMetrics lists the metrics of one of the facility's models; nil for any
// other device.
func ModelMetrics(model DeviceID) []string { return append([]string(nil), modelMetrics[model]...) }

// ModelOf is the model that computes a metric; "" where a device reports it.
func ModelOf(metric string) DeviceID {
	for model, list := range modelMetrics {
		for _, m := range list {
			if m == metric {
				return model
			}
		}
	}
	return ""
}

// ModelDevice is the device under which the points of a model stand, named in the
// site's language; false where there is no such model.
func ModelDevice(model DeviceID, lang string) (Device, bool) {
	var name Text
	d := Device{ID: model, Kind: "other", Engine: "model"}
	switch model {
	case PowerModel:
		name, d.Category = Text{En: "Power one-line", Ja: "単線結線図"}, "power"
	case CoolingModel:
		name, d.Category = Text{En: "Cooling", Ja: "空調"}, "cooling"
	case FireModel:
		name, d.Category = Text{En: "Fire zones", Ja: "火災区画"}, "fire"
	default:
		return Device{}, false
	}
	d.Name = name.In(lang)
	return d, true
}

// ModelStates is the enumeration of a model's state metric; nil for any other
// metric. That of power_redundancy is for a load whose design is not said: see
// RedundancyStates.
func ModelStates(metric string) []State {
	switch metric {
	case "power_redundancy":
		return RedundancyStates("")
	case "power_side_carries_all":
		return []State{{0, "no", SeverityCritical}, {1, "yes", SeverityNormal}}
	case "power_battery_bridging":
		return []State{{0, "not_enough", SeverityCritical}, {1, "enough", SeverityNormal}}
	case "fire_zone_state": // the numbers of fire.State
		return []State{{0, "unknown", SeverityUnknown}, {1, "normal", SeverityNormal}, {2, "test", SeverityWarning},
			{3, "disabled", SeverityWarning}, {4, "trouble", SeverityWarning}, {5, "supervisory", SeverityWarning},
			{6, "pre_alarm", SeverityCritical}, {7, "alarm", SeverityCritical}, {8, "discharged", SeverityCritical}}
	case "fire_suppression_ready":
		return []State{{0, "not_ready", SeverityCritical}, {1, "manual_only", SeverityWarning}, {2, "automatic", SeverityNormal}}
	}
	return nil
}

// RedundancyStates is the enumeration of power_redundancy for a load of the given
// design: "2N", "N+1", "N" or "" where it is not said. The numbers are those of
// topology.Redundancy. A load that was designed with less is not abnormal for
// having no more; one of which nothing is said is judged as 2N.
func RedundancyStates(design string) []State {
	single, nPlusOne := SeverityWarning, SeverityWarning
	switch design {
	case "N":
		single, nPlusOne = SeverityNormal, SeverityNormal
	case "N+1":
		nPlusOne = SeverityNormal
	}
	return []State{{0, "unknown", SeverityUnknown}, {1, "dead", SeverityCritical}, {2, "at_risk", SeverityCritical},
		{3, "single_path", single}, {4, "n_plus_1", nPlusOne}, {5, "two_n", SeverityNormal}}
}
