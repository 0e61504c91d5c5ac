package action

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/tui/session"
)

// A field is one line that people fill in.
type field struct {
	label, initial string
	required       string                   // sentence where nothing was typed; "" may be empty
	check          func(text string) string // sentence where it is wrong; nil anything goes
}

// ask puts the fields one after the other under the same question. run gets
// what was typed; nothing happens before the last one was submitted.
func ask(c *session.Context, question string, fields []field, run func(answers []string) tea.Cmd) {
	askFrom(c, question, fields, nil, run)
}

func askFrom(c *session.Context, question string, fields []field, answers []string, run func([]string) tea.Cmd) {
	f := fields[len(answers)]
	c.Ask(session.Prompt{
		Question: question, Label: f.label, Initial: f.initial,
		Submit: func(typed string) (tea.Cmd, string) {
			typed = strings.TrimSpace(typed)
			if typed == "" && f.required != "" {
				return nil, f.required
			}
			if f.check != nil {
				if problem := f.check(typed); problem != "" {
					return nil, problem
				}
			}
			all := append(append([]string(nil), answers...), typed)
			if len(all) == len(fields) {
				return run(all), ""
			}
			askFrom(c, question, fields, all, run)
			return nil, ""
		},
	})
}

// A sight is an object as it stood on the screen when the question was asked.
type sight struct {
	id       string
	revision int
}

func seen(rows []alarm.Occurrence) []sight {
	out := make([]sight, 0, len(rows))
	for i := range rows {
		out = append(out, sight{rows[i].ID, rows[i].Revision})
	}
	return out
}

// each carries a command out on one after the other and tells how many were.
// do reports whether the command waits for a second person.
func each(kind Kind, what []sight, do func(context.Context, sight) (waiting bool, err error)) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), Limit)
		defer cancel()
		d := Done{Kind: kind}
		for _, s := range what {
			d.IDs = append(d.IDs, s.id)
			waiting, err := do(ctx, s)
			if err != nil {
				if d.Err == nil {
					d.Err = err
				}
				continue
			}
			d.Waiting = d.Waiting || waiting
			d.Changed++
		}
		return d
	}
}

// one asks a single line about one alarm and carries the command out.
func one(c *session.Context, kind Kind, question string, f field, o *alarm.Occurrence, do func(context.Context, duty.Person, string, int, string) (alarm.Occurrence, error)) {
	what, person := []sight{{o.ID, o.Revision}}, c.Person
	ask(c, question, []field{f}, func(in []string) tea.Cmd {
		return each(kind, what, func(ctx context.Context, s sight) (bool, error) {
			_, err := do(ctx, person, s.id, s.revision, in[0])
			return false, err
		})
	})
}
