package config

import (
	"time"

	"nezuban/internal/config/strict"
)

// targetYAML is one quality target, a document of targets/*.yaml.
type targetYAML struct {
	strict.Node
	Base       strict.Str   `yaml:"base"` // "builtin": what is not named stays as in the builtin target
	APIVersion strict.Str   `yaml:"apiVersion"`
	Kind       strict.Str   `yaml:"kind"`
	Metadata   metadataYAML `yaml:"metadata"`
	Spec       specYAML     `yaml:"spec"`
}

type metadataYAML struct {
	strict.Node
	Name        strict.Str    `yaml:"name"`
	DisplayName strict.Text   `yaml:"displayName"`
	Labels      strict.Labels `yaml:"labels"`
}

type specYAML struct {
	strict.Node
	Description     strict.Text     `yaml:"description"`
	Service         strict.Str      `yaml:"service"`
	Owner           strict.Str      `yaml:"owner"`
	Source          strict.Str      `yaml:"source"` // where the figure comes from
	Scope           scopeYAML       `yaml:"scope"`
	Indicator       indicatorYAML   `yaml:"indicator"`
	TimeWindow      []windowYAML    `yaml:"timeWindow"`
	BudgetingMethod strict.Str      `yaml:"budgetingMethod"`
	Objectives      []objectiveYAML `yaml:"objectives"`
	MissingData     missingYAML     `yaml:"missingData"`
	Exclusions      exclusionsYAML  `yaml:"exclusions"`
	Alerting        []tierYAML      `yaml:"alerting"`
	Report          reportYAML      `yaml:"report"`
	Settle          time.Duration   `yaml:"settle"`    // from a window's end until it closes
	Effective       strict.Str      `yaml:"effective"` // local date and time; left out: the next window
}

type scopeYAML struct {
	strict.Node
	Select  strict.Str `yaml:"select"`
	Combine strict.Str `yaml:"combine"`
}

type indicatorYAML struct {
	strict.Node
	Kind       strict.Str              `yaml:"kind"`
	State      stateIndicatorYAML      `yaml:"state"`
	Range      rangeIndicatorYAML      `yaml:"range"`
	Redundancy redundancyIndicatorYAML `yaml:"redundancy"`
	Freshness  freshnessIndicatorYAML  `yaml:"freshness"`
	Coverage   coverageIndicatorYAML   `yaml:"coverage"`
	Latency    latencyIndicatorYAML    `yaml:"latency"`
	Count      countIndicatorYAML      `yaml:"count"`
	Zero       zeroIndicatorYAML       `yaml:"zero"`
	Due        dueIndicatorYAML        `yaml:"due"`
	RatioValue ratioIndicatorYAML      `yaml:"ratio-value"`
}

type stateIndicatorYAML struct {
	strict.Node
	Metric      strict.Str   `yaml:"metric"`
	Good        []strict.Str `yaml:"good"`
	Unreachable strict.Str   `yaml:"unreachable"` // "unknown" (default) or "bad"
}

type rangeIndicatorYAML struct {
	strict.Node
	Metric      strict.Str `yaml:"metric"`
	Min         *float64   `yaml:"min"`
	Max         *float64   `yaml:"max"`
	Unit        strict.Str `yaml:"unit"`
	Unreachable strict.Str `yaml:"unreachable"`
}

type redundancyIndicatorYAML struct {
	strict.Node
	Metric            strict.Str     `yaml:"metric"` // "power_redundancy"
	Good              []strict.Str   `yaml:"good"`
	Sides             []strict.Str   `yaml:"sides"`
	Need              int            `yaml:"need"`
	Want              int            `yaml:"want"`
	Require           []strict.Str   `yaml:"require"`
	PeakSumMaxPercent strict.Decimal `yaml:"peakSumMaxPercent"`
}

type freshnessIndicatorYAML struct {
	strict.Node
	Event  strict.Str    `yaml:"event"`
	Metric strict.Str    `yaml:"metric"`
	Where  strict.Str    `yaml:"where"`
	MaxAge time.Duration `yaml:"maxAge"`
}

type coverageIndicatorYAML struct {
	strict.Node
	Metric strict.Str `yaml:"metric"`
}

type latencyIndicatorYAML struct {
	strict.Node
	From      strict.Str    `yaml:"from"`
	To        strict.Str    `yaml:"to"`
	Within    time.Duration `yaml:"within"`
	Attribute strict.Str    `yaml:"attribute"` // "start"
	Open      strict.Str    `yaml:"open"`      // "bad-after-limit"
	Where     strict.Str    `yaml:"where"`
	Ignore    strict.Str    `yaml:"ignore"`
}

type countIndicatorYAML struct {
	strict.Node
	Event  strict.Str `yaml:"event"`
	Good   strict.Str `yaml:"good"`
	Where  strict.Str `yaml:"where"`
	Ignore strict.Str `yaml:"ignore"`
}

type zeroIndicatorYAML struct {
	strict.Node
	Event  strict.Str `yaml:"event"`
	Where  strict.Str `yaml:"where"`
	Ignore strict.Str `yaml:"ignore"`
}

type dueIndicatorYAML struct {
	strict.Node
	Record   strict.Str    `yaml:"record"`
	Types    strict.Labels `yaml:"types"` // name: "6M", "1Y", "30d"
	Grace    time.Duration `yaml:"grace"`
	Evidence strict.Str    `yaml:"evidence"` // "required" (default) or "optional"
	Basis    strict.Str    `yaml:"basis"`    // "due-date" (default) or "done-date"
}

type ratioIndicatorYAML struct {
	strict.Node
	Metric    strict.Str     `yaml:"metric"`
	Statistic strict.Str     `yaml:"statistic"` // mean, peak, low, p95
	Op        strict.Str     `yaml:"op"`        // "<=" or ">="
	Value     strict.Decimal `yaml:"value"`
	Unit      strict.Str     `yaml:"unit"`
}

type windowYAML struct {
	strict.Node
	Duration  strict.Str   `yaml:"duration"`
	Calendar  calendarYAML `yaml:"calendar"`
	IsRolling bool         `yaml:"isRolling"`
}

type calendarYAML struct {
	strict.Node
	StartTime strict.Str `yaml:"startTime"`
	TimeZone  strict.Str `yaml:"timeZone"`
}

type objectiveYAML struct {
	strict.Node
	DisplayName strict.Text    `yaml:"displayName"`
	Target      strict.Decimal `yaml:"target"`
}

type missingYAML struct {
	strict.Node
	Policy     strict.Str     `yaml:"policy"`
	MaxAge     time.Duration  `yaml:"maxAge"`
	MaxUnknown strict.Decimal `yaml:"maxUnknown"`
}

type exclusionsYAML struct {
	strict.Node
	Maintenance  strict.Str    `yaml:"maintenance"`
	MinNotice    time.Duration `yaml:"minNotice"`
	CapPerWindow time.Duration `yaml:"capPerWindow"`
	Customer     strict.Str    `yaml:"customer"`
	ForceMajeure strict.Str    `yaml:"forceMajeure"`
}

type tierYAML struct {
	strict.Node
	Severity      strict.Str     `yaml:"severity"`
	BudgetPercent strict.Decimal `yaml:"budgetPercent"`
	LongWindow    time.Duration  `yaml:"longWindow"`
	ShortWindow   time.Duration  `yaml:"shortWindow"`
}

type reportYAML struct {
	strict.Node
	Section  strict.Str   `yaml:"section"`
	Audience []strict.Str `yaml:"audience"`
	Decimals int          `yaml:"decimals"`
	MinCount int          `yaml:"minCount"`
}
