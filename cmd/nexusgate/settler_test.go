package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
)

// Children that are not what the service would start: one that dies, one that calls itself without
// end, one that does not stop talking, and one that answers with what is none.
func crashing() { panic("the evaluator is at its wits' end") }

func falling() {
	debug.SetMaxStack(1 << 20)
	fmt.Println(fall(1))
}

func fall(n int) int {
	if n < 0 {
		return 0
	}
	return n + fall(n+1)
}

func talking() {
	for {
		if _, err := fmt.Print(strings.Repeat("a", 1<<16)); err != nil {
			os.Exit(1)
		}
	}
}

// awaiting is a child that is kept from the processor, as on a machine that is busy with much else.
func awaiting() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt)
	<-told
}

func lying() { fmt.Println(`{"settled": "{\"Version\": 1, \"Source\": \"sha256:0\"}"}`) }

// computes settles a source in a child of that name.
func computes(t *testing.T, child string, timeout time.Duration, memory int64, source string) (string, definition.Faults, error) {
	t.Helper()
	s, err := nexusgate.NewSettler(child, timeout, memory)
	if err != nil {
		t.Fatal(err)
	}
	return s.Settle(t.Context(), definition.File{Name: "github:acme/nexus:nexus.cue", Source: []byte(source)})
}

const (
	enough = 2 * patience // it only ends what hangs
	plenty = 512 << 20
)

func TestADefinitionIsComputedInAProcessOfItsOwn(t *testing.T) {
	settled, faults, err := computes(t, "nexusgate", enough, plenty, shop)
	if err != nil || faults != nil {
		t.Fatalf("it does not settle: %v, %v", faults, err)
	}
	d, err := definition.LoadSettled(definition.File{Name: "nexus.cue", Source: []byte(shop)}, settled)
	if err != nil || d.Name != "shop" || len(d.All()) != 3 {
		t.Errorf("it settles to %+v (%v)", d, err)
	}
}

// harmful are definitions that a repository may hold: sound ones, with something more.
var harmful = map[string]struct {
	more, want string
	timeout    time.Duration
	memory     int64
}{
	"with faults":        {`done: ci: witin: "45m"`, "done.ci.witin is no field here; did you mean within?", enough, plenty},
	"that vet refuses":   {`done: ci: appliesTo: teams: ["web"]`, "cart-api has no required criterion", enough, plenty},
	"that is very large": {`teams: {for i in list.Range(0, 300, 1) {"t\(i)": {}}}`, "write fewer", enough, plenty},
	"that never finishes": {
		`_x: [for a in list.Range(0, 10000, 1) for b in list.Range(0, 10000, 1) if a*b < 0 {a}]`,
		"nexus.cue:1:1: computing this definition took more than 1s; write it more simply", time.Second, plenty,
	},
	"of conjoined disjunctions": {
		"_x: " + strings.Repeat("({a: >0} | {b: >0} | {c: >0} | {d: >0}) & ", 20) + "{e: 1}",
		"nexus.cue:1:1: computing this definition took more than", time.Second, plenty,
	},
	"that eats memory": {
		`_x: [for a in list.Range(0, 10000, 1) for b in list.Range(0, 10000, 1) {c: a}]`,
		"nexus.cue:1:1: computing this definition took more than 64 MiB of memory; write it more simply", enough, 64 << 20,
	},
	"that eats memory at once": {
		doubled(40), "nexus.cue:1:1: computing this definition took more than 128 MiB of memory; write it more simply", enough, 128 << 20,
	},
}

// doubled is a text that is doubled so often.
func doubled(times int) string {
	var b strings.Builder
	b.WriteString("_x0: \"abcdefgh\"\n")
	for i := range times {
		fmt.Fprintf(&b, "_x%d: _x%d + _x%d\n", i+1, i, i)
	}
	return b.String()
}

func TestAHostileDefinitionIsAFaultAndNoMore(t *testing.T) {
	for name, given := range harmful {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			source := "import \"list\"\n_l: list.Range(0, 1, 1)\n" + shop + given.more
			settled, faults, err := computes(t, "nexusgate", given.timeout, given.memory, source)
			for err != nil && strings.Contains(err.Error(), "the machine is busy") {
				began = time.Now()
				settled, faults, err = computes(t, "nexusgate", given.timeout, given.memory, source)
			}
			if err != nil || settled != "" || len(faults) == 0 || !strings.Contains(faults.Error(), given.want) {
				t.Errorf("it settles to %.100q with the faults %q (%v), want %q", settled, faults, err, given.want)
			}
			if took := time.Since(began); took > given.timeout+patience {
				t.Errorf("it took %s", took)
			}
			for _, f := range faults {
				if f.Pos.File != "github:acme/nexus:nexus.cue" || f.Pos.Line < 1 {
					t.Errorf("the fault %q is at no place of the file", f)
				}
			}
		})
	}
}

func TestAChildThatDiesOrRavesIsAFault(t *testing.T) {
	for child, want := range map[string]string{
		"crashing": "github:acme/nexus:nexus.cue:1:1: the process that computed this definition ended (exit status 2) and said \"panic: the evaluator is at its wits' end\"",
		"falling":  "computing this definition leads too deep; write it more simply",
		"talking":  "computes to more than 16 MiB",
	} {
		if _, faults, err := computes(t, child, enough, plenty, shop); err != nil || !strings.Contains(faults.Error(), want) {
			t.Errorf("%s comes to %q (%v), want the fault %q", child, faults, err, want)
		}
	}
	if settled, faults, err := computes(t, "lying", enough, plenty, shop); err == nil || !strings.Contains(err.Error(), "computed from") {
		t.Errorf("what was computed from another source is taken: %q, %q (%v)", settled, faults, err)
	}
}

// TestADefinitionIsNotAtFaultWhereTheMachineIsBusy: what is a fault stays one for good, and holds a
// landing back; what did not get to run is tried again.
func TestADefinitionIsNotAtFaultWhereTheMachineIsBusy(t *testing.T) {
	settled, faults, err := computes(t, "awaiting", 2*time.Second, plenty, shop)
	if err == nil || !strings.Contains(err.Error(), "the machine is busy") || settled != "" || faults != nil {
		t.Errorf("it comes to %q, %q and %v, want an error of ours", settled, faults, err)
	}
}

func TestAnEndOfTheServiceEndsTheChild(t *testing.T) {
	s, err := nexusgate.NewSettler("nexusgate", enough, plenty)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	began := time.Now()
	_, faults, err := s.Settle(ctx, definition.File{Name: "nexus.cue", Source: []byte("import \"list\"\n" + shop + harmful["that never finishes"].more)})
	if !errors.Is(err, context.DeadlineExceeded) || faults != nil || time.Since(began) > enough/2 {
		t.Errorf("after %s the child came to %v (%v), want the end of the context", time.Since(began), faults, err)
	}
}

func TestTheChildKnowsNoSecret(t *testing.T) {
	t.Setenv("NEXUSGATE_GITLAB_TOKEN", labToken)
	s, err := nexusgate.NewSettler("nexusgate", enough, plenty)
	if err != nil {
		t.Fatal(err)
	}
	cmd := s.Command(t.Context())
	for _, variable := range cmd.Environ() {
		if name, _, _ := strings.Cut(variable, "="); name != "GOTRACEBACK" && name != "SYSTEMROOT" && name != "PWD" {
			t.Errorf("the child is given %s", variable)
		}
	}
	if cmd.Env == nil || strings.Contains(strings.Join(cmd.Args, " "), labToken) {
		t.Error("the child has all of the service's environment, or its secret as an argument")
	}
}
