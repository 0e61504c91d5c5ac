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
}

type scopeYAML struct {
	strict.Node
	Select  strict.Str `yaml:"select"`
	Combine strict.Str `yaml:"combine"`
}

type indicatorYAML struct {
	strict.Node
	Kind  strict.Str         `yaml:"kind"`
	State stateIndicatorYAML `yaml:"state"`
	Range rangeIndicatorYAML `yaml:"range"`

	// Blocks of the kinds that come later; their content is not looked at, since
	// the kind itself is refused.
	Redundancy strict.Any `yaml:"redundancy"`
	Freshness  strict.Any `yaml:"freshness"`
	Coverage   strict.Any `yaml:"coverage"`
	Latency    strict.Any `yaml:"latency"`
	Count      strict.Any `yaml:"count"`
	Zero       strict.Any `yaml:"zero"`
	Due        strict.Any `yaml:"due"`
	RatioValue strict.Any `yaml:"ratio-value"`
}

type stateIndicatorYAML struct {
	strict.Node
	Metric strict.Str   `yaml:"metric"`
	Good   []strict.Str `yaml:"good"`
}

type rangeIndicatorYAML struct {
	strict.Node
	Metric strict.Str `yaml:"metric"`
	Min    *float64   `yaml:"min"`
	Max    *float64   `yaml:"max"`
	Unit   strict.Str `yaml:"unit"`
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
	Severity      strict.Str    `yaml:"severity"`
	BudgetPercent float64       `yaml:"budgetPercent"`
	LongWindow    time.Duration `yaml:"longWindow"`
	ShortWindow   time.Duration `yaml:"shortWindow"`
}

type reportYAML struct {
	strict.Node
	Section  strict.Str   `yaml:"section"`
	Audience []strict.Str `yaml:"audience"`
	Decimals int          `yaml:"decimals"`
	MinCount int          `yaml:"minCount"`
}
