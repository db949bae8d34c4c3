package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// Judged is a verdict on an Increment with all that a statement on it is made of. The same verdict makes
// the same statement, whenever and by whomever it is made.
type Judged struct {
	Verdict gate.Verdict
	Nexus   *gate.Nexus // as it was defined when the verdict was made
	Leaves  []Leaf      // the verdict itself, and those of the components that it rests on
}

// Leaf is a verdict as the log has it.
type Leaf struct {
	Verdict string // its id
	Body    []byte // its canonical JSON
}

// Places are where things are seen: the service's pages, and the forges.
type Places struct {
	Pages  string                // "https://done.example.com"
	Forges map[gate.Forge]string // "https://github.com"
}

// ErrUndecided says that a verdict decides nothing on an Increment, so that there is nothing to state: it
// is on something else, or it waits.
var ErrUndecided = errors.New("it decides nothing on an Increment")

// Attestable says whether there is a statement to make of a verdict.
func Attestable(v gate.Verdict) bool {
	return v.Subject.Kind == gate.OfIncrement && v.Outcome.Decided()
}

// Statement makes the statement.
func (j Judged) Statement(at Places) (Statement, error) {
	v := j.Verdict
	if !Attestable(v) {
		return Statement{}, fmt.Errorf("verdict %s: %w", v.ID, ErrUndecided)
	}
	subjects, err := j.subjects(at)
	if err != nil {
		return Statement{}, fmt.Errorf("verdict %s: %w", v.ID, err)
	}
	nexus := at.Pages + "/nexus/" + url.PathEscape(v.Nexus)
	s := Statement{
		Type: statementType, PredicateType: summaryType, Subjects: subjects,
		Summary: Summary{
			Verifier: Decider{ID: at.Pages}, TimeVerified: v.At.UTC(), ResourceURI: nexus,
			Policy:            Resource{URI: nexus + "/definition", Digest: sha256Of(v.Definition)},
			InputAttestations: j.inputs(at), Increment: newIncrement(v),
		},
	}
	s.Summary.VerificationResult, s.Summary.VerifiedLevels = j.result()
	if err := s.sound(); err != nil {
		return Statement{}, fmt.Errorf("verdict %s: %w", v.ID, err)
	}
	return s, nil
}

// result is what came of it. What is done under exceptions has passed only where the definition lets it
// be released, and even then at a level of its own.
func (j Judged) result() (result string, levels []string) {
	v := j.Verdict
	switch {
	case !v.Releases(j.Nexus.Definition.Release):
		return notReached, []string{levelFailed}
	case len(v.Exceptions) > 0:
		return passed, []string{LevelUnderExceptions}
	default:
		return passed, []string{LevelDone}
	}
}

func newIncrement(v gate.Verdict) Increment {
	made := Increment{
		Nexus: v.Nexus, Name: v.Subject.Name, Digest: v.Increment, Composition: v.Composition, Verdict: v.ID, Outcome: v.Outcome,
		Exceptions: []Exception{},
	}
	for _, id := range v.Exceptions {
		made.Exceptions = append(made.Exceptions, exceptionOf(v, id))
	}
	return made
}

// exceptionOf is an exception as the verdict tells it.
func exceptionOf(v gate.Verdict, id string) Exception {
	for _, g := range v.Grants {
		if g.ID == id {
			return Exception{ID: g.ID, Criterion: g.Criterion, Reason: g.Reason, Until: g.Until.UTC()}
		}
	}
	return Exception{ID: id}
}

// subjects are the commits of the composition, by the names of their components.
func (j Judged) subjects(at Places) (all []Resource, err error) {
	for _, name := range slices.Sorted(maps.Keys(j.Verdict.Composition)) {
		c, ok := j.Nexus.Component(name)
		if !ok {
			return nil, fmt.Errorf("the definition %s has no component %s", j.Verdict.Definition, name)
		}
		site := at.Forges[gate.Forge(c.Forge)]
		if site == "" {
			return nil, fmt.Errorf("it is not known where %s, the forge of %s, is", c.Forge, name)
		}
		all = append(all, Resource{
			Name:   source(site, c.Repo, c.Branch, c.Path),
			Digest: map[string]string{gitCommit: j.Verdict.Composition[name]},
		})
	}
	return all, nil
}

// gitCommit names the digest that a commit is: https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md.
const gitCommit = "gitCommit"

// source is where a component lies, in the form of SPDX's download locations:
// "git+https://github.com/acme/mono@refs/heads/main#services/cart". No two components share one.
func source(site, repo, branch, path string) string {
	at := url.URL{Path: "/" + repo + "@refs/heads/" + branch, Fragment: path}
	return "git+" + site + at.String()
}

// inputs are the verdicts as the log has them.
func (j Judged) inputs(at Places) (all []Resource) {
	log := at.Pages + "/api/v1/nexus/" + url.PathEscape(j.Verdict.Nexus) + "/log/leaf/"
	for _, l := range j.Leaves {
		sum := sha256.Sum256(l.Body)
		all = append(all, Resource{
			URI:    log + url.PathEscape(l.Verdict),
			Digest: map[string]string{"sha256": hex.EncodeToString(sum[:])},
		})
	}
	return all
}

// sha256Of is a digest of ours as others write it.
func sha256Of(digest string) map[string]string {
	return map[string]string{"sha256": strings.TrimPrefix(digest, "sha256:")}
}
