package i18n

// upsStateWords are the states that profiles of UPS report beyond those of
// stateWords: code, English, Japanese.
var upsStateWords = [][3]string{}
