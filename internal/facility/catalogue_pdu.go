package facility

// pduMetrics are the quantities of power distribution units and transfer switches.
var pduMetrics = []Metric{
	{"pdu_power_watts", "Power drawn through the PDU", "PDU電力", "PDU power", UnitWatts, Normal, false},
	{"pdu_energy_joules", "Energy drawn through the PDU", "PDU電力量", "PDU energy", UnitJoules, Slow, true},
	{"pdu_phase_current_amperes", "Current by phase", "相電流", "phase current", UnitAmperes, Normal, false},
	{"pdu_phase_voltage_volts", "Voltage by phase", "相電圧", "phase voltage", UnitVolts, Normal, false},
	{"pdu_phase_power_watts", "Power by phase", "相電力", "phase power", UnitWatts, Normal, false},
	{"pdu_bank_current_amperes", "Current by bank", "バンク電流", "bank current", UnitAmperes, Normal, false},
	{"pdu_load_state", "Load state as the PDU reports it", "PDU負荷状態", "load state", UnitState, Fast, false},
	{"pdu_outlet_state", "Outlet switched state", "アウトレット状態", "outlet state", UnitState, Fast, false},
	{"pdu_outlet_current_amperes", "Outlet current", "アウトレット電流", "outlet current", UnitAmperes, Normal, false},
	{"ats_source", "Source the transfer switch has selected", "選択電源", "selected source", UnitState, Fast, false},
	{"ats_redundancy_state", "Whether the transfer switch still has both sources", "電源冗長性", "source redundancy", UnitState, Fast, false},
	{"ats_source_status", "Status of one source", "電源状態", "source status", UnitState, Fast, false},
	{"ats_overcurrent_state", "Output over-current state", "過電流状態", "over-current", UnitState, Fast, false},
	{"ats_power_supply_state", "State of one internal power supply", "内部電源状態", "power supply", UnitState, Fast, false},
	{"ats_output_state", "Whether the transfer switch sees voltage at its output", "出力電圧状態", "output voltage state", UnitState, Fast, false},
	{"ats_input_voltage_volts", "Input voltage by source", "入力電圧", "input voltage", UnitVolts, Normal, false},
	{"ats_input_frequency_hertz", "Input frequency by source", "入力周波数", "input frequency", UnitHertz, Normal, false},
	{"ats_output_current_amperes", "Output current", "出力電流", "output current", UnitAmperes, Normal, false},
	{"ats_output_power_watts", "Output power", "出力電力", "output power", UnitWatts, Normal, false},
}
