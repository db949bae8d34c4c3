package definition

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const mostAddresses = 20 // of one event

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

var workingDays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

// formed holds what sending rests on.
func (b *Briefing) formed() error {
	_, err := time.Parse(clock, b.At)
	sound := err == nil && slices.Contains(BriefedEvents, b.Event) && (b.Event == Daily) == (len(b.On) > 0) && len(b.To) > 0 && len(b.To) <= mostAddresses
	for _, day := range b.On {
		sound = sound && day >= time.Sunday && day <= time.Saturday
	}
	for _, to := range b.To {
		read, err := ReadAddress(to.String())
		sound = sound && err == nil && read == to
	}
	if !sound {
		return fmt.Errorf("briefs.%.80q at %.80q is not as it is written", b.Event, b.At)
	}
	return nil
}

func formedBriefs(all []Briefing) error {
	for i := range all {
		if err := all[i].formed(); err != nil {
			return err
		}
	}
	return nil
}

// briefs reads when the briefs are sent, and where to, in the order of BriefedEvents.
func (r *reader) briefs(nexus map[string]node, d *Definition) (all []Briefing) {
	n, found := nexus["briefs"]
	if !found {
		return nil
	}
	fields := r.fields("#Briefs", n)
	for _, event := range BriefedEvents {
		if n, said := fields[event]; said {
			all = append(all, r.briefing(event, n, d))
		}
	}
	return all
}

func (r *reader) briefing(event string, n node, d *Definition) Briefing {
	form := "#SprintBrief"
	if event == Daily {
		form = "#DailyBrief"
	}
	fields := r.fields(form, n)
	b := Briefing{Event: event, At: r.text(form, fields, "at")}
	if event == Daily {
		b.On = r.weekdays(form, fields)
	} else if d.Sprint.Days == 0 {
		r.faults.add(n.pos, "%s: there is no Sprint calendar, so that nobody knows its day; write sprint: {start: …, days: …}", n)
	}
	r.addresses(form, fields, &b, d)
	return b
}

// weekdays are the days of the daily brief; absent, from Monday to Friday.
func (r *reader) weekdays(form string, fields map[string]node) (on []time.Weekday) {
	if _, said := fields["on"]; !said {
		return workingDays
	}
	for _, day := range r.texts(form, fields, "on") {
		if on = append(on, weekdays[day]); slices.Contains(on[:len(on)-1], weekdays[day]) {
			r.faults.add(fields["on"].pos, "%s names %q twice; name each day once", fields["on"], day)
		}
	}
	slices.Sort(on)
	if len(on) == 0 && !r.reported[fields["on"].String()] {
		r.faults.add(fields["on"].pos, "%s names no day; name some, or leave it out for Monday to Friday", fields["on"])
	}
	return on
}

func (r *reader) addresses(form string, fields map[string]node, b *Briefing, d *Definition) {
	n, said := fields["to"]
	if !said {
		return // which is told
	}
	all := r.texts(form, fields, "to")
	switch {
	case len(all) == 0 && !r.reported[n.String()]:
		r.faults.add(n.pos, "%s names no address; name some, or take briefs.%s out", n, b.Event)
	case len(all) > mostAddresses:
		r.faults.add(n.pos, "%s names %d addresses; name at most %d, and have a list of the mail's own send it on", n, len(all), mostAddresses)
		return
	}
	for _, written := range all {
		to, err := ReadAddress(written)
		switch {
		case err != nil:
			r.faults.add(n.pos, "%s: %s", n, err)
		case slices.Contains(b.To, to):
			r.faults.add(n.pos, "%s names %s twice; name each address once", n, to)
		case to.By == ByIssue && !d.knowsRepo(to.Repo()):
			r.faults.add(n.pos, "%s: %s is in a repository that the Nexus does not know; name it in backlog: repos, or take an issue of a component's repository", n, to)
		default:
			b.To = append(b.To, to)
		}
	}
}

// knowsRepo says whether a repository is a component's, of the Product Backlog or that of the Increment's pipeline.
func (d *Definition) knowsRepo(forge, repo string) bool {
	is := func(f, name string) bool { return f == forge && strings.EqualFold(name, repo) }
	return slices.ContainsFunc(d.All(), func(c Component) bool { return is(c.Forge, c.Repo) }) ||
		d.Integration != nil && is(d.Integration.Forge, d.Integration.Repo) ||
		d.Backlog != nil && slices.ContainsFunc(d.Backlog.Repos, func(b BacklogRepo) bool { return is(b.Forge, b.Repo) })
}
