package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/clock"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/live"
	"nezuban/internal/notify"
)

// notifySettings are a site's notices, as the sending side needs them.
func notifySettings(site *config.Site) (notify.Settings, error) {
	n := site.Notify
	s := notify.Settings{Site: site.Facility, Roster: site.Roster(), Escalations: n.Escalations, Contacts: n.Contacts, TestAt: n.TestAt}
	for _, c := range n.Channels {
		out := notify.Channel{Name: c.Name, Kind: c.Kind, URL: c.URL, From: c.From, User: c.User, Secret: notify.Secret(c.Secret.Reveal()),
			Plain: c.TLS == "none", CAFile: c.CAFile, PerHour: c.PerHour, Minimum: c.Minimum, All: c.All}
		if c.Template != "" {
			t, err := message.ParseTemplate(c.Template)
			if err != nil {
				return s, fmt.Errorf("channel %s: template: %w", c.Name, err)
			}
			out.Template = t
		}
		s.Channels = append(s.Channels, out)
	}
	for _, h := range n.Heartbeats {
		s.Heartbeats = append(s.Heartbeats, notify.Heartbeat{Name: h.Name, URL: h.URL, Post: h.Post, Every: h.Every,
			Token: notify.Secret(h.Token.Reveal()), CAFile: h.CAFile})
	}
	return s, nil
}

// channelStatus is the worker's status in the console's words.
func channelStatus(list []notify.ChannelStatus) []live.ChannelStatus {
	out := make([]live.ChannelStatus, 0, len(list))
	for _, c := range list {
		out = append(out, live.ChannelStatus(c))
	}
	return out
}

func notifyCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "notify",
		Short: "Test the ways out, list notices, say who is on call",
		Example: `  nezuban notify test mail --to sato
  nezuban notify list --alarm ALM-000012
  nezuban notify oncall --at "2026-12-31 22:00"`,
	}
	c.AddCommand(notifyTestCommand(f), notifyListCommand(f), notifyOncallCommand(f))
	return c
}

func notifyTestCommand(f *flags) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "test CHANNEL",
		Short: "Send a test message now and say what became of it",
		Long: `Send a test message on one channel of notify.yaml, to one person (--to) or to
whom the first escalation step of a P1 alarm would tell now. One attempt is made;
an error says what the receiver answered.`,
		Example: "  nezuban notify test mail --to sato",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sent, err := f.testNotice(cmd, args[0], to)
			if f.json {
				return errors.Join(err, printJSON(cmd.OutOrStdout(), noticesJSON(sent)))
			}
			for _, n := range sent {
				fmt.Fprintf(cmd.OutOrStdout(), "%s was taken by %s\n", n.ID, strings.TrimSuffix(n.Channel+" for "+n.Target, " for "))
			}
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if site, _ := config.Load(f.dir, config.LoadOptions{}); site != nil {
				for _, ch := range site.Notify.Channels {
					names = append(names, ch.Name+"\t"+ch.Kind)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().StringVar(&to, "to", "", "id of the person; left out: who is told first")
	return f.jsonFlag(c)
}

// testNotice sends the message from this process; the records do not know of it.
func (f *flags) testNotice(cmd *cobra.Command, channel, person string) ([]duty.Notice, error) {
	site, err := loadLive(f.dir, quietLog(cmd))
	if err != nil {
		return nil, err
	}
	s, err := notifySettings(site)
	if err != nil {
		return nil, err
	}
	if len(s.Channels) == 0 {
		return nil, errors.New("the site has no channels; write notify.yaml")
	}
	return notify.New(notify.Options{Clock: clock.System(), Settings: s}).Test(cmd.Context(), channel, person)
}

// noticeJSON is a notice as scripts read it.
type noticeJSON struct {
	ID        string          `json:"id"`
	AlarmID   string          `json:"alarm_id"`
	Revision  int             `json:"transition"`
	Step      int             `json:"step"`
	Kind      string          `json:"kind"`
	Priority  int             `json:"priority"`
	Channel   string          `json:"channel"`
	Target    string          `json:"target"`
	State     string          `json:"state"`
	Due       time.Time       `json:"due"`
	Attempts  int             `json:"attempts"`
	SentAt    *time.Time      `json:"sent_at"`
	LastError string          `json:"last_error"`
	Drill     bool            `json:"drill"`
	Message   json.RawMessage `json:"message"`
}

func noticesJSON(list []duty.Notice) []noticeJSON {
	out := make([]noticeJSON, 0, len(list))
	for _, n := range list {
		j := noticeJSON{ID: n.ID, AlarmID: n.AlarmID, Revision: n.Transition, Step: n.Step, Kind: string(n.Kind), Priority: int(n.Priority),
			Channel: n.Channel, Target: n.Target, State: string(n.State), Due: n.Due.UTC(), Attempts: n.Attempts, LastError: n.LastError, Drill: n.Drill}
		if !n.SentAt.IsZero() {
			at := n.SentAt.UTC()
			j.SentAt = &at
		}
		if json.Valid(n.Body) {
			j.Message = n.Body
		}
		out = append(out, j)
	}
	return out
}

func notifyListCommand(f *flags) *cobra.Command {
	var alarmID string
	var limit int
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the newest notices of the records: sent, waiting, failed, cancelled",
		Example: "  nezuban notify list --alarm ALM-000012 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := recordedNotices(cmd.Context(), f.dir, alarmID, limit)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), noticesJSON(list))
			}
			if len(list) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "no notices")
				return nil
			}
			zone := siteZone(f.dir)
			var rows [][]string
			for _, n := range list {
				rows = append(rows, []string{n.ID, stamp(n.Due, zone), n.AlarmID, string(n.Kind), fmt.Sprint(n.Step), n.Channel, n.Target,
					string(n.State), fmt.Sprint(n.Attempts), n.LastError})
			}
			return table(cmd.OutOrStdout(), "NOTICE DUE ALARM KIND STEP CHANNEL TARGET STATE ATTEMPTS LAST_ERROR", rows)
		},
	}
	c.Flags().StringVar(&alarmID, "alarm", "", "of one alarm only")
	c.Flags().IntVar(&limit, "limit", 100, "how many at most")
	return f.jsonFlag(c)
}

// recordedNotices reads the outbox; the daemon may run meanwhile.
func recordedNotices(ctx context.Context, dir, alarmID string, limit int) ([]duty.Notice, error) {
	store, err := openRecords(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there are no records in %s yet; they begin when `nezuban serve` runs", dataDir(dir))
	}
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return store.Notices(ctx, alarmID, limit)
}

// onCallJSON is one rotation at a moment.
type onCallJSON struct {
	Rotation string   `json:"rotation"`
	People   []string `json:"people"`
	Channels []string `json:"channels"` // on which they have an address
}

func notifyOncallCommand(f *flags) *cobra.Command {
	var at string
	c := &cobra.Command{
		Use:     "oncall",
		Short:   "Say who is on call in each rotation",
		Example: `  nezuban notify oncall --at "2026-12-31 22:00"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			site, err := loadSite(f.dir, quietLog(cmd))
			if err != nil {
				return err
			}
			moment := time.Now()
			if at != "" {
				if moment, err = localMoment(at, site.Facility.Zone); err != nil {
					return err
				}
			}
			list := onCall(site, moment)
			if f.json {
				return printJSON(cmd.OutOrStdout(), map[string]any{"at": moment.UTC().Truncate(time.Second), "rotations": list})
			}
			if len(list) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "notify.yaml has no rotations")
				return nil
			}
			fmt.Fprintln(cmd.OutOrStdout(), stamp(moment, site.Facility.Zone))
			var rows [][]string
			for _, r := range list {
				who := strings.Join(r.People, " ")
				if who == "" {
					who = "nobody"
				}
				rows = append(rows, []string{r.Rotation, who, strings.Join(r.Channels, " ")})
			}
			return table(cmd.OutOrStdout(), "ROTATION PERSON CHANNELS", rows)
		},
	}
	c.Flags().StringVar(&at, "at", "", `moment: "2006-01-02 15:04" in the site's zone, or RFC 3339; left out: now`)
	return f.jsonFlag(c)
}

func localMoment(s string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		return at, fmt.Errorf(`--at %q: want "2026-12-31 22:00" or 2026-12-31T22:00:00+09:00`, s)
	}
	return at, nil
}

func onCall(site *config.Site, at time.Time) []onCallJSON {
	roster := site.Roster()
	out := []onCallJSON{}
	for _, r := range roster.Rotations {
		o := onCallJSON{Rotation: r.Name, People: []string{}, Channels: []string{}}
		for _, p := range roster.OnCall(r.Name, at) {
			o.People = append(o.People, p.ID)
			for channel := range site.Notify.Contacts[p.ID] {
				o.Channels = append(o.Channels, channel)
			}
		}
		slices.Sort(o.Channels)
		out = append(out, o)
	}
	return out
}
