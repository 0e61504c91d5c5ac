package alarm_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// asked answers what a device's points say; labels tell points of one metric
// apart.
type asked map[string]any

func (a asked) key(metric string, labels []facility.Label) string {
	for _, l := range labels {
		metric += "," + l.Name + "=" + l.Value
	}
	return metric
}

func (a asked) Value(metric string, labels ...facility.Label) (float64, bool) {
	v, ok := a[a.key(metric, labels)].(float64)
	return v, ok
}

func (a asked) State(metric string, labels ...facility.Label) (string, bool) {
	v, ok := a[a.key(metric, labels)].(string)
	return v, ok
}

func (a asked) Values(metric string) (values []float64, unknown int) {
	for key, v := range a {
		if name, _, _ := strings.Cut(key, ","); name != metric {
			continue
		}
		if f, ok := v.(float64); ok {
			values = append(values, f)
		} else {
			unknown++
		}
	}
	return values, unknown
}

func TestExpressions(t *testing.T) {
	site := asked{
		"load": 0.5, "load,phase=1": 0.4, "load,phase=2": 0.9, "load,phase=3": nil,
		"source": "battery", "source,feed=B": "mains", "test": nil, "nought": 0.0, "nan": math.NaN(),
	}
	for src, want := range map[string]string{
		`value("load") > 0.4`:                                     "true",
		`value("load", "phase=2") > 0.8`:                          "true",
		`value("load", "phase=3") > 0.8`:                          "unknown",
		`value("load", "phase=9") > 0.8`:                          "unknown",
		`value("nan") > 0.8`:                                      "unknown",
		`value("absent") > 0.8 or true`:                           "unknown",
		`true or value("absent") > 0.8`:                           "true",
		`known("absent") and value("absent") > 1`:                 "false",
		`is("source", "battery") and not is("test", "running")`:   "true",
		`is("source", "feed=B", "mains")`:                         "true",
		`is("source", "feed=B", "battery")`:                       "false",
		`known("source") and known("load", "phase=1")`:            "true",
		`known("test")`:                                           "false",
		`max("load") - min("load") > 0.49`:                        "true",
		`sum("load") > 1.79 and sum("load") < 1.81`:               "true",
		`mean("load") > 0.59 && mean("load") < 0.61`:              "true",
		`count("load") == 3 and unknown("load") == 1`:             "true",
		`count("absent") == 0 and sum("absent") == 0`:             "true",
		`mean("absent") > 0`:                                      "unknown",
		`abs(value("load") - 1) == 0.5 and abs(-2) == 2`:          "true",
		`value("load") / value("nought") > 1`:                     "true", // without bound, as arithmetic has it
		`value("load") > 0.4 ? is("test", "x") : known("source")`: "false",
	} {
		e, err := alarm.CompileExpression(src, "")
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		holds, known := e.Holds(site)
		got := map[[2]bool]string{{true, true}: "true", {false, true}: "false"}[[2]bool{holds, known}]
		if got == "" {
			got = "unknown"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", src, got, want)
		}
	}
}

func TestExpressionsRefused(t *testing.T) {
	for name, src := range map[string]string{
		"nothing":                   ``,
		"no condition":              `value("x")`,
		"a text":                    `"yes"`,
		"speaks of no point":        `1 < 2`,
		"a loop":                    `all(1..1000000000, {# > 0}) and known("x")`,
		"a range":                   `1 in 1..1000000000 or known("x")`,
		"a function of texts":       `len(repeat("x", 1000000000)) > 0 or known("x")`,
		"a closure":                 `any([1,2], # == 1) and known("x")`,
		"a variable":                `let a = value("x"); a > 1`,
		"a list":                    `value("x") in [1, 2]`,
		"a map":                     `{"a": value("x")}.a > 1`,
		"a member":                  `value("x").y > 1`,
		"an index":                  `[value("x")][0] > 1`,
		"a pattern":                 `"a" matches "(a+)+$" and known("x")`,
		"a power":                   `value("x") ** 9 > 1`,
		"a remainder":               `1 % 0 == 0 and known("x")`,
		"texts compared":            `"a" == "a" and known("x")`,
		"an unknown function":       `now() > 1 and known("x")`,
		"a bare name":               `value == value and known("x")`,
		"a metric that is computed": `value("a" + "b") > 1`,
		"a label without a value":   `value("x", "phase") > 1`,
		"a state too many":          `is("x", "a=b", "c", "d")`,
		"no state":                  `is("x")`,
		"the environment":           `$env.value("x") > 1`,
		"a sequence":                `known("x"); known("y")`,
		"too long":                  strings.Repeat(`known("x") or `, 40) + `known("x")`,
		"too many parts":            strings.Repeat(`1<2&&`, 60) + `known("x")`,
		"too deep":                  strings.Repeat(`!`, 90) + `known("x")`,
		"open brackets":             strings.Repeat(`(`, 499),
	} {
		if e, err := alarm.CompileExpression(src, ""); err == nil {
			t.Errorf("%s: %q is taken, speaking of %v", name, src, e.Metrics)
		} else if !strings.HasPrefix(err.Error(), "compile expression: ") {
			t.Errorf("%s: the error does not say what was done: %v", name, err)
		}
	}
}

func TestExpressionNamesItsMetrics(t *testing.T) {
	e, err := alarm.CompileExpression(`value("b") > 1 and (is("a", "on") or known("b")) and sum("c") > 2`, "row-1")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"b", "a", "c"}; !slices.Equal(e.Metrics, want) || e.Group != "row-1" {
		t.Errorf("speaks of %v in group %q, want %v in row-1", e.Metrics, e.Group, want)
	}
}

// No source and no data make it panic, and what is compiled asks for no more
// than it has parts: there is no loop.
func FuzzExpression(f *testing.F) {
	for _, src := range []string{
		`value("load") > 0.4`, `is("source", "battery") and not is("test", "in_progress")`, `1/0 > value("x")`,
		`mean("x", "y") < 3`, `-9223372036854775808 / abs(-1) == value("a=b", "c=d")`, `true ? known("x") : 1`, `1..1e9`, `abs("x") > 1 or known("é")`,
	} {
		f.Add(src, 1.5, "battery")
	}
	f.Fuzz(func(t *testing.T, src string, v float64, state string) {
		e, err := alarm.CompileExpression(src, "")
		if err != nil {
			return
		}
		asks := &counted{v: v, state: state}
		e.Holds(asks)
		if asks.n > 200 {
			t.Errorf("%q asked %d times", src, asks.n)
		}
		again := &counted{v: v, state: state}
		h1, k1 := e.Holds(again)
		if h2, k2 := e.Holds(again); h1 != h2 || k1 != k2 {
			t.Errorf("%q answers differently to the same", src)
		}
	})
}

type counted struct {
	n     int
	v     float64
	state string
}

func (c *counted) Value(string, ...facility.Label) (float64, bool) { c.n++; return c.v, c.n%3 > 0 }
func (c *counted) State(string, ...facility.Label) (string, bool)  { c.n++; return c.state, true }
func (c *counted) Values(string) ([]float64, int)                  { c.n++; return []float64{c.v, -c.v}, 1 }
