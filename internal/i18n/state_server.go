package i18n

// serverStateWords are the states that profiles of servers, storage and networks report beyond those of
// stateWords: code, English, Japanese.
var serverStateWords = [][3]string{}
