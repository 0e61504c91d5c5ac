package i18n

// Texts is every sentence of one language. Reports keep theirs in ReportTexts.
type Texts struct {
	Lang string // "en" or "ja"

	Frame    Frame
	Keys     Keys
	Help     HelpTexts
	Command  Commands
	Overview Overview
	Alarms   Alarms
	Targets  Targets
	Explain  ExplainTexts
	Devices  Devices
	Device   Device
	Session  Session
	Suppress Suppress
	Nuisance NuisanceTexts
	Power    PowerTexts
	Fire     FireTexts

	// Codes to words. A test holds that every code has one.
	Category    map[string]string // facility.Categories
	Kind        map[string]string // facility.Kinds
	Role        map[string]string // duty.Roles
	Reach       map[string]string // live.Reach
	Freshness   map[string]string // facility.Freshness
	Severity    map[string]string // facility.Severity
	Verdict     map[string]string // sla.Verdict
	Basis       map[string]string // sla.Basis
	Was         map[string]string // sla.What
	Cause       map[string]string // sla.Cause
	ErrorKind   map[string]string // facility.ErrorKind
	Refused     map[string]string // facility.Refused… causes
	Refusal     map[string]string // duty.Code
	Why         map[string]string // duty.Why; %s stands for what it speaks of
	Event       map[string]string // alarm.EventKind
	Told        map[string]string // duty.NoticeState
	Level       map[string]string // levels of limit and no_data alarms
	State       map[string]string // facility.State.Name, "metric/name" where a metric has its own word
	Owner       map[string]string // owners named by the builtin rules
	HistoryDown map[string]string // live.HistoryStatus.State other than ok
	RecordsDown map[string]string // live.RecordsStatus.State other than ok

	SuppressionState map[string]string // alarm.SuppressionState
	SuppressionKind  map[string]string // alarm.SuppressionKind
	View             map[string]string // saved views of the list of alarms, by id
	NuisanceKind     map[string]string // live.Nuisance.Kind
	NodeKind         map[string]string // topology.Kind
	OwnDevice        map[string]string // devices that no site names: the models and the program itself
	ReadyWhy         map[string]string // fire.Zone.Why
}

// Frame is what stands on every screen.
type Frame struct {
	Unack, RTNUnack string // counters of line 2
	Rate            func(n int) string
	CtrlCTwice      string
	ReadOnly        string
	NoData          string // no snapshot yet
	OldData         func(age string) string
	TooSmall        func(width, height int) string
	NoSuchScreen    string
	LeaveAgain      string // after the first Ctrl-c
	LifeSafety      string
	Filter          string
	BadFilter       func(term string) string
	Shown           func(shown, all int) string
	NewAbove        func(n int) string
	Nothing         string // an empty list
	Cancel          string // keys of a prompt
	Screens         string // hint for all number keys where it is narrow
	AgoNever        string

	// Counters of line 2 at length, and in short where it is narrow.
	Shelved, OutOfService, Approvals                string
	ShelvedShort, OutOfServiceShort, ApprovalsShort string
	StoppedShort                                    string // devices whose polling is stopped
	Next                                            func(at string) string
	Flood, FloodShort                               func(n int) string
	NoFlood                                         string
}

// Keys are the hints of the last line, each one word, and the sentences of the
// help screen.
type Keys struct {
	Overview, Alarms, Targets, Devices             string
	Power, Fire                                    string
	Shelve, Service, Assign, Note, Group, Views    string
	WhatIf, Singles, Approve, Decline, MarkRange   string
	ShelveLong, ServiceLong, AssignLong, NoteLong  string
	GroupLong, ViewsLong, WhatIfLong, SinglesLong  string
	ApproveLong, DeclineLong, MarkRangeLong        string
	UpstreamLong, EndSuppressionLong               string
	Open, Back, Filter, Command, Help, Leave       string
	Ack, Reset, Mark, MarkAll, Follow, Trend       string
	Evidence, EvidenceLong                         string
	Range, Abnormal, Move, Last, History, Redraw   string
	OpenLong, BackLong, FilterLong, CommandLong    string
	HelpLong, LeaveLong, AckLong, ResetLong        string
	MarkLong, MarkAllLong, FollowLong, TrendLong   string
	RangeLong, AbnormalLong, MoveLong, LastLong    string
	HistoryLong, RedrawLong, ScreenLong, DeviceAck string
}

// HelpTexts is the help screen.
type HelpTexts struct {
	Title, KeysTitle, MarksTitle, StatesTitle string
	Marks, States                             [][2]string // sign, meaning
	Search                                    string
}

// Commands are the names behind ':'; either language is taken at all times.
type Commands struct {
	Overview, Alarms, Targets, Devices, Help, Lang, Quit string
	Power, Fire, Approvals, BadActors, Cause, Close      string
	Shelve, Shelved, Stale                               string
	CauseUsage, ShelveUsage, NoAlarm                     string
	Label                                                string
	Unknown                                              func(name string) string
	LangUsage, LangSaved                                 string
	NotFound                                             func(what string) string
}

// Overview is screen 1.
type Overview struct {
	Title, Targets, TopUnacked, NoUnacked                    string
	UPS, Generator, ATS, BatteryMin, LoadMax                 string
	Smoke, Panel, AgentPressure                              string
	Cooling, SupplyMax, RoomMax, Leak                        string
	Devices, Oldest, Links                                   string
	AbnormalShort                                            string
	FireUnseen                                               func(n, all int) string
	ClockStepped                                             func(n, at, by string) string
	CPUMax, MemoryMax, DiskMax                               string
	Normal, Abnormal, NoData, Met, Missed, Insufficient, Low string
	Alarm, Place, State, Age, By                             string
	Quiet                                                    string // no standing alarm in a box
	SinglePoints, Fuel, Zones, NotReady, Inlet               string
	Redundant                                                func(n, all int) string
	Lost                                                     func(word string, n int) string
	OnlyHeld                                                 func(n int) string // every standing alarm of an area is held back
}

// Alarms are screen 2 and the detail of one alarm.
type Alarms struct {
	Title, Priority, State, Age, Name, Value, By, Place, Count, Note string

	Do, IfNot, Causes, Confirm, Procedure, Owner, Raised, Returned, AckedBy, Ended        string
	Log, LogEmpty, LogLoading, NoGuidance, Within, Device, Measured, Times, Comment, Gone string
	Point, NoProcedure, Unwatched, NotWatched                                             string

	AckQuestion     func(id, what string) string
	AckMany         func(n int) string
	AckLabel        string
	ResetQuestion   func(id, what string) string
	ResetLabel      string
	MarkAllQuestion func(n, p1 int) string
	CommentRequired string
	OneByOne        string // P1
	NoAck, NoReset  string // role
	AlreadyAcked    string
	NotLatched      string
	StillActive     string
	Acked, Reset    func(id string) string
	AckedMany       func(done, of int) string
	NoAnswer        string // the service did not answer in time
	NotDone         func(why string) string
	Marked          func(n int) string

	RangeFrom   string // V was pressed once
	Deferred    func(n int) string
	GroupOf     func(n, unacked, p1 int) string
	ByWhen      func(within, at string, past bool) string
	ReadsNow    string
	EffectOf    func(dead, fewer, unknown int) string
	FollowsFrom func(id, what string) string
	// EscalationStep names the n-th step after the first notice.
	EscalationStep func(n int) string
	Notes          func(n int) string
	OwnerIs        string // the person it is assigned to
	NoGroup        string
}

// Suppress is about alarms that are held back: shelved, by design, out of
// service.
type Suppress struct {
	Title, Scope, State, By, Until, Reason, Matches, Held, Kind string // columns

	ShelveQuestion   func(id, what string) string
	ShelveMany       func(n int) string
	Lengths          func(shiftEnd, most string) string
	LengthsShort     func(most string) string
	BadLength        string
	TooLong          func(most string) string
	ReasonLabel      string
	ReasonRequired   string
	SecondPerson     string
	LifeSafety       string
	P1OneByOne       string
	NotByMany        string
	NoShelve         string // role
	NoService        string
	ServiceQuestion  func(id, what string) string
	ChangeLabel      string
	ChangeRequired   string
	ReviewLabel      string
	BadReview        string
	UnshelveQuestion func(id, what string) string
	ReturnQuestion   func(id, what string) string
	ResumeQuestion   func(id, what string) string
	NoResume         string // role
	ApproveQuestion  func(id, what string) string
	DeclineQuestion  func(id, what string) string
	OwnRequest       string
	NotWaiting       string
	NoApprove        string
	WaitsFor         func(id string) string
	Waits            string // for the second person

	AssignQuestion func(id, what string) string
	AssignLabel    string
	NoSuchPerson   func(id string) string
	NoteQuestion   func(id, what string) string
	NoteLabel      string
	NoNote         string
	CauseQuestion  func(id, cause string) string
	CauseBack      func(id string) string
	NoCause        string // role
	CloseQuestion  func(id, what string) string
	NoClose        string
	StillWatched   string

	ShelvedLine, ServiceLine, DesignLine func(who, until, why string) string
	HeldBack                             func(n int) string
	DoneShelved, DoneService             func(id string) string
	DoneWaiting                          func(id string) string
	DoneOver, DoneApproved, DoneDeclined func(id string) string
	DoneAssigned, DoneNoted, DoneCause   func(id string) string
	DoneClosed                           func(id string) string
	DoneMany                             func(done, of int) string
	Empty, NotThis                       string
	Preview                              func(n int) string
	Counts                               func(waiting, inForce, over int) string
	ApprovedBy                           string
}

// NuisanceTexts are the view of bad actors.
type NuisanceTexts struct {
	Title, Kind, Name, Count, Since, Last, Proposal, Empty string
	NoProposal, Never                                      string
	OffDelay, OnDelay, Deadband                            func(v string) string
}

// PowerTexts are screen 3.
type PowerTexts struct {
	Title, Level, Side, Shared, Loads                         string
	NoModel, HowTo                                            string
	Live, Dead, NotSeen, Open, Ready, NotReady                string
	Rack, Now, Design, Power, WithoutA, WithoutB, Why         string
	Survives, Falls, Untold                                   string
	Carries, CannotCarry, CarryUnknown                        func(side, node, ratio string) string
	CannotFeed                                                func(side string, dead int) string
	SinglePoints, NoSingles, Fuel, Bridging, BridgingNot      string
	Drops                                                     func(n int) string
	Measured, Derived, Sources, Ratio, Headroom, Paths, Phase string
	FedFrom, Kind, NoDevice                                   string
	WhatIf                                                    func(nodes string) string
	WhatIfNone, WhatIfFalls, WhatIfLoses, WhatIfOver          string
	WhatIfTwo, WhatIfComputing, WhatIfNotNow                  string
	Nothing                                                   string
	Designed, OnlyAbnormal, UnknownOutcome                    string
}

// FireTexts are screen 4.
type FireTexts struct {
	Title, Zone, Place, State, Also, Suppression, NotSeen, Isolation string
	NoModel, HowTo                                                   string
	Isolated                                                         func(n int) string
	NotSeenOf                                                        func(n, all int) string
	Detectors, Thresholds, Agent, Release                            string
	Permit, Until, Watch, Every, Round, Overdue, NoWatch, Planned    string
	Alarms, NoAlarms, NoSuppression, Cylinders, Reserve              string
}

// Targets are screen 5.
type Targets struct {
	Title, Name, Goal, Now, Left, Good, Bad, Unknown, Excluded, Verdict string
	Window, AsOf, SoFar, Budget, NoBudget, Entities, Basis, None        string
	Exhausted, BudgetLeft, Time, Worst, Times                           string
}

// ExplainTexts are the evidence of one target.
type ExplainTexts struct {
	Title, Loading, Failed, None, NoLines, All, Limit, Overdue, Definition string
	Entity, EntityLong, Again, AgainLong                                   string // keys
	From, Lasted, Was, Because                                             string // columns
	Readings                                                               func(n int, values string) string
	Silent                                                                 func(n int) string
	Open, OpenLong, Burning, Projected, Few, Counts                        string // on the list of targets
}

// Devices are screen 6.
type Devices struct {
	Title, ID, Name, Kind, Place, Reach, Answer, Alarms string
	OnlyAbnormal, Never                                 string
	Counts                                              func(total, up, down, stale, unknown int) string
	Stopped                                             func(n int) string        // polling stopped; said where there is one
	StoppedTo                                           func(until string) string // 17 cells, with a time of day
}

// Device is the detail of one device.
type Device struct {
	Point, Value, Range, Fresh                             string
	Vendor, Model, Serial, Profile, Feed, Rack, ID         string
	LastAnswer, RoundTrip, Lateness, Timeouts, Interval    string
	LastError, Refused, NoPoints, Never, Ago               string
	Vanished                                               string // the device does not list the point any more
	Above, Below                                           string
	Trend, TrendLoading, TrendNone, TrendFailed, TrendKept string
	Hours                                                  func(h int) string
	LimitLow, LimitHigh, SysDescr, SysLocation, NotRefused string
	LastTrap, Traps, NoTraps, TrapsFailed, Inform          string
	Unsigned                                               string // SNMP v1 and v2c: anybody can forge it
	SharesEngine                                           func(devices string) string
	StopLine                                               func(who, until, why string) string
}

// Session is what the SSH server and its client say.
type Session struct {
	NoTerminal  string // no PTY
	NoCommand   string // a command, a subsystem
	TooMany     string // sessions in all
	TooManyOwn  string // sessions of this person
	TooOld      string // maximum age
	IdleNow     string // went read-only
	NotRecorded string // the login could not be recorded
	Ending      string // the daemon ends
	Lost        func(at string) string
	Back        string
}

// For returns the texts of a language: Japanese for "ja", English for anything
// else. The result is shared and never changed.
func For(lang string) *Texts {
	if lang == "ja" {
		return &ja
	}
	return &en
}

// Word looks a code up in one of the maps; an unknown code stands for itself,
// so that nothing is hidden.
func Word(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return code
}
