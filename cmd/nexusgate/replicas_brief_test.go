package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// sharedOut waits until two replicas work in the lanes, each in its share.
func (b *briefed) sharedOut() {
	b.t.Helper()
	b.eventually("two replicas share the lanes", func() bool {
		all := holders(b.t, b.settings.Store)
		return len(all) == 2 && all[""] == 0
	})
}

func TestOfTwoReplicasOneSendsEachBriefWhoeverHasTheLane(t *testing.T) {
	t.Parallel()
	b := openBriefed(t)
	b.settings.Store, b.patience = storetest.Postgres(t), 90*time.Second
	b.start()
	b.rest()
	_, end := b.beside()
	b.sharedOut()
	b.passes(6 * time.Minute)
	b.eachHas(1)
	end() // whatever it worked in is the other's now
	b.passes(24 * time.Hour)
	b.eachHas(2)
	other, _ := b.beside()
	b.sharedOut()
	b.passes(24 * time.Hour)
	b.eachHas(3)
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	b.server = other // which has taken no part in what was before, or all
	b.hub.Hook(other.HooksRoot()+"/webhook/github", hubSecret)
	b.lab.Hook(other.HooksRoot()+"/webhook/gitlab", labToken, "")
	b.passes(24 * time.Hour)
	b.eachHas(4)
	b.mu.Lock()
	defer b.mu.Unlock()
	var ids []string
	for _, event := range b.bus {
		_, rest, _ := strings.Cut(event, `"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		ids = append(ids, id)
	}
	if slices.Sort(ids); len(slices.Compact(ids)) != 4 {
		t.Errorf("the bus was told of %v", ids)
	}
}
