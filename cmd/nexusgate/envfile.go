package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// envFile is what set-up keeps between starts: variables of the forges, with their secrets, a line each, as a
// container's --env-file and a unit's EnvironmentFile read them. Only its owner may read it.
type envFile struct {
	path   string
	values map[string]string
}

// envFileBound is as large as such a file may be, in bytes: a token for each of some thousand projects.
const envFileBound = 1 << 20

// readEnvFile reads it; where there is none it has no values.
func readEnvFile(path string) (*envFile, error) {
	f := &envFile{path: path, values: map[string]string{}}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	defer file.Close()
	if err := forOwnerAlone(path, file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, envFileBound+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the settings: %w", err)
	case len(text) > envFileBound:
		return nil, fmt.Errorf("%s is larger than 1 MiB: that is no file of settings", path)
	}
	return f, f.parse(text)
}

// forOwnerAlone refuses a file with secrets that others may read. Where files have no such modes it asks nothing.
func forOwnerAlone(path string, file *os.File) error {
	is, err := file.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("reading the settings: %w", err)
	case !is.Mode().IsRegular():
		return fmt.Errorf("%s is not a file; name another with --env-file", path)
	case runtime.GOOS != "windows" && is.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("%s has the mode %#o, and others can read the secrets in it: chmod 600 %s, and replace the secrets if somebody may have", path, is.Mode().Perm(), path)
	}
	return nil
}

func (f *envFile) parse(text []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, envFileBound+1)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || !mayBeKept(name) {
			return fmt.Errorf("%s:%d: write NAME=VALUE, with the name of a variable of the forges, NEXUSGATE_CONFIG, NEXUSGATE_NEXUS or NEXUSGATE_URL; give others to the process itself", f.path, number)
		}
		f.values[name] = value
	}
	return nil
}

// mayBeKept are the variables of the forges and those that go with them.
func mayBeKept(name string) bool {
	is := func(row [2]string) bool { return row[0] == name }
	return slices.ContainsFunc(forgeVariables[:], is) || slices.Contains([]string{"NEXUSGATE_CONFIG", "NEXUSGATE_NEXUS", "NEXUSGATE_URL"}, name)
}

// behind gives variables from the file that the process has not got. A forge of which the process has some is
// the process's alone: two halves of different Apps would be none.
func (f *envFile) behind(getenv func(string) string) func(string) string {
	whose := map[string]bool{gitHubFamily: f.passedOver(getenv, gitHubFamily), gitLabFamily: f.passedOver(getenv, gitLabFamily)}
	return func(name string) string {
		if value := getenv(name); value != "" || whose[familyOf(name)] {
			return value
		}
		return f.values[name]
	}
}

// passedOver says whether what the file has of a forge is not asked for, since the process has some of it.
func (*envFile) passedOver(getenv func(string) string, family string) bool {
	return slices.ContainsFunc(forgeVariables[:], func(row [2]string) bool { return familyOf(row[0]) == family && getenv(row[0]) != "" })
}

// What the variables of one forge have in common.
const (
	gitHubFamily = "NEXUSGATE_GITHUB_"
	gitLabFamily = "NEXUSGATE_GITLAB_"
)

// familyOf is that of a variable; "" of others.
func familyOf(name string) string {
	for _, family := range []string{gitHubFamily, gitLabFamily} {
		if strings.HasPrefix(name, family) {
			return family
		}
	}
	return ""
}

// keep sets values and writes the file, whole or not at all.
func (f *envFile) keep(values map[string]string) error {
	for name, value := range values {
		if !mayBeKept(name) || strings.ContainsAny(value, "\n\r\x00") {
			return fmt.Errorf("%s cannot be kept in a line of %s", name, f.path)
		}
	}
	all := maps.Clone(f.values)
	maps.Copy(all, values)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	var text strings.Builder
	text.WriteString("# Written by nexusgate's set-up. It holds secrets: only its owner may read it.\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		text.WriteString(name + "=" + all[name] + "\n")
	}
	if err := writeSecret(f.path, []byte(text.String())); err != nil {
		return err
	}
	f.values = all // what could not be kept is not so
	return nil
}

// writable refuses a place where nothing could be kept, before somebody has come by secrets that would be lost.
func (f *envFile) writable() error {
	trial, err := os.CreateTemp(filepath.Dir(f.path), ".nexusgate-*")
	if err == nil {
		err = errors.Join(trial.Close(), os.Remove(trial.Name()))
	}
	if err != nil {
		return fmt.Errorf("--env-file %s: what is set up by clicks could not be kept there: %w; make its folder, which nexusgate may write to, or name a file elsewhere", f.path, reasonOf(err))
	}
	return nil
}

// reasonOf is why a file could not be made, without the name that was tried.
func reasonOf(err error) error {
	if at, is := errors.AsType[*fs.PathError](err); is {
		return at.Err
	}
	return err
}

// writeSecret writes a file that only its owner may read, whole or not at all. One that is there and that others
// may read is refused: whoever opened it before would go on reading what is put in its place by the same name.
func writeSecret(path string, content []byte) error {
	if err := unreadByOthers(path); err != nil {
		return err
	}
	return replaceFile(path, content, 0o600)
}

func unreadByOthers(path string) error {
	there, err := os.Open(path)
	if err != nil {
		return nil // it is not there, or writing it will tell
	}
	return errors.Join(forOwnerAlone(path, there), there.Close())
}

// mayWriteSecret says whether [writeSecret] could write a file, and leaves all as it is.
func mayWriteSecret(path string) error {
	if err := unreadByOthers(path); err != nil {
		return err
	}
	draft, err := draftOf(path)
	if err != nil {
		return err
	}
	return errors.Join(draft.Close(), os.Remove(draft.Name()))
}

// draftOf begins a file beside its place, for its owner alone.
func draftOf(path string) (*os.File, error) {
	draft, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	return draft, nil
}

// replaceFile writes a file beside its place and moves it there.
func replaceFile(path string, content []byte, mode fs.FileMode) (err error) {
	draft, err := draftOf(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(draft.Name())))
		}
	}()
	_, err = draft.Write(content)
	if err = errors.Join(err, draft.Chmod(mode), draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return err
	}
	_ = settleFolder(filepath.Dir(path)) // it has its name, and not every file system settles folders
	return nil
}

// settleFolder has the names in a folder outlive a loss of power.
func settleFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// settled are a command's files, homes and address, where the file of settings has what its flags lack.
func (f *envFile) settled(config, nexus *[]string, url *string) {
	if len(*config)+len(*nexus) == 0 {
		*config, *nexus = texts(f.values["NEXUSGATE_CONFIG"]), texts(f.values["NEXUSGATE_NEXUS"])
	}
	if *url == "" {
		*url = f.values["NEXUSGATE_URL"]
	}
}

// texts are those of a list that is set apart by commas.
func texts(list string) (all []string) {
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, text)
		}
	}
	return all
}
