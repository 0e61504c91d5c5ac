package nezuban

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers is the table of docs/architecture.md: what each package owns of the
// layer order and which packages of ours it may import besides clock, text and
// its own subpackages.
var layers = []struct {
	layer int
	pkg   string
	may   []string
}{
	{0, "internal/facility", nil},
	{0, "internal/clock", nil},
	{0, "internal/text", nil},
	{1, "internal/i18n", []string{"internal/facility"}},
	{1, "internal/duty", []string{"internal/facility"}},
	{1, "internal/alarm", []string{"internal/facility"}},
	{1, "internal/topology", []string{"internal/facility"}},
	{1, "sla", []string{"internal/facility", "internal/alarm"}},
	{1, "internal/secrets", nil},
	{2, "collectors/profile", []string{"internal/facility", "collectors"}},
	{2, "collectors", []string{"internal/facility"}},
	{2, "collectors/snmp/trap", []string{"internal/facility", "collectors"}},
	{2, "collectors/snmp/lean", nil},
	{2, "collectors/snmp/fleet", []string{"internal/facility", "collectors", "collectors/snmp/lean"}},
	{2, "collectors/snmp", []string{"internal/facility", "collectors", "collectors/profile", "collectors/snmp/lean"}},
	{2, "collectors/agent", []string{"internal/facility", "collectors", "collectors/profile"}},
	{2, "internal/live", []string{"internal/facility", "internal/alarm", "internal/topology", "sla", "internal/duty"}},
	{2, "internal/history", []string{"internal/facility"}},
	{2, "internal/records", []string{"internal/facility", "internal/alarm", "sla", "internal/duty"}},
	{2, "internal/config", []string{"internal/facility", "internal/alarm", "internal/topology", "sla", "internal/duty", "collectors", "collectors/profile"}},
	{3, "internal/ops", []string{"internal/facility", "internal/alarm", "internal/topology", "sla", "internal/duty", "internal/i18n", "internal/live", "internal/history", "internal/records", "internal/config", "collectors", "collectors/profile"}},
	{3, "internal/notify", []string{"internal/facility", "internal/alarm", "internal/duty", "internal/i18n"}},
	{3, "internal/sim", []string{"internal/facility", "internal/topology"}},
	{4, "internal/api", []string{"internal/facility", "internal/alarm", "internal/topology", "sla", "internal/duty", "internal/i18n", "internal/live", "internal/history", "internal/records", "internal/ops"}},
	{4, "tui", []string{"internal/facility", "internal/alarm", "internal/topology", "sla", "internal/duty", "internal/i18n", "internal/live"}},
	{4, "reports", []string{"internal/facility", "internal/alarm", "internal/topology", "sla", "internal/duty", "internal/i18n"}},
	{5, "cmd/nezuban", []string{"*"}},
}

// confined are libraries that only one place may know, so that they can be
// replaced there.
var confined = map[string][]string{
	"github.com/charmbracelet/bubbletea":               {"tui"},
	"github.com/charmbracelet/bubbles":                 {"tui"},
	"github.com/gliderlabs/ssh":                        {"tui/sshd"},
	"github.com/gosnmp/gosnmp":                         {"collectors/snmp", "internal/sim"},
	"github.com/prometheus/prometheus/tsdb":            {"internal/history"},
	"github.com/prometheus/prometheus/promql":          {"internal/history"},
	"github.com/prometheus/prometheus/model/textparse": {"collectors/agent"},
	"modernc.org/sqlite":                               {"internal/records"},
	"github.com/pressly/goose":                         {"internal/records"},
	"filippo.io/age":                                   {"internal/secrets"},
	"github.com/expr-lang/expr":                        {"internal/alarm"},
	"github.com/wneessen/go-mail":                      {"internal/notify"},
	"os/exec":                                          {"internal/history"},
	"net/http":                                         {"internal/history", "internal/api", "internal/notify", "internal/sim", "collectors/agent", "cmd/nezuban"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
}

func within(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

// rowOf is the most specific row that holds the package.
func rowOf(pkg string) (row int) {
	row = -1
	for i, l := range layers {
		if within(pkg, l.pkg) && (row < 0 || len(l.pkg) > len(layers[row].pkg)) {
			row = i
		}
	}
	return row
}

func TestLayers(t *testing.T) {
	const module = "nezuban/"
	for _, l := range list(t) {
		pkg := strings.TrimPrefix(l.ImportPath, module)
		if pkg == "nezuban" {
			continue
		}
		i := rowOf(pkg)
		if i < 0 {
			t.Errorf("%s is in no row of the layer table; add it to layers with what it may import", pkg)
			continue
		}
		row := layers[i]
		for _, imp := range l.Imports {
			for lib, homes := range confined {
				if within(imp, lib) && !slices.ContainsFunc(homes, func(h string) bool { return within(pkg, h) }) {
					t.Errorf("%s imports %s, which only %s may", pkg, imp, strings.Join(homes, ", "))
				}
			}
			ours, ok := strings.CutPrefix(imp, module)
			if !ok {
				continue
			}
			target := rowOf(ours)
			if target < 0 || target == i || slices.Contains(row.may, "*") {
				continue
			}
			if ours == "internal/clock" || ours == "internal/text" || slices.Contains(row.may, layers[target].pkg) {
				continue
			}
			t.Errorf("%s (layer %d) imports %s (layer %d), which its row does not allow", pkg, row.layer, ours, layers[target].layer)
		}
	}
}

func TestScreensDoNotImportScreens(t *testing.T) {
	for _, l := range list(t) {
		if !strings.HasPrefix(l.ImportPath, "nezuban/tui/screen/") {
			continue
		}
		for _, imp := range l.Imports {
			if strings.HasPrefix(imp, "nezuban/tui/screen/") {
				t.Errorf("%s imports %s: screens do not import screens", l.ImportPath, imp)
			}
		}
	}
}
