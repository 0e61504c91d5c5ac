// Package sla measures what was promised against what was recorded.
package sla
