package i18n

import (
	"fmt"
	"strconv"
)

var ja = Texts{
	Lang: "ja",
	Frame: Frame{
		Unack: "未", RTNUnack: "復帰未確認", CtrlCTwice: "Ctrl-c 2回",
		Rate:     func(n int) string { return fmt.Sprintf("%d件/10分", n) },
		ReadOnly: "閲覧のみ",
		NoData:   "データ未着",
		OldData:  func(age string) string { return "データ " + age + " 前のまま" },
		TooSmall: func(w, h int) string {
			return fmt.Sprintf("画面が小さすぎます: 80x24 必要、現在 %dx%d", w, h)
		},
		NoSuchScreen: "この画面はまだありません",
		LeaveAgain:   "終了するにはもう一度 Ctrl-c。監視は続きます",
		LifeSafety:   "nezuban は火災報知設備ではありません。受信機・ベル・防災手順が優先です",
		Filter:       "絞込",
		BadFilter: func(term string) string {
			return "条件が読めません: " + term + "  例: 優先<=2 状態=unack 場所~hall 種別=ups"
		},
		Shown:    func(n, all int) string { return fmt.Sprintf("%d/%d 件表示", n, all) },
		NewAbove: func(n int) string { return "新着 " + strconv.Itoa(n) + " 件、g で表示" },
		Nothing:  "該当なし",
		Cancel:   "Enter = 実行   Esc = 取消",
		Screens:  "画面",
		AgoNever: "なし",
	},
	Keys: Keys{
		Overview: "概況", Alarms: "警報", Targets: "目標", Devices: "機器",
		Open: "開く", Back: "戻る", Filter: "絞込", Command: "命令", Help: "ヘルプ", Leave: "終了",
		Ack: "確認", Reset: "復旧", Mark: "印", MarkAll: "全件", Follow: "追跡", Trend: "推移",
		Range: "期間", Abnormal: "異常のみ", Move: "移動", Last: "前画面", History: "履歴", Redraw: "再描画",
		OpenLong: "カーソルの項目を開く", BackLong: "戻る。絞込があれば先に解除",
		FilterLong:  "絞込: 優先<=2 状態=unack 場所~hall 文字 !文字。先頭の ! で反転",
		CommandLong: "命令 (日本語・英語)。Tab で補完", HelpLong: "このヘルプ",
		LeaveLong: "コンソール終了 (:q も可)。監視は続きます",
		AckLong:   "警報を確認する。コメント必須", ResetLong: "保持された警報を復旧する。コメント必須",
		MarkLong: "印を付ける。P1 は一件ずつ確認", MarkAllLong: "表示中の全件に印。件数を確認",
		FollowLong: "追跡: 警報から機器へ、機器から警報へ", TrendLong: "選択した点の推移",
		RangeLong: "推移の期間を短く・長く: 1 h, 6 h, 24 h", AbnormalLong: "異常のものだけ表示",
		MoveLong: "移動。g 先頭、G 末尾、Ctrl-d Ctrl-u 十行", LastLong: "ひとつ前の画面",
		HistoryLong: "画面履歴を戻る・進む", RedrawLong: "画面を描き直す",
		ScreenLong: "画面へ移動", DeviceAck: "機器の警報一覧で確認する",
	},
	Help: HelpTexts{
		Title: "ヘルプ", KeysTitle: "キー", MarksTitle: "記号", StatesTitle: "警報の状態", Search: "ヘルプ内を検索",
		Marks: [][2]string{
			{"!!1 !2 .3 -4", "警報の優先度。1 が最も重い。未確認の間は塗りつぶし"},
			{"? 28.1 C 3m", "古い値とその経過。現在の値は不明"},
			{"応答なし", "直近の応答なし。前の値はまだ有効期間内"},
			{"—", "一度も応答なし。ゼロではない"},
			{"*", "限界値の外"},
		},
		States: [][2]string{
			{"UNACK", "発生中・未確認"},
			{"ACKED", "発生中・確認済"},
			{"RTNUN", "復帰・未確認"},
			{"LATUN", "復帰・保持中・未確認"},
			{"LATCH", "復帰・保持中・確認済: 復旧操作が必要"},
		},
	},
	Command: Commands{
		Overview: "概況", Alarms: "警報", Targets: "目標", Devices: "機器", Help: "ヘルプ", Lang: "言語", Quit: "終了",
		Label:     ":",
		Unknown:   func(name string) string { return "そのような命令はありません: " + name },
		LangUsage: ":lang en または :lang ja と入力", LangSaved: "言語の設定を保存しました",
		NotFound: func(what string) string { return "見つかりません: " + what },
	},
	Overview: Overview{
		Title: "概況", Targets: "目標", TopUnacked: "未確認の警報", NoUnacked: "未確認の警報はありません",
		UPS: "UPS", Generator: "発電機", ATS: "切替器", BatteryMin: "最低残量", LoadMax: "最大負荷",
		Smoke: "煙感知器", Panel: "受信機", AgentPressure: "最低薬剤圧",
		FireUnseen:   func(n, all int) string { return fmt.Sprintf("?%d/%d 監視不能", n, all) },
		ClockStepped: func(n, at, by string) string { return "時計の飛び " + n + "回 最終 " + at + " " + by },
		Cooling:      "空調機", SupplyMax: "最高給気", RoomMax: "最高室温", Leak: "漏水",
		Devices: "機器", Oldest: "最古の値", Links: "リンク",
		CPUMax: "最大CPU", MemoryMax: "最大メモリ", DiskMax: "最大ディスク",
		Normal: "正常", Abnormal: "異常", AbnormalShort: "異常", NoData: "データなし", Met: "達成", Missed: "未達", Insufficient: "判定不能", Low: "予算残 最小",
		Alarm: "警報", Place: "場所", State: "状態", Age: "経過", By: "確認者",
		Quiet: "警報なし",
	},
	Alarms: Alarms{
		Title: "警報", Priority: "P", State: "状態", Age: "経過", Name: "警報", Value: "値", By: "確認者", Place: "場所", Count: "N", Note: "コメント",
		Do: "対応", IfNot: "放置時", Causes: "原因", Confirm: "復帰確認", Procedure: "手順書", Owner: "所管",
		Raised: "発生", Returned: "復帰", AckedBy: "確認", Ended: "終了",
		Log: "記録", LogEmpty: "記録はまだありません", LogLoading: "記録を読込中 …", NoGuidance: "この警報の定義は現在の設定にありません",
		Within: "期限", Device: "機器", Measured: "値", Times: "発生回数", Comment: "コメント", Gone: "この警報は終了しました",
		AckQuestion:   func(id, what string) string { return "確認する: " + id + "  " + what },
		AckMany:       func(n int) string { return fmt.Sprintf("印の付いた警報 %d 件を確認する", n) },
		AckLabel:      "コメント (必須): ",
		ResetQuestion: func(id, what string) string { return "保持を復旧する: " + id + "  " + what },
		ResetLabel:    "点検した内容 (必須): ",
		MarkAllQuestion: func(n, p1 int) string {
			if p1 > 0 {
				return fmt.Sprintf("表示中の %d 件に印を付けますか。優先度1の %d 件は一件ずつ確認するため除きます", n, p1)
			}
			return fmt.Sprintf("表示中の %d 件に印を付けますか", n)
		},
		CommentRequired: "コメントが必要です",
		OneByOne:        "優先度1の警報は一件ずつ確認します。カーソルを合わせて a",
		NoAck:           "あなたの役割では確認できません。運用員またはリーダーが行います",
		NoReset:         "あなたの役割では復旧できません。リーダーが行います",
		AlreadyAcked:    "すでに確認済です",
		NotLatched:      "保持された警報ではありません。復旧は不要です",
		StillActive:     "発生中です。復旧は復帰の後にできます",
		Acked:           func(id string) string { return id + " を確認しました" },
		Reset:           func(id string) string { return id + " を復旧しました" },
		AckedMany:       func(done, of int) string { return fmt.Sprintf("%d/%d 件を確認しました", done, of) },
		NoAnswer:        "時間内に応答がありません。繰り返す前に警報の状態を見てください",
		Point:           "点", NoProcedure: "未設定",
		Unwatched:  "監視元なし: 規則・機器・点のいずれかが無い。自然には復帰しません",
		NotWatched: "監視元なし",
		NotDone:    func(why string) string { return "実行されませんでした: " + why },
		Marked:     func(n int) string { return fmt.Sprintf("印 %d 件", n) },
	},
	Targets: Targets{
		Title: "目標", Name: "目標", Goal: "目標値", Now: "現在", Left: "残", Good: "良", Bad: "否", Unknown: "不明", Excluded: "除外", Verdict: "途中判定",
		Window: "期間", AsOf: "時点", SoFar: "途中経過", BudgetLeft: "残", Budget: "予算", NoBudget: "許容なし", Entities: "達成", Basis: "根拠", None: "目標が設定されていません",
		Exhausted: "使い切り", Time: "時間", Worst: "最下位", Times: "良/否/不明",
	},
	Devices: Devices{
		Title: "機器", ID: "機器", Name: "名称", Kind: "種別", Place: "場所", Reach: "応答", Answer: "最終応答", Alarms: "警報",
		OnlyAbnormal: "異常のみ", Never: "なし",
		Counts: func(total, up, down, stale, unknown int) string {
			return fmt.Sprintf("%d 台: 応答 %d、停止 %d、遅延 %d、未収集 %d", total, up, down, stale, unknown)
		},
	},
	Device: Device{
		Point: "点", Value: "値", Range: "範囲", Fresh: "取得",
		Vendor: "メーカー", Model: "型式", Serial: "製番", Profile: "プロファイル", Feed: "系統", Rack: "ラック", ID: "ID",
		LastAnswer: "最終応答", RoundTrip: "往復", Lateness: "遅れ", Timeouts: "無応答", Interval: "周期",
		LastError: "直近のエラー", Refused: "拒否", Vanished: "機器の一覧に無い", NoPoints: "点はまだ不明です。機器から応答がありません", Never: "なし", Ago: "前",
		Above: "上限", Below: "下限",
		Trend: "推移", TrendLoading: "履歴を読込中 …", TrendNone: "この期間にデータはありません", TrendFailed: "履歴から応答がありません", TrendKept: "最大・最小を保持",
		Hours:    func(h int) string { return fmt.Sprintf("%d h", h) },
		LimitLow: "下限", LimitHigh: "上限", SysDescr: "自称", SysLocation: "設置場所", NotRefused: "拒否なし",
	},
	Session: Session{
		NoTerminal:  "nezuban: このコンソールには端末が必要です。ssh -t で接続してください",
		NoCommand:   "nezuban: このサーバーはコンソールの表示のみです。コマンド、サブシステム、転送はできません",
		TooMany:     "nezuban: コンソールの接続数が上限です。ひとつ終了してください",
		TooManyOwn:  "nezuban: あなたの接続数が上限です。ひとつ終了してください",
		TooOld:      "nezuban: 接続の最長時間に達しました。再度ログインしてください",
		IdleNow:     "無操作のため閲覧のみになりました。変更するには再度ログインしてください",
		NotRecorded: "ログインを記録できないため、この接続は閲覧のみです",
		Ending:      "nezuban: デーモンを終了します",
		Lost: func(at string) string {
			return "nezuban: デーモンとの接続断 " + at + "。再接続中 (Ctrl-c で終了)"
		},
		Back: "nezuban: 再接続しました",
	},
	Category:  map[string]string{"power": "電源", "fire": "火災", "cooling": "空調", "equipment": "機器", "resources": "資源"},
	Kind:      map[string]string{"ups": "UPS", "pdu": "PDU", "ats": "切替器", "envhub": "センサー", "dcpower": "直流電源", "generator": "発電機", "meter": "電力計", "cooling": "空調機", "bmc": "BMC", "network": "ネットワーク", "host": "ホスト", "storage": "ストレージ", "other": "その他"},
	Role:      map[string]string{"viewer": "閲覧", "operator": "運用", "shift-lead": "リーダー", "manager": "管理者", "auditor": "監査", "admin": "システム管理"},
	Reach:     map[string]string{"up": "応答", "down": "停止", "stale": "遅延", "unknown": "未収集"},
	Freshness: map[string]string{"fresh": "最新", "no_answer": "応答なし", "stale": "古い", "never": "なし"},
	Severity:  map[string]string{"unknown": "不明", "normal": "正常", "warning": "注意", "critical": "重大"},
	Verdict:   map[string]string{"met": "達成", "missed": "未達", "insufficient_data": "判定不能", "not_applicable": "対象外"},
	Basis:     map[string]string{"proven": "実測", "by_policy": "規則による"},
	ErrorKind: map[string]string{
		"timeout": "時間内に応答なし", "authentication": "認証拒否", "privacy": "復号失敗",
		"security_level": "セキュリティレベル不一致", "time_window": "時刻窓の外",
		"protocol": "不正な応答", "transport": "通信路", "limit": "上限に到達",
	},
	Refused: map[string]string{
		"stamp_in_future": "未来の時刻", "not_a_number": "数値でない", "out_of_range": "範囲外",
		"text_too_long": "文字列が長い", "control_characters": "制御文字", "walk_bound": "走査が長い",
		"oid_not_rising": "OID逆行", "unexpected_type": "型の不一致", "too_many_points": "点が多い", "malformed": "形式不正",
	},
	Refusal: map[string]string{
		"not_allowed": "あなたの役割では許可されていません", "not_found": "対象はもうありません",
		"outdated":    "表示の後に変化しました。もう一度確認してください",
		"wrong_state": "現在の状態ではできません", "incomplete": "必要な項目がありません",
		"unavailable": "現在記録できません。再度試してください", "invalid": "入力が正しくありません",
	},
	Event: map[string]string{
		"raised": "発生", "came_back": "再発生", "returned": "復帰",
		"acknowledged": "確認", "reset": "復旧", "realarmed": "再警報",
	},
	Level: map[string]string{
		"high": "上限超過", "high_high": "上上限超過", "low": "下限未満", "low_low": "下下限未満", "no_data": "データなし",
	},
	HistoryDown: map[string]string{"starting": "履歴 起動中", "down": "履歴 停止", "full": "履歴 満杯"},
	RecordsDown: map[string]string{"read_only": "記録 書込不可", "down": "記録 停止"},
	State:       words(stateWords, 2),
	Owner:       map[string]string{"facility": "設備担当", "facility-lead": "設備責任者", "system": "システム担当", "system-lead": "システム責任者"},
}
