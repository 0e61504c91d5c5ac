package facility

// computedMetrics are the quantities of what nezuban computes itself from the one-line, fire.yaml and cooling.yaml.
var computedMetrics = []Metric{
	{"power_redundancy", "How much a load may lose before it falls: none, one path, N+1 or 2N", "電源冗長度", "power redundancy", UnitState, Fast, false},
	{"power_paths_available", "Disjoint paths from a load to live or ready sources", "有効な給電経路数", "power paths", UnitCount, Fast, false},
	{"power_load_headroom_ratio", "Smallest share of a rating left on a load's way after the loss of its worse side; negative: overload", "負荷別 片系運転時の余裕", "load headroom", UnitRatio, Normal, false},
	{"power_failover_headroom_ratio", "Smallest share of a rating left when a side carries everything alone; negative: overload", "片系運転時の余裕", "failover headroom", UnitRatio, Normal, false},
	{"power_side_carries_all", "Whether a side could carry everything alone", "片系での全負荷給電", "side carries all", UnitState, Fast, false},
	{"power_phase_imbalance_ratio", "Largest less smallest phase of a side, over their mean", "相不平衡率", "phase imbalance", UnitRatio, Normal, false},
	{"power_side_imbalance_ratio", "Fullest less emptiest side, over their mean", "系統間の不平衡率", "side imbalance", UnitRatio, Normal, false},
	{"power_battery_bridging", "Whether the batteries outlast the start of a generator", "蓄電池による発電機始動までの支え", "battery bridging", UnitState, Fast, false},
	{"power_fuel_seconds", "How long the fuel lasts at the present load, of the generator that ends first", "燃料による運転可能時間", "fuel time", UnitSeconds, Normal, false},
	{"power_single_points", "Nodes whose loss alone drops a load", "単一障害点の数", "single points of failure", UnitCount, Fast, false},
	{"fire_zone_state", "Gravest state of a fire zone as panel and detectors say", "防火区画の状態", "fire zone", UnitState, Fast, false},
	{"fire_suppression_ready", "Whether the suppression of a zone would work", "消火設備の準備状態", "suppression ready", UnitState, Fast, false},
	{"fire_isolation_overdue_seconds", "How far an isolation is past the end of its permit", "遮断許可の超過時間", "isolation overdue", UnitSeconds, Fast, false},
	{"cooling_units_running", "Cooling units of a room that run", "運転中の空調機数", "units running", UnitCount, Fast, false},
	{"cooling_units_spare", "Running cooling units beyond those the room needs; negative: not enough", "空調機の予備数", "spare units", UnitCount, Fast, false},
	{"cooling_inlet_max_celsius", "Hottest rack inlet of a room", "最高吸気温度", "hottest inlet", UnitCelsius, Normal, false},
}
