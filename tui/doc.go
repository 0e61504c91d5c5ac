// Package tui is the operations console: a Bubble Tea program over immutable
// snapshots of the facility.
//
// # Parts
//
// The root model owns the frame (the line of who and when, the counters, the
// prompts, the key hints), the size, the views one has been to and the present
// snapshot. Screens are components with Update and View(width, height); they
// live below tui/screen, do not know each other and reach the frame through
// their session.Context. A new screen is a folder there and a line in
// screens.go.
//
// # Data
//
// Each session pulls the newest snapshot when it is woken and at least every
// 250 ms. Nobody pushes into a session, so one whose terminal does not drain
// never delays another: it only skips snapshots.
//
// # Change
//
// What changes the record is asked once, names its object, and is done by the
// service behind Operations, which checks the person's role. Its answer is
// shown; nothing is drawn as done before it is done.
//
// # What this package does not do
//
// It opens no socket (tui/sshd does) and reads no store. It is not a fire alarm
// system: it shows what the panel reports.
package tui
