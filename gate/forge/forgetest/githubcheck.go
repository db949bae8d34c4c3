package forgetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckRun is a check run as the stand-in keeps it.
type CheckRun struct {
	ID                 int64
	App, Name, Commit  string
	ExternalID         string
	DetailsURL         string
	Status, Conclusion string
	Title, Summary     string
	Text               string
	Started, Completed time.Time
	Annotations        []Annotation // each update's come after those before it
	Actions            []Action     // buttons
	Updates            int          // how often it was updated
}

// Action is a button on a check run.
type Action struct {
	Label       string `json:"label"`
	Description string `json:"description"`
	Identifier  string `json:"identifier"`
}

// fits says whether GitHub takes a button.
func (a Action) fits() bool {
	for text, most := range map[string]int{a.Label: 20, a.Description: 40, a.Identifier: 20} {
		if n := utf8.RuneCountInString(text); n == 0 || n > most {
			return false
		}
	}
	return true
}

// CheckRuns are the check runs on a commit, oldest first: every one that was made, also where a
// newer one bears the same name.
func (g *GitHub) CheckRuns(full, commit string) []CheckRun {
	g.mu.Lock()
	defer g.mu.Unlock()
	var runs []CheckRun
	if repo := g.repos[strings.ToLower(full)]; repo != nil {
		for _, run := range repo.checks {
			if run.Commit == commit {
				runs = append(runs, *run)
			}
		}
	}
	return runs
}

// DeleteCheckRun takes a check run away, as GitHub does with the oldest of 1,000 of one name.
func (g *GitHub) DeleteCheckRun(full string, id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if repo := g.repos[strings.ToLower(full)]; repo != nil {
		repo.checks = slices.DeleteFunc(repo.checks, func(run *CheckRun) bool { return run.ID == id })
	}
}

// Check makes or updates the check run of another App: by name and commit.
func (r *Repo) Check(app, name, commit, status, conclusion string) {
	r.hub.move(func(out *outbox) {
		i := slices.IndexFunc(r.checks, func(run *CheckRun) bool {
			return run.App == app && run.Name == name && run.Commit == commit
		})
		if i < 0 {
			r.check(out, CheckRun{App: app, Name: name, Commit: commit, Status: status, Conclusion: conclusion})
			return
		}
		run := r.checks[i]
		run.Status, run.Conclusion = status, conclusion
		r.settleCheck(out, run)
	})
}

// Rerequest is somebody pressing "Re-run" on a check: GitHub tells the App whose check it is, and no
// other, and changes nothing.
func (r *Repo) Rerequest(id int64) {
	r.hub.move(func(out *outbox) {
		for _, run := range r.checks {
			if run.ID == id && run.App == ourApp {
				out.add("check_run", r.checkEvent("rerequested", run))
			}
		}
	})
}

// check stores a new check run and tells of it.
func (r *Repo) check(out *outbox, run CheckRun) *CheckRun {
	run.ID, run.Started = r.hub.next(), r.hub.now()
	r.checks = append(r.checks, &run)
	r.moveSuite(&run)
	out.add("check_run", r.checkEvent("created", &run))
	if run.Status == "completed" {
		r.settleCheck(out, &run)
	}
	return &run
}

// settleCheck tells of a check run that may have completed.
func (r *Repo) settleCheck(out *outbox, run *CheckRun) {
	r.moveSuite(run)
	run.Completed = time.Time{}
	if run.Status != "completed" {
		run.Conclusion = ""
		return
	}
	run.Completed = r.hub.now()
	out.add("check_run", r.checkEvent("completed", run))
}

// suite holds the check runs of one App on one commit.
type suite struct {
	id                 int64
	created, updated   time.Time
	status, conclusion string
}

// move brings a suite to a status.
func (s *suite) move(status, conclusion string, now time.Time) {
	s.status, s.conclusion, s.updated = status, conclusion, now
}

// moveSuite brings the suite of a check to the check's status; those of GitHub Actions go by their runs.
func (r *Repo) moveSuite(run *CheckRun) {
	if run.App != gitHubActions {
		r.suite(run.Commit, run.App).move(run.Status, run.Conclusion, r.hub.now())
	}
}

// suite is the check suite of an App on a commit.
func (r *Repo) suite(commit, app string) *suite {
	key := commit + " " + app
	if r.suites[key] == nil {
		now := r.hub.now()
		r.suites[key] = &suite{id: r.hub.next(), created: now, updated: now, status: "queued"}
	}
	return r.suites[key]
}

func (r *Repo) checkEvent(action string, run *CheckRun) object {
	return object{
		"action": action, "check_run": r.checkObject(run), "repository": r.object(false),
		"organization": r.hub.organization(r.owner()), "sender": r.hub.user(run.App + "[bot]"), "installation": r.installation(),
	}
}

func (r *Repo) checkObject(run *CheckRun) object {
	at := fmt.Sprintf("%s/check-runs/%d", r.api(), run.ID)
	pulls := r.pullsOf(run.Commit)
	return object{
		"id": run.ID, "node_id": nodeID("CR", run.ID), "head_sha": run.Commit, "external_id": run.ExternalID,
		"url": at, "html_url": fmt.Sprintf("%s/runs/%d", r.html(), run.ID), "name": run.Name,
		"details_url": cmp.Or(run.DetailsURL, "https://example.test/"+run.App), "status": run.Status,
		"conclusion": orNull(run.Conclusion), "started_at": instant(run.Started), "completed_at": instant(run.Completed),
		"output": object{
			"title": orNull(run.Title), "summary": orNull(run.Summary), "text": orNull(run.Text),
			"annotations_count": len(run.Annotations), "annotations_url": at + "/annotations",
		},
		"check_suite": r.suiteObject(run.Commit, run.App, run.Status, run.Conclusion),
		"app":         r.hub.app(run.App), "pull_requests": pulls,
	}
}

// suiteObject is a check suite as a check run tells it.
func (r *Repo) suiteObject(commit, app, status, conclusion string) object {
	in := r.suite(commit, app)
	return object{
		"id": in.id, "node_id": nodeID("CS", in.id), "head_branch": orNull(r.branchAt(commit)), "head_sha": commit,
		"status": status, "conclusion": orNull(conclusion), "url": fmt.Sprintf("%s/check-suites/%d", r.api(), in.id),
		"before": noCommit, "after": commit, "pull_requests": r.pullsOf(commit), "app": r.hub.app(app),
		"created_at": instant(in.created), "updated_at": instant(in.updated),
	}
}

// branchAt is a branch whose head is the commit, the first by name.
func (r *Repo) branchAt(commit string) string {
	found := ""
	for branch, head := range r.git.branches {
		if head == commit && (found == "" || branch < found) {
			found = branch
		}
	}
	return found
}

// pullsOf are the open changes whose head is the commit, as checks and runs tell them.
func (r *Repo) pullsOf(commit string) []object {
	pulls := []object{}
	small := object{"id": r.ID, "url": r.api(), "name": r.name()}
	for _, c := range r.changes {
		if c.open() && c.sha() == commit {
			pulls = append(pulls, object{
				"url": c.api(), "id": c.id, "number": c.Number,
				"head": object{"ref": c.head, "sha": commit, "repo": small},
				"base": object{"ref": c.base, "sha": r.git.branches[c.base], "repo": small},
			})
		}
	}
	return pulls
}

// checkWrite is what a check run is made or updated with.
type checkWrite struct {
	Name       *string `json:"name"`
	HeadSHA    string  `json:"head_sha"`
	ExternalID *string `json:"external_id"`
	DetailsURL *string `json:"details_url"`
	Status     *string `json:"status"`
	Conclusion *string `json:"conclusion"`
	Output     *struct {
		Title       *string      `json:"title"`
		Summary     *string      `json:"summary"`
		Text        string       `json:"text"`
		Annotations []Annotation `json:"annotations"`
	} `json:"output"`
	Actions *[]Action `json:"actions"`
}

// fault is why GitHub refuses it, "" where it does not.
func (w checkWrite) fault() string {
	switch {
	case w.Status != nil && !slices.Contains([]string{"queued", "in_progress", "completed"}, *w.Status):
		return "status is not one that an App may set"
	case w.Conclusion != nil && !slices.Contains([]string{
		"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out",
	}, *w.Conclusion):
		return "conclusion is not one that an App may set"
	case w.Status != nil && *w.Status == "completed" && w.Conclusion == nil:
		return "a completed check run wants a conclusion"
	case w.DetailsURL != nil && !strings.HasPrefix(*w.DetailsURL, "http"):
		return "details_url is not a web address"
	case w.Actions != nil && len(*w.Actions) > 3:
		return "there are more than 3 actions"
	case w.Actions != nil && slices.ContainsFunc(*w.Actions, func(a Action) bool { return !a.fits() }):
		return "an action is not of the size that GitHub takes"
	case w.Output != nil && (w.Output.Title == nil || w.Output.Summary == nil):
		return "output wants a title and a summary"
	case w.Output != nil && (utf8.RuneCountInString(*w.Output.Summary) > 65_535 || utf8.RuneCountInString(w.Output.Text) > 65_535):
		return "output is longer than 65535 characters"
	case w.Output != nil:
		return annotationFault(w.Output.Annotations)
	}
	return ""
}

// lay writes over a check run what was given; the rest stays.
func (w checkWrite) lay(run *CheckRun) {
	for to, from := range map[*string]*string{
		&run.Name: w.Name, &run.ExternalID: w.ExternalID, &run.DetailsURL: w.DetailsURL,
		&run.Status: w.Status, &run.Conclusion: w.Conclusion,
	} {
		if from != nil {
			*to = *from
		}
	}
	if w.Conclusion != nil {
		run.Status = "completed"
	}
	if w.Actions != nil {
		run.Actions = *w.Actions
	}
	if w.Output != nil {
		run.Title, run.Summary, run.Text = *w.Output.Title, *w.Output.Summary, w.Output.Text
		run.Annotations = append(run.Annotations, w.Output.Annotations...)
	}
}

func (g *GitHub) createCheckRun(r *Repo, c *call) reply {
	var write checkWrite
	if json.Unmarshal(c.body, &write) != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	if fault := write.fault(); fault != "" || write.Name == nil {
		return refuse(http.StatusUnprocessableEntity, "Invalid request. "+fault)
	}
	if r.git.commits[write.HeadSHA] == nil {
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+write.HeadSHA)
	}
	run := CheckRun{App: ourApp, Commit: write.HeadSHA, Status: "queued"}
	write.lay(&run)
	return reply{status: http.StatusCreated, body: r.checkObject(r.check(c.out, run))}
}

func (g *GitHub) updateCheckRun(r *Repo, c *call) reply {
	i := slices.IndexFunc(r.checks, func(run *CheckRun) bool { return run.ID == c.number("id") && run.App == ourApp })
	if i < 0 {
		return refuse(http.StatusNotFound, "Not Found")
	}
	var write checkWrite
	if json.Unmarshal(c.body, &write) != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	if fault := write.fault(); fault != "" {
		return refuse(http.StatusUnprocessableEntity, "Invalid request. "+fault)
	}
	write.lay(r.checks[i])
	r.checks[i].Updates++
	r.settleCheck(c.out, r.checks[i])
	return reply{status: http.StatusOK, body: r.checkObject(r.checks[i])}
}

func (g *GitHub) listCheckRuns(r *Repo, c *call) reply {
	query := c.URL.Query()
	app, _ := strconv.ParseInt(query.Get("app_id"), 10, 64)
	shown, seen := []object{}, map[string]bool{}
	for _, run := range slices.Backward(r.checks) {
		if run.Commit != c.PathValue("ref") {
			continue
		}
		key := run.App + " " + run.Name
		switch {
		case query.Get("check_name") != "" && query.Get("check_name") != run.Name:
		case app != 0 && r.hub.app(run.App)["id"] != app:
		case query.Get("filter") != "all" && seen[key]:
		default:
			shown = append(shown, r.checkObject(run))
		}
		seen[key] = true
	}
	runs, next := page(c, shown)
	return reply{status: http.StatusOK, body: object{"total_count": len(shown), "check_runs": runs}, header: next}
}

// wholeSuite is a check suite as its own webhook and the API tell it.
func (r *Repo) wholeSuite(commit, app, status, conclusion string) object {
	suite := r.suiteObject(commit, app, status, conclusion)
	suite["check_runs_url"] = fmt.Sprintf("%s/check-suites/%d/check-runs", r.api(), r.suite(commit, app).id)
	suite["latest_check_runs_count"], suite["rerequestable"], suite["runs_rerequestable"] = 1, true, true
	suite["head_commit"] = r.commitObject(r.git.commits[commit], false)
	return suite
}

func (g *GitHub) listSuites(r *Repo, c *call) reply {
	all := []object{}
	for _, key := range slices.Sorted(maps.Keys(r.suites)) {
		if commit, app, _ := strings.Cut(key, " "); commit == c.PathValue("ref") {
			in := r.suites[key]
			suite := r.wholeSuite(commit, app, in.status, in.conclusion)
			suite["repository"] = r.small()
			all = append(all, suite)
		}
	}
	return listing(c, "check_suites", all)
}
