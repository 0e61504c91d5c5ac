package i18n

// sensorStateWords are the states that profiles of sensor hubs and cooling report beyond those of
// stateWords: code, English, Japanese.
var sensorStateWords = [][3]string{
	{"alert", "alert", "警戒"}, {"invalid", "invalid", "無効"}, {"no_answer", "no answer", "応答なし"},
	{"entering_critical", "becoming critical", "重大へ移行中"}, {"leaving_critical", "recovering", "重大から回復中"},
	{"acknowledged", "acknowledged", "確認済"}, {"dismissed", "dismissed", "解除済"},
}
