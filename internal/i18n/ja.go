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
		Shelved:  "棚上げ", OutOfService: "運用除外", Approvals: "承認待ち",
		ShelvedShort: "棚上", OutOfServiceShort: "除外", StoppedShort: "収集停止", ApprovalsShort: "承認待",
		Next:       func(at string) string { return "(次 " + at + ")" },
		Flood:      func(n int) string { return fmt.Sprintf("警報多発 %d件/10分", n) },
		FloodShort: func(n int) string { return fmt.Sprintf("多発 %d", n) },
		NoFlood:    "多発なし",
	},
	Keys: Keys{
		Overview: "概況", Alarms: "警報", Targets: "目標", Devices: "機器",
		Power: "電源", Fire: "火災",
		Shelve: "棚上げ", Service: "除外", Assign: "担当", Note: "メモ", Group: "群", Views: "表示",
		WhatIf: "想定", Singles: "単一障害点", Approve: "承認", Decline: "却下", MarkRange: "範囲",
		ShelveLong:  "棚上げ (時間限定)。理由必須。棚上げ中なら解除",
		ServiceLong: "運用除外。変更番号必須。除外中なら復帰",
		AssignLong:  "担当者を決める", NoteLong: "警報の記録にメモを残す",
		GroupLong: "群を開く・閉じる: 原因警報とその影響", ViewsLong: "保存された表示: 未確認、棚上げ、まもなく終了、長期発生",
		WhatIfLong:  "想定: カーソルの要素を喪失とみなす。二つまで",
		SinglesLong: "単一障害点の一覧", ApproveLong: "二人目として承認する",
		DeclineLong: "二人目として却下する", MarkRangeLong: "範囲に印: 両端で押す。P1 は除く",
		UpstreamLong:       "追跡: 給電元へ。電源では警報へ",
		EndSuppressionLong: "期限の前に終える。理由必須",
		Open:               "開く", Back: "戻る", Filter: "絞込", Command: "命令", Help: "ヘルプ", Leave: "終了",
		Ack: "確認", Reset: "復旧", Mark: "印", MarkAll: "全件", Follow: "追跡", Trend: "推移", Evidence: "トラップ", EvidenceLong: "機器の SNMP トラップの内容",
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
			{"~2", "抑止中: 棚上げ、設計抑止、運用除外"},
			{"+13", "原因警報とその影響の数。o で開く"},
		},
		States: [][2]string{
			{"UNACK", "発生中・未確認"},
			{"ACKED", "発生中・確認済"},
			{"RTNUN", "復帰・未確認"},
			{"LATUN", "復帰・保持中・未確認"},
			{"LATCH", "復帰・保持中・確認済: 復旧操作が必要"},
			{"SHELV", "棚上げ: 期限まで人が抑止"},
			{"SUPPR", "設計抑止: 原因となる警報が発生中"},
			{"OOSRV", "運用除外: 変更番号に基づき抑止"},
		},
	},
	Command: Commands{
		Overview: "概況", Alarms: "警報", Targets: "目標", Devices: "機器", Help: "ヘルプ", Lang: "言語", Quit: "終了",
		Power: "電源", Fire: "火災", Approvals: "承認", BadActors: "頻発", Cause: "原因", Close: "終結", Shelve: "棚上げ", Shelved: "棚上げ中", Stale: "長期",
		CauseUsage:  ":原因 ALM-000123 と入力。取消は :原因 none",
		ShelveUsage: ":棚上げ と条件を入力: 規則=DOOR-OPEN 場所~hall-1",
		NoAlarm:     "先にカーソルを警報に合わせてください",
		Label:       ":",
		Unknown:     func(name string) string { return "そのような命令はありません: " + name },
		LangUsage:   ":lang en または :lang ja と入力", LangSaved: "言語の設定を保存しました",
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
		Quiet:        "警報なし",
		SinglePoints: "単一障害点", Fuel: "燃料", Zones: "区画", NotReady: "消火設備 準備不可", Inlet: "最高吸気",
		Redundant: func(n, all int) string { return fmt.Sprintf("負荷 設計どおり %d/%d", n, all) },
		OnlyHeld:  func(n int) string { return fmt.Sprintf("抑止中の警報 %d", n) },
		Lost:      func(word string, n int) string { return fmt.Sprintf("%s %d", word, n) },
	},
	Alarms: Alarms{
		Title: "警報", Priority: "P", State: "状態", Age: "経過", Name: "警報", Value: "値", By: "確認者", Place: "場所", Count: "N", Note: "コメント",
		Do: "対応", IfNot: "放置時", Causes: "推定原因", Confirm: "復帰確認", Procedure: "手順書", Owner: "所管",
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
		RangeFrom:  "範囲の始点です。移動してもう一度 V",
		Deferred: func(n int) string {
			return fmt.Sprintf("警報多発中: P3・P4 の %d 件をこの行に保留。o で表示", n)
		},
		GroupOf: func(n, unacked, p1 int) string {
			out := fmt.Sprintf("影響 %d 件", n)
			if unacked > 0 {
				out += fmt.Sprintf("、うち未確認 %d", unacked)
			}
			if p1 > 0 {
				out += fmt.Sprintf(" (P1 %d)", p1)
			}
			return out + "、o で開く"
		},
		ByWhen: func(within, at string, past bool) string {
			if past {
				return "期限 " + within + " (" + at + " 超過)"
			}
			return "期限 " + within + " (" + at + "まで)"
		},
		ReadsNow: "現在",
		EffectOf: func(dead, fewer, unknown int) string {
			return fmt.Sprintf("負荷 停電 %d、冗長性喪失 %d、不明 %d", dead, fewer, unknown)
		},
		EscalationStep: func(n int) string { return "段階 " + strconv.Itoa(n) },
		FollowsFrom:    func(id, what string) string { return "原因警報 " + id + " " + what },
		Notes:          func(n int) string { return fmt.Sprintf("メモ %d", n) },
		OwnerIs:        "担当", NoGroup: "この警報に影響する警報はありません",
	},
	Suppress: Suppress{
		Title: "抑止", Scope: "対象", State: "状態", By: "実施者", Until: "期限", Reason: "理由", Matches: "現在", Held: "抑止", Kind: "種類",
		ShelveQuestion: func(id, what string) string { return "棚上げする: " + id + "  " + what },
		ShelveMany:     func(n int) string { return fmt.Sprintf("印の付いた警報 %d 件を棚上げする", n) },
		Lengths: func(end, most string) string {
			return "[1] 30分  [2] 1時間  [3] 8時間  [4] 直の終わり " + end + "  (最長 " + most + "): "
		},
		LengthsShort:   func(most string) string { return "[1] 30分  [2] 1時間  [3] 8時間  (最長 " + most + "): " },
		BadLength:      "番号をひとつ押してください",
		TooLong:        func(most string) string { return "長すぎます。この優先度の棚上げは最長 " + most },
		ReasonLabel:    "理由 (必須): ",
		ReasonRequired: "理由が必要です",
		SecondPerson:   "P1: 二人目の承認を最長10分待ちます",
		LifeSafety:     "人命に関わる警報は棚上げ・設計抑止・運用除外の対象になりません",
		P1OneByOne:     "優先度1の警報は一件ずつ、二人目の承認を得て棚上げします",
		NotByMany:      "運用除外は一件ずつ行います",
		NoShelve:       "あなたの役割では棚上げできません。運用員またはリーダーが行います",
		NoService:      "あなたの役割では運用除外できません。リーダーが行います", NoResume: "あなたの役割では収集を再開できません。リーダーが行います",
		ServiceQuestion: func(id, what string) string {
			return "運用除外する: " + id + "  " + what
		},
		ChangeLabel:      "変更番号 (必須): ",
		ChangeRequired:   "変更番号が必要です",
		ReviewLabel:      "見直し日 YYYY-MM-DD: ",
		BadReview:        "今日より後の日付を YYYY-MM-DD で入力してください",
		UnshelveQuestion: func(id, what string) string { return "棚上げを解除する: " + id + "  " + what },
		ReturnQuestion:   func(id, what string) string { return "運用に戻す: " + id + "  " + what },
		ResumeQuestion:   func(id, what string) string { return "収集を再開する: " + id + "  " + what },
		ApproveQuestion:  func(id, what string) string { return "二人目として承認する: " + id + "  " + what },
		DeclineQuestion:  func(id, what string) string { return "却下する: " + id + "  " + what },
		OwnRequest:       "自分の申請は承認できません。二人目が承認します",
		NotWaiting:       "承認待ちではありません",
		NoApprove:        "あなたの役割では承認できません。運用員またはリーダーが行います",
		WaitsFor:         func(id string) string { return "すでに承認待ちです: " + id },
		Waits:            "二人目の承認待ち",
		AssignQuestion:   func(id, what string) string { return "担当を決める: " + id + "  " + what },
		AssignLabel:      "担当者ID (必須): ",
		NoSuchPerson:     func(id string) string { return "people.yaml に " + id + " はいません" },
		NoteQuestion:     func(id, what string) string { return "メモ: " + id + "  " + what },
		NoteLabel:        "メモ (必須): ",
		NoNote:           "あなたの役割では警報を変更できません",
		CauseQuestion:    func(id, cause string) string { return id + " の原因警報を " + cause + " とする" },
		CauseBack:        func(id string) string { return id + " に設定した原因警報を取り消す" },
		NoCause:          "あなたの役割ではできません。リーダーが行います",
		CloseQuestion:    func(id, what string) string { return "監視元のない警報を終結する: " + id + "  " + what },
		NoClose:          "あなたの役割では終結できません。リーダーが行います",
		StillWatched:     "手で終結できるのは監視元のない警報だけです。この警報は自然に終わります",
		ShelvedLine:      func(who, until, why string) string { return "棚上げ " + who + "、" + until + " まで: " + why },
		ServiceLine: func(who, until, why string) string {
			return "運用除外 " + who + "、見直し " + until + ": " + why
		},
		DesignLine: func(who, until, why string) string {
			return "設計抑止 規則 " + who + "、" + until + " から: " + why
		},
		HeldBack:     func(n int) string { return fmt.Sprintf("抑止した通知 %d", n) },
		DoneShelved:  func(id string) string { return "棚上げしました: " + id },
		DoneService:  func(id string) string { return "運用除外しました: " + id },
		DoneWaiting:  func(id string) string { return id + " は二人目の承認待ちです (最長10分)" },
		DoneOver:     func(id string) string { return "終了しました: " + id },
		DoneApproved: func(id string) string { return "承認しました: " + id },
		DoneDeclined: func(id string) string { return "却下しました: " + id },
		DoneAssigned: func(id string) string { return id + " の担当を決めました" },
		DoneNoted:    func(id string) string { return id + " にメモを残しました" },
		DoneCause:    func(id string) string { return id + " の原因警報を記録しました" },
		DoneClosed:   func(id string) string { return id + " を終結しました" },
		DoneMany:     func(done, of int) string { return fmt.Sprintf("%d/%d 件を実行しました", done, of) },
		NotThis:      "終了できるのは有効なものだけ: 棚上げは s、運用除外と収集停止は z",
		Empty:        "棚上げ・運用除外・収集停止・承認待ちはありません",
		Preview:      func(n int) string { return fmt.Sprintf("現在の対象: %d", n) },
		Counts: func(waiting, inForce, over int) string {
			return fmt.Sprintf("承認待ち %d   有効 %d   24時間以内に終了 %d", waiting, inForce, over)
		},
		ApprovedBy: "承認者",
	},
	Nuisance: NuisanceTexts{
		Title: "頻発警報", Kind: "種類", Name: "警報", Count: "回数", Since: "開始", Last: "最終", Proposal: "提案", Empty: "頻発・瞬時・長期の警報はありません",
		NoProposal: "なし", Never: "提案は自動では適用されません。変更番号を取って定義を改めてください",
		OffDelay: func(v string) string { return "復帰遅延 " + v },
		OnDelay:  func(v string) string { return "発生遅延 " + v },
		Deadband: func(v string) string { return "不感帯 " + v },
	},
	Power: PowerTexts{
		Title: "電源", Level: "段", Side: "系", Shared: "共通", Loads: "負荷",
		NoModel: "単線図がありません: oneline.yaml が無いため冗長性を判定できません",
		HowTo:   "oneline.yaml (要素・給電元・点) を書き、nezuban check で確認",
		Live:    "給電", Dead: "停電", NotSeen: "監視不能", Open: "開", Ready: "待機", NotReady: "待機不可",
		Rack: "負荷", Now: "現在", Design: "設計", Power: "電力", WithoutA: "A喪失", WithoutB: "B喪失", Why: "低下の要因",
		Survives: "継続", Falls: "停電", Untold: "?",
		Carries: func(side, node, ratio string) string {
			return side + "系単独: 可 (最大 " + node + " " + ratio + ")"
		},
		CannotCarry: func(side, node, ratio string) string {
			return side + "系単独: 不可 (最大 " + node + " " + ratio + ")"
		},
		CannotFeed: func(side string, dead int) string {
			return fmt.Sprintf("%s系単独: 不可 (停電 %d)", side, dead)
		},
		CarryUnknown: func(side, node, ratio string) string {
			return side + "系単独: ? (最大 " + node + " " + ratio + ")"
		},
		SinglePoints: "単一障害点", NoSingles: "判明している単一障害点はありません", Fuel: "燃料", Bridging: "蓄電池は発電機始動まで持つ", BridgingNot: "蓄電池が発電機始動まで持たない",
		Drops:    func(n int) string { return fmt.Sprintf("喪失時 停電 %d", n) },
		Measured: "実測", Derived: "給電元から推定", Sources: "電源", Ratio: "定格比", Headroom: "喪失後の最小余力", Paths: "経路", Phase: "相別",
		FedFrom: "給電元", Kind: "種別", NoDevice: "この要素に機器は割り当てられていません",
		WhatIf:      func(nodes string) string { return "想定 (現在ではない): 喪失 " + nodes },
		WhatIfNone:  "停電なし、冗長性喪失なし、過負荷なし",
		WhatIfFalls: "停電", WhatIfLoses: "冗長性喪失", WhatIfOver: "過負荷",
		WhatIfTwo: "想定は二つまで。w で取消、または Esc", WhatIfComputing: "計算中 …", WhatIfNotNow: "Esc で想定を終了",
		Nothing: "なし", Designed: "設計どおり", OnlyAbnormal: "異常のみ", UnknownOutcome: "判定不能",
	},
	Fire: FireTexts{
		Title: "火災区画", Zone: "区画", Place: "場所", State: "状態", Also: "併発", Suppression: "消火設備", NotSeen: "監視不能", Isolation: "許可",
		NoModel:   "区画がありません: fire.yaml が無い。火災の警報は画面2に表示します",
		HowTo:     "fire.yaml (区画・感知器・消火設備・許可) を書き、nezuban check で確認",
		Isolated:  func(n int) string { return fmt.Sprintf("隔離 %d", n) },
		NotSeenOf: func(n, all int) string { return fmt.Sprintf("?%d/%d 点 監視不能", n, all) },
		Detectors: "感知器", Thresholds: "段階", Agent: "薬剤", Release: "放出条件",
		Permit: "許可", Until: "期限", Watch: "火気監視", Every: "巡回間隔", Overdue: "期限超過", Round: "次の巡回", NoWatch: "火気監視者 未定", Planned: "開始",
		Alarms: "警報", NoAlarms: "この区画の警報はありません", NoSuppression: "モデルに無し", Cylinders: "容器", Reserve: "予備",
	},
	Targets: Targets{
		Title: "目標", Name: "目標", Goal: "目標値", Now: "現在", Left: "残", Good: "良", Bad: "否", Unknown: "不明", Excluded: "除外", Verdict: "途中判定",
		Window: "期間", AsOf: "時点", SoFar: "途中経過", BudgetLeft: "残", Budget: "予算", NoBudget: "許容なし", Entities: "達成", Basis: "根拠", None: "目標が設定されていません",
		Exhausted: "使い切り", Time: "時間", Worst: "最下位", Times: "良/否/不明",
	},
	Explain: ExplainTexts{
		Title: "内訳", Loading: "履歴と記録を読んでいます", Failed: "内訳を計算できません:", None: "この目標が判定する対象がありません", NoLines: "この期間には何も起きていません",
		All: "全体", Limit: "限度", Overdue: "以前からの期限超過", Definition: "定義 第",
		Entity: "対象", EntityLong: "次・前の対象へ", Again: "再計算", AgainLong: "現時点で計算し直す",
		From: "開始", Lasted: "長さ", Was: "算入", Because: "理由",
		Readings: func(n int, values string) string { return fmt.Sprintf("測定 %d 回: %s", n, values) },
		Silent:   func(n int) string { return fmt.Sprintf("応答なし %d 回", n) },
		Open:     "内訳", OpenLong: "数値の内訳を1秒単位の根拠とともに見る",
		Burning: "予算消費が速い", Projected: "期末見込み", Few: "少数", Counts: "件数",
	},
	Devices: Devices{
		Title: "機器", ID: "機器", Name: "名称", Kind: "種別", Place: "場所", Reach: "応答", Answer: "最終応答", Alarms: "警報",
		OnlyAbnormal: "異常のみ", Never: "なし",
		Stopped: func(n int) string { return fmt.Sprintf("収集停止中 %d", n) }, StoppedTo: func(until string) string { return "収集停止 " + until + "迄" },
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
		LastTrap: "直近のトラップ", Traps: "トラップ、新しい順 (記録のみ。警報の発生・復帰には使いません)", NoTraps: "この機器のトラップはありません", TrapsFailed: "記録から応答がありません:",
		Inform: "インフォーム", Unsigned: "無署名",
		StopLine: func(who, until, why string) string {
			return "収集停止中 " + who + "、" + until + " まで: " + why
		},
		SharesEngine: func(devices string) string {
			return "SNMPv3 エンジン ID が " + devices + " と同じです。機器ごとに変えてください"
		},
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
	Reach:     map[string]string{"up": "応答", "down": "停止", "stale": "遅延", "unknown": "未収集", "stopped": "収集停止中"},
	Freshness: map[string]string{"fresh": "最新", "no_answer": "応答なし", "stale": "古い", "never": "なし"},
	Severity:  map[string]string{"unknown": "不明", "normal": "正常", "warning": "注意", "critical": "重大"},
	Verdict:   map[string]string{"met": "達成", "missed": "未達", "insufficient_data": "判定不能", "not_applicable": "対象外"},
	Basis:     map[string]string{"proven": "実測", "by_policy": "規則による"},
	Was: map[string]string{"good": "良", "bad": "否", "unknown": "不明", "excluded": "除外", "late_notice": "遅延除外",
		"out_of_service": "対象外", "not_yet": "未到来", "pending": "保留"},
	Cause: map[string]string{"samples": "測定値", "no_sample": "それ以前に測定値がない", "gap": "測定値なし（最後の値が古い）", "no_answer": "問い合わせに応答なし",
		"not_judged": "良否のどちらとも言えない値", "exclusion": "除外", "service": "運用期間外", "event": "事象", "obligation": "義務",
		"too_old": "最後の成功が古すぎる", "last_success": "最後の成功が新しい", "not_yet": "まだ来ていない", "source_silent": "事象の発生源が沈黙"},
	ErrorKind: map[string]string{
		"timeout": "時間内に応答なし", "authentication": "認証拒否", "privacy": "復号失敗",
		"security_level": "セキュリティレベル不一致", "time_window": "時刻窓の外",
		"protocol": "不正な応答", "transport": "通信路", "limit": "上限に到達",
	},
	Refused: map[string]string{
		"stamp_in_future": "未来の時刻", "not_a_number": "数値でない", "out_of_range": "範囲外",
		"text_too_long": "文字列が長い", "control_characters": "制御文字", "walk_bound": "走査が長い",
		"oid_not_rising": "OID逆行", "unexpected_type": "型の不一致", "too_many_points": "点が多い", "malformed": "形式不正", "counter_set_back": "カウンターの逆戻り",
	},
	Refusal: map[string]string{
		"not_allowed": "あなたの役割では許可されていません", "not_found": "対象はもうありません",
		"outdated":    "表示の後に変化しました。もう一度確認してください",
		"wrong_state": "現在の状態ではできません", "incomplete": "必要な項目がありません",
		"unavailable": "現在記録できません。再度試してください", "invalid": "入力が正しくありません",
	},
	Why: map[string]string{
		"ended":            "この警報はすでに終わっています",
		"nothing_to_ack":   "すでに確認済です",
		"ack_first":        "復旧の前に確認が必要です",
		"still_active":     "発生中です。復旧は復帰の後にできます",
		"not_latched":      "保持された警報ではありません。復旧は不要です",
		"stands_alone":     "人命に関わる警報は常に単独で表示し、他の警報の影響とはしません",
		"same_cause":       "その原因警報はすでに設定済です",
		"own_cause":        "自分自身を原因警報にはできません",
		"no_such_cause":    "発生中の警報に %s はありません",
		"same_owner":       "担当はすでにその人です",
		"no_such_person":   "people.yaml に %s はいません",
		"still_watched":    "手で終結できるのは監視元のない警報だけです。この警報は自然に終わります",
		"no_comment":       "コメントまたは理由が必要です",
		"comment_too_long": "長すぎます。%s バイトまで (日本語で約300字)",
		"life_safety":      "人命に関わる警報は棚上げ・設計抑止・運用除外の対象になりません",
		"no_reason":        "理由が必要です",
		"no_change":        "変更番号が必要です",
		"no_review":        "今日より後の見直し日が必要です",
		"no_end":           "終わりの時刻が過ぎています。長さを選び直してください",
		"too_long":         "長すぎます。対象の警報の棚上げは最長 %s",
		"bad_scope":        "条件が読めないか使えません。例: 規則=DOOR-OPEN 場所~hall-1 (状態・担当は使えません)",
		"same_person":      "自分の申請は承認・却下できません。二人目が行います",
		"not_waiting":      "承認待ちではありません",
		"over":             "すでに終わっています",
		"suppressed_twice": "同じ申請がすでに承認を待っています",
		"shelved_enough":   "棚上げは担当席ごとに %s 件までです。先に不要な棚上げを解除してください",

		"life_safety_points": "人命に関わる点 (%s) があるため収集を停止できません。許可を取って区画を隔離してください",
		"stop_too_long":      "長すぎます。収集停止は最長 %s",
		"outgrown":           "申請の後に機器の点または規則が変わりました。改めて申請してください",
	},
	Told: map[string]string{"due": "通知待ち", "sent": "通知済", "failed": "通知失敗", "cancelled": "通知せず"},
	Event: map[string]string{
		"suppressed": "設計抑止", "suppression_ended": "抑止終了", "cause_set": "原因設定",
		"assigned": "担当設定", "noted": "メモ", "closed": "終結",
		"raised": "発生", "came_back": "再発生", "returned": "復帰",
		"acknowledged": "確認", "reset": "復旧", "realarmed": "再警報",
	},
	Level: map[string]string{
		"high": "上限超過", "high_high": "上上限超過", "low": "下限未満", "low_low": "下下限未満", "no_data": "データなし", "true": "条件成立",
	},
	HistoryDown:      map[string]string{"starting": "履歴 起動中", "down": "履歴 停止", "full": "履歴 満杯"},
	RecordsDown:      map[string]string{"read_only": "記録 書込不可", "down": "記録 停止"},
	State:            words(stateWords, 2),
	SuppressionState: map[string]string{"waiting": "承認待ち", "in_force": "有効", "over": "終了"},
	SuppressionKind:  map[string]string{"shelve": "棚上げ", "out_of_service": "運用除外", "polling_stop": "収集停止"},
	View: map[string]string{
		"all": "全件", "unacked": "未確認", "shelved": "棚上げ", "expiring": "10分以内に棚上げ終了", "forgotten": "確認済、古い順",
		"suppressed": "設計抑止", "service": "運用除外", "stale": "長期: 24時間を超えて発生中", "ended": "24時間以内に終わった棚上げ",
	},
	NuisanceKind: map[string]string{"chattering": "頻発", "fleeting": "瞬時", "stale": "長期"},
	OwnDevice:    map[string]string{"power-model": "単線図", "cooling-model": "空調モデル", "fire-model": "火災区画"},
	NodeKind: map[string]string{
		"utility": "商用", "generator": "発電機", "transformer": "変圧器", "switchgear": "配電盤", "tie": "母線連絡",
		"ats": "切替器", "sts": "無瞬断切替", "ups": "UPS", "pdu": "PDU", "breaker": "遮断器", "load": "負荷",
	},
	ReadyWhy: map[string]string{
		"pressure_low": "薬剤圧 低下", "isolated": "弁または鍵で隔離中", "manual": "切替鍵 手動", "reserve_low": "予備圧 低下", "unknown": "監視不能",
		"discharged": "放出済", "disabled": "受信機で遮断中", "on_reserve": "切替後の予備のみ", "reserve_unknown": "予備 監視不能",
	},
	Owner: map[string]string{"facility": "設備担当", "facility-lead": "設備責任者", "system": "システム担当", "system-lead": "システム責任者"},
}
