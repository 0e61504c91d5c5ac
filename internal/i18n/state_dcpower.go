package i18n

// dcpowerStateWords are the states that profiles of DC power systems report beyond those of
// stateWords: code, English, Japanese.
var dcpowerStateWords = [][3]string{
	{"mains", "mains", "商用"}, {"incompatible", "wrong voltage", "電圧不適合"}, {"bulk_charge", "bulk charge", "定電流充電"}, {"absorption_charge", "absorption charge", "吸収充電"},
	{"float_charge", "float charge", "浮動充電"}, {"initial_charge", "initial charge", "初充電"}, {"dehumidification", "dehumidifying", "除湿"}, {"shut_down_by_bms", "shut down by the building management", "ビル管理からの停止"}, {"shut_down_by_panel", "shut down at the panel", "操作盤からの停止"}, {"shut_down_by_fault", "shut down by a fault", "故障停止"}, {"shut_down_remotely", "shut down remotely", "遠隔停止"}, {"cooling_or_auxiliary_heating", "cooling or auxiliary heating", "冷却または補助加熱"}, {"direct_feed", "direct feed", "直送"}, {"boost_charge", "boost charge", "均等充電"}, {"equalize_charge", "equalising charge", "均等充電"}, {"about_to_disconnect", "about to disconnect", "切離し間近"},
	{"failed_recently", "failed lately", "直近に停止"}, {"power_module", "power module", "電源モジュール"},
	{"battery_module", "battery module", "蓄電池モジュール"}, {"distribution_module", "distribution module", "分配モジュール"}, {"inverter", "inverter", "インバーター"},
	{"test", "test", "試験"}, {"minor_alarm", "minor alarm", "軽警報"}, {"major_alarm", "major alarm", "重警報"},
	{"minor_and_major_alarm", "minor and major alarm", "軽重警報"}, {"major_low", "low, major", "下限 重"}, {"minor_low", "low, minor", "下限 軽"}, {"major_high", "high, major", "上限 重"}, {"minor_high", "high, minor", "上限 軽"},
	{"event", "event", "事象"}, {"critical_alarm", "critical alarm", "重大警報"}, {"observation", "observation", "注視"},
	{"wrong_type", "wrong type", "型式不一致"}, {"transfer", "transfer", "切替中"}, {"no_output", "no output", "出力なし"},
	{"iss_position", "bypass switch at ISS", "バイパススイッチ ISS"}, {"ibp_position", "bypass switch at IBP", "バイパススイッチ IBP"}, {"mss_position", "bypass switch at MSS", "バイパススイッチ MSS"}, {"mbp_position", "bypass switch at MBP", "バイパススイッチ MBP"},
	{"inverter_state/safe", "safe", "安全側"}, {"separate_charge", "separate charge", "個別充電"}, {"event_charge", "charge by event", "事象制御充電"},
	{"load_failure", "load failed", "負荷異常"}, {"recovered", "alarm over", "警報復旧"}, {"network_lost", "no network", "ネットワーク断"}, {"protect", "protective stop", "保護停止"},
	{"unbalanced", "unbalanced", "不平衡"}, {"disconnected_low_voltage", "disconnected, low voltage", "低電圧で切離し"}, {"disconnected_remotely", "disconnected from afar", "遠隔で切離し"}, {"disconnected_by_hand", "disconnected by hand", "手動で切離し"},
	{"disconnected_low_temperature", "disconnected, too cold", "低温で切離し"}, {"disconnected_high_temperature", "disconnected, too warm", "高温で切離し"},
	{"bad_output", "bad output", "出力異常"}, {"bad_status", "bad status", "状態異常"}, {"boost_charge_for_test", "boost charge for a test", "試験用均等充電"}, {"change", "being changed", "変更中"},
	{"cyclic_boost_charge", "cyclic boost charge", "周期均等充電"}, {"fixed_voltage", "fixed voltage", "固定電圧"}, {"locked_out", "locked out", "試験禁止中"},
	{"mains_failure", "mains failed", "停電"}, {"manual_boost_charge", "boost charge by hand", "手動均等充電"}, {"manual_test", "test by hand", "手動試験"}, {"master_boost_charge", "boost charge by the master", "親機指令の均等充電"},
	{"master_test", "test by the master", "親機指令の試験"}, {"menu", "in a menu", "操作中"}, {"night", "night", "夜間"}, {"not_characterized", "not characterized", "未特性化"},
	{"peak_load_reduction", "peak load reduction", "ピーク負荷抑制"}, {"override", "overridden", "強制"}, {"planned_test", "planned test", "定期試験"}, {"restricted", "restricted", "制限中"}, {"short_test", "short test", "簡易試験"},
	{"slave", "follows a master", "従属運転"}, {"test_on_mains_failure", "mains failed in a test", "停電時試験"}, {"unmanaged", "not managed", "管理外"},
}
