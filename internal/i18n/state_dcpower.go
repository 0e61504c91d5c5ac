package i18n

// dcpowerStateWords are the states that profiles of DC power systems report beyond those of
// stateWords: code, English, Japanese.
var dcpowerStateWords = [][3]string{}
