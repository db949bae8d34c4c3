package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// shownDemo is the demo when its story is told, as people see it: by its API, its pages and its GitHub.
type shownDemo struct {
	t    *testing.T
	root string
	hub  *forgetest.GitHub
}

func TestTheDemoShowsADefinitionAtWorkAtTheEndOfItsStory(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 2*patience)
	defer stop()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var said strings.Builder
	// Reports are held for a while, as they are in truth: on a slow machine what changes in between would use up what
	// GitHub lets an App post in a minute.
	demo, err := nexusgate.NewDemo(ctx, t.TempDir(), 300*time.Millisecond, 10*time.Millisecond, log, io.MultiWriter(t.Output(), &said))
	if err != nil {
		t.Fatal(err)
	}
	d := &shownDemo{t: t, root: demo.Root(), hub: demo.Hub()}
	err = demo.Told(ctx, func() error {
		d.standsUnderItsException()
		d.hasVersions()
		d.tellsAhead()
		d.hasProposals()
		d.showsChecks()
		d.isSigned()
		d.foundWhoBrokeIt(said.String())
		d.heldTheRelease(said.String())
		d.showsPages()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ask reads what the API says.
func (d *shownDemo) ask(path string, into any) {
	d.t.Helper()
	status, body := fetch(d.t, d.root+"/api/v1/nexus/storefront"+path)
	if err := json.Unmarshal([]byte(body), into); err != nil || status != http.StatusOK {
		d.t.Errorf("%s answers %d, %v: %s", path, status, err, body)
	}
}

func (d *shownDemo) standsUnderItsException() {
	type stands struct {
		Number     int64
		Outcome    gate.Outcome
		Exceptions []string
	}
	var mobile, head, last stands
	d.ask("/components/mobile", &mobile)
	d.ask("/increments/head", &head)
	d.ask("/increments/last-done", &last)
	for what, s := range map[string]stands{"mobile": mobile, "the head Increment": head} {
		if s.Outcome != gate.Done || !slices.Equal(s.Exceptions, []string{"mobile-scan"}) {
			d.t.Errorf("%s is %s under %v; want it done under mobile-scan", what, s.Outcome, s.Exceptions)
		}
	}
	if last.Number == 0 || last.Number >= head.Number {
		d.t.Errorf("last done is %d, and the head %d is done under an exception", last.Number, head.Number)
	}
}

// demoVersion is a layer that came into force.
type demoVersion struct {
	Component, Author string
	Approvers         []string
	Differences       []string
}

func (d *shownDemo) hasVersions() {
	var told struct{ Versions []demoVersion }
	d.ask("/definition/versions", &told)
	wide := slices.DeleteFunc(told.Versions, func(v demoVersion) bool { return v.Component != "" })
	if len(wide) != 2 {
		d.t.Fatalf("the Nexus-wide layer has the versions %+v; want two", wide)
	}
	if newest := wide[0]; newest.Author != "joao" || !slices.Equal(newest.Approvers, []string{"kim"}) {
		d.t.Errorf("the newest version is of %s, approved by %v", newest.Author, newest.Approvers)
	}
	said := strings.Join(wide[0].Differences, "\n")
	for _, want := range []string{"scan is added for all", "mobile-scan granted to mobile for scan until ", "asked for by joao, approved by kim"} {
		if !strings.Contains(said, want) {
			d.t.Errorf("the difference to the version before does not say %q:\n%s", want, said)
		}
	}
}

// demoDefinition is what the API says of the definition.
type demoDefinition struct {
	Home       string
	Exceptions []struct {
		ID, State string
		Uses      []string
	}
	Forecasts []gate.Forecast
	Proposals []struct {
		Change   gate.Subject
		Outcome  gate.Outcome
		Verdict  string
		Proposal struct {
			Faults      definition.Faults
			Differences []string
			Impact      gate.Impact
		}
	}
	Warnings []string
}

func (d *shownDemo) tellsAhead() {
	var told demoDefinition
	d.ask("/definition", &told)
	if told.Home != "github:acme/nexus@main:nexus.cue" || len(told.Warnings) > 0 {
		d.t.Errorf("the definition lives at %q, with the warnings %q", told.Home, told.Warnings)
	}
	if e := told.Exceptions; len(e) != 1 || e[0].ID != "mobile-scan" || e[0].State != "active" || !slices.Equal(e[0].Uses, []string{"scan of mobile"}) {
		d.t.Errorf("the exceptions are %+v", e)
	}
	if len(told.Forecasts) != 1 {
		d.t.Fatalf("there are the forecasts %+v; want one", told.Forecasts)
	}
	f := told.Forecasts[0]
	if f.Criterion != "contracts" || f.Components != 7 || f.NotDone != 2 || !f.From.After(time.Now().AddDate(0, 0, 14)) {
		d.t.Errorf("the forecast is %+v; want contracts, some weeks ahead, not met by 2 of 7", f)
	}
}

func (d *shownDemo) hasProposals() {
	var told demoDefinition
	d.ask("/definition", &told)
	if len(told.Proposals) != 2 {
		d.t.Fatalf("there are the proposals %+v; want two", told.Proposals)
	}
	hurrying, refused := told.Proposals[0], told.Proposals[1]
	if refused.Change.Name == "acme/nexus#2" { // both may be of one second
		hurrying, refused = refused, hurrying
	}
	if hurrying.Change.Name != "acme/nexus#2" || hurrying.Outcome != gate.Awaiting || len(hurrying.Proposal.Faults) > 0 {
		d.t.Errorf("the change to the Nexus-wide layer is %+v; want it awaiting, and sound", hurrying)
	}
	if len(hurrying.Proposal.Differences) != 1 || !strings.HasPrefix(hurrying.Proposal.Differences[0], "contracts: requiredFrom brought nearer") {
		d.t.Errorf("it differs in %q", hurrying.Proposal.Differences)
	}
	turns := map[string]gate.Outcome{}
	for _, turn := range hurrying.Proposal.Impact.Turns {
		turns[string(turn.Subject.Kind)+" "+turn.Team] = turn.To
	}
	if want := map[string]gate.Outcome{"component catalog": gate.NotDone, "component web": gate.NotDone, "increment ": gate.NotDone}; !reflect.DeepEqual(turns, want) {
		d.t.Errorf("it would turn %v; want %v", turns, want)
	}
	if refused.Change.Name != "acme/payment#1" || refused.Outcome != gate.NotDone || len(refused.Proposal.Faults) != 1 {
		d.t.Errorf("the other proposal is %+v; want it refused, with a fault", refused)
	}
}

// showsChecks looks at the Definition of Done checks as the forge has them: of the newest commit of each
// change there is one.
func (d *shownDemo) showsChecks() {
	d.check("acme/nexus", "raj wrote it", func(run forgetest.CheckRun) error {
		if run.Status != "in_progress" || !strings.HasPrefix(run.Title, "Awaiting the Integration Team; sound; 2 components and the Increment") {
			return errors.New("is " + run.Status + " and says " + run.Title)
		}
		return nil
	})
	d.check("acme/payment", "relaxes required of the Nexus", func(run forgetest.CheckRun) error {
		at := slices.ContainsFunc(run.Annotations, func(a forgetest.Annotation) bool {
			return a.Path == ".nexus/done.cue" && a.StartLine == 1 && a.Level == "failure"
		})
		if run.Conclusion != "failure" || !at {
			return errors.New("is " + run.Conclusion + ", with no annotation at the line")
		}
		return nil
	})
}

// check finds a Definition of Done check by what it says.
func (d *shownDemo) check(repo, says string, right func(forgetest.CheckRun) error) {
	d.t.Helper()
	for _, run := range d.checksOf(repo, gate.DefinitionCheck) {
		if !strings.Contains(run.Summary+run.Text, says) {
			continue
		}
		if err := right(run); err != nil {
			d.t.Errorf("the check on %s %v", repo, err)
		}
		return
	}
	d.t.Errorf("no check on %s says %q", repo, says)
}

// isSigned looks at what the check of the change says that mended checkout.
func (d *shownDemo) isSigned() {
	checks := d.checksOf("acme/checkout", gate.DoneCheck)
	if len(checks) != 1 {
		d.t.Fatalf("what mended checkout has the checks %+v", checks)
	}
	run := checks[0]
	if says := run.Summary + run.Text; run.Conclusion != "success" || !strings.Contains(says, "docs") || !strings.Contains(says, "github:kim") {
		d.t.Errorf("the check of what mended checkout is %s, and does not say who signed:\n%s", run.Conclusion, says)
	}
}

// isBroken is how the story tells who broke the whole.
var isBroken = regexp.MustCompile(`It is (broken since Integrated Increment \d+: payment at [0-9a-f]{12} by acme/payment#2, of team payment \(\d+ passed\))\.\n.*\n +Integrated Increment (\d+): Not done: e2e is unmet`)

// foundWhoBrokeIt holds what the story says of that against the verdict that was recorded.
func (d *shownDemo) foundWhoBrokeIt(said string) {
	told := isBroken.FindStringSubmatch(said)
	if told == nil {
		d.t.Errorf("the story does not say who broke the whole:\n%s", said)
		return
	}
	var increment struct{ Verdict gate.Verdict }
	d.ask("/increments/"+told[2], &increment)
	if !slices.ContainsFunc(increment.Verdict.Findings, func(f gate.Finding) bool {
		return f.Criterion == "e2e" && f.State == gate.Unmet && strings.Contains(f.Got, told[1])
	}) {
		d.t.Errorf("the story says %q, and the verdict on Increment %s %+v", told[1], told[2], increment.Verdict)
	}
}

// theDoor is how the story tells of a release that is held, and then let through.
var theDoor = regexp.MustCompile(`The release is held: (Integrated Increment \d+) is awaited: .*See http://\S+/verdicts/[0-9a-f]{32}\n` +
	` +The door opened \S+s after the suite had passed, .*: (Integrated Increment \d+) is done under exceptions: mobile-scan\. See (http://\S+/verdicts/[0-9a-f]{32})\n`)

// heldTheRelease holds that against the page that the story names.
func (d *shownDemo) heldTheRelease(said string) {
	told := theDoor.FindStringSubmatch(said)
	if told == nil || told[1] != told[2] {
		d.t.Errorf("the story does not say that a release was held and let through: %q in\n%s", told, said)
		return
	}
	if status, page := fetch(d.t, told[3]); status != http.StatusOK || !strings.Contains(page, "Done under 1 exception") || !strings.Contains(page, told[2]) {
		d.t.Errorf("the page of the verdict that opened the door answers %d and says\n%s", status, page)
	}
}

// checksOf are those of a name on the heads of a repository's changes.
func (d *shownDemo) checksOf(repo, name string) (all []forgetest.CheckRun) {
	for _, delivery := range d.hub.Deliveries() {
		var told struct {
			Action     string
			Repository struct {
				Name string `json:"full_name"`
			}
			Pull struct {
				Head struct{ SHA string }
			} `json:"pull_request"`
		}
		if err := json.Unmarshal(delivery.Body, &told); err != nil {
			d.t.Fatal(err)
		}
		if delivery.Event != "pull_request" || told.Action != "opened" || told.Repository.Name != repo {
			continue
		}
		for _, run := range d.hub.CheckRuns(repo, told.Pull.Head.SHA) {
			if run.Name == name {
				all = append(all, run)
			}
		}
	}
	return all
}

func (d *shownDemo) showsPages() {
	for path, wants := range map[string][]string{
		"/": {"Done under 1 exception", "Required later", "2 of 7 components would not be done", "The Increment's own pipeline"},
		"/nexus/storefront/definition": {
			"Every definition that ever was in force", "scan is added for all", "Awaiting the Integration Team", "joao, approved by kim",
		},
		"/nexus/storefront/components/mobile": {"Done under 1 exception", "asked for by joao"},
	} {
		status, page := fetch(d.t, d.root+path)
		for _, want := range wants {
			if status != http.StatusOK || !strings.Contains(page, want) {
				d.t.Errorf("%s answers %d and does not show %q", path, status, want)
			}
		}
	}
}

// reader stops the demo when it has read what it waits for.
type reader struct {
	strings.Builder
	until string
	stop  func()
}

func (r *reader) Write(p []byte) (int, error) {
	n, err := r.Builder.Write(p)
	if strings.Contains(r.String(), r.until) {
		r.stop()
	}
	return n, err
}

func TestTheDemoSaysFirstWhereToLookAndEndsWellWhenItIsStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	out := &reader{until: "▸", stop: stop}
	var stderr strings.Builder
	code := nexusgate.Run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, strings.NewReader(""), out, &stderr, func(string) string { return "" })
	before, _, told := strings.Cut(out.String(), "▸")
	if code != 1 || stderr.Len() > 0 || !told || !strings.Contains(out.String(), "did not become done in this time") {
		t.Errorf("the demo exits with %d and says %s%s", code, out, &stderr)
	}
	if !strings.Contains(before, "See it at http://127.0.0.1:") || !strings.Contains(before, "/nexus/storefront/definition\n") {
		t.Errorf("before its story the demo says %s", before)
	}
}
