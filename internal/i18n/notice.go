package i18n

// Notice holds the sentences of messages that leave the console: mail subjects
// and bodies.
type Notice struct {
	Kinds map[string]string // what a message tells, by notice kind

	Alarm, Priority, State, Device, Place, Zone, Value, Limit string
	Raised, Returned, Acked, By, Comment                      string
	Causes, Consequence, Action, Within, Confirm              string
	Procedure, Owner, Rule                                    string
	Digest                                                    string // one %d: the number of notices in it
	DigestWhy                                                 string
	Test                                                      string // subject; one %s: the channel
	TestWhy                                                   string
	Footer                                                    string // one %s: the notice id
}

// NoticeIn returns the sentences in a language, English for one that is unknown.
func NoticeIn(lang string) Notice {
	if lang == "ja" {
		return noticeJa()
	}
	return noticeEn()
}

func noticeEn() Notice {
	return Notice{
		Kinds: map[string]string{
			"raised": "Raised", "realarmed": "Alarmed again", "escalated": "NOT ACKNOWLEDGED", "acknowledged": "Acknowledged",
			"returned": "Returned to normal", "ended": "Ended", "digest": "Digest", "test": "Test",
		},
		Alarm: "Alarm", Priority: "Priority", State: "State", Device: "Device", Place: "Place", Zone: "Fire zone", Value: "Value", Limit: "Limit",
		Raised: "Raised", Returned: "Returned to normal", Acked: "Acknowledged", By: "by", Comment: "Comment",
		Causes: "Possible causes", Consequence: "If nobody acts", Action: "What to do", Within: "Respond within", Confirm: "It is over when",
		Procedure: "Procedure", Owner: "Owner", Rule: "Rule",
		Digest:    "%d alarms in one message",
		DigestWhy: "More messages than this channel is allowed per hour; P1 and fire alarms always come one by one.",
		Test:      "Test message of channel %s",
		TestWhy:   "Nothing has happened. This message shows that alarms would reach you. If it stops coming, tell your shift lead.",
		Footer:    "Notice %s. A message with the same number is the same message.",
	}
}

func noticeJa() Notice {
	return Notice{
		Kinds: map[string]string{
			"raised": "発生", "realarmed": "再警報", "escalated": "未確認", "acknowledged": "確認済",
			"returned": "復帰", "ended": "終結", "digest": "まとめ", "test": "試験",
		},
		Alarm: "警報", Priority: "優先度", State: "状態", Device: "機器", Place: "場所", Zone: "防火区画", Value: "値", Limit: "限界値",
		Raised: "発生", Returned: "復帰", Acked: "確認", By: "担当", Comment: "コメント",
		Causes: "考えられる原因", Consequence: "放置した場合", Action: "対応", Within: "対応時間", Confirm: "正常の確認",
		Procedure: "手順書", Owner: "担当部署", Rule: "警報定義",
		Digest:    "警報 %d件のまとめ",
		DigestWhy: "この通知先に許された1時間あたりの件数を超えたため、まとめて送ります。P1と火災の警報は必ず1件ずつ送ります。",
		Test:      "通知先 %s の試験通知",
		TestWhy:   "異常ではありません。警報が届くことを確かめる通知です。届かなくなったらシフトリーダーに知らせてください。",
		Footer:    "通知番号 %s。同じ番号の通知は同じものです。",
	}
}
