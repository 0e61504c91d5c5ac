// Package alarm is the ISA-18.2 life cycle of alarms as pure functions.
package alarm
