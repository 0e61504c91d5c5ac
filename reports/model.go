package reports

// SchemaVersion of report.json. It rises when a field changes meaning or goes;
// a new field alone does not raise it.
const SchemaVersion = 1

// Kinds and states of reports.
const (
	KindDaily        = "daily"
	StateProvisional = "provisional" // nobody has signed it; later data may change it
)

// A Model is report.json. Every field carries a class: what a reader outside
// the house may see. "open" may be shown to anybody; "device" names equipment;
// "location" says where it stands; "person" names staff; "free_text" was typed
// by people and can hold anything; "group" holds further fields.
type Model struct {
	SchemaVersion int    `json:"schema_version" class:"open"`
	Kind          string `json:"kind" class:"open"`
	State         string `json:"state" class:"open"`
	Site          Site   `json:"site" class:"group"`
	Period        Period `json:"period" class:"group"`
	AsOf          Moment `json:"as_of" class:"open"` // nothing later was looked at

	Alarms           AlarmSummary  `json:"alarms" class:"group"`
	Acknowledgements AckSummary    `json:"acknowledgements" class:"group"`
	Stories          []Story       `json:"stories" class:"group"` // by first raise, then id
	Targets          []TargetLine  `json:"targets" class:"group"` // by section, name, entity
	Devices          DeviceSummary `json:"devices" class:"group"`
	Quality          Quality       `json:"data_quality" class:"group"`
	Absent           []Absence     `json:"absent" class:"group"`
	Provenance       Provenance    `json:"provenance" class:"group"`
}

// Bilingual is a name or sentence in both languages.
type Bilingual struct {
	En string `json:"en" class:"open"`
	Ja string `json:"ja" class:"open"`
}

// In returns the text in lang, falling back to the other language where one is
// empty.
func (t Bilingual) In(lang string) string {
	if lang == "ja" && t.Ja != "" || t.En == "" {
		return t.Ja
	}
	return t.En
}

// Site is named by its code; the model holds no address.
type Site struct {
	Code string    `json:"code" class:"open"`
	Name Bilingual `json:"name" class:"group"`
}

// Period is half open: [From, To).
type Period struct {
	ID      string   `json:"id" class:"open"` // "2026-11-22"
	From    Moment   `json:"from" class:"open"`
	To      Moment   `json:"to" class:"open"`
	Zone    string   `json:"zone" class:"open"`    // IANA name
	Seconds int64    `json:"seconds" class:"open"` // To − From; a day of a clock change is not 86400
	Elapsed int64    `json:"elapsed_seconds" class:"open"`
	Open    bool     `json:"open" class:"open"`  // the report was made before To
	Ticks   []Moment `json:"ticks" class:"open"` // every third full hour of the site's clock
}

// A Figure is a count with the ids of what was counted.
type Figure struct {
	ID       string   `json:"id" class:"open"`
	Value    int64    `json:"value" class:"open"`
	Evidence []string `json:"evidence" class:"open"` // ids of stories
}

// AlarmSummary counts occurrences. "End" is the end of the period or, while it
// is open, the as-of moment.
type AlarmSummary struct {
	Raised          Figure          `json:"raised" class:"group"`        // occurrences that began in the period
	Annunciations   Figure          `json:"annunciations" class:"group"` // times an alarm became unacknowledged: raised, came back, re-alarmed
	StandingAtStart Figure          `json:"standing_at_start" class:"group"`
	StandingAtEnd   Figure          `json:"standing_at_end" class:"group"`
	UnackedAtEnd    Figure          `json:"unacknowledged_at_end" class:"group"`
	Returned        Figure          `json:"returned" class:"group"` // occurrences whose condition went off in the period
	Ended           Figure          `json:"ended" class:"group"`    // occurrences that were over in the period
	ByPriority      []PriorityCount `json:"by_priority" class:"group"`
}

// PriorityCount is one line of the table by priority.
type PriorityCount struct {
	Priority        int    `json:"priority" class:"open"`
	Raised          Figure `json:"raised" class:"group"`
	StandingAtStart Figure `json:"standing_at_start" class:"group"`
	StandingAtEnd   Figure `json:"standing_at_end" class:"group"`
	UnackedAtEnd    Figure `json:"unacknowledged_at_end" class:"group"`
}

// AckSummary is about waits: each begins when an alarm becomes unacknowledged
// in the period and ends with the acknowledgement, whenever that was up to the
// as-of moment. It belongs to the period in which it began.
type AckSummary struct {
	Lines    []AckLine `json:"by_priority" class:"group"` // priorities that had any, then the total with priority 0
	Waits    []Wait    `json:"waits" class:"group"`       // the longest first
	Rejected int64     `json:"rejected" class:"open"`     // acknowledged before they began (clock set back): left out, counted
}

// AckLine sums the waits of one priority; 0 is all of them.
type AckLine struct {
	ID       string `json:"id" class:"open"`
	Priority int    `json:"priority" class:"open"`
	Waits    int64  `json:"waits" class:"open"`
	Done     int64  `json:"acknowledged" class:"open"`
	Pending  int64  `json:"open" class:"open"`
	// Median and Worst of the acknowledged ones, in seconds; null where none.
	// Of an even number the longer of the two in the middle is the median.
	Median *int64 `json:"median_seconds" class:"open"`
	Worst  *int64 `json:"worst_seconds" class:"open"`
	// LongestOpen is the age of the oldest one still waiting at the as-of moment.
	LongestOpen *int64 `json:"longest_open_seconds" class:"open"`
}

// A Wait is one stretch during which an alarm was unacknowledged.
type Wait struct {
	Alarm    string    `json:"alarm" class:"open"`
	Evidence string    `json:"evidence" class:"open"`
	Priority int       `json:"priority" class:"open"`
	Name     Bilingual `json:"name" class:"group"`
	From     Moment    `json:"from" class:"open"`
	To       Moment    `json:"to" class:"open"` // null: still open
	Seconds  int64     `json:"seconds" class:"open"`
	By       string    `json:"by" class:"person"` // person id; "" while open
	ByReset  bool      `json:"by_reset" class:"open"`
}

// A Story is one occurrence that stood at any time in the period.
type Story struct {
	ID       string      `json:"id" class:"open"`
	Evidence string      `json:"evidence" class:"open"`
	Rule     string      `json:"rule" class:"open"`
	RuleRev  int         `json:"rule_revision" class:"open"`
	Priority int         `json:"priority" class:"open"`
	Class    string      `json:"class" class:"open"`
	Category string      `json:"category" class:"open"`
	Name     Bilingual   `json:"name" class:"group"`
	Device   string      `json:"device" class:"device"`
	Point    string      `json:"point" class:"device"`
	Metric   string      `json:"metric" class:"open"` // of the point; "" for an alarm of a whole device
	Place    string      `json:"place" class:"location"`
	Zone     string      `json:"zone" class:"location"`
	Level    string      `json:"level" class:"open"`
	Value    string      `json:"value" class:"open"` // decimal in the base unit; "" none
	Limit    string      `json:"limit" class:"open"`
	Unit     string      `json:"unit" class:"open"`
	RaisedAt Moment      `json:"raised_at" class:"open"`
	AckedAt  Moment      `json:"acknowledged_at" class:"open"` // the last one up to the as-of moment
	AckedBy  string      `json:"acknowledged_by" class:"person"`
	Comment  string      `json:"comment" class:"free_text"`
	Returned Moment      `json:"returned_at" class:"open"`
	EndedAt  Moment      `json:"ended_at" class:"open"`
	AtEnd    string      `json:"state_at_end" class:"open"`   // NORM UNACK ACKED RTNUN LATUN LATCH
	Active   int64       `json:"active_seconds" class:"open"` // condition on, within the period
	Standing int64       `json:"standing_seconds" class:"open"`
	Count    int         `json:"count" class:"open"` // times the condition came on up to the end
	Spans    []Span      `json:"spans" class:"group"`
	Events   []StoryStep `json:"events" class:"group"`
}

// A Span is a stretch of the period in one state, [From, To).
type Span struct {
	State string `json:"state" class:"open"`
	From  Moment `json:"from" class:"open"`
	To    Moment `json:"to" class:"open"`
}

// Where an event lies relative to the period.
const (
	BeforePeriod = "before"
	InPeriod     = "in"
	AfterPeriod  = "after"
)

// A StoryStep is one event of an occurrence.
type StoryStep struct {
	At       Moment `json:"at" class:"open"`
	When     string `json:"when" class:"open"` // before, in, after the period
	Kind     string `json:"kind" class:"open"`
	Revision int    `json:"revision" class:"open"`
	Actor    string `json:"actor" class:"person"` // "person:sato", "rule:UPS-ON-BATTERY", "system:…"
	Priority int    `json:"priority" class:"open"`
	State    string `json:"state" class:"open"` // after the event
	Level    string `json:"level" class:"open"`
	Value    string `json:"value" class:"open"`
	Limit    string `json:"limit" class:"open"`
	Unit     string `json:"unit" class:"open"`
	Comment  string `json:"comment" class:"free_text"`
}

// A TargetLine is one result. Percentages are decimal strings of four places,
// cut and never rounded, so that 100 means exactly all; "" where there is no
// figure.
type TargetLine struct {
	ID       string    `json:"id" class:"open"`
	Name     string    `json:"name" class:"open"`
	Entity   string    `json:"entity" class:"device"` // "" pooled
	Title    Bilingual `json:"title" class:"group"`
	Section  string    `json:"section" class:"open"`
	Revision string    `json:"revision" class:"open"` // of the definition; "" not recorded
	From     Moment    `json:"window_from" class:"open"`
	To       Moment    `json:"window_to" class:"open"`
	AsOf     Moment    `json:"as_of" class:"open"`
	Open     bool      `json:"so_far" class:"open"`
	Verdict  string    `json:"verdict" class:"open"`
	Basis    string    `json:"basis" class:"open"`

	Target   string `json:"target_percent" class:"open"`
	SLI      string `json:"sli_percent" class:"open"`
	Low      string `json:"lowest_percent" class:"open"`  // if all unknown time were bad
	High     string `json:"highest_percent" class:"open"` // if all unknown time were good
	Good     int64  `json:"good_seconds" class:"open"`
	Bad      int64  `json:"bad_seconds" class:"open"`
	Unknown  int64  `json:"unknown_seconds" class:"open"`
	Excluded int64  `json:"excluded_seconds" class:"open"`
	Eligible int64  `json:"eligible_seconds" class:"open"`
	Unit     string `json:"unit" class:"open"` // seconds, occurrences (the numbers above are counts) or value
	Without  string `json:"sli_without_exclusions_percent" class:"open"`
	Late     int64  `json:"excluded_late_notice" class:"open"` // of the excluded
	Thin     int64  `json:"thin_margin_seconds" class:"open"`  // of the good, redundancy with a thin margin
	Pending  int64  `json:"pending" class:"open"`              // occurrences within their limit
	Overdue  int64  `json:"overdue" class:"open"`              // obligations of earlier windows
	Few      bool   `json:"few" class:"open"`                  // too few occurrences for a percentage
	Value    string `json:"value" class:"open"`                // of unit value
	Limit    string `json:"limit" class:"open"`

	Budget      string `json:"budget_seconds" class:"open"`      // whole window, at most six places
	BudgetLeft  string `json:"budget_left_seconds" class:"open"` // may be negative
	Exhausted   bool   `json:"budget_exhausted" class:"open"`
	MetEntities int    `json:"entities_met" class:"open"`
	Entities    int    `json:"entities" class:"open"`
}

// DeviceSummary tells which devices gave nothing, and when.
type DeviceSummary struct {
	Total  int64       `json:"total" class:"open"`
	From   Moment      `json:"watched_from" class:"open"` // in the period, when the first of them was in service; null: none was
	Never  Figure      `json:"never_answered" class:"group"`
	Silent Figure      `json:"silent_some_time" class:"group"`
	Lines  []SilentRow `json:"without_data" class:"group"` // never answered first, then the longest silence
	// All are the stretches in which every device in service was silent, where
	// there are two or more: what a stop of the program or of its network looks
	// like.
	All []Gap `json:"all_silent" class:"group"`
}

// A SilentRow is one device that gave no data for some of the period.
type SilentRow struct {
	Evidence string `json:"evidence" class:"open"`
	Device   string `json:"device" class:"device"`
	Name     string `json:"name" class:"device"`
	Kind     string `json:"kind" class:"open"`
	Place    string `json:"place" class:"location"`
	Never    bool   `json:"never_answered" class:"open"`
	Seconds  int64  `json:"silent_seconds" class:"open"`
	Gaps     []Gap  `json:"gaps" class:"group"`
}

// A Gap is one silence, [From, To), within the period.
type Gap struct {
	From    Moment `json:"from" class:"open"`
	To      Moment `json:"to" class:"open"`
	Seconds int64  `json:"seconds" class:"open"`
	Ongoing bool   `json:"ongoing" class:"open"` // still silent at the end
}

// Quality tells what the numbers rest on.
type Quality struct {
	// Refused readings and answers, counted from RefusedFrom to RefusedTo: the
	// counters run since the daemon started and are not cut to the period.
	RefusedFrom Moment        `json:"refused_from" class:"open"`
	RefusedTo   Moment        `json:"refused_to" class:"open"`
	Refused     []RefusedLine `json:"refused" class:"group"`
	ByCause     []CauseCount  `json:"refused_by_cause" class:"group"`

	DeviceSeconds int64 `json:"device_seconds" class:"open"`                // elapsed seconds in service, over all devices
	BeforeService int64 `json:"before_service_device_seconds" class:"open"` // elapsed seconds before they were in service, over all devices
	SilentSeconds int64 `json:"silent_device_seconds" class:"open"`
	TargetUnknown int64 `json:"target_unknown_seconds" class:"open"` // over all target lines, entity-seconds
}

// RefusedLine counts refusals of one device by one cause.
type RefusedLine struct {
	Device string `json:"device" class:"device"`
	Cause  string `json:"cause" class:"open"`
	Count  uint64 `json:"count" class:"open"`
}

// CauseCount sums refusals over all devices.
type CauseCount struct {
	Cause string `json:"cause" class:"open"`
	Count uint64 `json:"count" class:"open"`
}

// Parts that can be absent.
const (
	PartAlarms  = "alarms"
	PartTargets = "targets"
	PartDevices = "devices"
	PartRefused = "refused"
)

// Causes of absence that have words in every language.
const (
	CauseNotWatched = "not_watched" // before the first device was in service
	CauseNoDaemon   = "no_daemon"   // only the running daemon knows
)

// An Absence is a part that could not be obtained.
type Absence struct {
	Part   string `json:"part" class:"open"`
	Cause  string `json:"cause" class:"open"`       // one of the Cause constants; "" anything else
	Reason string `json:"reason" class:"free_text"` // English, for people
}

// Provenance says what made the report and of what.
type Provenance struct {
	Build  string     `json:"build" class:"open"`
	Schema int        `json:"schema_version" class:"open"`
	Inputs []Digest   `json:"inputs" class:"group"`
	Digest string     `json:"inputs_sha256" class:"open"` // over the input digests
	Rules  []Revision `json:"rules" class:"group"`
	TZData string     `json:"tzdata" class:"open"` // where the zone rules came from; "" not recorded
}

// A Digest is the SHA-256 of one part of the input in canonical JSON.
type Digest struct {
	Part   string `json:"part" class:"open"`
	Items  int    `json:"items" class:"open"`
	SHA256 string `json:"sha256" class:"open"`
}

// A Revision is a rule that raised something, as it was then.
type Revision struct {
	ID       string `json:"id" class:"open"`
	Revision int    `json:"revision" class:"open"`
}
