package dashboard_test

import (
	"fmt"
	"maps"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

func components() []gate.ComponentStanding {
	cart := component("cart-api", "cart", "github", "77ab3c40f1d2e3c4b5a697887766554433221100", unmetCoverage(), mutation())
	cart.File = "in force"
	tightened := criterion("coverage", definition.TeamLayer)
	tightened.Must = []definition.Leaf{{Path: "lines", Text: ">=80"}, {Path: "lines", Text: ">=90"}}
	tightened.Pos = definition.Pos{File: "acme/cart-api:.nexus/done.cue", Line: 1, Column: 25}
	own := criterion("mutation", definition.TeamLayer)
	own.Level, own.Pos = definition.Advisory, definition.Pos{File: "acme/cart-api:.nexus/done.cue", Line: 2, Column: 7}
	cart.Rules[1].Team = &tightened
	cart.Rules = append(cart.Rules, definition.Rule{Team: &own})

	refused := component("search-index", "search", "gitlab", "0be2d94c6f7d3f2a1b9c1f5a0be2d94c6f7d3f2a", refusedFile())
	refused.File = "refused"
	refused.Faults = []string{"acme/search-index:.nexus/done.cue:1:24: attempted relaxation: lines >=70 admits more than lines >=80 of nexus.cue:38:2; write a bound of at least 80"}
	return []gate.ComponentStanding{
		cart,
		component("cart-events", "cart", "github", "5a0be2d94c6f7d3f2a1b9c1f5a0be2d94c6f7d3f"),
		component("mobile-app", "mobile", "gitlab", "94c6f7d3f2a1b9c1f5a0be2d94c6f7d3f2a1b9c1", missingScan()),
		component("payments", "payments", "github", "f7d3f2a1b9c1f5a0be2d94c6f7d3f2a1b9c1f5a0"),
		component("search-api", "search", "github", "2a1b9c1f5a0be2d94c6f7d3f2a1b9c1f5a0be2d9"),
		refused,
		component("web", "web", "gitlab", "9c1f5a0be2d94c6f7d3f2a1b9c1f5a0be2d94c6f", waiting("ci", "web", "web")),
	}
}

func unmetCoverage() gate.Finding {
	f := finding("coverage", "cart-api", "cart", gate.Unmet)
	f.Layer, f.At = definition.TeamLayer, "acme/cart-api:.nexus/done.cue:1:25"
	f.Want, f.Got, f.Fix = "lines >=90", "lines 84.2", "Cover the branches that you added; docs/testing.md shows how to see them"
	f.URL = "https://github.example/acme/cart-api/actions/runs/1"
	return f
}

func mutation() gate.Finding {
	f := finding("mutation", "cart-api", "cart", gate.Unmet)
	f.Level, f.Layer, f.At = definition.Advisory, definition.TeamLayer, "acme/cart-api:.nexus/done.cue:2:7"
	f.Want, f.Got = "score >=60", "score 51"
	return f
}

func missingScan() gate.Finding {
	f := finding("scan", "mobile-app", "mobile", gate.Missing)
	f.Want, f.Got = "critical 0 & high 0", ""
	return f
}

func refusedFile() gate.Finding {
	f := finding("definition", "search-index", "search", gate.Error)
	f.Layer, f.At, f.Why = definition.TeamLayer, "acme/search-index:.nexus/done.cue:1:24", "The team's file tightens the Nexus's definition and never relaxes it"
	f.Want, f.Got, f.Fix = "a sound .nexus/done.cue", "attempted relaxation: lines >=70 under >=80", "Write a bound of at least 80, or take the line out"
	return f
}

func waiting(id, component, team string) gate.Finding {
	f := finding(id, component, team, gate.Waiting)
	f.Got, f.Due = "started", noon.Add(27*time.Minute)
	return f
}

func headVerdict(s gate.Standing) gate.Verdict {
	v := gate.Verdict{
		ID: s.Head.Verdict, Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfIncrement, ID: "128", Name: "Integrated Increment 128"},
		Outcome: gate.NotDone, Definition: s.Digest, Increment: s.Head.Digest, Composition: s.Head.Composition, At: ago(3),
	}
	for _, c := range s.Components {
		v.Findings = append(v.Findings, c.Says.Findings...)
	}
	e2e := waiting("e2e", "", "")
	e2e.Got, e2e.Due = "nothing yet", noon.Add(22*time.Hour)
	sbom := finding("sbom", "", "", gate.Met)
	sbom.Want, sbom.Got = "components >0", "components 412"
	v.Findings = append(v.Findings, e2e, sbom)
	return v
}

func composition(components []gate.ComponentStanding) gate.Composition {
	c := make(gate.Composition)
	for _, s := range components {
		c[s.Name] = s.Commit
	}
	return c
}

func landing(component, team, change string, minutes int) gate.Landing {
	return gate.Landing{
		Component: component, Team: team, Repo: gate.Repo{Forge: gate.GitHub, ID: 1, Name: "acme/" + component}, Branch: "main",
		Commit: "77ab3c40f1d2e3c4b5a697887766554433221100", Change: change, At: ago(minutes),
	}
}

func landings(head gate.Increment) []gate.Increment {
	made := []gate.Increment{head}
	for i, l := range []struct {
		outcome gate.Outcome
		landing gate.Landing
	}{
		{gate.Awaiting, landing("web", "web", "acme/web!88", 41)},
		{gate.Done, landing("payments", "payments", "acme/payments#97", 160)},
		{gate.Done, landing("search-api", "search", "", 212)},
		{gate.NotDone, gate.Landing{}},
	} {
		n := int64(127 - i)
		made = append(made, gate.Increment{
			Number: n, Digest: fmt.Sprintf("sha256:%040d", n), Composition: maps.Clone(head.Composition), Made: ago(41 + i*60), Landing: l.landing,
			Outcome: l.outcome, Verdict: fmt.Sprintf("01JD9Y%d", n), Successor: n + 1,
		})
	}
	return made
}

func changes() []gate.ChangeStanding {
	open := func(name, title, team string, o gate.Outcome, minutes int, findings ...gate.Finding) gate.ChangeStanding {
		v := gate.Verdict{ID: "01JD9Y" + team + "change", Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfChange, ID: name, Name: name}, Outcome: o, At: ago(minutes), Findings: findings}
		return gate.ChangeStanding{Subject: v.Subject, Title: title, Author: "kim", URL: "https://github.example/" + name, Components: []string{"cart-api"}, Team: team, Says: v, UpdatedAt: ago(minutes)}
	}
	met := finding("tests", "cart-api", "cart", gate.Met)
	evil := open("acme/web!91", "<script>alert(1)</script> @all \u202ereview", "web", gate.NotDone, 33, finding("tests", "web", "web", gate.Unmet), finding("ci", "web", "web", gate.Stale))
	evil.URL = "javascript:alert(1)"
	return []gate.ChangeStanding{
		open("acme/cart-api#417", "Raise coverage of the guest cart", "cart", gate.Awaiting, 4, met, waiting("ci", "cart-api", "cart"), waiting("coverage", "cart-api", "cart")),
		open("acme/payments#101", "Accept wallets in Portugal", "payments", gate.Done, 21, met),
		evil,
		open("acme/search-index!12", "Lower the coverage floor of the indexer until the rewrite of the tokeniser has landed", "search", gate.NotDone, 58, refusedFile()),
	}
}
