package storetest

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func retention(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a log that is whole is folded from its beginning":                       foldedFromTheBeginning,
		"the log before a checkpoint is dropped, and the rest is folded from it": foldedFromACheckpoint,
		"a delivery that waits in any lane is kept, however old":                 keptWhileItWaits,
		"a delivery that a step is folded from is kept, however old":             keptForTheLog,
		"a delivery that came lately is kept":                                    keptForNow,
		"superseded verdicts are dropped with what only they rested on":          forgottenVerdicts,
		"verdicts of Increments are kept, with all that they rest on":            keptIncrements,
		"a verdict that a forge is yet to be told is kept":                       keptUntilTold,
		"a report on a subject that is judged no more is dropped":                forgottenReport,
		"a check run is known again when its change is opened again":             rememberedCheckRun,
		"a check run that GitHub has deleted by now is known no longer":          goneCheckRun,
		"who was fenced off lets go of nothing":                                  fencedForgetting,
	})
}

const aDay = 24 * time.Hour

// ofChange is a report on a change.
func ofChange(number, digest string) gate.Owed {
	o := owed("cart-api", digest)
	o.Subject = gate.Subject{Kind: gate.OfChange, ID: "github 1296269#" + number, Name: "acme/cart-api#" + number}
	return o
}

// forgetReports forgets those that were last owed two days ago and before.
func (k *desk) forgetReports() int64 {
	k.Helper()
	return must1(k.ForgetReports(k.Context(), k.lease, k.now().Add(-2*aDay)))(k)
}

func forgottenReport(k *desk) {
	k.owe(owed("web", "1"))
	k.send(71)
	k.owe(owed("cart-api", "1"))
	k.send(72)
	k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "standing " + owed("cart-api", "1").Subject.Key(), Body: []byte("{}")}}})
	k.at(aDay)
	same(k, k.forgetReports(), 0)
	k.owe(owed("pending", "1"))
	k.at(4 * aDay)
	same(k, k.forgetReports(), 1)
	k.owe(owed("web", "1"), owed("cart-api", "1"))
	var told []string
	for _, d := range k.all() {
		told = append(told, d.Subject.ID)
		same(k, d.Remote, 0)
	}
	same(k, told, []string{"pending", "web"}) // the forge shows what cart-api owes
}

func rememberedCheckRun(k *desk) {
	k.owe(ofChange("17", "1"))
	k.send(71)
	k.at(4 * aDay)
	same(k, k.forgetReports(), 1)
	same(k, k.forgetReports(), 0)
	same(k, len(k.all()), 0)
	k.owe(ofChange("17", "1")) // what it shows is not known any more
	same(k, k.only().Remote, 71)
	k.send(0)
	k.owe(ofChange("17", "2"))
	same(k, k.only().Remote, 71)
}

func goneCheckRun(k *desk) {
	k.owe(ofChange("17", "1"))
	k.send(71)
	k.at(400 * aDay)
	same(k, k.forgetReports(), 1)
	k.at(421 * aDay)
	same(k, k.forgetReports(), 0)
	k.owe(ofChange("17", "1"))
	same(k, k.only().Remote, 0)
}
