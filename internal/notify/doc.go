// Package notify sends what stands in the outbox to people and systems: mail
// (RFC 5321), webhooks, receivers of Alertmanager's API; and says who is to be
// told of what.
//
// # At least once
//
// A notice is written by the service layer in the transaction of the transition
// that caused it. The [Worker] here sends it until the receiver has taken it or
// refused it for good; a crash between the two means a second message with the
// same notice id, never none. A notice that was taken while the records could not
// be written is not sent again, only recorded later.
//
// # Order and independence
//
// Each channel and target is a queue of its own: sent one after the other, the
// oldest first, and a queue that waits holds up no other. Within a queue only P1
// and life safety overtake: what waits for the rate limit does not stand in their
// way.
//
// # Who is told
//
// A [Planner] turns a transition into notices: for the people of the first step of
// the alarm's escalation, on every channel on which they have an address, and for
// every channel that gets all notices. It is pure: times and the site's settings
// are given to it.
//
// # What this package does not do
//
// It decides nothing about alarms and writes nothing itself: it asks its Outbox
// for what is due and tells it what became of it. It follows no redirect to
// another host and logs no secret, no address of a webhook and no body.
package notify
