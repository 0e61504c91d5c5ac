package i18n

// sensorStateWords are the states that profiles of sensor hubs and cooling report beyond those of
// stateWords: code, English, Japanese.
var sensorStateWords = [][3]string{}
