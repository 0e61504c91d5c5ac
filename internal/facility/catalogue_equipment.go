package facility

// equipmentMetrics are the quantities of hosts, storage, service processors and what any device may tell of itself.
var equipmentMetrics = []Metric{
	{"fan_speed_rpm", "Fan speed", "ファン回転数", "fan speed", UnitRPM, Normal, false},
	{"cpu_utilization_ratio", "Share of time the processor was busy", "CPU使用率", "CPU", UnitRatio, Normal, false},
	{"load_average", "Load average over a number of minutes", "ロードアベレージ", "load average", UnitCount, Normal, false},
	{"memory_used_ratio", "Share of physical memory in use", "メモリ使用率", "memory used", UnitRatio, Normal, false},
	{"swap_used_ratio", "Share of swap in use", "スワップ使用率", "swap used", UnitRatio, Normal, false},
	{"filesystem_used_ratio", "Share of a file system in use", "ファイルシステム使用率", "file system used", UnitRatio, Normal, false},
	{"filesystem_size_bytes", "Size of a file system", "ファイルシステム容量", "file system size", UnitBytes, Slow, false},
	{"processes", "Number of processes", "プロセス数", "processes", UnitCount, Normal, false},
	{"backup_last_success_time_seconds", "Unix time of the last backup that was found complete", "最終バックアップ成功時刻(Unix時刻)", "last backup", UnitSeconds, Normal, false},
	{"host_uptime_seconds", "Time since the host started", "ホスト稼働時間", "host uptime", UnitSeconds, Normal, false},
	{"device_fault_state", "Fault that the device itself reports of one of its parts", "機器の自己故障表示", "own fault", UnitState, Fast, false},
	{"device_uptime_seconds", "Time since the device's network management part started", "管理部稼働時間", "uptime", UnitSeconds, Normal, false},
	{"agent_scrape_up", "Whether the agent's own collectors succeeded: 1 yes, 0 no", "エージェント収集", "agent collector", UnitState, Normal, false},
	{"equipment_temperature_celsius", "Temperature inside a device or of one of its parts", "機器内温度", "inside temperature", UnitCelsius, Normal, false},
	{"power_supply_state", "State of a power supply as the device reports it", "電源装置の状態", "power supply", UnitState, Fast, false},
	{"fan_state", "State of a fan as the device reports it", "ファンの状態", "fan state", UnitState, Fast, false},
	{"temperature_state", "State of a temperature as the device reports it", "温度の状態", "temperature state", UnitState, Fast, false},
	{"fan_ratio", "Fan speed as a share of the fastest", "ファン回転率", "fan", UnitRatio, Normal, false},
}
