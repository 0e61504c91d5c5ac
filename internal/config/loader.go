package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nezuban/collectors"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// LoadOptions are what the directory itself cannot say.
type LoadOptions struct {
	// Secrets resolves the names of secrets. Without it names are not looked up,
	// which is a warning, and the devices that need them cannot be polled.
	Secrets func(name string) (string, bool)
	// Now dates the reviews of alarm definitions; zero: reviews are not dated.
	Now time.Time
}

// loader carries what the files have in common while they are read.
type loader struct {
	dir     string
	opts    LoadOptions
	site    *Site
	probs   strict.Problems
	polling collectors.Intervals
	known   vocabulary

	unresolved  []strict.Str           // secrets that nobody could look up
	definitions map[string]*definition // alarm definitions by id
	positions   []positionYAML         // of site.yaml, checked once the inventory is known
	vias        []viaRef               // of the inventory, checked once all of it is known
	nodes       []string               // ids of the one-line's nodes
	byID        map[facility.DeviceID]int
	racks       map[string]bool

	alone          bool // a file of targets is read without a site
	neededEntities []needed
	obligationsAt  []strict.Str    // entities of obligations
	exclusionsRead []sla.Exclusion // of a file that is read alone
}

// Load reads the site directory and returns every problem of it, sorted by
// place. The site is nil where any problem is more than a warning.
func Load(dir string, o LoadOptions) (*Site, []facility.Problem) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, []facility.Problem{{File: dir, What: err.Error()}}
	}
	if st, err := os.Stat(abs); err != nil || !st.IsDir() {
		return nil, []facility.Problem{{File: dir, What: "there is no such directory", Hint: "write a site directory with `nezuban init --dir " + dir + "`"}}
	}
	l := &loader{dir: abs, opts: o, site: &Site{Dir: abs}}
	l.loadSettings()
	l.loadProfiles()
	l.loadInventory()
	l.loadPositions()
	l.loadOneLine()
	l.loadFire()
	l.loadCooling()
	l.loadPeople()
	l.loadNotify()
	l.loadRules()
	l.loadTargets()
	l.escalations()
	l.secretsSummary()
	l.strayFiles()
	if l.probs.Errors() > 0 {
		return nil, l.probs.Sorted()
	}
	return l.site, l.probs.Sorted()
}

func (l *loader) add(at strict.Place, what, hint string)  { l.probs.Add(at, what, hint) }
func (l *loader) warn(at strict.Place, what, hint string) { l.probs.Warn(at, what, hint) }

// path reads a path of a file: relative ones start at the site directory.
func (l *loader) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(l.dir, p)
}

// text reads a name or sentence that must exist in both languages.
func (l *loader) text(t *strict.Text, key string) facility.Text {
	if t.Plain != "" {
		return facility.Text{En: t.Plain, Ja: t.Plain}
	}
	switch {
	case t.En == "" && t.Ja == "":
		l.add(t.Place(), key+": the text is empty", "")
	case t.En == "":
		l.add(t.Place(), key+": the English text is missing", "add en: …")
	case t.Ja == "":
		l.add(t.Place(), key+": the Japanese text is missing", "add ja: …")
	}
	return facility.Text{En: t.En, Ja: t.Ja}
}

// secretName notes the use of a secret and reports one that does not exist.
func (l *loader) secretName(s strict.Str) collectors.Secret {
	if s.V == "" {
		return ""
	}
	if l.opts.Secrets == nil {
		l.unresolved = append(l.unresolved, s)
		return ""
	}
	v, ok := l.opts.Secrets(s.V)
	if !ok {
		l.add(s.Place, "there is no secret named "+quoted(s.V), "set it with `nezuban secrets set "+s.V+"`")
	}
	return collectors.Secret(v)
}

func (l *loader) secretsSummary() {
	if len(l.unresolved) == 0 {
		return
	}
	var names []string
	for _, s := range l.unresolved {
		if !slices.Contains(names, s.V) {
			names = append(names, s.V)
		}
	}
	slices.Sort(names)
	l.warn(l.unresolved[0].Place, "the secrets could not be opened, so these names are not checked: "+strings.Join(names, ", "), "")
}

// yamlFiles lists the files of one folder of the site, relative to it, and
// warns of those that are not read.
func (l *loader) yamlFiles(folder string) []string {
	entries, err := os.ReadDir(filepath.Join(l.dir, folder))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.add(strict.Place{File: folder}, "the folder cannot be read: "+reason(err), "")
		}
		return nil
	}
	var out []string
	for _, e := range entries {
		name := filepath.Join(folder, e.Name())
		switch {
		case ignorable(e.Name()):
		case e.IsDir():
			l.warn(strict.Place{File: name}, "folders below "+folder+" are not read", "move the files up, or begin the name with a dot")
		case strings.HasSuffix(name, ".yaml"):
			out = append(out, name)
		default:
			l.warn(strict.Place{File: name}, "the file is not read", "rename it to end in .yaml, or begin the name with a dot")
		}
	}
	return out
}

// documents reads one file of the site.
func (l *loader) documents(file string) []strict.Document {
	src, err := strict.ReadFile(filepath.Join(l.dir, file))
	if err != nil {
		l.add(strict.Place{File: file}, "the file cannot be read: "+reason(err), "")
		return nil
	}
	return strict.Parse(file, src, &l.probs)
}

// strayFiles warns of folders and YAML files in the site directory that nothing
// reads, so that a misspelt name does not go unnoticed.
func (l *loader) strayFiles() {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return
	}
	read := []string{"site.yaml", "people.yaml", "secrets.age", "inventory", "profiles", "alarms", "targets", "oneline.yaml", "fire.yaml", "cooling.yaml", "notify.yaml"}
	later := []string{"reports.yaml"}
	for _, e := range entries {
		name := e.Name()
		at := strict.Place{File: name}
		switch {
		case slices.Contains(read, name), ignorable(name), filepath.Join(l.dir, name) == l.site.DataDir:
		case !e.IsDir() && !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml"):
		case slices.Contains(later, name):
			l.warn(at, "this version does not read "+name+" yet; nothing in it has any effect", "")
		default:
			l.warn(at, "nothing reads "+name, strict.Suggest(name, append(read, later...)))
		}
	}
}

// ignorable are files that people and tools leave beside what is read.
func ignorable(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "README") || name == "LICENSE"
}

// reason is the operating system's own word for what went wrong, without the
// path, which the problem carries already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func quoted(s string) string { return `"` + s + `"` }
