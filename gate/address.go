package gate

import (
	"strconv"
	"time"
)

// Address is the verdict's id, worked out from all else that it says: a replay arrives at the same one,
// and whoever holds a verdict can tell that nothing in it was changed.
func (v *Verdict) Address() string { return spelling{}.address(v) }

func (w spelling) address(v *Verdict) string { return w.digest(v, true)[:32] }

// says is what a verdict says, less when it was said, under which digest and by which deliveries: while
// it stays the same there is nothing new to record or to report. A forge tells us again of what it was
// asked about as soon as we report on it, and that must not be a reason to report on it again.
func (w spelling) says(v *Verdict) string {
	said := *v
	said.At, said.Definition = time.Time{}, ""
	return "sha256:" + w.digest(&said, false)
}

// encodeHead writes a verdict as evidence is written, as far as its findings: as JSON it would take as long
// as judging does.
func (v *Verdict) encodeHead(to encoding) encoding {
	to = to.texts([]string{
		v.Nexus, string(v.Subject.Kind), v.Subject.ID, v.Subject.Name, string(v.Outcome), v.Definition, v.Increment, v.Commit,
	})
	to = to.count(len(v.Composition))
	for _, component := range sortedKeys(v.Composition) {
		to = to.text(component).text(v.Composition[component])
	}
	return to.texts(v.Exceptions).texts(v.Notices).count(len(v.Findings))
}

// encodeTail writes what comes after the findings.
func (v *Verdict) encodeTail(to encoding) encoding {
	to = to.moment(v.At)
	if len(v.Grants) > 0 || v.Proposal != nil {
		to = to.text(canonical(v.Grants)).text(canonical(v.Proposal)) // rare, and not worth a hand
	}
	return to
}

func (f *Finding) encode(to encoding, deliveries bool) encoding {
	delivery := ""
	if deliveries {
		delivery = f.Delivery
	}
	for _, text := range [...]string{
		f.Criterion, f.Component, f.Team, string(f.State), string(f.Level), string(f.Layer), f.Why, f.Want, f.Got, f.At, f.Fix,
		f.Carried, f.URL, delivery, f.Exception,
	} {
		to = to.text(text)
	}
	if f.SignOff != "" { // of what asks for none the address is as it was before there were any
		to = append(to, 'g').text(f.SignOff)
	}
	return to.moment(f.RequiredFrom).moment(f.Due).moment(f.Wake)
}

func (to encoding) texts(all []string) encoding {
	to = to.count(len(all))
	for _, text := range all {
		to = to.text(text)
	}
	return to
}

func (to encoding) count(n int) encoding {
	return append(strconv.AppendInt(append(to, '#'), int64(n), 10), ';')
}
