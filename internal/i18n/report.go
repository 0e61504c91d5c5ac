package i18n

// Report holds the sentences of reports. Words that the console has too (events,
// verdicts, causes, levels, kinds) are taken from Texts, so that both say the
// same.
type Report struct {
	Titles      map[string]string // by report kind
	Provisional string            // the banner
	OpenPeriod  string            // the banner of a period that is not over; one %s: the as-of moment

	Site, Period, AsOf, Zone, Build, ModelDigest, Version string

	Sections ReportSections
	Summary  ReportSummary
	Alarms   ReportAlarms
	Acks     ReportAcks
	Targets  ReportTargets
	Devices  ReportDevices
	Quality  ReportQuality
	Origin   ReportOrigin

	When  map[string]string // before and after the period
	Parts map[string]string // parts that can be absent
	// Causes of absence; others are told as the program said them, in English.
	Causes map[string]string

	None, Total, SoFar      string
	NotAvailable            string // two %s: the part, the reason
	Hours, Minutes, Seconds string // units of a duration: "h", "min", "s"
	Days                    string
}

// ReportSections are the chapters' headings.
type ReportSections struct {
	Summary, Alarms, Acks, Stories, Targets, Devices, Quality, Origin string
}

// ReportSummary is the front table.
type ReportSummary struct {
	Caption, Figure, Count, Evidence                               string
	Raised, Annunciations, AtStart, AtEnd, AtEndOpen, Unacked      string
	Returned, Ended, AckMedian, AckWorst, AckOpen                  string
	TargetsMet, TargetsMissed, TargetsInsufficient, TargetsNothing string
	DevicesNever, DevicesSilent, DevicesAll                        string
	RefusedTotal                                                   string
}

// ReportAlarms is the table by priority, the list and the time line.
type ReportAlarms struct {
	ByPriority, List, Timeline, Legend                         string
	Priority, Alarm, Device, Place, Raised, Acked, By, Comment string
	Returned, State, Standing, Active, Times, Value            string
	Limit, StandingAtStart, StandingAtEnd, Unacked, Name       string
	NoneInPeriod                                               string
	StoryNone                                                  string
	At, Event, Actor, StateAfter, Rule                         string
	Note                                                       string
	Over                                                       string // what NORM means
	ByRule                                                     string // the actor of what a condition did
	Blank                                                      string // legend of time of which nothing is known
	Comma                                                      string
}

// ReportAcks is about acknowledgement times.
type ReportAcks struct {
	Caption, List, Waits, Done, Open, Median, Worst, LongestOpen string
	Began, Took, ByReset, StillOpen, Note                        string
	Rejected                                                     string // one %d
}

// ReportTargets is the target table.
type ReportTargets struct {
	Caption, SecondsCaption, Name, Window, Goal, SLI, Low, High, Good, Bad, Unknown string
	Excluded, Eligible, Budget, Left, Verdict, Entities                             string
	Exhausted, Note                                                                 string
	Counts, Few, Limit, Without                                                     string
}

// ReportDevices is about devices without data.
type ReportDevices struct {
	Caption, Device, Kind, Place, Silences, Silent, Ongoing string
	NeverAnswered, Note                                     string
	AllSilent                                               string // one %s: the stretches
}

// ReportQuality is about what the numbers rest on.
type ReportQuality struct {
	RefusedCaption, Device, Cause, Count, Covers, NotCovered string // Covers: two %s
	UnknownCaption, Quantity, Value                          string
	DeviceSeconds, SilentSeconds, TargetUnknown, Before      string
}

// ReportOrigin is the last chapter.
type ReportOrigin struct {
	Caption, Part, Items, Digest, All, Rules, Rule, Revision string
	TZData, NotRecorded                                      string
	Terms                                                    []string // definitions, a sentence each
}

// ReportIn returns the texts in lang: "ja", or English for anything else.
func ReportIn(lang string) Report {
	if lang == "ja" {
		return reportJa()
	}
	return reportEn()
}
