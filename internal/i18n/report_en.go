package i18n

func reportEn() Report {
	return Report{
		Titles:      map[string]string{"daily": "Daily report"},
		Provisional: "PROVISIONAL: nobody has signed this report; later data may change it",
		OpenPeriod:  "The day is not over: figures up to %s",
		Site:        "Site", Period: "Period", AsOf: "As of", Zone: "Time zone", Build: "Build",
		ModelDigest: "report.json SHA-256", Version: "Schema",
		Sections: ReportSections{
			Summary: "Summary", Alarms: "Alarms", Acks: "Acknowledgement", Stories: "What happened, alarm by alarm",
			Targets: "Quality targets", Devices: "Devices without data", Quality: "Data quality", Origin: "Definitions and provenance",
		},
		Summary: ReportSummary{
			Caption: "The day in figures", Figure: "Figure", Count: "Value", Evidence: "Counted from",
			Raised: "Alarms raised", Annunciations: "Annunciations (times an alarm called for acknowledgement)",
			AtStart: "Standing at the start", AtEnd: "Standing at the end", AtEndOpen: "Standing as of the report",
			Unacked: "of these unacknowledged", Returned: "Returned to normal", Ended: "Ended",
			AckMedian: "Acknowledgement, median", AckWorst: "Acknowledgement, worst", AckOpen: "Not acknowledged yet",
			TargetsMet: "Targets met", TargetsMissed: "Targets missed", TargetsInsufficient: "Targets without verdict: too little data",
			TargetsNothing: "Targets not applicable", DevicesNever: "Devices that never answered",
			DevicesSilent: "Devices silent for some time", DevicesAll: "Devices monitored",
			RefusedTotal: "Readings and answers refused",
		},
		Alarms: ReportAlarms{
			ByPriority: "By priority", List: "Alarms that stood in the period", Timeline: "Time line",
			Legend:   "U unacknowledged   A acknowledged   R returned, unacknowledged   L latched",
			Priority: "Prio", Alarm: "Alarm", Device: "Device", Place: "Place", Raised: "Raised", Acked: "Acknowledged", By: "By",
			Comment: "Comment", Returned: "Returned", State: "State at end", Standing: "Standing", Active: "Condition on",
			Times: "Times on", Value: "Value", Limit: "Limit", StandingAtStart: "At start", StandingAtEnd: "At end",
			Unacked: "Unacknowledged", Name: "What", NoneInPeriod: "No alarm stood in this period.",
			StoryNone: "No alarm stood in this period.",
			At:        "At", Event: "Event", Actor: "By", StateAfter: "State", Rule: "Rule",
			Note: "Times are the moments of the readings or of the persons' actions. An alarm belongs to the day in which it was raised; one that stood over midnight appears in both days.",
			Over: "over", ByRule: "the rule", Ahead: "blank or grey: still to come", Comma: ", ",
		},
		Acks: ReportAcks{
			Caption: "Waits by priority", List: "Waits, the longest first", Waits: "Waits", Done: "Acknowledged", Open: "Open",
			Median: "Median", Worst: "Worst", LongestOpen: "Longest open", Began: "Began", Took: "Took",
			ByReset: "by reset", StillOpen: "still open",
			Note:     "A wait begins when an alarm becomes unacknowledged in the period and ends with its acknowledgement. Open waits are in no median; of an even number, the longer of the two in the middle is the median. No average is given: it hides the worst.",
			Rejected: "%d acknowledgement(s) stamped before their alarm were left out (the clock was set back).",
		},
		Targets: ReportTargets{
			Caption: "Targets", Name: "Target", Window: "Window", Goal: "Goal %", SLI: "Actual %", Low: "Lowest %", High: "Highest %", SecondsCaption: "What they rest on, in seconds",
			Good: "Good s", Bad: "Bad s", Unknown: "Unknown s", Excluded: "Excluded s", Eligible: "Eligible s",
			Budget: "Budget s", Left: "Left s", Verdict: "Verdict", Entities: "Met/all", Exhausted: "budget used up",
			Note: "Seconds. A target with a point in its name is judged for each point, and the worst is shown; the others add up all their points. Actual is good time over eligible time after the target's rule for unknown time, cut and not rounded; lowest and highest say what it would be if all unknown time had been bad or good. “—” means that there is no figure.",
		},
		Devices: ReportDevices{
			Caption: "Devices without data", Device: "Device", Kind: "Kind", Place: "Place", Silences: "Silences",
			Silent: "Unknown s", Ongoing: "ongoing", NeverAnswered: "never answered",
			Note: "A silence begins when the last reading is too old to be believed. While a device is silent its state is unknown; it is not counted as normal anywhere in this report.",
		},
		Quality: ReportQuality{
			RefusedCaption: "Readings and answers refused", Device: "Device", Cause: "Cause", Count: "Count",
			Covers:         "Counted from %s to %s; the counters begin with the daemon and are not cut to the period.",
			NotCovered:     "It is not recorded which time these counts cover.",
			UnknownCaption: "Time without data", Quantity: "Quantity", Value: "Seconds",
			DeviceSeconds: "Time in service, all devices together", Before: "Time before devices were in service: nothing is known", SilentSeconds: "of these unknown because a device was silent",
			TargetUnknown: "Unknown time in the targets' windows",
		},
		Origin: ReportOrigin{
			Caption: "Inputs", Part: "Part", Items: "Items", Digest: "SHA-256", All: "all inputs", Rules: "Alarm rules, as they were",
			Rule: "Rule", Revision: "Revision", TZData: "Time zone data", NotRecorded: "not recorded",
			Terms: []string{
				"Standing: any state but NORM. Raised, acknowledged and returned are events with a time and an actor; the state follows from them.",
				"The period is half open: the instant at which it ends belongs to the next one.",
				"No answer, old data and zero are three different things; unknown time is never counted as good by this report.",
				"Times are on the site's clock with the offset shown.",
				"No limit or target in this report is quoted from a standard.",
			},
		},
		When:  map[string]string{"before": "before the period", "in": "", "after": "after the period"},
		Parts: map[string]string{"period": "period", "alarms": "alarms", "targets": "targets", "devices": "devices without data", "refused": "refused readings"},
		Causes: map[string]string{
			"not_watched": "nobody watched: no device was in service yet",
			"no_daemon":   "only the running daemon counts them, and it does not run",
		},
		None: "none", Total: "all", SoFar: "so far",
		NotAvailable: "Not available: %s (%s). This is not the same as none.",
		Days:         "d", Hours: "h", Minutes: "min", Seconds: "s",
	}
}
