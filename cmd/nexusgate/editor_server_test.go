package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// languageServer is CUE's own, `cue lsp`, as an editor talks to it: JSON-RPC over its standard streams.
type languageServer struct {
	t    *testing.T
	in   io.Writer
	out  *bufio.Reader
	dir  string
	last int
}

// message is a request, an answer or a notice of either side.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      *int            `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// openEditor opens a file of a folder in an editor.
func openEditor(t *testing.T, dir, name string) *languageServer {
	t.Helper()
	cue, err := cueCommand()
	if err != nil {
		t.Fatalf("building the cue that tools.mod pins: %v", err)
	}
	command := exec.CommandContext(t.Context(), cue, "lsp")
	command.Dir = dir
	command.Env = append(os.Environ(), "CUE_CACHE_DIR="+filepath.Join(t.TempDir(), "cache"))
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	s := &languageServer{t: t, in: in, out: bufio.NewReader(out), dir: dir}
	root := "file://" + filepath.ToSlash(dir)
	s.ask("initialize", map[string]any{"rootUri": root, "capabilities": map[string]any{}, "workspaceFolders": []any{map[string]any{"uri": root, "name": "nexus"}}})
	s.send(message{Method: "initialized", Params: map[string]any{}})
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	s.send(message{Method: "textDocument/didOpen", Params: map[string]any{
		"textDocument": map[string]any{"uri": s.uri(name), "languageId": "cue", "version": 1, "text": string(text)},
	}})
	return s
}

func (s *languageServer) uri(name string) string {
	return "file://" + filepath.ToSlash(filepath.Join(s.dir, name))
}

func (s *languageServer) send(m message) {
	s.t.Helper()
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		s.t.Fatal(err)
	}
}

// ask sends a request and reads on to its answer. What the server asks in between is answered with nothing.
func (s *languageServer) ask(method string, params any) json.RawMessage {
	s.t.Helper()
	s.last++
	id := s.last
	s.send(message{ID: &id, Method: method, Params: params})
	for {
		switch m := s.read(); {
		case m.ID != nil && m.Method != "":
			s.send(message{ID: m.ID, Result: json.RawMessage("null")})
		case m.ID != nil && *m.ID == id && m.Error != nil:
			s.t.Fatalf("%s: %s", method, m.Error)
		case m.ID != nil && *m.ID == id:
			return m.Result
		}
	}
}

func (s *languageServer) read() message {
	s.t.Helper()
	header, err := textproto.NewReader(s.out).ReadMIMEHeader()
	if err != nil {
		s.t.Fatalf("reading from the language server: %v", err)
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || length > 1<<20 {
		s.t.Fatalf("a message of %q bytes", header.Get("Content-Length"))
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(s.out, body); err != nil {
		s.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		s.t.Fatalf("%v in %s", err, body)
	}
	return m
}

// at are a request's parameters: the place in a file where a text begins, and a little into it.
func (s *languageServer) at(name, text string) map[string]any {
	s.t.Helper()
	source, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	before, _, found := strings.Cut(string(source), text)
	if !found {
		s.t.Fatalf("%s has no %q", name, text)
	}
	line := strings.Count(before, "\n")
	column := len(before) - strings.LastIndex(before, "\n") - 1
	return map[string]any{
		"textDocument": map[string]any{"uri": s.uri(name)},
		"position":     map[string]any{"line": line, "character": column + 1},
	}
}

// completions are what the editor offers there.
func (s *languageServer) completions(name, text string) []string {
	s.t.Helper()
	var list struct {
		Items []struct {
			Label string `json:"label"`
		} `json:"items"`
	}
	if err := json.Unmarshal(s.ask("textDocument/completion", s.at(name, text)), &list); err != nil {
		s.t.Fatal(err)
	}
	var labels []string
	for _, item := range list.Items {
		labels = append(labels, item.Label)
	}
	return labels
}

func TestAnEditorCompletesAndExplainsBothLayers(t *testing.T) {
	dir := t.TempDir()
	if out, stderr, code := said(t, "init", dir); code != 0 {
		t.Fatalf("init exits with %d: %s%s", code, out, stderr)
	}
	for _, in := range []struct {
		dir, name, at string
		want          []string
		told          string
	}{
		{dir, "nexus.cue", "productGoal:", []string{"exceptions", "longestException", "release", "zone"}, "The Product Goal"},
		{dir, "nexus.cue", "days:", []string{"goal", "start"}, "How many days a Sprint has"},
		{dir, "nexus.cue", "within:", []string{"appliesTo", "requiredFrom", "fresh", "paths"}, "How long the first report may take"},
		{filepath.Join(dir, ".nexus"), "done.cue", "reviewed:", []string{"ci", "lint"}, ""},
		{filepath.Join(dir, ".nexus"), "done.cue", "level:", []string{"within", "requiredFrom", "fresh"}, "May be raised"},
	} {
		t.Run(in.at, func(t *testing.T) {
			server := openEditor(t, in.dir, in.name)
			offered := server.completions(in.name, in.at)
			for _, want := range in.want {
				if !slices.Contains(offered, want) {
					t.Errorf("at %s it offers %v, and not %s", in.at, offered, want)
				}
			}
			if told := string(server.ask("textDocument/hover", server.at(in.name, in.at))); !strings.Contains(told, in.told) {
				t.Errorf("at %s it tells %s, want %q", in.at, told, in.told)
			}
		})
	}
}
