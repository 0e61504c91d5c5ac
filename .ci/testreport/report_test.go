package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReport runs real `go test -json` over small packages that go wrong each in
// its own way.
func TestReport(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		code       int
		want       []string
		not        string
	}{
		{"good", `func TestA(t *testing.T) {}`, 0, []string{"1 passed, 0 failed, 0 skipped"}, "FAIL"},
		{"failing subtest", `func TestA(t *testing.T) { t.Run("bad", func(t *testing.T) { t.Error("the child is wrong") }) }`, 1,
			[]string{"--- FAIL: tr TestA/bad", "the child is wrong", "0 passed, 2 failed"}, "UNFINISHED"},
		{"panic in a test", `func TestA(t *testing.T) { panic("boom") }`, 1, []string{"panic: boom", "a_test.go:"}, ""},
		{"panic in a goroutine", `func TestA(t *testing.T) { go func() { panic("boom") }(); select {} }`, 1,
			[]string{"--- UNFINISHED: tr TestA", "panic: boom", "a_test.go:"}, ""},
		{"time-out", `func TestA(t *testing.T) { t.Parallel(); select {} }; func TestB(t *testing.T) { t.Parallel(); <-t.Context().Done() }`, 1,
			[]string{"--- UNFINISHED: tr TestA", "--- UNFINISHED: tr TestB", "panic: test timed out after 3s", "a_test.go:"}, ""},
		{"early exit", `func TestA(t *testing.T) { println("said before"); os.Exit(3) }`, 1, []string{"--- UNFINISHED: tr TestA", "FAIL"}, ""},
		{"does not build", `func TestA(t *testing.T) { nowhere() }`, 1, []string{"undefined: nowhere", "build failed"}, ""},
		{"no such import", `import _ "no.such/place"; func TestA(t *testing.T) {}`, 1, []string{"no.such/place", "setup failed"}, ""},
		{"nothing to run", `func Nothing() {}`, 1, []string{"no test ran"}, ""},
		{"absent tool", `func TestA(t *testing.T) {}; func TestB(t *testing.T) { t.Skip("nosuchtool is not installed (Debian: nothing)") }`, 0,
			[]string{"skip  tr TestB: nosuchtool is not installed", "1 passed, 0 failed, 1 skipped"}, "SKIP"},
		{"tool that is there", `func TestA(t *testing.T) {}; func TestB(t *testing.T) { t.Skip("go is not installed") }`, 1,
			[]string{"SKIP without need  tr TestB: go is not installed", "1 tests skipped although"}, ""},
		{"reason nobody can check", `func TestA(t *testing.T) {}; func TestB(t *testing.T) { t.Skip("not today") }`, 1,
			[]string{"SKIP for an unknown reason  tr TestB: not today"}, ""},
		{"no reason", `func TestA(t *testing.T) {}; func TestB(t *testing.T) { t.SkipNow() }`, 1, []string{"no reason given"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, code := reported(t, tt.body)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, w := range tt.want {
				if !strings.Contains(out, w) {
					t.Errorf("no %q", w)
				}
			}
			if tt.not != "" && strings.Contains(out, tt.not) {
				t.Errorf("%q where nothing is wrong", tt.not)
			}
			if t.Failed() {
				t.Log("reported:\n" + out)
			}
		})
	}
}

// reported is what is said about a package with one test file.
func reported(t *testing.T, body string) (string, int) {
	t.Helper()
	dir := t.TempDir()
	file := "package tr\nimport \"os\"\nimport \"testing\"\nvar _ = os.Exit\nvar _ testing.TB\n"
	if imports, rest, ok := strings.Cut(body, "; "); ok && strings.HasPrefix(imports, "import") {
		file, body = strings.Replace(file, "import", imports+"\nimport", 1), rest
	}
	for name, text := range map[string]string{"go.mod": "module tr\n", "a_test.go": file + body + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-json", "-timeout", "3s", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	events, _ := cmd.Output() // the events tell
	var out strings.Builder
	code := report(strings.NewReader(string(events)), &out, missing)
	return out.String(), code
}

// TestReportOfACutStream: `go test` itself was killed.
func TestReportOfACutStream(t *testing.T) {
	const cut = `{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestOne"}
{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"run","Package":"a","Test":"TestTwo"}
{"Action":"output","Package":"a","Test":"TestTwo","Output":"half way\n"}
{"Action":"start","Package":"b"}
{"Action":"pass","Package":"b"}
`
	var out strings.Builder
	if code := report(strings.NewReader(cut), &out, missing); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, want := range []string{"FAIL  a never came to its end", "--- UNFINISHED: a TestTwo", "half way", "1 passed, 1 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// TestEverySkipHasACheckableReason: each skip in the tree says something that
// missing can look for.
func TestEverySkipHasACheckableReason(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") || path == "../../.ci/testreport/report_test.go" {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			call := skipCall.FindString(line)
			if call == "" {
				continue
			}
			found++
			if _, known := missing(strings.ReplaceAll(call, "%s", "it")); !known {
				t.Errorf("%s: a skip whose need cannot be looked for: %s", path, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil || found < 8 {
		t.Errorf("%d skips found, %v", found, err)
	}
}

// skipCall is a call of Skip, Skipf or SkipNow, whatever it is called on.
var skipCall = regexp.MustCompile(`\.Skip(f|Now)?\(.*`)

// TestNobodyAskedForIt: a skip that speaks of -short or of a benchmark is one only
// where that was asked for.
func TestNobodyAskedForIt(t *testing.T) {
	t.Setenv("NEZUBAN_BENCH", "1")
	for _, reason := range []string{"takes minutes; not in -short", "takes minutes, a benchmark: make bench"} {
		if absent, known := missing(reason); absent || !known {
			t.Errorf("%q: absent %v, known %v; want it told as a skip without need", reason, absent, known)
		}
	}
}
