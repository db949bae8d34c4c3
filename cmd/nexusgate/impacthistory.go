package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// impact is what a history would have been under a candidate.
type impact struct {
	gate.Hindsight
	Nexus, Candidate        string
	Joining, Leaving, Moved []string // components, by what the candidate changes of what is in force
	Groundless              int64    // verdicts of before grounds were kept
}

// manifestOf is what is in force in the Nexus of that name.
func manifestOf(ctx context.Context, kept *store.Store, dsn, nexus string) (gate.Manifest, error) {
	docs, err := kept.DocsNamed(ctx, gate.InForceKey)
	if err != nil {
		return gate.Manifest{}, err
	}
	at := slices.IndexFunc(docs, func(d gate.Doc) bool { return d.Nexus == nexus })
	if at >= 0 {
		return gate.InForce(docs[at])
	}
	if len(docs) == 0 {
		return gate.Manifest{}, fmt.Errorf("%s keeps no Nexus yet; a service keeps one as soon as it was started with it", dsn)
	}
	there := make([]string, len(docs))
	for i, d := range docs {
		there[i] = d.Nexus
	}
	return gate.Manifest{}, fmt.Errorf("%s keeps no Nexus %q; it has %s, and the candidate's name says which one it is for",
		dsn, nexus, strings.Join(definition.NearestFirst(nexus, there), ", "))
}

// compare notes which components a candidate brings, takes away, and has elsewhere.
func (i *impact) compare(now, candidate *gate.Nexus) {
	for _, c := range candidate.Definition.All() {
		switch was, known := now.Component(c.Name); {
		case !known:
			i.Joining = append(i.Joining, c.Name)
		case placeOf(was.Component) != placeOf(c):
			i.Moved = append(i.Moved, c.Name)
		}
	}
	for _, c := range now.Definition.All() {
		if _, stays := candidate.Component(c.Name); !stays {
			i.Leaving = append(i.Leaving, c.Name)
		}
	}
}

// rejudge judges all that was recorded since a moment, and shows how far it is.
func (i *impact) rejudge(ctx context.Context, kept *store.Store, candidate *gate.Nexus, since time.Time, shown *progress) error {
	total, groundless, err := kept.CountGrounds(ctx, i.Nexus, since)
	if err != nil {
		return err
	}
	i.Groundless = groundless
	// What is held is little and what passes by is much: with more room the collector runs seldom.
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	r := gate.NewRejudging(candidate, func(verdict string) (gate.Ground, error) { return kept.Ground(ctx, verdict) })
	done := 0
	err = kept.Grounds(ctx, i.Nexus, since, func(g gate.Ground, evidence func(ref string) (*gate.Evidence, error)) error {
		if done++; done%256 == 0 {
			shown.show(bar(done, int(total)))
		}
		return r.Add(&g, evidence)
	})
	shown.clear()
	i.Hindsight = r.Sum()
	return err
}

// barred is how wide a bar is, in characters.
const barred = 30

// bar shows how far something is: "[######              ] 20% of 1,000,000 verdicts".
func bar(done, total int) string {
	total = max(done, total, 1)
	full := done * barred / total
	return fmt.Sprintf("[%s%s] %d%% of %s", strings.Repeat("#", full), strings.Repeat(" ", barred-full), done*100/total, count(total, "verdict", "verdicts"))
}

// answer is yes where all is known and nothing would have been different.
func (i *impact) answer() answer {
	if i.Differing+len(i.Unknown)+len(i.Joining)+len(i.Leaving)+len(i.Moved) > 0 {
		return no
	}
	return yes
}
