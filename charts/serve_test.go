package charts_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// program is nexusgate, built from this tree.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nexusgate")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/nexusgate")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building nexusgate: %v\n%s", err, out)
	}
	return path
}

// secrets are what the README says that a Secret holds.
func secrets(t *testing.T) map[string]string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return map[string]string{"app-id": "123456", "webhook-secret": "a long random one", "private-key.pem": string(pem.EncodeToMemory(block))}
}

// laidOut is a folder with all that is mounted in a pod.
func laidOut(t *testing.T, all []runtime.Object, secret map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	files := map[string]string{"data/.": "", "etc/nexusgate/github/private-key.pem": secret["private-key.pem"]}
	for name, text := range one[*core.ConfigMap](t, all).Data {
		files["etc/nexusgate/definitions/"+name] = text
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// started runs the container's command with its variables, on addresses of this machine alone.
func started(t *testing.T, container core.Container, root string, secret map[string]string) (pages string, process *exec.Cmd) {
	t.Helper()
	moved := strings.NewReplacer("=:8080", "=127.0.0.1:0", "=:8081", "=127.0.0.1:0", "=:9090", "=127.0.0.1:0",
		"/etc/nexusgate/", root+"/etc/nexusgate/", "/data", root+"/data")
	process = exec.CommandContext(t.Context(), program(t))
	for _, arg := range container.Args {
		process.Args = append(process.Args, moved.Replace(arg))
	}
	for _, variable := range container.Env {
		value := moved.Replace(variable.Value)
		if from := variable.ValueFrom; from != nil {
			value = secret[from.SecretKeyRef.Key]
		}
		process.Env = append(process.Env, variable.Name+"="+value)
	}
	nobody := httptest.NewServer(http.NotFoundHandler()) // in place of the forge
	t.Cleanup(nobody.Close)
	process.Env = append(process.Env, "NEXUSGATE_GITHUB_URL="+nobody.URL)
	process.Stderr = t.Output()
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	_, pages, found := strings.Cut(strings.TrimSpace(line), "pages at ")
	if err != nil || !found {
		t.Fatalf("it says %q: %v", line, err)
	}
	return pages, process
}

// answers waits until a probe is answered as the kubelet wants it.
func answers(t *testing.T, pages string, probe *core.Probe) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, pages+probe.HTTPGet.Path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatalf("%s: %v", probe.HTTPGet.Path, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return
		}
	}
}

// A pod gives the service all that it needs: it starts, its probes are answered, and it ends when it is told to.
func TestTheServiceStartsWithWhatAPodGivesIt(t *testing.T) {
	all, secret := objects(t, "sqlite"), secrets(t)
	template, _ := pod(t, all)
	container := template.Spec.Containers[0]
	root := laidOut(t, all, secret)
	pages, process := started(t, container, root, secret)
	for _, probe := range []*core.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
		answers(t, pages, probe)
	}
	if _, err := os.Stat(filepath.Join(root, "data", "nexusgate.db")); err != nil {
		t.Errorf("the store is not on the volume: %v", err)
	}
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// beyond are the flags of serve that values do not set.
var beyond = map[string]string{
	"--env-file": "what is secret is in Secrets, and set before the pod starts",
	"--setup":    "likewise: there is nothing to set up by clicks, and no file that clicks could write to",
}

// A flag that serve was given after the chart was made has a value here, or a reason why it has none.
func TestEachFlagOfServeHasAValue(t *testing.T) {
	help, err := exec.CommandContext(t.Context(), program(t), "serve", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{"--store": true} // by a variable where it holds a secret
	for _, flavour := range flavours {
		template, _ := pod(t, objects(t, flavour))
		for _, arg := range template.Spec.Containers[0].Args {
			name, _, _ := strings.Cut(arg, "=")
			given[name] = true
		}
	}
	_, parameters, _ := strings.Cut(string(help), "Arguments and flags:\n")
	seen := 0
	for line := range strings.Lines(parameters) {
		if !strings.HasPrefix(line, "  --") {
			continue
		}
		seen++
		if name := strings.Fields(line)[0]; !given[name] && beyond[name] == "" {
			t.Errorf("%s: give it a value in charts/nexusgate and everything.values.yaml, or say in beyond why it has none", name)
		}
	}
	if seen < 20 {
		t.Errorf("the help tells of %d flags: is it read rightly?", seen)
	}
}
