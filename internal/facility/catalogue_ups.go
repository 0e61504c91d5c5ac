package facility

// upsMetrics are the quantities of uninterruptible power supplies.
var upsMetrics = []Metric{
	{"ups_battery_charge_ratio", "Estimated battery charge", "蓄電池残量", "battery charge", UnitRatio, Normal, false},
	{"ups_battery_runtime_seconds", "Estimated time on battery at the present load", "蓄電池残時間", "battery runtime", UnitSeconds, Normal, false},
	{"ups_battery_voltage_volts", "Battery voltage", "蓄電池電圧", "battery voltage", UnitVolts, Normal, false},
	{"ups_battery_current_amperes", "Battery current", "蓄電池電流", "battery current", UnitAmperes, Normal, false},
	{"ups_battery_temperature_celsius", "Battery temperature", "蓄電池温度", "battery temperature", UnitCelsius, Normal, false},
	{"ups_battery_status", "Battery status as the UPS reports it", "蓄電池状態", "battery status", UnitState, Fast, false},
	{"ups_on_battery_seconds", "Time since the UPS went on battery; 0 when on line", "バッテリー運転時間", "time on battery", UnitSeconds, Fast, false},
	{"ups_output_source", "Where the output power comes from", "出力電源", "output source", UnitState, Fast, false},
	{"ups_alarms_present", "Number of alarms the UPS itself reports", "UPS自己警報数", "own alarms", UnitCount, Fast, false},
	{"ups_test_result", "Result of the last self-test", "自己診断結果", "self-test result", UnitState, Fast, false},
	{"ups_input_voltage_volts", "Input voltage by line", "入力電圧", "input voltage", UnitVolts, Normal, false},
	{"ups_input_frequency_hertz", "Input frequency by line", "入力周波数", "input frequency", UnitHertz, Normal, false},
	{"ups_input_current_amperes", "Input current by line", "入力電流", "input current", UnitAmperes, Normal, false},
	{"ups_input_power_watts", "Input true power by line", "入力電力", "input power", UnitWatts, Normal, false},
	{"ups_output_voltage_volts", "Output voltage by phase", "出力電圧", "output voltage", UnitVolts, Normal, false},
	{"ups_output_frequency_hertz", "Output frequency", "出力周波数", "output frequency", UnitHertz, Normal, false},
	{"ups_output_current_amperes", "Output current by phase", "出力電流", "output current", UnitAmperes, Normal, false},
	{"ups_output_power_watts", "Output true power by phase", "出力電力", "output power", UnitWatts, Normal, false},
	{"ups_output_load_ratio", "Share of the rated load by phase", "負荷率", "output load", UnitRatio, Normal, false},
}
