// Package live holds the table of latest readings and the evaluation loop.
package live
