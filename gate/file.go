package gate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// EvidenceFile is what `nexusgate judge --evidence` reads: a moment, a composition, and what is
// known of it.
//
//	{"now": "2026-11-22T12:00:00Z", "composition": {"cart-api": "9c1f…"},
//	 "evidence": [{"component": "cart-api", "commit": "9c1f…", "kind": "junit", "facts": {"failed": 0}}]}
type EvidenceFile struct {
	Now         time.Time            `json:"now"`
	Since       map[string]time.Time `json:"since"` // commit, change or composition → when it was first seen
	Composition Composition          `json:"composition"`
	Evidence    []FiledEvidence      `json:"evidence"`
}

// FiledEvidence is one piece of evidence about a component's commit, a change or the Increment.
type FiledEvidence struct {
	Component string    `json:"component"`
	Change    string    `json:"change"`
	Increment bool      `json:"increment"`
	Commit    string    `json:"commit"`
	Kind      string    `json:"kind"`
	Name      string    `json:"name"`
	Producer  Producer  `json:"producer"`
	Trigger   string    `json:"trigger"`
	Trust     string    `json:"trust"`   // absent: declared
	Attempt   int       `json:"attempt"` // absent: 1
	Status    Status    `json:"status"`  // absent: completed
	Started   time.Time `json:"started"`
	Observed  time.Time `json:"observed"`
	Facts     Facts     `json:"facts"`
}

// largestEvidenceFile bounds what is read of one, in bytes.
const largestEvidenceFile = 32 << 20

// ReadEvidence reads an evidence file. Unknown fields are faults: a misspelt one would be evidence lost.
func ReadEvidence(r io.Reader) (EvidenceFile, error) {
	text, err := io.ReadAll(io.LimitReader(r, largestEvidenceFile+1))
	if err != nil {
		return EvidenceFile{}, fmt.Errorf("reading the evidence: %w", err)
	}
	if len(text) > largestEvidenceFile {
		return EvidenceFile{}, errors.New("the evidence is larger than 32 MiB; split it")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var f EvidenceFile
	if err := decoder.Decode(&f); err != nil {
		return EvidenceFile{}, placed(text, decoder.InputOffset(), err)
	}
	if end := decoder.InputOffset(); len(bytes.TrimSpace(text[end:])) > 0 {
		more := int64(len(text) - len(bytes.TrimLeft(text[end:], " \t\r\n")))
		return EvidenceFile{}, placed(text, more, errors.New("more follows the evidence; put all of it into one object"))
	}
	return f, f.check()
}

// placed says at which line and column reading stopped.
func placed(text []byte, offset int64, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset - 1 // it counts the byte that is wrong
	}
	before := text[:min(int(offset), len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%d:%d: %w", line, column, err)
}

func (f *EvidenceFile) check() error {
	if f.Now.IsZero() {
		return errors.New(`"now" is missing: say for which moment to judge, as "2026-11-22T12:00:00Z"`)
	}
	for i := range f.Evidence {
		if err := f.Evidence[i].check(); err != nil {
			return fmt.Errorf("evidence[%d]: %w", i, err)
		}
	}
	return nil
}

func (e *FiledEvidence) check() error {
	if e.Kind == "" {
		return errors.New(`"kind" is missing, as "junit" or "pipeline"`)
	}
	subjects := 0
	for _, named := range []bool{e.Component != "", e.Change != "", e.Increment} {
		if named {
			subjects++
		}
	}
	if subjects != 1 {
		return errors.New(`name one of "component", "change" and "increment": what it is evidence of`)
	}
	if !e.Increment && e.Commit == "" {
		return errors.New(`"commit" is missing: evidence is about one commit`)
	}
	if e.Status != "" && e.Status.rank() == 0 {
		return fmt.Errorf(`the status %q is none of "queued", "running" and "completed"`, e.Status)
	}
	_, err := definition.ParseTrust(cmp.Or(e.Trust, definition.Declared.String()))
	return err
}

// Case is the Increment's case on the file's evidence: the components, and the composition itself.
func (f *EvidenceFile) Case(n *Nexus) Case {
	kase := f.newCase(n, Subject{Kind: OfIncrement, ID: f.Composition.Digest(), Name: "Integrated Increment"})
	kase.Increment, kase.Composition = f.Composition.Digest(), f.Composition
	for _, c := range n.Definition.All() {
		kase.Parts = append(kase.Parts, f.componentPart(n, c.Name))
	}
	kase.Parts = append(kase.Parts, Part{
		Rules: n.Increment(), Since: f.Since[f.Composition.Digest()],
		Evidence: f.about(func(e FiledEvidence) bool { return e.Increment }),
	})
	return kase
}

// ComponentCase is one component's case.
func (f *EvidenceFile) ComponentCase(n *Nexus, name string) (Case, error) {
	if _, ok := n.Component(name); !ok {
		return Case{}, fmt.Errorf("the Nexus %s has no component %q; it has %s", n.Definition.Name, name, strings.Join(componentNames(n), ", "))
	}
	kase := f.newCase(n, Subject{Kind: OfComponent, ID: name, Name: name})
	kase.Commit = f.Composition[name]
	kase.Parts = []Part{f.componentPart(n, name)}
	return kase, nil
}

// ChangeCase is the case of a change, written as "github:acme/cart-api#17" or "gitlab:acme/web!3".
// Its head is the commit of the latest evidence about it.
func (f *EvidenceFile) ChangeCase(n *Nexus, ref string) (Case, error) {
	repo, _, ok := strings.Cut(strings.ReplaceAll(ref, "!", "#"), "#")
	head := f.headOf(ref)
	if !ok || head == "" {
		return Case{}, fmt.Errorf("no evidence names the change %q; write it as in the evidence, as github:acme/cart-api#17", ref)
	}
	kase := f.newCase(n, Subject{Kind: OfChange, ID: ref, Name: ref})
	kase.Commit = head
	for _, c := range n.Definition.All() {
		if strings.EqualFold(c.Forge+":"+c.Repo, repo) {
			kase.Parts = append(kase.Parts, f.changePart(n, c.Name, ref, head))
		}
	}
	if len(kase.Parts) == 0 {
		return Case{}, fmt.Errorf("no component of the Nexus %s is %s", n.Definition.Name, repo)
	}
	return kase, nil
}

func (f *EvidenceFile) newCase(n *Nexus, subject Subject) Case {
	kase := Case{Nexus: n.Definition.Name, Subject: subject, Definition: n.Digest, Floor: definition.Declared}
	for _, e := range n.Exceptions {
		if e.Void == "" && n.Definition.TooFar(&e.Exception, f.Now) {
			e.Void = untilTooFar(n.Definition, &e.Exception)
		}
		kase.Exceptions = append(kase.Exceptions, e)
	}
	return kase
}

func (f *EvidenceFile) componentPart(n *Nexus, name string) Part {
	g, _ := n.Component(name)
	commit := f.Composition[name]
	part := Part{Component: name, Team: g.Team, Since: f.Since[commit], Rules: rulesOn(g.Rules, definition.OnCommit)}
	if g.Refused != nil {
		part.Held = []Finding{refusal(g, g.Refused)}
	}
	if commit != "" {
		part.Evidence = f.about(func(e FiledEvidence) bool { return e.Component == name && e.Commit == commit })
	}
	return part
}

func (f *EvidenceFile) changePart(n *Nexus, name, ref, head string) Part {
	part := f.componentPart(n, name)
	g, _ := n.Component(name)
	part.Rules = rulesBefore(g.Rules, definition.OnChange, definition.OnCommit)
	part.Since = earliest(f.Since[ref], f.Since[head])
	part.Evidence = f.about(func(e FiledEvidence) bool {
		return e.Commit == head && (e.Change == ref || e.Component == name)
	})
	return part
}

func (f *EvidenceFile) headOf(ref string) string {
	var last FiledEvidence
	for _, e := range f.Evidence {
		if e.Change == ref && (last.Commit == "" || e.Observed.After(last.Observed)) {
			last = e
		}
	}
	return last.Commit
}

func (f *EvidenceFile) about(is func(FiledEvidence) bool) []Evidence {
	var found []Evidence
	for i, e := range f.Evidence {
		if is(e) {
			found = append(found, e.evidence(i))
		}
	}
	return found
}

func (e FiledEvidence) evidence(i int) Evidence {
	trust, _ := definition.ParseTrust(cmp.Or(e.Trust, definition.Declared.String()))
	status := e.Status
	if status == "" {
		status = Completed
	}
	return Evidence{
		Object: fmt.Sprintf("evidence[%d]", i), Kind: e.Kind, Name: e.Name, Producer: e.Producer, Trigger: e.Trigger, Trust: trust,
		Run: Run{Attempt: max(e.Attempt, 1)}, Started: e.Started, Status: status, Observed: e.Observed, Facts: e.Facts,
	}
}

func componentNames(n *Nexus) []string {
	all := n.Definition.All()
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.Name
	}
	slices.Sort(names)
	return names
}
