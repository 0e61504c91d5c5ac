package i18n

// upsStateWords are the states that profiles of UPS report beyond those of
// stateWords: code, English, Japanese.
var upsStateWords = [][3]string{
	{"eco_mode", "economy mode", "エコモード"}, {"battery_test", "battery test", "電池試験中"}, {"spot_mode", "service mode", "保守モード"},
	{"battery_fault", "fault", "故障"}, {"no_battery", "no battery", "蓄電池なし"}, {"battery_weak", "weak", "劣化"},
	{"no_replacement_needed", "not needed", "不要"}, {"replace", "replace", "要交換"}, {"replace_soon", "replace soon", "交換時期接近"},
	{"no_transfer", "none yet", "なし"}, {"high_line_voltage", "over-voltage", "過電圧"}, {"brownout", "brownout", "電圧低下"}, {"blackout", "outage", "停電"},
	{"small_sag", "small sag", "小瞬低"}, {"deep_sag", "deep sag", "深い瞬低"}, {"small_spike", "small spike", "小スパイク"}, {"large_spike", "large spike", "大スパイク"},
	{"self_test", "self-test", "自己診断"}, {"rate_of_change", "rate of change", "電圧急変"}, {"frequency_fault", "frequency fault", "周波数異常"}, {"out_of_range", "out of range", "範囲外"},
	{"float_charging", "float charging", "浮動充電"}, {"boost_charging", "boost charging", "均等充電"}, {"resting", "resting", "休止"}, {"not_charging", "not charging", "非充電"},
	{"charged", "charged", "満充電"}, {"near_end", "near end of life", "寿命接近"}, {"exceeded", "past its life", "寿命超過"}, {"high_temperature", "too hot", "高温"}, {"low_capacity", "low capacity", "容量低下"},
	{"info", "information", "情報"}, {"synchronised", "synchronised", "同期"}, {"not_synchronised", "not synchronised", "非同期"},
	{"secondary", "secondary", "副電源"}, {"generator", "generator", "発電機"}, {"flywheel", "flywheel", "フライホイール"}, {"fuel_cell", "fuel cell", "燃料電池"},
	{"both_bad", "both bad", "両系不良"}, {"primary_good", "only primary good", "主電源のみ良好"}, {"secondary_good", "only secondary good", "副電源のみ良好"}, {"both_good", "both good", "両系良好"},
	{"protected", "protected", "保護あり"}, {"not_protected", "not protected", "保護なし"}, {"scheduled", "scheduled", "予定"},
	{"http", "HTTP", "HTTP"}, {"https", "HTTPS", "HTTPS"},
	{"line_interactive", "line-interactive", "ラインインタラクティブ"}, {"battery_discharging", "discharging", "放電中"},
}
