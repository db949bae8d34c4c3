package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func TestAReadIsAskedForUnderTheNameThatTheRepositoryHasByThen(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(seen(cartRepo, 17, "aaa", h.now))
	renamed := cartRepo
	renamed.Name = "acme/baskets"
	h.now = h.now.Add(time.Minute)
	h.tell(gate.RepositorySeen{Repo: renamed, OldName: cartRepo.Name, At: h.now})
	asked := 0
	for _, w := range h.ledger.Wants() {
		if w.Repo.ID != cartRepo.ID {
			continue
		}
		if asked++; w.Repo != renamed {
			t.Errorf("the %s at %s is asked for of %+v, want of %+v", w.Kind, w.Commit, w.Repo, renamed)
		}
	}
	if asked == 0 {
		t.Error("nothing is asked for of the repository that was renamed")
	}
}
