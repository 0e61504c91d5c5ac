package history

// State is how history does, in one word.
type State = string

// The states of the child and of the way to it.
const (
	StateOK       State = "ok"       // takes and answers
	StateStarting State = "starting" // opening its data
	StateFull     State = "full"     // below the watermark: answers if it could open, takes nothing
	StateDown     State = "down"     // does not answer
)

// ChildStatus is the child's own account, as /api/v1/status tells it.
type ChildStatus struct {
	State          State  `json:"state"`
	Detail         string `json:"detail"`          // for people; "" when ok
	SamplesTotal   uint64 `json:"samples_total"`   // stored since this child started
	RefusedTotal   uint64 `json:"refused_total"`   // samples refused since this child started
	Series         uint64 `json:"series"`          // in the head, that is written in the last hours
	FreeBytes      uint64 `json:"free_bytes"`      // on the file system of the data
	WatermarkBytes uint64 `json:"watermark_bytes"` // below this nothing is taken
	Corruptions    uint64 `json:"corruptions"`     // damaged places met in the log when it was opened
	OldestSeconds  int64  `json:"oldest_seconds"`  // stamp of the oldest sample kept, Unix; 0: none
}
