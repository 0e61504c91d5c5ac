package facility

// dcPowerMetrics are the quantities of DC power systems: rectifiers, batteries and
// what hangs on the DC bus.
var dcPowerMetrics = []Metric{
	{"dc_input_voltage_volts", "Voltage at the AC input of a DC power system", "交流入力電圧", "AC input voltage", UnitVolts, Normal, false},
	{"dc_input_current_amperes", "Current at the AC input of a DC power system", "交流入力電流", "AC input current", UnitAmperes, Normal, false},
	{"dc_input_power_watts", "Power at the AC input of a DC power system", "交流入力電力", "AC input power", UnitWatts, Normal, false},
	{"dc_output_voltage_volts", "Voltage of the DC bus", "直流出力電圧", "DC voltage", UnitVolts, Normal, false},
	{"dc_output_current_amperes", "Current that the rectifiers give", "整流器出力電流", "rectifier current", UnitAmperes, Normal, false},
	{"dc_output_power_watts", "Power that the rectifiers give", "整流器出力電力", "rectifier power", UnitWatts, Normal, false},
	{"dc_load_current_amperes", "Current that the loads draw from the DC bus", "直流負荷電流", "DC load current", UnitAmperes, Normal, false},
	{"dc_load_power_watts", "Power that the loads draw from the DC bus", "直流負荷電力", "DC load power", UnitWatts, Normal, false},
	{"dc_capacity_ratio", "Share of the installed rectifier capacity in use", "整流器容量使用率", "rectifier capacity", UnitRatio, Normal, false},
	{"dc_battery_voltage_volts", "Battery voltage of a DC power system", "蓄電池電圧", "battery voltage", UnitVolts, Normal, false},
	{"dc_battery_current_amperes", "Battery current of a DC power system; negative: it discharges, where the maker counts so", "蓄電池電流", "battery current", UnitAmperes, Normal, false},
	{"dc_battery_temperature_celsius", "Battery temperature of a DC power system", "蓄電池温度", "battery temperature", UnitCelsius, Normal, false},
	{"dc_battery_charge_ratio", "Estimated battery charge of a DC power system", "蓄電池残量", "battery charge", UnitRatio, Normal, false},
	{"dc_battery_runtime_seconds", "Estimated time on battery at the present load", "蓄電池残時間", "battery runtime", UnitSeconds, Normal, false},
	{"dc_battery_capacity_coulombs", "Charge that a battery holds when full; 3,600 to the ampere-hour", "蓄電池容量", "battery capacity", UnitCoulombs, Slow, false},
	{"dc_alarms_present", "Alarms that a DC power system reports as active", "発生中の警報数", "active alarms", UnitCount, Fast, false},
	{"dc_source_state", "Where the DC bus has its power from", "直流給電源", "DC source", UnitState, Fast, false},
	{"dc_battery_state", "Battery of a DC power system as it reports it", "蓄電池状態", "battery state", UnitState, Fast, false},
	{"rectifier_state", "State of a rectifier as the DC power system reports it", "整流器状態", "rectifier", UnitState, Fast, false},
	{"rectifier_current_amperes", "Output current of a rectifier", "整流器電流", "rectifier current", UnitAmperes, Normal, false},
	{"rectifier_voltage_volts", "Output voltage of a rectifier", "整流器電圧", "rectifier voltage", UnitVolts, Normal, false},
	{"rectifier_input_voltage_volts", "Input voltage of a rectifier", "整流器入力電圧", "rectifier input", UnitVolts, Normal, false},
	{"inverter_state", "State of an inverter as the DC power system reports it", "インバーター状態", "inverter", UnitState, Fast, false},
	{"fuse_state", "State of a fuse or breaker as the device reports it", "ヒューズ状態", "fuse", UnitState, Fast, false},
}
