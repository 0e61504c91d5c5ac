package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"nezuban/internal/facility"
	"nezuban/internal/text"
	"nezuban/sla"
)

var update = flag.Bool("update", false, "write the golden files")

func rendered(t *testing.T, f func(Model, string) ([]byte, error), m Model, lang string) string {
	t.Helper()
	b, err := f(m, lang)
	if err != nil {
		t.Fatalf("render in %s: %v", lang, err)
	}
	return string(b)
}

// allFormats renders everything that is made of a model, by file name.
func allFormats(t *testing.T, m Model) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	b, err := JSON(m)
	if err != nil {
		t.Fatal(err)
	}
	files[FileName(m, "", "json")] = b
	for _, lang := range []string{"en", "ja"} {
		files[FileName(m, lang, "html")] = []byte(rendered(t, HTML, m, lang))
		files[FileName(m, lang, "txt")] = []byte(rendered(t, Text, m, lang))
	}
	return files
}

func TestGolden(t *testing.T) {
	for name, m := range map[string]Model{"busy": build(t, busyDay(t)), "empty": build(t, emptyDay())} {
		for file, got := range allFormats(t, m) {
			path := filepath.Join("testdata", "TestGolden", name, file+".golden")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v; write it with -update and look at it", err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from its golden file; look at the difference, then -update", path)
			}
		}
	}
}

// TestSameBytesInEveryProcess renders in two more processes with other time
// zones, locales and working directories.
func TestSameBytesInEveryProcess(t *testing.T) {
	if os.Getenv("NEZUBAN_REPORT_CHILD") != "" {
		fmt.Println("digest " + digestOf(t))
		return
	}
	want := digestOf(t)
	for _, env := range [][]string{{"TZ=America/New_York", "LANG=ja_JP.UTF-8"}, {"TZ=Asia/Kathmandu", "LANG=C", "LC_ALL=C"}} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSameBytesInEveryProcess$", "-test.v")
		cmd.Env = append(append(os.Environ(), env...), "NEZUBAN_REPORT_CHILD=1")
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", env, err, out)
		}
		if !strings.Contains(string(out), "digest "+want+"\n") {
			t.Errorf("%v: other bytes than here (%s):\n%s", env, want, out)
		}
	}
}

func digestOf(t *testing.T) string {
	h := sha256.New()
	files := allFormats(t, build(t, busyDay(t)))
	for _, lang := range []string{"en", "ja"} {
		for _, ext := range []string{"html", "txt"} {
			h.Write(files["DC-E1_daily_2026-11-22_provisional."+lang+"."+ext])
		}
	}
	h.Write(files["DC-E1_daily_2026-11-22_provisional.json"])
	return hex.EncodeToString(h.Sum(nil))
}

func TestAReportCanBeRenderedAgainFromItsFile(t *testing.T) {
	m := build(t, busyDay(t))
	b, err := JSON(m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(b)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	for file, want := range allFormats(t, m) {
		if got := allFormats(t, again)[file]; !bytes.Equal(got, want) {
			t.Errorf("%s from report.json is not what it was", file)
		}
	}
	for name, bad := range map[string]string{
		"an unknown field":        strings.Replace(string(b), `"kind":`, `"kin": 1, "kind":`, 1),
		"another schema":          strings.Replace(string(b), `"schema_version": 1`, `"schema_version": 99`, -1),
		"a moment without offset": strings.Replace(string(b), `+09:00"`, `"`, 1),
		"half a file":             string(b[:len(b)/2]),
	} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

var (
	hrefs = regexp.MustCompile(`href="#([^"]*)"`)
	ids   = regexp.MustCompile(` id="([^"]*)"`)
)

func TestEveryFigureLeadsToItsEvidence(t *testing.T) {
	page := rendered(t, HTML, build(t, busyDay(t)), "en")
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			t.Errorf("anchor %s stands twice", m[1])
		}
		seen[m[1]] = true
	}
	links := hrefs.FindAllStringSubmatch(page, -1)
	if len(links) < 20 {
		t.Fatalf("%d links only", len(links))
	}
	for _, m := range links {
		if !seen[m[1]] {
			t.Errorf("link to %s leads nowhere", m[1])
		}
	}
}

func TestHostileNamesStayText(t *testing.T) {
	const script = `<script>alert(1)</script>`
	in := busyDay(t)
	in.Site.Code = `DC"><img src=x onerror=alert(1)>`
	in.Site.Name = facility.Text{En: script, Ja: script}
	in.Devices[0].Name = "\x1b]0;owned\x07\x1b[31mred" + script
	in.Devices[1].Name = `=cmd|' /C calc'!A0`
	in.Devices = append(in.Devices, facility.Device{ID: "long", Name: strings.Repeat("漏水", 40000), Place: "\u202eevil\u200b"})
	in.Gaps = append(in.Gaps, DeviceGap{Device: "ups-a1", From: clockAt(1, 0, 0), To: clockAt(2, 0, 0)}, DeviceGap{Device: "long", From: clockAt(1, 0, 0), To: clockAt(2, 0, 0)})
	for i := range in.Events {
		in.Events[i].Name = facility.Text{En: "</svg>" + script, Ja: "</style>" + script}
		in.Events[i].Comment = "\x1b[2J" + script + "\r\nnext"
		in.Events[i].Place = `javascript:alert(1)`
		in.Events[i].Device = `x"onclick="y`
	}
	in.Targets = append(in.Targets, sla.Result{Name: `a" onmouseover="b`, DisplayName: script, Entity: script})
	in.Refused["</td>"] = map[string]uint64{script: 3}
	m := build(t, in)
	for file, b := range allFormats(t, m) {
		s := string(b)
		for _, r := range s {
			if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) {
				t.Errorf("%s holds %U", file, r)
				break
			}
		}
		if !strings.HasSuffix(file, ".html") {
			continue
		}
		for _, bad := range []string{"<script", "<img", "</svg>&", `onmouseover="b`, `onclick="y`, "http://www.evil"} {
			if strings.Contains(s, bad) {
				t.Errorf("%s holds %s", file, bad)
			}
		}
		if strings.Count(s, "</style>") != 1 || strings.Count(s, "<svg") != strings.Count(s, "</svg>") {
			t.Errorf("%s: the markup was broken out of", file)
		}
		if !strings.Contains(s, "=cmd|") {
			t.Errorf("%s: a name that looks like a formula is a name and must be shown", file)
		}
	}
}

func TestTextFitsAScreen(t *testing.T) {
	m := build(t, busyDay(t))
	for _, lang := range []string{"en", "ja"} {
		for i, l := range strings.Split(rendered(t, Text, m, lang), "\n") {
			if w := text.Width(l); w > 78 {
				t.Errorf("%s line %d is %d cells wide: %q", lang, i+1, w, l)
			}
			if strings.HasSuffix(l, " ") {
				t.Errorf("%s line %d ends in blanks: %q", lang, i+1, l)
			}
		}
	}
}

func TestAProvisionalReportSaysSoInEveryFormat(t *testing.T) {
	m := build(t, emptyDay())
	for file, b := range allFormats(t, m) {
		if !strings.Contains(file, "provisional") {
			t.Errorf("file name %s does not say it", file)
		}
		if s := string(b); !strings.Contains(s, "provisional") && !strings.Contains(s, "PROVISIONAL") && !strings.Contains(s, "暫定版") {
			t.Errorf("%s does not say it", file)
		}
	}
}

func TestHTMLLoadsNothing(t *testing.T) {
	page := rendered(t, HTML, build(t, busyDay(t)), "ja")
	for _, bad := range []string{"<script", "<link", "<iframe", "<object", "@import", "url(", "src=", `href="http`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func TestEveryFieldOfTheModelHasAClass(t *testing.T) {
	classes := map[string]bool{"open": true, "device": true, "location": true, "person": true, "free_text": true, "group": true}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		for ty.Kind() == reflect.Slice || ty.Kind() == reflect.Pointer {
			ty = ty.Elem()
		}
		if ty.Kind() != reflect.Struct || ty == reflect.TypeFor[Moment]() || seen[ty] {
			return
		}
		seen[ty] = true
		for i := range ty.NumField() {
			f := ty.Field(i)
			inner := f.Type
			for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			class := f.Tag.Get("class")
			if !classes[class] || f.Tag.Get("json") == "" {
				t.Errorf("%s.%s: class %q, json %q: say what a reader outside may see", ty.Name(), f.Name, class, f.Tag.Get("json"))
			}
			if group := inner.Kind() == reflect.Struct && inner != reflect.TypeFor[Moment](); group != (class == "group") {
				t.Errorf("%s.%s: class %q on a %s", ty.Name(), f.Name, class, inner)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[Model]())
	if len(seen) < 15 {
		t.Errorf("%d types walked only", len(seen))
	}
}
