package i18n

import (
	"slices"
	"strings"

	"nezuban/internal/facility"
)

// StateWord is what people read for a state that records keep as a code. A
// metric may have words of its own ("smoke_state/active" is an alarm,
// "door_state/active" an open door); a code without a word stands for itself.
func (t *Texts) StateWord(metric, code string) string {
	if w, ok := t.State[metric+"/"+code]; ok {
		return w
	}
	return Word(t.State, code)
}

// PointName is what people call a point: the quantity, and the part of the
// device where it is measured.
func (t *Texts) PointName(d *facility.Device, p *facility.Point) string {
	title := facility.Text{En: p.Metric, Ja: p.Metric}
	if m, ok := facility.LookupMetric(p.Metric); ok {
		title = facility.Text{En: m.Short, Ja: m.HelpJa}
	}
	name := title.In(t.Lang)
	title.En += " " + strings.ReplaceAll(p.Metric, "_", " ") // its name says no more
	if part := p.Part(d, title).In(t.Lang); part != "" {
		name += " " + part
	}
	return name
}

// stateWords are the states of the builtin profiles: code, English, Japanese.
var stateWords = slices.Concat(commonStateWords, upsStateWords, pduStateWords, sensorStateWords, serverStateWords, dcpowerStateWords)

// commonStateWords are those that several kinds of device share.
var commonStateWords = [][3]string{
	{"warning", "warning", "注意"}, {"critical", "critical", "重大"}, {"fault", "fault", "故障"}, {"error", "error", "異常"}, {"degraded", "degraded", "縮退"},
	{"minor", "minor", "軽度"}, {"major", "major", "重度"}, {"non_critical", "non-critical", "注意"}, {"non_recoverable", "non-recoverable", "回復不能"}, {"informational", "informational", "情報"},
	{"offline", "offline", "オフライン"}, {"online", "online", "オンライン"}, {"enabled", "enabled", "有効"}, {"disabled", "disabled", "無効"},
	{"open", "open", "開"}, {"closed", "closed", "閉"}, {"low", "low", "低"}, {"high", "high", "高"}, {"too_low", "too low", "下限未満"}, {"too_high", "too high", "上限超過"},
	{"inactive", "inactive", "非作動"}, {"present", "present", "装着"}, {"absent", "absent", "なし"}, {"not_available", "not available", "利用不可"}, {"lost", "lost", "喪失"},
	{"good", "good", "良好"}, {"bad", "bad", "不良"}, {"yes", "yes", "はい"}, {"no", "no", "いいえ"}, {"tripped", "tripped", "遮断"}, {"charging", "charging", "充電中"}, {"discharging", "discharging", "放電中"},
	{"not_fitted", "not fitted", "未装着"}, {"missing", "missing", "欠落"}, {"reset", "reset", "リセット"}, {"disconnected", "disconnected", "切断"}, {"connected", "connected", "接続"},
	{"normal", "normal", "正常"}, {"ok", "ok", "正常"}, {"unknown", "unknown", "不明"}, {"other", "other", "その他"},
	{"none", "none", "なし"}, {"no_status", "no status", "状態なし"}, {"not_supported", "not supported", "非対応"},
	{"not_present", "not present", "未装着"}, {"active", "active", "作動"}, {"alarm", "alarm", "警報"}, {"wet", "wet", "漏水"}, {"dry", "dry", "乾"}, {"on", "on", "入"}, {"off", "off", "切"},
	{"standby", "standby", "待機"}, {"fail", "failed", "異常"}, {"failed", "failed", "失敗"}, {"failure", "failure", "異常"},
	{"relay_on", "relay on", "リレー入"}, {"relay_off", "relay off", "リレー切"},
	{"sensor_error", "sensor error", "センサー異常"}, {"high_warning", "high, warning", "上限 注意"}, {"high_critical", "high, critical", "上限 重大"},
	{"low_warning", "low, warning", "下限 注意"}, {"low_critical", "low, critical", "下限 重大"},

	{"battery", "on battery", "バッテリー"}, {"bypass", "bypass", "バイパス"}, {"booster", "boosting", "昇圧"}, {"reducer", "reducing", "降圧"},
	{"battery_normal", "normal", "正常"}, {"battery_low", "low", "残量低下"}, {"battery_depleted", "depleted", "放電終止"},
	{"done_pass", "passed", "合格"}, {"done_warning", "with warning", "注意あり"}, {"done_error", "not passed", "不合格"},
	{"aborted", "aborted", "中断"}, {"in_progress", "in progress", "実施中"}, {"no_tests_initiated", "never tested", "未実施"},
	{"ups_output_source/none", "no output", "出力なし"}, {"ups_output_source/normal", "on line", "通常"},

	{"source_a", "source A", "A側"}, {"source_b", "source B", "B側"}, {"fully_redundant", "redundant", "冗長あり"}, {"redundancy_lost", "lost", "冗長性喪失"},
	{"current_ok", "normal", "正常"}, {"over_current", "over-current", "過電流"},
	{"low_load", "low load", "低負荷"}, {"near_overload", "near overload", "過負荷間近"}, {"overload", "overload", "過負荷"},

	{"running", "running", "運転中"}, {"starting", "starting", "始動中"}, {"ready", "ready", "待機"}, {"idle", "idling", "アイドル"},
	{"normal_stop", "stopping", "停止動作中"}, {"emergency_stop", "emergency stop", "非常停止"}, {"shutdown", "shut down", "故障停止"},
	{"automatic", "automatic", "自動"}, {"manual", "manual", "手動"}, {"not_in_auto", "not automatic", "自動以外"}, {"no_communication", "no link", "通信なし"},
	{"crac_state/on", "running", "運転"}, {"crac_state/off", "off", "停止"}, {"crac_state/standby", "standby", "待機"},

	{"smoke_state/active", "operated", "作動"}, {"fire_panel_alarm_state/active", "FIRE", "発報"},
	{"fire_panel_supervisory_state/active", "supervisory", "監視信号"}, {"fire_panel_trouble_state/active", "trouble", "障害"},
	{"leak_state/active", "wet", "漏水"}, {"leak_state/normal", "dry", "乾"}, {"door_state/active", "open", "開"}, {"door_state/normal", "closed", "閉"},

	{"up", "up", "接続"}, {"down", "down", "切断"}, {"testing", "testing", "試験中"}, {"dormant", "dormant", "休止"},
	{"power_redundancy/unknown", "?", "?"}, {"power_redundancy/dead", "DEAD", "停電"}, {"power_redundancy/at_risk", "AT RISK", "危険"},
	{"power_redundancy/single_path", "N", "N"}, {"power_redundancy/n_plus_1", "N+1", "N+1"}, {"power_redundancy/two_n", "2N", "2N"},
	{"power_side_carries_all/no", "NO", "不可"}, {"power_side_carries_all/yes", "yes", "可"},
	{"suppression_manual_state/normal", "automatic", "自動"}, {"suppression_manual_state/active", "MANUAL", "手動"}, {"suppression_isolated_state/active", "ISOLATED", "遮断"},
	{"suppression_abort_state/active", "ABORTED", "放出停止"}, {"fire_damper_state/normal", "open", "開"}, {"fire_damper_state/active", "closed", "閉"},
	{"fire_panel_disabled_state/active", "disabled", "遮断中"}, {"fire_panel_discharge_state/active", "DISCHARGED", "消火剤放出"},
	{"not_enough", "not enough", "不足"}, {"enough", "enough", "充足"},
	{"fire_zone_state/unknown", "NOT SEEN", "監視不能"}, {"fire_zone_state/normal", "normal", "正常"}, {"fire_zone_state/test", "TEST", "試験中"},
	{"fire_zone_state/disabled", "DISABLED", "遮断中"}, {"fire_zone_state/trouble", "TROUBLE", "障害"}, {"fire_zone_state/supervisory", "SUPERVISORY", "監視信号"},
	{"fire_zone_state/pre_alarm", "PRE-ALARM", "予備警報"}, {"fire_zone_state/alarm", "FIRE", "火災"}, {"fire_zone_state/discharged", "DISCHARGED", "消火剤放出"},
	{"fire_suppression_ready/unknown", "not seen", "監視不能"}, {"fire_suppression_ready/not_ready", "NOT READY", "準備不可"},
	{"fire_suppression_ready/manual_only", "manual only", "手動のみ"}, {"fire_suppression_ready/automatic", "automatic", "自動"},
	{"lower_layer_down", "lower layer down", "下位層 切断"}, {"admin_down", "switched off", "管理停止"},
}

// words picks one language of a table.
func words(table [][3]string, language int) map[string]string {
	out := make(map[string]string, len(table))
	for _, w := range table {
		out[w[0]] = w[language]
	}
	return out
}
