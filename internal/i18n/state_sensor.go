package i18n

// sensorStateWords are the states that profiles of sensor hubs and cooling report beyond those of
// stateWords: code, English, Japanese.
var sensorStateWords = [][3]string{
	{"full", "full", "満杯"}, {"medium_low", "medium low", "中低"}, {"medium", "medium", "中"}, {"medium_high", "medium high", "中高"},
	{"alert", "alert", "警戒"}, {"invalid", "invalid", "無効"}, {"no_answer", "no answer", "応答なし"},
	{"entering_critical", "becoming critical", "重大へ移行中"}, {"leaving_critical", "recovering", "重大から回復中"},
	{"acknowledged", "acknowledged", "確認済"}, {"dismissed", "dismissed", "解除済"},
	{"abnormal", "abnormal", "異常"}, {"boost", "at full speed", "最大運転"}, {"busy", "busy", "処理中"},
	{"calibration", "calibrating", "校正中"}, {"changed", "changed", "構成変更"}, {"changing", "changing over", "切替中"},
	{"detected", "new, not confirmed", "検出（未確認）"}, {"door_open", "door open", "扉開"}, {"dynamic", "controlled", "自動制御"},
	{"exchanged", "exchanged", "交換済"}, {"locked", "locked", "施錠"}, {"unlocked", "unlocked", "解錠"},
	{"low_power", "low power", "電源低下"}, {"low_voltage", "low voltage", "電圧低下"}, {"no_access", "no access", "アクセス不可"},
	{"no_power", "no power", "電源なし"}, {"no_sim", "no SIM", "SIMなし"}, {"read_only", "read-only", "読取専用"},
	{"remote", "remote", "遠隔"}, {"service", "in service", "保守"}, {"maintenance", "in maintenance", "保守中"},
	{"emergency", "emergency", "非常"}, {"stopped", "stopped", "停止"}, {"timeout", "timed out", "タイムアウト"},
	{"updating", "updating", "更新中"}, {"valve_open", "valve open", "弁開"}, {"cooling", "cooling", "冷房"},
	{"free_cooling", "free cooling", "外気冷房"}, {"heating", "heating", "暖房"}, {"recirculating", "recirculating", "循環"},
	{"venting", "venting", "送風"}, {"assist", "assisting", "補助"}, {"primary", "primary", "主系"},
	{"normally_closed", "normally closed", "常時閉"}, {"normally_open", "normally open", "常時開"},
	{"fan_only", "fan only", "送風のみ"},
}
