package duty

import "fmt"

// Code says what kind of refusal a command met; the console has a sentence for
// each.
type Code string

const (
	NotAllowed  Code = "not_allowed" // the person's roles do not permit it
	NotFound    Code = "not_found"   // no such alarm, device …
	Outdated    Code = "outdated"    // a newer revision exists
	WrongState  Code = "wrong_state" // the state machine has no such transition
	Incomplete  Code = "incomplete"  // something required is missing, e.g. a comment
	Unavailable Code = "unavailable" // records cannot be written now
	Invalid     Code = "invalid"     // malformed input
)

// Why says more exactly than a Code what stood in the way, so that people read it
// in their own language.
type Why string

// What stands in the way of a command on one alarm.
const (
	HasEnded       Why = "ended"            // the alarm no longer stands
	NothingToAck   Why = "nothing_to_ack"   // somebody has acknowledged it
	AckFirst       Why = "ack_first"        // a reset comes after the acknowledgement
	StillActive    Why = "still_active"     // a reset comes after the return to normal
	NotLatched     Why = "not_latched"      // there is nothing to reset
	StandsAlone    Why = "stands_alone"     // life safety is nobody's consequence
	SameCause      Why = "same_cause"       // that cause is set already
	OwnCause       Why = "own_cause"        // an alarm is not its own cause
	NoSuchCause    Why = "no_such_cause"    // no such alarm stands
	SameOwner      Why = "same_owner"       // it is assigned so already
	NoSuchPerson   Why = "no_such_person"   // people.yaml does not name the id
	StillWatched   Why = "still_watched"    // it ends by itself
	NoComment      Why = "no_comment"       // every command needs one
	CommentTooLong Why = "comment_too_long" // Arg: the most bytes
)

// What stands in the way of a suppression.
const (
	LifeSafetyScope Why = "life_safety"      // nothing holds such an alarm back
	NoReason        Why = "no_reason"        // one is required
	NoChange        Why = "no_change"        // out of service needs the number of a change
	NoReview        Why = "no_review"        // out of service needs a review date to come
	NoEnd           Why = "no_end"           // a shelving needs an end to come
	TooLong         Why = "too_long"         // Arg: the longest that is allowed, "8h0m0s"
	BadScope        Why = "bad_scope"        // neither one alarm nor a filter that can be read; Detail says which term
	SamePerson      Why = "same_person"      // the second person is another one
	NotWaiting      Why = "not_waiting"      // nothing to approve
	IsOver          Why = "over"             // the suppression has ended
	Twice           Why = "suppressed_twice" // the same request waits already
	ShelvedEnough   Why = "shelved_enough"   // Arg: how many a position may shelve at once

	LifeSafetyPoints Why = "life_safety_points" // the device's polling is not stopped; Arg: its zones
	StopTooLong      Why = "stop_too_long"      // Arg: the longest that is allowed, "24h0m0s"
	Outgrown         Why = "outgrown"           // the device has other points or rules than when it was asked for
)

// Whys lists them all.
var Whys = []Why{
	HasEnded, NothingToAck, AckFirst, StillActive, NotLatched, StandsAlone, SameCause, OwnCause, NoSuchCause, SameOwner, NoSuchPerson,
	StillWatched, NoComment, CommentTooLong,
	LifeSafetyScope, NoReason, NoChange, NoReview, NoEnd, TooLong, BadScope, SamePerson, NotWaiting, IsOver, Twice, ShelvedEnough,
	LifeSafetyPoints, StopTooLong, Outgrown,
}

// A Refusal is a command that was not carried out, and why.
type Refusal struct {
	Code   Code
	Why    Why    // "" where Code says it all
	Arg    string // what Why speaks of: a number, a length of time, an id; "" nothing
	Detail string // English, for logs and scripts; people read the sentence of Why or of Code
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused (%s): %s", r.Code, r.Detail) }

// Refuse makes a Refusal whose Code says it all.
func Refuse(code Code, format string, args ...any) error {
	return &Refusal{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// RefuseFor makes a Refusal that says why; arg is what the sentence of why speaks
// of, "" nothing.
func RefuseFor(code Code, why Why, arg, format string, args ...any) error {
	return &Refusal{Code: code, Why: why, Arg: arg, Detail: fmt.Sprintf(format, args...)}
}
