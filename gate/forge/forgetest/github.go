package forgetest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// GitHub is a stand-in for one GitHub with one App on it. It is an http.Handler: the root of an API,
// also under /api/v3 as on an Enterprise Server.
type GitHub struct {
	*stand
	AppID int64 // of the App that nexusgate is

	key           *rsa.PrivateKey
	mux           *http.ServeMux
	installations map[string]int64      // by owner
	tokens        map[string]int64      // installation tokens → installation
	repos         map[string]*Repo      // by name in lower case
	renamed       map[string]*Repo      // by a name it had
	posts         map[int64][]time.Time // by installation: what the content budget counts
	issuer        *Issuer
	runners       map[string]*Run // by what a job may ask for tokens with

	owner        string          // of the App
	asks, agreed Grant           // what the App asks for, and what those who installed it have agreed to
	suspended    map[string]bool // by owner
	unregistered bool            // there is no App yet
	conversions  map[string]conversion
}

// The Apps of which the stand-in knows more than the name.
const (
	gitHubActions = "github-actions" // runs workflows, as on github.com
	ourApp        = "nexusgate"
)

// NewGitHub makes a GitHub with an App that is registered.
func NewGitHub(o Options) (*GitHub, error) {
	stand, err := newStand(o, "https://github.test")
	if err != nil {
		return nil, err
	}
	if o.Key == nil {
		if o.Key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("making the App's key: %w", err)
		}
	}
	stand.grants = "X-"
	g := &GitHub{
		stand: stand, AppID: 4711, key: o.Key, mux: http.NewServeMux(),
		installations: map[string]int64{}, tokens: map[string]int64{},
		repos: map[string]*Repo{}, renamed: map[string]*Repo{}, posts: map[int64][]time.Time{}, runners: map[string]*Run{},
		asks: usual(), agreed: usual(), suspended: map[string]bool{}, conversions: map[string]conversion{},
		issuer: newIssuer(stand, "/_services/token", "/.well-known/jwks", o.Signs),
	}
	g.routes()
	return g, nil
}

// PrivateKey is the App's key as GitHub gives it: PEM.
func (g *GitHub) PrivateKey() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(g.key)})
}

// ServeHTTP serves the API.
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	http.StripPrefix(apiPrefix(r), g.mux).ServeHTTP(w, r)
}

func apiPrefix(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/api/v3/") {
		return "/api/v3"
	}
	return ""
}

func (g *GitHub) routes() {
	const repo = "/repos/{owner}/{repo}"
	g.mux.Handle("POST /app/installations/{id}/access_tokens", g.serve("create_token", g.asApp(g.createToken)))
	g.mux.Handle("GET "+repo+"/installation", g.serve("find_installation", g.asApp(g.findInstallation)))
	g.mux.Handle("GET /app", g.serve("read_app", g.asApp(g.readApp)))
	g.mux.Handle("GET /app/installations", g.serve("list_installations", g.asApp(g.listInstallations)))
	g.mux.Handle("GET /installation/repositories", g.serve("list_repositories", g.listRepositories))
	g.mux.Handle("POST /app-manifests/{code}/conversions", g.serve("convert_manifest", g.convert))
	g.mux.Handle("POST /settings/apps/new", g.serve("register_app", g.registerApp))
	g.mux.Handle("POST /organizations/{org}/settings/apps/new", g.serve("register_app", g.registerApp))
	g.mux.Handle("GET /app/hook/config", g.serve("read_hook", g.asApp(g.readHook)))
	g.mux.Handle("GET /app/hook/deliveries", g.serve("list_deliveries", g.asApp(g.listDeliveries)))
	g.mux.Handle("POST /app/hook/deliveries/{id}/attempts", g.serve("redeliver", g.asApp(g.redeliver)))
	for pattern, op := range map[string]struct {
		name string
		act  func(*Repo, *call) reply
	}{
		"GET " + repo:                                                     {"read_repository", g.readRepository},
		"GET " + repo + "/branches/{branch...}":                           {"read_branch", g.readBranch},
		"GET " + repo + "/rules/branches/{branch...}":                     {"list_rules", g.listRules},
		"GET " + repo + "/git/ref/{ref...}":                               {"read_head", g.readRef},
		"GET " + repo + "/git/commits/{sha}":                              {"read_commit", g.readCommit},
		"GET " + repo + "/git/tags/{sha}":                                 {"read_tag_object", g.readTagObject},
		"GET " + repo + "/releases":                                       {"list_releases", g.listReleases},
		"GET " + repo + "/contents/{path...}":                             {"read_file", g.readFile},
		"GET " + repo + "/compare/{basehead...}":                          {"read_paths", g.readCompare},
		"GET " + repo + "/pulls/{number}":                                 {"read_change", g.readPull},
		"GET " + repo + "/pulls/{number}/files":                           {"read_change_files", g.readPullFiles},
		"GET " + repo + "/pulls/{number}/reviews":                         {"read_landing_reviews", g.readReviews},
		"GET " + repo + "/commits":                                        {"read_landing", g.listCommits},
		"GET " + repo + "/commits/{ref}/pulls":                            {"read_landing_changes", g.listPulls},
		"GET " + repo + "/commits/{ref}/check-runs":                       {"list_check_runs", g.listCheckRuns},
		"GET " + repo + "/commits/{ref}/check-suites":                     {"list_suites", g.listSuites},
		"GET " + repo + "/commits/{ref}/statuses":                         {"list_statuses", g.listStatuses},
		"GET " + repo + "/actions/runs":                                   {"list_runs", g.listRuns},
		"GET " + repo + "/actions/runs/{run}":                             {"read_run", g.readRun},
		"GET " + repo + "/actions/runs/{run}/jobs":                        {"list_jobs", g.listJobs},
		"GET " + repo + "/actions/workflows":                              {"list_workflows", g.listWorkflows},
		"GET " + repo + "/actions/workflows/{workflow}/runs":              {"list_workflow_runs", g.listWorkflowRuns},
		"POST " + repo + "/actions/workflows/{workflow}/dispatches":       {"dispatch_workflow", g.dispatchWorkflow},
		"POST " + repo + "/actions/runs/{run}/deployment_protection_rule": {"answer_deployment", g.answerDeployment},
		"GET " + repo + "/issues":                                         {"list_items", g.listIssues},
		"GET " + repo + "/issues/{number}":                                {"read_thing", g.readIssue},
		"GET " + repo + "/issues/{number}/dependencies/blocked_by":        {"list_item_links", g.listBlockedBy},
		"GET " + repo + "/issues/{number}/comments":                       {"list_comments", g.listComments},
		"POST " + repo + "/issues/{number}/comments":                      {"create_comment", g.createComment},
		"PATCH " + repo + "/issues/comments/{comment}":                    {"update_comment", g.updateComment},
		"GET " + repo + "/pulls":                                          {"list_changes", g.listChanges},
		"GET " + repo + "/git/matching-refs/{ref...}":                     {"list_groups", g.matchRefs},
		"POST " + repo + "/check-runs":                                    {"create_check_run", g.createCheckRun},
		"PATCH " + repo + "/check-runs/{id}":                              {"update_check_run", g.updateCheckRun},
		"GET " + repo + "/check-runs/{id}":                                {"read_check_run", g.readCheckRun},
	} {
		g.mux.Handle(pattern, g.serve(op.name, g.asInstallation(op.act)))
	}
	g.issuer.handle(g.mux)
	g.mux.Handle("GET /_services/idtoken", g.serve("give_token", g.giveToken))
	g.mux.Handle("/repositories/{id}/{rest...}", http.HandlerFunc(g.byID))
	g.mux.Handle("/", g.serve("unknown", func(*call) reply { return refuse(http.StatusNotFound, "Not Found") }))
}

// byID serves /repositories/ID/…, to which GitHub redirects those who use an old name.
func (g *GitHub) byID(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	target := ""
	for _, repo := range g.repos {
		if fmt.Sprint(repo.ID) == r.PathValue("id") {
			target = "/repos/" + repo.full + "/" + r.PathValue("rest")
		}
	}
	g.mu.Unlock()
	r.URL.Path, r.URL.RawPath = strings.TrimSuffix(target, "/"), ""
	if target == "" {
		r.URL.Path = "/nowhere"
	}
	g.mux.ServeHTTP(w, r)
}
