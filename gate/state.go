package gate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// State is what a Nexus's log folds to. It is kept as documents, each written when it changes, so
// that a restart reads the state and not the log.
type State struct {
	name         string
	nexus        *Nexus // nil until a definition was given
	record       record
	inForce      inForce
	home         home
	repos        map[string]*repository // by Repo.Key
	branches     map[string]*branch     // by repository and branch
	commits      map[string]*commit     // by repository and commit
	changes      map[string]*change     // by repository and number
	groups       map[string]*group      // by repository and head
	compositions map[string]*composed   // by digest
	awaited      map[string]*awaited    // by repository and run
	components   map[string]*component  // by name
	deployments  map[string]*Deployment // by Deployment.Key
	tags         map[string]*tag        // by repository and name
	releases     releases
	standings    map[string]*standing // by Subject.Key
	sumRuns      map[string]*sumRun   // by repository and run
	integrating  integrating
	items        map[string]*item      // by repository and number
	things       map[string]*thing     // by Ref.key
	milestones   map[string]*Milestone // by forge and id
	labels       map[string]*renames   // by Repo.Key
	backlog      backlogRepos
	chronicled   chronicle
	chapters     map[string]*chapter // by number
	holdings     map[string]*holding // by component, "" of the Increment itself
	briefs       briefed

	// The rest follows from the above, and is not kept.
	changed    map[string]bool            // keys of documents to write
	stirred    map[string]Subject         // to be judged again
	watch      map[string]map[string]bool // commit → keys of the subjects that looked at it
	watching   map[string][]string        // the same, by subject
	left       map[string]bool            // commits that a subject may have looked at last
	errands    []Errand                   // made since the last step
	asked      []*commit                  // whose evidence was asked for in this step
	wants      map[string][]Want          // by Subject.Key
	wanted     []Want                     // that were not before the last step
	due        map[string]time.Time       // by Subject.Key
	subject    map[string]Subject         // every subject ever judged by this process, by key
	inRepo     map[string][]string        // repository as defined, lower case, → components
	bound      map[string][]string        // the same by Repo.Key, in order; nil: to be worked out
	landedAs   map[string]map[string]bool // commit → keys of the changes that it brought in
	reviews    map[string]Subject         // changes to a layer of the definition, to be judged again after all else
	proposals  map[string]Subject         // the open ones that touch a layer
	tightened  map[string]tightened       // teams' layers as they were read last, by component
	loaded     map[string]loaded          // Nexus-wide layers by their digests
	loadedSize int                        // of their texts, in bytes
	anew       anew                       // components as they were judged for doors

	edition Edition
	revised revised

	history     *history // as it was restored; nil once it is in the record
	keptHistory bool     // a document of it is kept

	rerouted     bool      // it may listen to other places than were last told
	unsummed     bool      // the components may make another composition
	overdue      bool      // what time has turned is judged in this sitting
	unsettled    bool      // the landings on the home are to be weighed again
	homeDue      time.Time // when they are, if nothing is told of them before
	unbriefed    bool      // there may be other briefs to send
	unintegrated bool      // what is to be run next is to be looked at again
	integrateDue time.Time // and when it is, if nothing is told before
	pending      string    // why what is on the home's branch is not in force, in words
}

// NewState is a Nexus that nothing is known of.
func NewState(name string) *State {
	return &State{
		name:         name,
		repos:        map[string]*repository{},
		branches:     map[string]*branch{},
		commits:      map[string]*commit{},
		changes:      map[string]*change{},
		groups:       map[string]*group{},
		compositions: map[string]*composed{},
		awaited:      map[string]*awaited{},
		components:   map[string]*component{},
		deployments:  map[string]*Deployment{},
		tags:         map[string]*tag{},
		standings:    map[string]*standing{},
		sumRuns:      map[string]*sumRun{},
		items:        map[string]*item{},
		things:       map[string]*thing{},
		milestones:   map[string]*Milestone{},
		labels:       map[string]*renames{},
		chapters:     map[string]*chapter{},
		holdings:     map[string]*holding{},
		changed:      map[string]bool{},
		stirred:      map[string]Subject{},
		watch:        map[string]map[string]bool{},
		watching:     map[string][]string{},
		left:         map[string]bool{},
		wants:        map[string][]Want{},
		due:          map[string]time.Time{},
		subject:      map[string]Subject{},
		inRepo:       map[string][]string{},
		landedAs:     map[string]map[string]bool{},
		reviews:      map[string]Subject{},
		proposals:    map[string]Subject{},
		tightened:    map[string]tightened{},
		loaded:       map[string]loaded{},
	}
}

// The kinds of document, each the first word of its key.
const (
	recordDoc      = "nexus"
	inForceDoc     = "definition"
	homeDoc        = "home"
	repoDoc        = "repository"
	branchDoc      = "branch"
	commitDoc      = "commit"
	changeDoc      = "change"
	groupDoc       = "group"
	compositionDoc = "composition"
	awaitedDoc     = "awaited"
	componentDoc   = "component"
	deploymentDoc  = "deployment"
	tagDoc         = "tag"
	releasesDoc    = "releases"
	historyDoc     = "history"
	standingDoc    = "standing"
	sumRunDoc      = "run"
	integratingDoc = "integration"
	itemDoc        = "item"
	thingDoc       = "thing"
	milestoneDoc   = "milestone"
	labelsDoc      = "labels"
	backlogDoc     = "backlog"
	chronicleDoc   = "chronicle"
	chapterDoc     = "chapter"
	heldDoc        = "held"
)

func commitKey(repo, sha string) string        { return repo + " " + sha }
func branchKey(repo, name string) string       { return repo + " " + name }
func changeKey(repo string, number int) string { return fmt.Sprintf("%s#%d", repo, number) }

// touch marks a document to be written.
func (s *State) touch(kind, key string) {
	s.changed[kind+" "+key] = true
	s.revise(kind)
	s.unsummed = s.unsummed || kind == componentDoc
}

// document finds a document by its key; gone says that it no longer stands.
func (s *State) document(key string) (doc any, gone bool) {
	kind, id, _ := strings.Cut(key, " ")
	switch kind {
	case recordDoc:
		return s.record.short(), false
	case historyDoc:
		return s.record.history(), false
	case inForceDoc:
		return &s.inForce, false
	case homeDoc:
		return &s.home, false
	case repoDoc:
		return lookup(s.repos, id)
	case branchDoc:
		return lookup(s.branches, id)
	case commitDoc:
		if c, ok := s.commits[id]; ok {
			c.objects() // it is written whole
		}
		return lookup(s.commits, id)
	case changeDoc:
		return lookup(s.changes, id)
	case groupDoc:
		return lookup(s.groups, id)
	case compositionDoc:
		return lookup(s.compositions, id)
	case awaitedDoc:
		return lookup(s.awaited, id)
	case componentDoc:
		return lookup(s.components, id)
	case sumRunDoc:
		return lookup(s.sumRuns, id)
	case integratingDoc:
		return &s.integrating, false
	case deploymentDoc:
		return lookup(s.deployments, id)
	case tagDoc:
		return lookup(s.tags, id)
	case releasesDoc:
		return &s.releases, false
	case standingDoc:
		st, stands := s.standings[id]
		if !stands {
			return nil, true
		}
		return s.short(st), false
	default:
		return s.documentAside(kind, id)
	}
}

// documentAside finds a document that no verdict on what has landed rests on.
func (s *State) documentAside(kind, id string) (doc any, gone bool) {
	switch kind {
	case itemDoc:
		return lookup(s.items, id)
	case thingDoc:
		return lookup(s.things, id)
	case milestoneDoc:
		return lookup(s.milestones, id)
	case labelsDoc:
		return lookup(s.labels, id)
	case backlogDoc:
		return &s.backlog, false
	case chronicleDoc:
		return &s.chronicled, false
	case chapterDoc:
		return lookup(s.chapters, id)
	case heldDoc:
		return lookup(s.holdings, id)
	case briefsDoc:
		return &s.briefs, false
	default:
		return nil, true
	}
}

func lookup[T any](docs map[string]*T, id string) (doc any, gone bool) {
	found, ok := docs[id]
	return found, !ok
}

// takeDocs hands out the documents changed since the last call, in the order of their keys.
func (s *State) takeDocs() []Doc {
	s.keepHistory()
	keys := make([]string, 0, len(s.changed))
	for key := range s.changed {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	docs := make([]Doc, 0, len(keys))
	for _, key := range keys {
		doc := Doc{Nexus: s.name, Key: key}
		if value, gone := s.document(key); !gone {
			doc.Body = canonicalText(value)
		}
		docs = append(docs, doc)
	}
	clear(s.changed)
	s.foldLeft()
	return docs
}

// restore puts one kept document back in the place of what it was before.
func (s *State) restore(doc Doc) error {
	kind, id, _ := strings.Cut(doc.Key, " ")
	s.revise(kind)
	if doc.Body == nil {
		s.forget(kind, id)
		return nil
	}
	switch kind {
	case recordDoc:
		return s.restoreRecord(doc.Body)
	case inForceDoc:
		return restoreOne(&s.inForce, doc.Body)
	case homeDoc:
		return restoreOne(&s.home, doc.Body)
	case repoDoc:
		return restoreInto(s.repos, id, doc.Body)
	case branchDoc:
		return restoreInto(s.branches, id, doc.Body)
	case commitDoc:
		s.left[id] = true
		return restoreInto(s.commits, id, doc.Body)
	case changeDoc:
		return restoreInto(s.changes, id, doc.Body)
	case groupDoc:
		return restoreInto(s.groups, id, doc.Body)
	case compositionDoc:
		return restoreInto(s.compositions, id, doc.Body)
	case awaitedDoc:
		return restoreInto(s.awaited, id, doc.Body)
	case componentDoc:
		s.bound = nil
		return restoreInto(s.components, id, doc.Body)
	case deploymentDoc:
		return restoreInto(s.deployments, id, doc.Body)
	case tagDoc:
		return restoreInto(s.tags, id, doc.Body)
	case releasesDoc:
		return restoreOne(&s.releases, doc.Body)
	case historyDoc:
		s.history, s.keptHistory = &history{}, true
		return restoreOne(s.history, doc.Body)
	case standingDoc:
		return restoreInto(s.standings, id, doc.Body)
	case sumRunDoc:
		return restoreInto(s.sumRuns, id, doc.Body)
	case integratingDoc:
		return restoreOne(&s.integrating, doc.Body)
	default:
		return s.restoreAside(kind, id, doc.Body)
	}
}

// restoreAside puts a document back that no verdict on what has landed rests on.
func (s *State) restoreAside(kind, id string, body []byte) error {
	switch kind {
	case itemDoc:
		return restoreInto(s.items, id, body)
	case thingDoc:
		return restoreInto(s.things, id, body)
	case milestoneDoc:
		return restoreInto(s.milestones, id, body)
	case labelsDoc:
		return restoreInto(s.labels, id, body)
	case backlogDoc:
		return restoreOne(&s.backlog, body)
	case chronicleDoc:
		return restoreOne(&s.chronicled, body)
	case chapterDoc:
		return restoreInto(s.chapters, id, body)
	case heldDoc:
		return restoreInto(s.holdings, id, body)
	case briefsDoc:
		return restoreOne(&s.briefs, body)
	default:
		return fmt.Errorf("a document of the unknown kind %q", kind)
	}
}

// restoreRecord reads a Nexus's own document. Builds before definitions had homes kept there what is in force.
func (s *State) restoreRecord(body []byte) error {
	if err := restoreOne(&s.record, body); err != nil {
		return err
	}
	var before inForce
	if err := json.Unmarshal(body, &before); err != nil || before.Source == "" || s.inForce.Source != "" {
		return err
	}
	s.inForce = inForce{File: before.File, Source: before.Source}
	s.touch(recordDoc, "")
	s.touch(inForceDoc, "")
	return nil
}

func restoreOne[T any](to *T, body []byte) error {
	value := new(T) // what is not told any more is not so any more
	if err := json.Unmarshal(body, value); err != nil {
		return err
	}
	*to = *value
	return nil
}

func restoreInto[T any](docs map[string]*T, id string, body []byte) error {
	value := new(T)
	if err := json.Unmarshal(body, value); err != nil {
		return err
	}
	docs[id] = value
	return nil
}

// commit finds or makes the record of a commit.
func (s *State) commit(repo, sha string) *commit {
	key := commitKey(repo, sha)
	c, ok := s.commits[key]
	if !ok {
		c = &commit{}
		s.commits[key] = c
	}
	if !c.Idle.IsZero() {
		c.Idle = time.Time{}
		s.touch(commitDoc, key)
	}
	return c
}

// governed gives the components on a branch of a repository, by name.
func (s *State) governed(repo, branch string) []*Governed {
	var found []*Governed
	for _, name := range s.componentsIn(repo) {
		if g, ok := s.nexus.Component(name); ok && g.Branch == branch {
			found = append(found, g)
		}
	}
	return found
}

// defined is what a component stands for; when it changes, what was known of the old one is void.
func defined(c definition.Component) string {
	return lowerRepo(c) + " " + c.Branch + " " + c.Path
}

// lowerRepo is a component's repository as it is looked up: forges do not tell "Acme" from "acme".
func lowerRepo(c definition.Component) string { return strings.ToLower(c.Forge + ":" + c.Repo) }
