package forge

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds on what is read of a landing: how many commits that touch the definition are looked at, how
// many changes are told, and how many reviews of all of them.
const (
	landingCommits = 20
	landingChanges = 10
	landingReviews = 300
)

// errManyReviews is said of a change with more reviews than are read.
var errManyReviews = errors.New("the change has more reviews than are read")

// history is where it is looked up which changes brought a landing, on either forge.
type history interface {
	// touching gives the newest commits that touch a path, seen from one, the newest first.
	touching(ctx context.Context, commit, path string) ([]string, error)
	// within says whether a commit is another, or one that it stands on; sure is false where that cannot be told.
	within(ctx context.Context, commit, of string) (yes, sure bool, err error)
	// bringing gives the merged changes that brought a commit, without their reviews.
	bringing(ctx context.Context, commit string) ([]gate.LandedChange, error)
	// reviews gives at most so many reviews of a merged change, else errManyReviews.
	reviews(ctx context.Context, c gate.LandedChange, most int) ([]gate.LandedReview, error)
}

// landing reads which changes brought what landed after w.Base, up to w.Commit, and touches w.Path. One
// that had landed by then is told no more: by a push that brings its commits back nobody vouches for what
// they say. Nor is one that did not come to the wanted branch, or not to this commit.
func landing(ctx context.Context, h history, repo gate.Repo, w gate.Want) (gate.Event, error) {
	if err := errors.Join(checkCommit(w.Base), checkCommit(w.Commit), checkPath(w.Path)); err != nil {
		return nil, err
	}
	read := gate.LandingRead{Repo: repo, Base: w.Base, Commit: w.Commit, Path: w.Path}
	commits, err := h.touching(ctx, w.Commit, w.Path)
	if err != nil {
		return nil, err
	}
	l := looking{history: h, want: w}
	for _, commit := range commits {
		if len(l.found) == landingChanges {
			break
		}
		if err := l.lookAt(ctx, commit); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(l.found, func(a, b gate.LandedChange) int { return a.MergedAt.Compare(b.MergedAt) })
	read.Changes = l.found
	return read, l.review(ctx)
}

// looking is the search for the changes that brought a landing.
type looking struct {
	history
	want  gate.Want
	found []gate.LandedChange
}

// lookAt finds the changes that brought one commit.
func (l *looking) lookAt(ctx context.Context, commit string) error {
	if newer, err := l.newer(ctx, commit); err != nil || !newer {
		return err
	}
	changes, err := l.bringing(ctx, commit)
	if err != nil {
		return err
	}
	for _, c := range changes {
		known := slices.ContainsFunc(l.found, func(f gate.LandedChange) bool { return f.Number == c.Number })
		if known || c.Base != l.want.Branch || checkCommit(c.Landed) != nil || len(l.found) == landingChanges {
			continue
		}
		here, err := l.here(ctx, c.Landed)
		if err != nil {
			return err
		}
		if here {
			l.found = append(l.found, c)
		}
	}
	return nil
}

// newer says whether a commit had not landed by the base.
func (l *looking) newer(ctx context.Context, commit string) (bool, error) {
	old, sure, err := l.within(ctx, commit, l.want.Base)
	return sure && !old, err
}

// here says whether a commit landed after the base, and on the way to the wanted commit.
func (l *looking) here(ctx context.Context, landed string) (bool, error) {
	if newer, err := l.newer(ctx, landed); err != nil || !newer {
		return false, err
	}
	held, sure, err := l.within(ctx, landed, l.want.Commit)
	return sure && held, err
}

// review reads what was said of the changes. Where it is more than is read nothing is told of it: what is
// left out could take back what is not.
func (l *looking) review(ctx context.Context) error {
	left := landingReviews
	for i := range l.found {
		said, err := l.reviews(ctx, l.found[i], left)
		if errors.Is(err, errManyReviews) {
			continue
		}
		if err != nil {
			return err
		}
		l.found[i].Reviews = said
		left -= len(said)
	}
	return nil
}

// second is a forge's time as deliveries tell it: in whole seconds.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// mostLine bounds a line of text that a person wrote, in bytes.
const mostLine = 1000

// line is text that a person wrote, as deliveries tell it: in one line, valid, and cut.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if len(s) > mostLine {
		s = strings.ToValidUTF8(s[:mostLine], "")
	}
	return strings.ToValidUTF8(s, "�")
}

// page is the address of a page on the forge, "" where it is none.
func page(s string) string {
	at, err := url.Parse(s)
	if err != nil || len(s) > 2*mostLine || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return ""
	}
	return s
}
