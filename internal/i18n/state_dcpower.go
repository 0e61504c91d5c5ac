package i18n

// dcpowerStateWords are the states that profiles of DC power systems report beyond those of
// stateWords: code, English, Japanese.
var dcpowerStateWords = [][3]string{
	{"mains", "mains", "商用"}, {"incompatible", "wrong voltage", "電圧不適合"}, {"bulk_charge", "bulk charge", "定電流充電"}, {"absorption_charge", "absorption charge", "吸収充電"},
	{"float_charge", "float charge", "浮動充電"}, {"boost_charge", "boost charge", "均等充電"}, {"equalize_charge", "equalising charge", "均等充電"}, {"about_to_disconnect", "about to disconnect", "切離し間近"},
	{"failed_recently", "failed lately", "直近に停止"}, {"not_installed", "not installed", "未装着"}, {"power_module", "power module", "電源モジュール"},
	{"battery_module", "battery module", "蓄電池モジュール"}, {"distribution_module", "distribution module", "分配モジュール"}, {"inverter", "inverter", "インバーター"},
	{"cycling", "cycling", "入切中"}, {"emergency", "emergency", "非常"}, {"test", "test", "試験"}, {"minor_alarm", "minor alarm", "軽警報"}, {"major_alarm", "major alarm", "重警報"},
	{"minor_and_major_alarm", "minor and major alarm", "軽重警報"}, {"major_low", "low, major", "下限 重"}, {"minor_low", "low, minor", "下限 軽"}, {"major_high", "high, major", "上限 重"}, {"minor_high", "high, minor", "上限 軽"},
	{"event", "event", "事象"}, {"critical_alarm", "critical alarm", "重大警報"}, {"observation", "observation", "注視"}, {"communication_lost", "no link", "通信断"},
	{"wrong_type", "wrong type", "型式不一致"}, {"transfer", "transfer", "切替中"}, {"invalid", "invalid", "無効"}, {"no_output", "no output", "出力なし"},
	{"iss_position", "bypass switch at ISS", "バイパススイッチ ISS"}, {"ibp_position", "bypass switch at IBP", "バイパススイッチ IBP"}, {"mss_position", "bypass switch at MSS", "バイパススイッチ MSS"}, {"mbp_position", "bypass switch at MBP", "バイパススイッチ MBP"},
	{"safe", "safe", "安全側"}, {"not_synchronized", "not in step", "非同期"}, {"separate_charge", "separate charge", "個別充電"}, {"event_charge", "charge by event", "事象制御充電"},
	{"load_failure", "load failed", "負荷異常"}, {"recovered", "alarm over", "警報復旧"}, {"network_lost", "no network", "ネットワーク断"}, {"protect", "protective stop", "保護停止"},
	{"unbalanced", "unbalanced", "不平衡"}, {"disconnected_low_voltage", "disconnected, low voltage", "低電圧で切離し"}, {"disconnected_remotely", "disconnected from afar", "遠隔で切離し"}, {"disconnected_by_hand", "disconnected by hand", "手動で切離し"},
	{"disconnected_low_temperature", "disconnected, too cold", "低温で切離し"}, {"disconnected_high_temperature", "disconnected, too warm", "高温で切離し"},
}
