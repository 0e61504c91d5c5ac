package i18n

func reportJa() Report {
	return Report{
		Titles:      map[string]string{"daily": "日報"},
		Provisional: "暫定版: 署名前です。後から届くデータで変わることがあります",
		OpenPeriod:  "この日はまだ終わっていません。%s までの値です",
		Site:        "サイト", Period: "期間", AsOf: "作成時点", Zone: "タイムゾーン", Build: "ビルド",
		ModelDigest: "report.json SHA-256", Version: "スキーマ",
		Sections: ReportSections{
			Summary: "概要", Alarms: "警報", Acks: "確認までの時間", Stories: "警報ごとの経過",
			Targets: "品質目標", Devices: "データのない機器", Quality: "データ品質", Origin: "定義と来歴",
		},
		Summary: ReportSummary{
			Caption: "一日の数値", Figure: "項目", Count: "値", Evidence: "根拠",
			Raised: "発生した警報", Annunciations: "警報の回数(確認を求めた回数)",
			AtStart: "期間の始めに継続中", AtEnd: "期間の終わりに継続中", AtEndOpen: "作成時点で継続中",
			Unacked: "うち未確認", Returned: "復帰した警報", Ended: "終結した警報",
			AckMedian: "確認までの時間 中央値", AckWorst: "確認までの時間 最長", AckOpen: "まだ確認されていないもの",
			TargetsMet: "達成した目標", TargetsMissed: "未達の目標", TargetsInsufficient: "判定不能の目標",
			TargetsNothing: "対象外の目標", DevicesNever: "一度も応答のない機器",
			DevicesSilent: "無応答の時間があった機器", DevicesAll: "監視対象の機器",
			RefusedTotal: "受け入れなかった測定値・応答",
		},
		Alarms: ReportAlarms{
			ByPriority: "優先度別", List: "期間中に継続していた警報", Timeline: "時間軸",
			Legend:   "U 未確認   A 確認済   R 復帰・未確認   L 保持中",
			Priority: "優先", Alarm: "警報", Device: "機器", Place: "場所", Raised: "発生", Acked: "確認", By: "担当",
			Comment: "コメント", Returned: "復帰", State: "終わりの状態", Standing: "継続時間", Active: "異常の時間",
			Times: "発生回数", Value: "値", Limit: "限界値", StandingAtStart: "始め", StandingAtEnd: "終わり",
			Unacked: "未確認", Name: "内容", NoneInPeriod: "この期間に継続していた警報はありません。",
			StoryNone: "この期間に継続していた警報はありません。",
			At:        "時刻", Event: "できごと", Actor: "担当", StateAfter: "状態", Rule: "ルール",
			Note: "時刻は測定値または人の操作の時刻です。警報は発生した日に属します。日をまたいで継続した警報は両方の日に現れます。",
			Over: "終結", ByRule: "ルール", Ahead: "空白・灰色 まだ来ていない時間", Comma: "、",
		},
		Acks: ReportAcks{
			Caption: "優先度別の待ち時間", List: "待ち時間(長い順)", Waits: "件数", Done: "確認済", Open: "未確認",
			Median: "中央値", Worst: "最長", LongestOpen: "未確認の最長", Began: "開始", Took: "時間",
			ByReset: "復旧操作による", StillOpen: "未確認のまま",
			Note:     "待ち時間は、期間中に警報が未確認になった時に始まり、確認で終わります。未確認のものは中央値に含みません。件数が偶数なら、中央の二つの長い方が中央値です。最悪値を隠すため、平均は示しません。",
			Rejected: "警報より前の時刻の確認 %d 件は除きました(時計が戻されたため)。",
		},
		Targets: ReportTargets{
			Caption: "目標", Name: "目標", Window: "対象期間", Goal: "目標 %", SLI: "実績 %", Low: "最小 %", High: "最大 %", SecondsCaption: "その根拠(秒)",
			Good: "良 s", Bad: "不良 s", Unknown: "不明 s", Excluded: "除外 s", Eligible: "対象 s",
			Budget: "予算 s", Left: "残り s", Verdict: "判定", Entities: "達成/全数", Exhausted: "予算を使い切り",
			Note: "単位は秒で、名に点のある目標は点ごとに判定し、最も悪い点を示します。ほかは全点の合計です。実績は、目標ごとの不明時間の扱いに従った対象時間に対する良好時間で、切り捨てです。最小・最大は不明時間がすべて不良・すべて良だった場合の値です。「—」は値がないことを示します。",
		},
		Devices: ReportDevices{
			Caption: "データのない機器", Device: "機器", Kind: "種別", Place: "場所", Silences: "無応答の区間",
			Silent: "不明 s", Ongoing: "継続中", NeverAnswered: "一度も応答なし",
			Note: "無応答の区間は、最後の測定値の有効時間が切れた時に始まります。その間、機器の状態は不明です。この報告のどこにも正常としては数えていません。",
		},
		Quality: ReportQuality{
			RefusedCaption: "受け入れなかった測定値・応答", Device: "機器", Cause: "理由", Count: "件数",
			Covers:         "%s から %s までの件数です。計数は監視の開始からで、期間では区切られていません。",
			NotCovered:     "この件数がどの時間のものかは記録されていません。",
			UnknownCaption: "データのない時間", Quantity: "項目", Value: "秒",
			DeviceSeconds: "監視していた時間 (全機器の合計)", Before: "監視開始より前の時間 (全機器の合計、何も分からない)", SilentSeconds: "うち無応答のため不明",
			TargetUnknown: "目標の対象期間の不明時間",
		},
		Origin: ReportOrigin{
			Caption: "入力", Part: "部分", Items: "件数", Digest: "SHA-256", All: "すべての入力", Rules: "警報ルール(当時の版)",
			Rule: "ルール", Revision: "版", TZData: "タイムゾーンデータ", NotRecorded: "記録なし",
			Terms: []string{
				"継続中: NORM 以外の状態。発生・確認・復帰は時刻と担当をもつできごとで、状態はそこから定まります。",
				"期間は半開区間で、終わりの時刻は次の期間に属します。",
				"応答なし・古いデータ・ゼロは三つの別のものです。この報告は不明時間を良好としては数えません。",
				"時刻は、表示のオフセットによるサイトの時計の時刻です。",
				"この報告の限界値・目標値は、いかなる規格からの引用でもありません。",
			},
		},
		When:  map[string]string{"before": "期間より前", "in": "", "after": "期間より後"},
		Parts: map[string]string{"period": "期間", "alarms": "警報", "targets": "目標", "devices": "データのない機器", "refused": "受け入れなかった測定値"},
		Causes: map[string]string{
			"not_watched": "監視開始より前です。まだどの機器も監視していません",
			"no_daemon":   "動作中の監視プログラムだけが数えており、いまは停止しています",
		},
		None: "なし", Total: "全体", SoFar: "途中経過",
		NotAvailable: "取得できません: %s(%s)。「なし」とは異なります。",
		Days:         "日", Hours: "時間", Minutes: "分", Seconds: "秒",
	}
}
