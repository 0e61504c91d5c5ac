package i18n

// pduStateWords are the states that profiles of PDUs, transfer switches and meters report beyond those of
// stateWords: code, English, Japanese.
var pduStateWords = [][3]string{}
