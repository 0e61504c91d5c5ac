package facility

// catalogue is every quantity nezuban knows. `nezuban metrics` prints it.
var catalogue = []Metric{
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
	{"ats_input_voltage_volts", "Input voltage by source", "入力電圧", "input voltage", UnitVolts, Normal, false},
	{"ats_input_frequency_hertz", "Input frequency by source", "入力周波数", "input frequency", UnitHertz, Normal, false},
	{"ats_output_current_amperes", "Output current", "出力電流", "output current", UnitAmperes, Normal, false},
	{"ats_output_power_watts", "Output power", "出力電力", "output power", UnitWatts, Normal, false},

	{"genset_state", "Whether the generator runs, and in which mode", "発電機状態", "generator state", UnitState, Fast, false},
	{"genset_mode", "Control mode of the generator", "運転モード", "control mode", UnitState, Fast, false},
	{"genset_fuel_ratio", "Fuel in the tank", "燃料残量", "fuel level", UnitRatio, Normal, false},
	{"genset_start_battery_volts", "Voltage of the starting battery", "始動用蓄電池電圧", "start battery", UnitVolts, Normal, false},
	{"genset_coolant_temperature_celsius", "Coolant temperature", "冷却水温度", "coolant temperature", UnitCelsius, Normal, false},
	{"genset_oil_pressure_pascals", "Oil pressure", "油圧", "oil pressure", UnitPascals, Normal, false},
	{"genset_speed_rpm", "Engine speed", "機関回転数", "engine speed", UnitRPM, Normal, false},
	{"genset_frequency_hertz", "Output frequency", "発電周波数", "output frequency", UnitHertz, Normal, false},
	{"genset_voltage_volts", "Output voltage by phase", "発電電圧", "output voltage", UnitVolts, Normal, false},
	{"genset_power_watts", "Output power", "発電電力", "output power", UnitWatts, Normal, false},
	{"genset_run_seconds", "Running time of the engine since new", "累積運転時間", "engine hours", UnitSeconds, Slow, true},
	{"genset_alarm_state", "Alarm the generator itself reports", "発電機自己警報", "own alarm", UnitState, Fast, false},

	{"meter_voltage_volts", "Voltage by phase", "電圧", "voltage", UnitVolts, Normal, false},
	{"meter_current_amperes", "Current by phase", "電流", "current", UnitAmperes, Normal, false},
	{"meter_power_watts", "Active power by phase", "有効電力", "active power", UnitWatts, Normal, false},
	{"meter_apparent_power_volt_amperes", "Apparent power by phase", "皮相電力", "apparent power", UnitVoltAmperes, Normal, false},
	{"meter_reactive_power_volt_amperes_reactive", "Reactive power by phase", "無効電力", "reactive power", UnitVar, Normal, false},
	{"meter_frequency_hertz", "Frequency", "周波数", "frequency", UnitHertz, Normal, false},
	{"meter_power_factor_ratio", "Power factor by phase", "力率", "power factor", UnitRatio, Normal, false},
	{"meter_energy_joules", "Active energy", "有効電力量", "active energy", UnitJoules, Slow, true},

	{"temperature_celsius", "Temperature at a sensor", "温度", "temperature", UnitCelsius, Normal, false},
	{"humidity_ratio", "Relative humidity at a sensor", "相対湿度", "humidity", UnitRatio, Normal, false},
	{"sensor_status", "Status of a sensor as its hub reports it", "センサー状態", "sensor status", UnitState, Fast, false},
	{"contact_state", "State of a contact input", "接点状態", "contact", UnitState, Fast, false},
	{"smoke_state", "Smoke detector", "煙感知器", "smoke detector", UnitState, Fast, false},
	{"leak_state", "Water leak sensor", "漏水センサー", "leak sensor", UnitState, Fast, false},
	{"door_state", "Door contact", "扉接点", "door", UnitState, Fast, false},
	{"fire_panel_alarm_state", "Alarm contact of the fire panel", "受信機 火災", "panel alarm", UnitState, Fast, false},
	{"fire_panel_supervisory_state", "Supervisory contact of the fire panel", "受信機 監視", "panel supervisory", UnitState, Fast, false},
	{"fire_panel_trouble_state", "Trouble contact of the fire panel", "受信機 障害", "panel trouble", UnitState, Fast, false},
	{"suppression_agent_pressure_pascals", "Pressure of the suppression agent", "消火剤圧力", "agent pressure", UnitPascals, Fast, false},

	{"crac_state", "Whether the unit runs", "空調機運転状態", "unit state", UnitState, Fast, false},
	{"crac_supply_temperature_celsius", "Supply air temperature", "給気温度", "supply air", UnitCelsius, Normal, false},
	{"crac_return_temperature_celsius", "Return air temperature", "還気温度", "return air", UnitCelsius, Normal, false},
	{"crac_return_humidity_ratio", "Return air humidity", "還気湿度", "return humidity", UnitRatio, Normal, false},
	{"crac_setpoint_celsius", "Temperature set point", "設定温度", "set point", UnitCelsius, Normal, false},
	{"crac_cooling_ratio", "Share of the cooling capacity in use", "冷却出力", "cooling capacity", UnitRatio, Normal, false},
	{"crac_fan_ratio", "Share of the fan capacity in use", "ファン出力", "fan", UnitRatio, Normal, false},
	{"crac_alarms_present", "Number of alarms the unit itself reports", "空調機自己警報数", "own alarms", UnitCount, Fast, false},

	// What nezuban computes itself from the one-line, fire.yaml and cooling.yaml.
	{"power_redundancy", "How much a load may lose before it falls: none, one path, N+1 or 2N", "電源冗長度", "power redundancy", UnitState, Fast, false},
	{"power_paths_available", "Disjoint paths from a load to live or ready sources", "有効な給電経路数", "power paths", UnitCount, Fast, false},
	{"power_failover_headroom_ratio", "Smallest share of a rating left when a side carries everything alone; negative: overload", "片系運転時の余裕", "failover headroom", UnitRatio, Normal, false},
	{"power_side_carries_all", "Whether a side could carry everything alone", "片系での全負荷給電", "side carries all", UnitState, Fast, false},
	{"power_phase_imbalance_ratio", "Largest less smallest phase of a side, over their mean", "相不平衡率", "phase imbalance", UnitRatio, Normal, false},
	{"power_battery_bridging", "Whether the batteries outlast the start of a generator", "蓄電池による発電機始動までの支え", "battery bridging", UnitState, Fast, false},
	{"power_fuel_seconds", "How long the fuel lasts at the present load, of the generator that ends first", "燃料による運転可能時間", "fuel time", UnitSeconds, Normal, false},
	{"power_single_points", "Nodes whose loss alone drops a load", "単一障害点の数", "single points of failure", UnitCount, Fast, false},
	{"fire_zone_state", "Gravest state of a fire zone as panel and detectors say", "防火区画の状態", "fire zone", UnitState, Fast, false},
	{"fire_suppression_ready", "Whether the suppression of a zone would work", "消火設備の準備状態", "suppression ready", UnitState, Fast, false},
	{"fire_isolation_overdue_seconds", "How far an isolation is past the end of its permit", "遮断許可の超過時間", "isolation overdue", UnitSeconds, Fast, false},
	{"cooling_units_running", "Cooling units of a room that run", "運転中の空調機数", "units running", UnitCount, Fast, false},
	{"cooling_units_spare", "Running cooling units beyond those the room needs; negative: not enough", "空調機の予備数", "spare units", UnitCount, Fast, false},
	{"cooling_inlet_max_celsius", "Hottest rack inlet of a room", "最高吸気温度", "hottest inlet", UnitCelsius, Normal, false},

	{"interface_oper_state", "Operational state of an interface", "リンク状態", "link state", UnitState, Fast, false},
	{"interface_admin_state", "Administrative state of an interface", "管理状態", "admin state", UnitState, Normal, false},
	{"interface_in_bytes_total", "Bytes received (octets)", "受信バイト", "bytes in", UnitBytes, Normal, true},
	{"interface_out_bytes_total", "Bytes sent (octets)", "送信バイト", "bytes out", UnitBytes, Normal, true},
	{"interface_in_errors_total", "Received packets with errors", "受信エラー", "errors in", UnitCount, Normal, true},
	{"interface_out_errors_total", "Packets not sent because of errors", "送信エラー", "errors out", UnitCount, Normal, true},
	{"interface_speed_bits_per_second", "Nominal speed of an interface", "リンク速度", "speed", UnitBits, Slow, false},

	{"fan_speed_rpm", "Fan speed", "ファン回転数", "fan speed", UnitRPM, Normal, false},
	{"cpu_utilization_ratio", "Share of time the processor was busy", "CPU使用率", "CPU", UnitRatio, Normal, false},
	{"load_average", "Load average over a number of minutes", "ロードアベレージ", "load average", UnitCount, Normal, false},
	{"memory_used_ratio", "Share of physical memory in use", "メモリ使用率", "memory used", UnitRatio, Normal, false},
	{"swap_used_ratio", "Share of swap in use", "スワップ使用率", "swap used", UnitRatio, Normal, false},
	{"filesystem_used_ratio", "Share of a file system in use", "ファイルシステム使用率", "file system used", UnitRatio, Normal, false},
	{"filesystem_size_bytes", "Size of a file system", "ファイルシステム容量", "file system size", UnitBytes, Slow, false},
	{"processes", "Number of processes", "プロセス数", "processes", UnitCount, Normal, false},
	{"host_uptime_seconds", "Time since the host started", "ホスト稼働時間", "host uptime", UnitSeconds, Normal, false},
	{"device_uptime_seconds", "Time since the device's network management part started", "管理部稼働時間", "uptime", UnitSeconds, Normal, false},
	{"agent_scrape_up", "Whether the agent's own collectors succeeded: 1 yes, 0 no", "エージェント収集", "agent collector", UnitState, Normal, false},
}

var catalogueIndex = func() map[string]Metric {
	m := make(map[string]Metric, len(catalogue))
	for _, e := range catalogue {
		m[e.Name] = e
	}
	return m
}()

// Metrics returns the catalogue in its own order, which groups by subject.
func Metrics() []Metric { return append([]Metric(nil), catalogue...) }
