package alarm

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"nezuban/internal/facility"
)

// An Expression is the condition of a calculated rule, compiled, bounded in time
// and memory. It is pure: the same Sources give the same answer.
//
// It is written in the language of expr-lang/expr, of which only comparison,
// arithmetic, `and`, `or`, `not` and `a ? b : c` are taken, and these functions.
// Every metric is a literal in quotes, and so is a label: "name=value".
//
//	value("metric"), value("metric", "label=value")  number in the base unit
//	is("metric", "state"), is("metric", "label=value", "state")  false where unknown
//	known("metric"), known("metric", "label=value")  there is such a point and its data is not old
//	sum, mean, min, max, count("metric")  of all its points that are known
//	unknown("metric")  how many of its points are not
//	abs(number)
//
// Where value, mean, min or max has nothing to give, the answer is unknown and
// the rule's condition stays as it is, neither on nor off. So guard what may be
// missing: known("x") and value("x") > 3.
type Expression struct {
	Source  string
	Group   string   // "" the points of one device; else of all devices of a group
	Metrics []string // that it speaks of
	program any
}

const (
	maxSource     = 500 // bytes
	maxNodes      = 100
	maxMemory     = 10_000 // of the machine's own units, about one per value
	maxBranches   = 64     // nesting
	labelSeparate = "="
)

// functions are what an expression may call, and how many of its arguments are
// literals: at least and at most; -1 an expression instead.
var functions = map[string]struct{ least, most int }{
	"value": {1, 2}, "is": {2, 3}, "known": {1, 2},
	"sum": {1, 1}, "mean": {1, 1}, "min": {1, 1}, "max": {1, 1}, "count": {1, 1}, "unknown": {1, 1},
	"abs": {-1, -1},
}

// operators that an expression may use; none of them can make a value larger
// than its operands.
var operators = []string{"and", "&&", "or", "||", "not", "!", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"}

// CompileExpression reads the source of a calculated rule over the points of one
// device, or of all devices of a group. It refuses what is not bool, what speaks
// of anything but points, and what is too long.
func CompileExpression(src, group string) (e *Expression, err error) {
	defer func() { // the library promises no panic; a hostile source must not end the program
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("compile expression: %v", r)
		}
	}()
	if len(src) > maxSource {
		return nil, fmt.Errorf("compile expression: %d bytes, at most %d; split it into two rules", len(src), maxSource)
	}
	program, err := expr.Compile(src, expr.Env(environment{}), expr.AsBool(), expr.Optimize(false),
		expr.MaxNodes(maxNodes), expr.DisableAllBuiltins())
	if err != nil {
		return nil, fmt.Errorf("compile expression: %w", err)
	}
	e = &Expression{Source: src, Group: group, program: program}
	if err := e.allow(program.Node(), 0); err != nil {
		return nil, fmt.Errorf("compile expression: %w", err)
	}
	if len(e.Metrics) == 0 {
		return nil, fmt.Errorf("compile expression: it speaks of no metric; use value(\"metric\") or is(\"metric\", \"state\")")
	}
	return e, nil
}

// allow walks the tree and takes only what is bounded.
func (e *Expression) allow(n ast.Node, depth int) error {
	if depth > maxBranches {
		return fmt.Errorf("nested deeper than %d", maxBranches)
	}
	switch n := n.(type) {
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return nil
	case *ast.UnaryNode:
		if !slices.Contains(operators, n.Operator) {
			return fmt.Errorf("operator %q is not taken", n.Operator)
		}
		return e.allow(n.Node, depth+1)
	case *ast.BinaryNode:
		if !slices.Contains(operators, n.Operator) {
			return fmt.Errorf("operator %q is not taken; use and, or, comparisons, + - * /", n.Operator)
		}
		return e.allowAll(depth, n.Left, n.Right)
	case *ast.ConditionalNode:
		return e.allowAll(depth, n.Cond, n.Exp1, n.Exp2)
	case *ast.CallNode:
		return e.allowCall(n, depth)
	}
	return fmt.Errorf("%q is not taken; use the functions of rules, comparisons, and, or, not, + - * /", n.String())
}

func (e *Expression) allowAll(depth int, nodes ...ast.Node) error {
	for _, n := range nodes {
		if err := e.allow(n, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (e *Expression) allowCall(n *ast.CallNode, depth int) error {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return fmt.Errorf("%q cannot be called", n.Callee.String())
	}
	want, ok := functions[callee.Value]
	if !ok {
		return fmt.Errorf("there is no function %q", callee.Value)
	}
	if want.least < 0 {
		return e.allowAll(depth, n.Arguments...)
	}
	if len(n.Arguments) < want.least || len(n.Arguments) > want.most {
		return fmt.Errorf("%s takes %d to %d texts", callee.Value, want.least, want.most)
	}
	var words []string
	for _, a := range n.Arguments {
		word, ok := a.(*ast.StringNode)
		if !ok || word.Value == "" {
			return fmt.Errorf("%s(%s): write the metric, label or state in quotes", callee.Value, a.String())
		}
		words = append(words, word.Value)
	}
	labelled := callee.Value != "is" && len(words) == 2 || len(words) == 3
	if name, value, ok := strings.Cut(words[len(words)/2], labelSeparate); labelled && (!ok || name == "" || value == "") {
		return fmt.Errorf("%s(… %q …): write a label as \"name=value\"", callee.Value, words[len(words)/2])
	}
	if !slices.Contains(e.Metrics, words[0]) {
		e.Metrics = append(e.Metrics, words[0])
	}
	return nil
}

// Holds says whether the expression is true of the sources. known is false where
// something that it needs is unknown: the condition then stays as it is.
func (e *Expression) Holds(src Sources) (holds, known bool) {
	program, ok := e.program.(*vm.Program)
	if !ok || src == nil {
		return false, false
	}
	run := asking{src: src}
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(program, run.environment())
	holds, isBool := out.(bool)
	if err != nil || !isBool || run.missed {
		return false, false
	}
	return holds, true
}

// environment is what the compiled program calls.
type environment struct {
	Value   func(metric string, label ...string) float64   `expr:"value"`
	Is      func(metric string, labelState ...string) bool `expr:"is"`
	Known   func(metric string, label ...string) bool      `expr:"known"`
	Sum     func(metric string) float64                    `expr:"sum"`
	Mean    func(metric string) float64                    `expr:"mean"`
	Min     func(metric string) float64                    `expr:"min"`
	Max     func(metric string) float64                    `expr:"max"`
	Count   func(metric string) int                        `expr:"count"`
	Unknown func(metric string) int                        `expr:"unknown"`
	Abs     func(v any) float64                            `expr:"abs"`
}

// asking is one run: whom it asks, and whether an answer that it needs was
// missing.
type asking struct {
	src    Sources
	missed bool
}

func (a *asking) environment() environment {
	return environment{
		Value: a.value, Is: a.is, Known: a.isKnown, Abs: absolute,
		Sum:     func(m string) float64 { v, _ := a.src.Values(m); return sum(v) },
		Mean:    func(m string) float64 { return a.of(m, func(v []float64) float64 { return sum(v) / float64(len(v)) }) },
		Min:     func(m string) float64 { return a.of(m, slices.Min) },
		Max:     func(m string) float64 { return a.of(m, slices.Max) },
		Count:   func(m string) int { v, _ := a.src.Values(m); return len(v) },
		Unknown: func(m string) int { _, n := a.src.Values(m); return n },
	}
}

func (a *asking) value(metric string, label ...string) float64 {
	v, known := a.src.Value(metric, labels(label)...)
	if !known || math.IsNaN(v) {
		a.missed = true
		return 0
	}
	return v
}

func (a *asking) is(metric string, words ...string) bool {
	state := words[len(words)-1]
	name, known := a.src.State(metric, labels(words[:len(words)-1])...)
	return known && name == state
}

func (a *asking) isKnown(metric string, label ...string) bool {
	if _, known := a.src.Value(metric, labels(label)...); known {
		return true
	}
	_, known := a.src.State(metric, labels(label)...)
	return known
}

// of applies f to the known values of a metric; without any, the answer is
// missing.
func (a *asking) of(metric string, f func([]float64) float64) float64 {
	values, _ := a.src.Values(metric)
	if len(values) == 0 {
		a.missed = true
		return 0
	}
	return f(values)
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

func absolute(v any) float64 {
	switch v := v.(type) {
	case float64:
		return math.Abs(v)
	case int:
		return math.Abs(float64(v))
	}
	return math.NaN()
}

func labels(words []string) []facility.Label {
	var list []facility.Label
	for _, w := range words {
		name, value, _ := strings.Cut(w, labelSeparate)
		list = append(list, facility.Label{Name: name, Value: value})
	}
	return list
}
