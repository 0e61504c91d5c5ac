package reports

import (
	"strconv"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// alarms fills the stories, the counts and the acknowledgement times.
func (b *builder) alarms(m *Model) error {
	m.Stories = []Story{}
	var lives []life
	if !b.absent[PartAlarms] {
		all, err := replay(b.in.Events, b.in.AsOf)
		if err != nil {
			return err
		}
		for _, l := range all {
			if b.stood(l) {
				lives = append(lives, l)
				m.Stories = append(m.Stories, b.story(l))
			}
		}
	}
	m.Alarms = b.alarmSummary(lives, m.Stories)
	m.Acknowledgements = b.acknowledgements(lives, m.Stories)
	return nil
}

func (b *builder) alarmSummary(lives []life, stories []Story) AlarmSummary {
	at := map[string]life{}
	for i, l := range lives {
		at[stories[i].Evidence] = l
	}
	inPeriod := func(s *Story, kinds ...alarm.EventKind) (n int64) {
		for _, e := range s.Events {
			for _, k := range kinds {
				if e.When == InPeriod && e.Kind == string(k) {
					n++
				}
			}
		}
		return n
	}
	once := func(yes bool) int64 {
		if yes {
			return 1
		}
		return 0
	}
	raised := func(s *Story) int64 { return inPeriod(s, alarm.Raised) }
	atStart := func(s *Story) int64 { return once(at[s.Evidence].before(b.in.From).State() != alarm.Norm) }
	atEnd := func(s *Story) int64 { return once(s.AtEnd != string(alarm.Norm)) }
	unacked := func(s *Story) int64 {
		return once(s.AtEnd == string(alarm.Unack) || s.AtEnd == string(alarm.RtnUn) || s.AtEnd == string(alarm.LatUn))
	}
	sum := AlarmSummary{
		Raised: b.figure("raised", stories, raised),
		Annunciations: b.figure("annunciations", stories, func(s *Story) int64 {
			return inPeriod(s, alarm.Raised, alarm.CameBack, alarm.Realarmed)
		}),
		StandingAtStart: b.figure("standing-at-start", stories, atStart),
		StandingAtEnd:   b.figure("standing-at-end", stories, atEnd),
		UnackedAtEnd:    b.figure("unacknowledged-at-end", stories, unacked),
		Returned:        b.figure("returned", stories, func(s *Story) int64 { return once(inPeriod(s, alarm.Returned) > 0) }),
		Ended: b.figure("ended", stories, func(s *Story) int64 {
			l := at[s.Evidence]
			last := l.steps[len(l.steps)-1]
			return once(!last.after.EndedAt.IsZero() && b.when(last.at) == InPeriod)
		}),
		ByPriority: []PriorityCount{},
	}
	for p := facility.P1; p <= facility.P4; p++ {
		of := func(pick func(*Story) int64) func(*Story) int64 {
			return func(s *Story) int64 {
				if s.Priority != int(p) {
					return 0
				}
				return pick(s)
			}
		}
		name := "p" + strconv.Itoa(int(p))
		sum.ByPriority = append(sum.ByPriority, PriorityCount{
			Priority: int(p), Raised: b.figure(name+"-raised", stories, of(raised)),
			StandingAtStart: b.figure(name+"-standing-at-start", stories, of(atStart)),
			StandingAtEnd:   b.figure(name+"-standing-at-end", stories, of(atEnd)),
			UnackedAtEnd:    b.figure(name+"-unacknowledged-at-end", stories, of(unacked)),
		})
	}
	return sum
}
