package main_test

import (
	"regexp"
	"strings"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// audit holds the log to the acknowledgements: each acknowledged delivery is in it once, and applied.
func (r *round) audit(kept map[string]int) {
	r.t.Helper()
	s, err := store.Open(r.t.Context(), r.settings.Store, time.Now)
	if err != nil {
		r.t.Fatal(err)
	}
	defer s.Close()
	times, results := map[string]int{}, map[gate.Result]int{}
	err = nexusgate.Log(r.t.Context(), s, func(e store.LogEntry) error {
		if e.Delivery != nil && e.Delivery.Source != gate.FromUs {
			times[string(e.Delivery.Source)+" "+e.Delivery.Key]++
			results[e.Result]++
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for key := range kept {
		if times[key] != 1 {
			r.t.Errorf("the delivery %s was acknowledged, and is in the log %d times", key, times[key])
		}
	}
	// One whose answer was cut off by the end of the work is kept, and not known to be: there is none, for
	// each is posted until it is acknowledged.
	if len(times) != len(kept) {
		r.t.Errorf("%d deliveries are in the log, where %d were acknowledged", len(times), len(kept))
	}
	if results[gate.Aside] > 0 || results[gate.Applied] < len(kept)/2 {
		r.t.Errorf("the results of the deliveries are %v", results)
	}
	r.t.Logf("results of the deliveries: %v", results)
}

// aCommit is the name of a commit in the body of a webhook.
var aCommit = regexp.MustCompile(`"[0-9a-f]{40}"`)

// single holds that no check run was made twice: on every commit that was told of there is one of a name
// for a subject at most, and of the name that has annotations one for a set of them. It counts them.
func (r *round) single(letters []letter) (made int) {
	r.t.Helper()
	commits := map[string]bool{}
	for _, l := range letters {
		for _, quoted := range aCommit.FindAllString(string(l.body), -1) {
			commits[strings.Trim(quoted, `"`)] = true
		}
	}
	for _, repo := range r.repos {
		for commit := range commits {
			seen := map[string]bool{}
			for _, run := range r.hub.CheckRuns(repo, commit) {
				if run.App != "nexusgate" {
					continue
				}
				if made++; seen[run.ExternalID] {
					r.t.Errorf("%s was made twice on %s@%s for %s", run.Name, repo, commit, run.ExternalID)
				}
				seen[run.ExternalID] = true
			}
		}
	}
	return made
}
