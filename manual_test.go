package nezuban

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nezuban/collectors/profile"
	"nezuban/internal/config"
)

// documents are all pages for people.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob("docs/decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(append(files, decisions...), "README.md") {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pages[f] = string(b)
	}
	if len(pages) < 10 {
		t.Fatalf("only %d documents found", len(pages))
	}
	return pages
}

var (
	link    = regexp.MustCompile(`\]\(([^)#]*)(#[^)]*)?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	pages := documents(t)
	anchors := func(page string) []string {
		var list []string
		for _, h := range heading.FindAllStringSubmatch(page, -1) {
			a := strings.ToLower(strings.TrimSpace(h[1]))
			a = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(a, "")
			list = append(list, "#"+strings.ReplaceAll(a, " ", "-"))
		}
		return list
	}
	for file, page := range pages {
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			target, fragment := m[1], m[2]
			if strings.Contains(target, "://") {
				continue
			}
			to := page
			if target != "" {
				path := filepath.Join(filepath.Dir(file), target)
				if _, err := os.Stat(path); err != nil {
					t.Errorf("%s: link to %s: there is no such file", file, target)
					continue
				}
				to = pages[path]
			}
			if fragment != "" && !slices.Contains(anchors(to), fragment) {
				t.Errorf("%s: link to %s%s: there is no such heading", file, target, fragment)
			}
		}
	}
}

// TestEveryDependencyHasItsSentence compares docs/dependencies.md with the
// modules that our packages import themselves.
func TestEveryDependencyHasItsSentence(t *testing.T) {
	var stderr strings.Builder
	list := exec.Command("go", "list", "-deps", "-test", "-json=ImportPath,Imports,Module", "./...")
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	type pkg struct {
		ImportPath string
		Imports    []string
		Module     *struct {
			Path string
			Main bool
		}
	}
	module, used := map[string]string{}, map[string]bool{}
	var ours []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		switch {
		case p.Module == nil:
		case p.Module.Main:
			ours = append(ours, p)
		default:
			module[p.ImportPath] = p.Module.Path
		}
	}
	for _, p := range ours {
		for _, i := range p.Imports {
			if m := module[i]; m != "" {
				used[m] = true
			}
		}
	}
	if len(used) < 10 {
		t.Fatalf("only %d modules found", len(used))
	}
	page := documents(t)["docs/dependencies.md"]
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(page, -1) {
		listed[m[1]] = true
	}
	for m := range used {
		if !listed[m] {
			t.Errorf("docs/dependencies.md has no sentence for %s", m)
		}
	}
	for m := range listed {
		if !used[m] && m != "honnef.co/go/tools" {
			t.Errorf("docs/dependencies.md speaks of %s, which nothing imports", m)
		}
	}
}

var yamlKey = regexp.MustCompile("yaml:\"([A-Za-z_-]+)\"")

// TestEveryKeyOfTheSiteDirectoryIsDocumented finds the keys in the structs that
// read the files.
func TestEveryKeyOfTheSiteDirectoryIsDocumented(t *testing.T) {
	page := documents(t)["docs/site-directory.md"]
	words := map[string]bool{}
	for _, w := range regexp.MustCompile("[A-Za-z][A-Za-z_-]*").FindAllString(page, -1) {
		words[w] = true
	}
	// Kinds of targets that later versions compute; today they are refused.
	later := []string{"redundancy", "freshness", "coverage", "latency", "count", "zero", "due", "ratio-value"}
	files, err := filepath.Glob("internal/config/*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range yamlKey.FindAllStringSubmatch(string(b), -1) {
			n++
			if key := m[1]; !words[key] && !slices.Contains(later, key) {
				t.Errorf("docs/site-directory.md does not name the key %s of %s", key, filepath.Base(f))
			}
		}
	}
	if n < 100 {
		t.Fatalf("only %d keys found", n)
	}
}

var fence = regexp.MustCompile("(?s)```yaml\n# ([a-z/-]+\\.yaml)\n(.*?)```")

// TestTheExamplesOfTheDocumentsAreAccepted reads the files that the documents
// show the way the daemon does.
func TestTheExamplesOfTheDocumentsAreAccepted(t *testing.T) {
	pages, dir := documents(t), t.TempDir()
	n := 0
	for _, page := range []string{"docs/site-directory.md", "docs/profiles.md"} {
		for _, m := range fence.FindAllStringSubmatch(pages[page], -1) {
			path := filepath.Join(dir, m[1])
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(m[2]), 0o644); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	if n != 13 {
		t.Fatalf("%d example files found, want 13", n)
	}
	site, problems := config.Load(dir, config.LoadOptions{Secrets: func(string) (string, bool) { return "a secret of the test", true }})
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("the documents' example: %v", p)
		}
	}
	if site == nil {
		return
	}
	if len(site.Devices) != 6 || len(site.People) != 2 {
		t.Errorf("the example has %d devices and %d people, want 6 and 2", len(site.Devices), len(site.People))
	}
	if site.OneLine == nil || len(site.OneLine.Nodes()) != 6 || len(site.Fire) != 1 || len(site.Cooling) != 1 || len(site.Positions) != 2 {
		t.Errorf("the example's one-line, zones, rooms or positions were not read: %d zones, %d rooms, %d positions", len(site.Fire), len(site.Cooling), len(site.Positions))
	}
	if n := site.Notify; len(n.Channels) != 3 || len(n.Rotations) != 1 || len(n.Escalations) != 1 || len(n.Contacts) != 2 || len(n.Heartbeats) != 1 {
		t.Errorf("the example's notices were not read: %d channels, %d rotations, %d escalations", len(n.Channels), len(n.Rotations), len(n.Escalations))
	}
	for _, name := range []string{"example-ups", "akcp-sensorprobe"} {
		if !slices.ContainsFunc(site.Profiles.All(), func(p *profile.Profile) bool { return p.Name == name }) {
			t.Errorf("profile %s is not in the library", name)
		}
	}
}

// TestBothManualsSpeakOfTheSameKeys holds the two languages together.
func TestBothManualsSpeakOfTheSameKeys(t *testing.T) {
	pages := documents(t)
	code := func(page string) map[string]int {
		seen := map[string]int{}
		rows := regexp.MustCompile(`(?m)^\|.*$`).FindAllString(page, -1)
		for _, row := range rows {
			first, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
				seen[m[1]]++
			}
		}
		return seen
	}
	en, ja := code(pages["docs/manual.en.md"]), code(pages["docs/manual.ja.md"])
	if len(en) < 25 {
		t.Fatalf("only %d keys and marks found", len(en))
	}
	for k := range en {
		if ja[k] == 0 && !regexp.MustCompile("[A-Z]{4}").MatchString(k) {
			t.Errorf("manual.ja.md does not explain %s", k)
		}
	}
	for k := range ja {
		if en[k] == 0 {
			t.Errorf("manual.en.md does not explain %s", k)
		}
	}
	for _, state := range []string{"UNACK", "ACKED", "RTNUN", "LATUN", "LATCH"} {
		if en[state] == 0 || ja[state] == 0 {
			t.Errorf("a manual does not explain %s", state)
		}
	}
}
