package main_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// serveWith runs serve with an environment and files, and gives what it says. It is a fault if it starts.
func serveWith(t *testing.T, env map[string]string, args ...string) (stderr string, code int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	store := "sqlite:" + filepath.Join(t.TempDir(), "nexusgate.db")
	var out, complaint strings.Builder
	code = nexusgate.Run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--store", store}, args...),
		strings.NewReader(""), &out, &complaint, func(name string) string { return env[name] })
	if out.String() != "" {
		t.Errorf("serve started: %s", out.String())
	}
	return complaint.String(), code
}

func written(t *testing.T, name, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestServeRefusesAFaultyDefinitionWithEveryPlace(t *testing.T) {
	t.Parallel()
	faulty := strings.Replace(shop, `within: "45m", appliesTo`, `within: "soon", appliesTo`, 1)
	faulty = strings.Replace(faulty, `repo: "github:acme/payment"`, `repo: "payment"`, 1)
	file := written(t, "nexus.cue", faulty)
	stderr, code := serveWith(t, nil, "--config", file)
	places := regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(file)+`:\d+:\d+: .+$`).FindAllString(stderr, -1)
	if code != 3 || len(places) < 2 {
		t.Errorf("serve exits with %d and says\n%s", code, stderr)
	}
}

func TestServeRefusesADefinitionThatLeavesSomethingWithoutARequiredCriterion(t *testing.T) {
	t.Parallel()
	file := written(t, "nexus.cue", strings.ReplaceAll(shop, `evidence: "pipeline"`, `evidence: "pipeline", level: "advisory"`))
	stderr, code := serveWith(t, nil, "--config", file)
	if code != 3 || !strings.Contains(stderr, "required") || !strings.Contains(stderr, "nexusgate vet") {
		t.Errorf("serve exits with %d and says\n%s", code, stderr)
	}
}

func TestServeRefusesAForgeThatIsConfiguredInPart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, shop, nil)
	for _, c := range []struct{ name, is, says string }{
		{"NEXUSGATE_GITHUB_APP_ID", "", "set NEXUSGATE_GITHUB_APP_ID too"},
		{"NEXUSGATE_GITHUB_APP_ID", "my-app", "give the number"},
		{"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE", "", "set NEXUSGATE_GITHUB_PRIVATE_KEY_FILE too"},
		{"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE", filepath.Join(t.TempDir(), "nowhere.pem"), "nowhere.pem"},
		{"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE", h.configFile, "private key"},
		{"NEXUSGATE_GITHUB_WEBHOOK_SECRET", "", "set NEXUSGATE_GITHUB_WEBHOOK_SECRET too"},
		{"NEXUSGATE_GITHUB_WEBHOOK_SECRET", " ", "set NEXUSGATE_GITHUB_WEBHOOK_SECRET too"},
		{"NEXUSGATE_GITHUB_WEBHOOK_SECRET", ",", "secret"},
		{"NEXUSGATE_GITLAB_TOKEN", "", "set NEXUSGATE_GITLAB_TOKEN too"},
		{"NEXUSGATE_GITLAB_WEBHOOK_SECRET", "", "NEXUSGATE_GITLAB_SIGNING_TOKEN or NEXUSGATE_GITLAB_WEBHOOK_SECRET"},
		{"NEXUSGATE_GITLAB_SIGNING_TOKEN", "whsec_?", "signing"},
	} {
		env := maps.Clone(h.env)
		env[c.name] = c.is
		if stderr, code := serveWith(t, env, "--config", h.configFile); code != 3 || !strings.Contains(stderr, c.says) {
			t.Errorf("with %s=%q serve exits with %d and says %s", c.name, c.is, code, stderr)
		}
	}
}

func TestServeRefusesTwoNexusesThatClaimOnePlace(t *testing.T) {
	t.Parallel()
	first, second := written(t, "nexus.cue", shop), written(t, "other.cue", strings.Replace(shop, `name: "shop"`, `name: "store"`, 1))
	stderr, code := serveWith(t, nil, "--config", first, "--config", second)
	if code != 3 || !strings.Contains(stderr, "belongs to the Nexus shop") {
		t.Errorf("serve exits with %d and says %s", code, stderr)
	}
	if stderr, code := serveWith(t, nil, "--config", first, "--config", first); code != 3 || !strings.Contains(stderr, "give one of them another name") {
		t.Errorf("serve exits with %d and says %s", code, stderr)
	}
}

func TestServeRefusesAStoreOrAnAddressThatItCannotHave(t *testing.T) {
	t.Parallel()
	file := written(t, "nexus.cue", shop)
	for _, c := range []struct{ flag, is, says string }{
		{"--store", "mysql://localhost/nexusgate", "sqlite:"},
		{"--store", "postgres://127.0.0.1:1/nexusgate", "see that a server runs there"},
		{"--store", "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder", "nexusgate.db"), "folder"},
		{"--listen", "192.0.2.1:1", "--listen"},
		{"--webhook-listen", "192.0.2.1:1", "--webhook-listen"},
	} {
		if stderr, code := serveWith(t, nil, "--config", file, c.flag, c.is); code != 3 || !strings.Contains(stderr, c.says) {
			t.Errorf("with %s %s serve exits with %d and says %s", c.flag, c.is, code, stderr)
		}
	}
}
