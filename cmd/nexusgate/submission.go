package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/facts"
)

// submission is what is said of the files of a request, before them.
type submission struct {
	Nexus     string         `json:"nexus,omitempty"`     // where several have the repository: the one that it is for
	Repo      string         `json:"repo,omitempty"`      // with a static token: "github:acme/cart-api"
	Commit    string         `json:"commit,omitempty"`    // with a static token: whole
	Increment string         `json:"increment,omitempty"` // digest of the composition
	Kind      string         `json:"kind"`
	Name      string         `json:"name,omitempty"`
	Files     []submittedSum `json:"files"`
}

// submittedSum is a file as it is announced.
type submittedSum struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// The bounds of a submission, in bytes.
const (
	mostAnnounced = 256 << 10
	mostName      = 200
)

// readSubmission reads a request, and what its files say. Nothing of it was kept when it is refused.
func readSubmission(w http.ResponseWriter, r *http.Request) (told submission, e gate.Submitted, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, facts.MaxTotal+mostAnnounced+facts.MaxFiles<<10)
	parts, err := r.MultipartReader()
	if err != nil {
		return told, e, refusing(http.StatusBadRequest, "send a form of several parts (multipart/form-data): %v", err)
	}
	if told, err = readAnnounced(parts); err != nil {
		return told, e, err
	}
	files, err := readFiles(parts, told.Files)
	if err != nil {
		return told, e, err
	}
	e = gate.Submitted{Kind: told.Kind, Name: told.Name}
	for i, f := range files {
		e.Files = append(e.Files, gate.SubmittedFile{Name: f.Name, SHA256: told.Files[i].SHA256, Size: int64(len(f.Body))})
	}
	if e.Facts, err = facts.Read(told.Kind, files); err != nil {
		return told, e, refusing(http.StatusBadRequest, "%v", err)
	}
	return told, e, nil
}

// readAnnounced reads the first part.
func readAnnounced(parts *multipart.Reader) (told submission, err error) {
	part, err := parts.NextPart()
	if err != nil || part.FormName() != "submission" {
		return told, orTooMuch(err, "the first part has to be the submission: a JSON object with kind, name and files")
	}
	decoder := json.NewDecoder(io.LimitReader(part, mostAnnounced))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&told); err != nil {
		return told, orTooMuch(err, fmt.Sprintf("reading the submission: %v", err))
	}
	switch {
	case len(told.Name) > mostName || !utf8.ValidString(told.Name) || strings.ContainsFunc(told.Name, unicode.IsControl):
		return told, refusing(http.StatusBadRequest, "the name of evidence has %d bytes at most, and no control characters", mostName)
	case len(told.Files) == 0 || len(told.Files) > facts.MaxFiles:
		return told, refusing(http.StatusBadRequest, "the submission announces %d files; bring one to %d", len(told.Files), facts.MaxFiles)
	}
	return told, nil
}

// readFiles reads the files in the order in which they were announced, and holds each against its digest.
func readFiles(parts *multipart.Reader, announced []submittedSum) ([]facts.File, error) {
	left := int64(facts.MaxTotal)
	files := make([]facts.File, 0, len(announced))
	for _, as := range announced {
		part, err := parts.NextPart()
		if err != nil || part.FormName() != "file" {
			return nil, orTooMuch(err, fmt.Sprintf("%d files came, and %d were announced", len(files), len(announced)))
		}
		f := facts.File{Name: shownName(as.Name)}
		if f.Body, err = readPart(part, f.Name, min(left, facts.MaxFile)); err != nil {
			return nil, err
		}
		left -= int64(len(f.Body))
		if sum := sha256.Sum256(f.Body); hex.EncodeToString(sum[:]) != as.SHA256 {
			return nil, refusing(http.StatusBadRequest, "%s is not the file that was announced: its sha256 is %x; it was altered on its way", f.Name, sum)
		}
		files = append(files, f)
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		return nil, orTooMuch(err, fmt.Sprintf("more than the %d files came that were announced", len(announced)))
	}
	return files, nil
}

func readPart(from io.Reader, name string, most int64) ([]byte, error) {
	var body bytes.Buffer
	n, err := io.Copy(&body, io.LimitReader(from, most+1))
	switch {
	case err != nil:
		return nil, orTooMuch(err, fmt.Sprintf("reading %s: %v", name, err))
	case n > most:
		return nil, refusing(http.StatusRequestEntityTooLarge, "%s is larger than is taken: %d MiB a file, %d MiB in all", name, facts.MaxFile>>20, facts.MaxTotal>>20)
	}
	return body.Bytes(), nil
}

// orTooMuch refuses a body that is larger than any may be as such, and others for what is said.
func orTooMuch(err error, says string) error {
	if most, is := errors.AsType[*http.MaxBytesError](err); is {
		return refusing(http.StatusRequestEntityTooLarge, "the request is larger than %d MiB", most.Limit>>20)
	}
	return refusing(http.StatusBadRequest, "%s", says)
}

// shownName is as much of a file's name as errors repeat.
func shownName(name string) string {
	name = strings.Map(printable, strings.ToValidUTF8(path.Base(strings.ReplaceAll(name, `\`, "/")), ""))
	return name[:min(len(name), mostName)]
}
