package main_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dockerfile is what a Dockerfile has an image run.
type dockerfile struct {
	command []string
	env     map[string]string
}

var (
	runsInImage = regexp.MustCompile(`(?m)^(?:ENTRYPOINT|CMD) (\[.*\])$`)
	setInImage  = regexp.MustCompile(`(?m)^(?:ENV| +) ?([A-Z_]+)=(\S+)(?: \\)?$`)
)

func readImage(t *testing.T) (i dockerfile) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	i.env = map[string]string{}
	for _, found := range runsInImage.FindAllStringSubmatch(string(text), -1) {
		var words []string
		if err := json.Unmarshal([]byte(found[1]), &words); err != nil {
			t.Fatal(err)
		}
		i.command = append(i.command, words...)
	}
	for _, found := range setInImage.FindAllStringSubmatch(string(text), -1) {
		i.env[found[1]] = found[2]
	}
	if len(i.command) < 3 || len(i.env) < 3 {
		t.Fatalf("the Dockerfile has an image run %q with %v: is it read rightly?", i.command, i.env)
	}
	return i
}

// contains runs what the image runs, in the folders and with the variables that a page's docker run gives it. There is
// no daemon for docker itself.
func (w *tour) contains(h *house) {
	w.t.Helper()
	var command []string
	for _, s := range w.passed {
		if strings.HasPrefix(s.command, "docker run ") {
			command = arguments(s.command)
		}
	}
	i := readImage(w.t)
	if slices.Index(command, "nexusgate") != len(command)-1 {
		w.t.Fatalf("the page runs %q, which is not the image alone", command)
	}
	given, folders := w.given(command), []string{}
	for place := range strings.FieldsSeq(given["-v"]) {
		of, inside, _ := strings.Cut(place, ":")
		inside, _, _ = strings.Cut(inside, ":")
		folders = append(folders, inside, filepath.Join(w.folder, strings.TrimPrefix(of, "$PWD/")))
	}
	if !strings.HasSuffix(given["-p"], i.env["NEXUSGATE_LISTEN"]) {
		w.t.Errorf("it opens %s, and the image listens on %s", given["-p"], i.env["NEXUSGATE_LISTEN"])
	}
	here := strings.NewReplacer(append(folders, i.env["NEXUSGATE_LISTEN"], "127.0.0.1:0")...)
	w.file("etc/nexus.cue", h.file(h.configFile))
	w.file("nexusgate/empty", "")
	name, value, _ := strings.Cut(given["-e"], "=")
	i.env[name] = value
	for name, value := range i.env {
		w.set(map[string]string{name: here.Replace(value)})
	}
	w.serving(here.Replace("nexusgate "+strings.Join(i.command[1:], " ")), servesPages, 0)
	w.unset(slices.Collect(maps.Keys(i.env))...)
	w.set(map[string]string{"NEXUSGATE_LISTEN": "127.0.0.1:0"})
	if _, err := os.Stat(filepath.Join(w.folder, "nexusgate", "nexusgate.db")); err != nil {
		w.t.Errorf("its volume has no store: %v", err)
	}
}

// given are the values of docker run's flags, those of one flag set apart by blanks.
func (w *tour) given(command []string) map[string]string {
	all := map[string]string{}
	for i := 2; i+1 < len(command)-1; i += 2 {
		all[command[i]] = strings.TrimSpace(all[command[i]] + " " + strings.Trim(command[i+1], `"`))
	}
	return all
}
