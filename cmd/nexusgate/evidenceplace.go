package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// place finds the Nexuses that evidence is for, and what it is about.
func (h *evidence) place(ctx context.Context, by caller, told submission, e *gate.Submitted) ([]string, error) {
	repo, err := by.repo(told)
	if err != nil {
		return nil, err
	}
	nexuses, known, err := h.nexuses(ctx, by, repo, told.Nexus)
	if err != nil {
		return nil, err
	}
	e.Job, e.Repo = by.job, known
	switch {
	case told.Increment != "":
		return h.composition(ctx, nexuses, told.Increment, e)
	case !by.isJob():
		e.Commit, err = wholeCommit(told.Commit)
	}
	return nexuses, err
}

// nexuses are those that a repository is of, or the one of them that is named, and the repository as they know it.
func (h *evidence) nexuses(ctx context.Context, by caller, repo gate.Repo, named string) (those []string, known gate.Repo, err error) {
	for _, nexus := range h.s.lanes.every() {
		if named != "" && named != nexus || by.nexus != "" && by.nexus != nexus {
			continue
		}
		if as, takes := h.s.takes(nexus, repo); takes {
			known, those = as, append(those, nexus)
		}
	}
	if len(those) == 0 {
		err = h.nobodys(ctx, repo, named)
	}
	return those, known, err
}

// nobodys refuses a repository that no Nexus has. While it is not known which have it, that is said: what was
// refused is not brought again.
func (h *evidence) nobodys(ctx context.Context, repo gate.Repo, named string) error {
	_, err := h.s.store.Counts(ctx)
	switch {
	case err != nil:
		return err
	case !h.s.readAll():
		return refusing(http.StatusServiceUnavailable, "not all definitions have been read yet: try again in a moment")
	case named != "":
		return refusing(http.StatusForbidden, "%s is no repository of a Nexus %s here: it has to hold a component, or the definition", repo, named)
	default:
		return refusing(http.StatusForbidden, "%s is no repository of a Nexus here: it has to hold a component, or the definition", repo)
	}
}

// readAll says whether all definitions that the service was given are in force.
func (s *server) readAll() bool {
	for _, n := range s.config.nexuses {
		if !s.knows(n.definition.Name) {
			return false
		}
	}
	return s.homes.known()
}

// composition leaves those of the Nexuses that have, or had, an Increment of that composition.
func (h *evidence) composition(ctx context.Context, nexuses []string, digest string, e *gate.Submitted) ([]string, error) {
	var those []string
	for _, nexus := range nexuses {
		i, err := h.s.store.IncrementOf(ctx, nexus, digest)
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return nil, err
		}
		e.Increment, e.Composition, those = i.Digest, i.Composition, append(those, nexus)
	}
	if len(those) == 0 {
		return nil, refusing(http.StatusNotFound, "no Increment of %s has the composition %.80q: submit with the id that nexusgate increment checkout gave",
			strings.Join(nexuses, " or "), digest)
	}
	return those, nil
}

// wholeCommit is a commit as both forges write it.
func wholeCommit(text string) (string, error) {
	if (len(text) != 40 && len(text) != 64) || strings.Trim(text, "0123456789abcdef") != "" {
		return "", refusing(http.StatusBadRequest, "%.80q is no commit: name the whole one, of 40 or 64 hexadecimal digits", text)
	}
	return text, nil
}
