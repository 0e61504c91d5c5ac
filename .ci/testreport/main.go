// Command testreport reads `go test -json` and prints what a person wants to
// know: one line a package, failures whole, skipped tests with their reasons and
// a closing count. It fails where a test or a package failed, where none ran,
// where a package never came to its end, and where a test skipped for want of
// something that is there or for a reason that skips.go does not know.
package main

import "os"

func main() { os.Exit(report(os.Stdin, os.Stdout, missing)) }
