package gate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// The bounds of what is kept of a Nexus's items.
const (
	mostItems      = 5_000
	mostMilestones = 1_000
	mostRenames    = 200 // of labels, of one repository
)

// labelWord is that a label was renamed, or deleted.
type labelWord struct {
	From string    `json:"from"`
	To   string    `json:"to,omitempty"`
	At   time.Time `json:"at"` // when we were told: forges do not say when it was
}

// renames are the words on the labels of one repository, by their times.
type renames struct {
	Words []labelWord `json:"words"`
}

// foldItems takes in what is told of items. told says that an event is one of those.
func (s *State) foldItems(e Event, repo string, m moment) (used, told bool) {
	switch e := e.(type) {
	case ItemSeen:
		return s.foldItem(e, repo, m), true
	case ItemLinked:
		return s.foldLink(e, repo, m), true
	case MilestoneSeen:
		return s.keepsItems(repo) && s.foldMilestone(e.Repo.Forge, e.Milestone), true
	case LabelRenamed:
		return s.keepsItems(repo) && s.foldLabel(e, repo, m), true
	default:
		return false, false
	}
}

// rules are those of the Product Backlog; nil where none is kept.
func (s *State) rules() *definition.Backlog { return s.nexus.Definition.Backlog }

// keepsItems says whether the issues of a repository may be items.
func (s *State) keepsItems(repo string) bool {
	return s.rules() != nil && (len(s.componentsIn(repo)) > 0 || s.backlogIn(repo))
}

func (s *State) foldItem(e ItemSeen, repo string, m moment) bool {
	if e.UpdatedAt.IsZero() {
		e.UpdatedAt = m.received
	}
	r := e.ref()
	if !s.keepsItems(repo) {
		return s.hearThing(r, ThingRead{State: e.state(), Title: e.Title, Absent: e.Gone, At: e.UpdatedAt}, m)
	}
	s.foldMilestone(e.Repo.Forge, e.Milestone)
	s.foldMilestone(iterations(e.Repo.Forge), e.Iteration)
	e.Repo.Installation = 0
	key := changeKey(repo, e.Number)
	s.item(key).see(e, s.rules(), m.received)
	s.touch(itemDoc, key)
	s.stirThing(r, repo)
	s.cutItems()
	return true
}

// state is an item's in a word.
func (e *ItemSeen) state() ChangeState {
	if e.Open {
		return ChangeOpen
	}
	return ChangeClosed
}

func (s *State) item(key string) *item {
	i, ok := s.items[key]
	if !ok {
		i = &item{}
		s.items[key] = i
	}
	return i
}

// foldLink takes in a link of an item of the repository that tells of it: the other end's tells of it as well.
func (s *State) foldLink(e ItemLinked, repo string, m moment) bool {
	if !s.keepsItems(repo) || !strings.EqualFold(e.From.Repo, e.Repo.Name) || e.From.Number <= 0 {
		return false
	}
	if e.At.IsZero() {
		e.At = m.received
	}
	key := changeKey(repo, e.From.Number)
	s.item(key).link(e, m.received)
	s.touch(itemDoc, key)
	s.stirThing(e.From, repo)
	return true
}

// iterations is where a forge's iterations are kept: they are counted apart from its milestones.
func iterations(of Forge) Forge { return of + ":iteration" }

// foldMilestone keeps what a milestone is called, by the forge's own time: its items are not told of when it is
// renamed.
func (s *State) foldMilestone(forge Forge, m Milestone) bool {
	if m.ID == 0 || m.Title == "" && m.Due.IsZero() {
		return false
	}
	key := string(forge) + ":" + strconv.FormatInt(m.ID, 10)
	known, ok := s.milestones[key]
	if ok && cmp.Or(known.At.Compare(m.At), strings.Compare(canonical(known), canonical(m))) >= 0 {
		return true
	}
	s.milestones[key] = &m
	s.touch(milestoneDoc, key)
	if len(s.milestones) > mostMilestones {
		oldest := slices.MinFunc(sortedKeys(s.milestones), func(a, b string) int {
			return cmp.Or(s.milestones[a].At.Compare(s.milestones[b].At), cmp.Compare(a, b))
		})
		delete(s.milestones, oldest)
		s.touch(milestoneDoc, oldest)
	}
	return true
}

func (s *State) foldLabel(e LabelRenamed, repo string, m moment) bool {
	word := labelWord{From: e.From, To: e.To, At: m.received}
	of, ok := s.labels[repo]
	if !ok {
		of = &renames{}
		s.labels[repo] = of
	}
	if !slices.Contains(of.Words, word) {
		of.Words = append(of.Words, word)
		slices.SortFunc(of.Words, func(a, b labelWord) int {
			return cmp.Or(a.At.Compare(b.At), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
		})
		of.Words = slices.Clone(of.Words[max(0, len(of.Words)-mostRenames):])
		s.touch(labelsDoc, repo)
	}
	return true
}

// labelsOf are an item's labels as they are called now.
func (s *State) labelsOf(i *item) []string {
	of := s.labels[i.Last.Repo.Key()]
	if of == nil {
		return i.Last.Labels
	}
	labels := slices.Clone(i.Last.Labels)
	for _, word := range of.Words {
		at := slices.Index(labels, word.From)
		switch {
		case at < 0 || word.At.Before(i.Last.UpdatedAt):
		case word.To == "":
			labels = slices.Delete(labels, at, at+1)
		default:
			labels[at] = word.To
		}
	}
	return labels
}

// milestoneOf is a milestone as it is called now.
func (s *State) milestoneOf(forge Forge, m Milestone) Milestone {
	if known, ok := s.milestones[string(forge)+":"+strconv.FormatInt(m.ID, 10)]; ok && m.ID != 0 {
		return *known
	}
	return m
}

// cutItems lets go of the items that matter least where there are too many: what is no item any more, then of those
// that are closed the one that was told of longest ago; of open ones only where no other is left.
func (s *State) cutItems() {
	for kept := map[string]bool{}; len(s.items) > mostItems; {
		least, worth := "", 0
		for key, i := range s.items {
			w := s.matters(key, i, kept)
			if least == "" || cmp.Or(cmp.Compare(w, worth), i.Last.UpdatedAt.Compare(s.items[least].Last.UpdatedAt), strings.Compare(key, least)) < 0 {
				least, worth = key, w
			}
		}
		delete(s.items, least)
		s.touch(itemDoc, least)
	}
}

// How much an item matters.
const (
	noItem = iota
	closedItem
	openItem
)

// matters says how much an item does, and remembers of which repositories items are kept.
func (s *State) matters(key string, i *item, kept map[string]bool) int {
	repo := key[:strings.LastIndexByte(key, '#')]
	keeps, known := kept[repo]
	if !known {
		keeps = s.keepsItems(repo)
		kept[repo] = keeps
	}
	switch {
	case i.Last.Gone || !keeps:
		return noItem
	case !i.Last.Open:
		return closedItem
	default:
		return openItem
	}
}
