package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// grounds keeps what a step's verdicts rest on: the evidence that is not kept yet, and the references to it.
func (r recording) grounds() error {
	for place, g := range r.step.Grounds {
		if err := r.evidence(g); err != nil {
			return fmt.Errorf("the evidence of verdict %s: %w", g.Verdict, err)
		}
		body, err := g.MarshalText()
		if err != nil {
			return fmt.Errorf("writing the ground of verdict %s: %w", g.Verdict, err)
		}
		err = r.q.AddGround(context.Background(), db.AddGroundParams{
			Verdict: g.Verdict, Nexus: g.Nexus, Step: r.step.Seq, Place: int64(place), Made: micros(g.At), Body: string(body),
		})
		if err != nil {
			return fmt.Errorf("the ground of verdict %s: %w", g.Verdict, err)
		}
	}
	return nil
}

func (r recording) evidence(g gate.Ground) error {
	for ref, e := range g.Evidence {
		key := evidenceKey(g.Nexus, ref)
		if r.known.has(key) || r.added[key] {
			continue
		}
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("writing %s: %w", e.Object, err)
		}
		err = r.q.AddEvidence(context.Background(), db.AddEvidenceParams{Ref: key, Nexus: g.Nexus, Step: r.step.Seq, Body: string(body)})
		if err != nil {
			return fmt.Errorf("keeping %s: %w", e.Object, err)
		}
		r.added[key] = true
	}
	return nil
}

// evidenceKey is what a Nexus keeps evidence by. Each keeps its own, also where two look at one repository:
// whoever holds a lane then writes and drops what its Nexus rests on, and nobody else does.
func evidenceKey(nexus, ref string) string { return ref + " " + nexus }

// refOf is the reference in such a key.
func refOf(key string) string {
	ref, _, _ := strings.Cut(key, " ")
	return ref
}

// Ground finds what a verdict rests on, with its evidence, or [ErrNotFound]: verdicts on changes to a
// definition have none, nor have those of before grounds were kept.
func (s *Store) Ground(ctx context.Context, verdict string) (gate.Ground, error) {
	row, err := s.read.Ground(ctx, verdict)
	if err != nil {
		return gate.Ground{}, fmt.Errorf("reading the ground of verdict %s: %w", verdict, found(err))
	}
	g, err := ground(verdict, row.Nexus, row.Body)
	if err != nil {
		return gate.Ground{}, err
	}
	g.Evidence = map[string]gate.Evidence{}
	for ref := range g.Refs() {
		e, err := s.evidence(ctx, row.Nexus, ref)
		if err != nil {
			return gate.Ground{}, fmt.Errorf("the ground of verdict %s: %w", verdict, err)
		}
		g.Evidence[ref] = *e
	}
	return g, nil
}

func ground(verdict, nexus, body string) (gate.Ground, error) {
	var g gate.Ground
	if err := g.UnmarshalText([]byte(body)); err != nil {
		return gate.Ground{}, fmt.Errorf("the ground of verdict %s: %w", verdict, err)
	}
	g.Verdict, g.Nexus = verdict, nexus
	return g, nil
}

// evidence finds a piece that a Nexus rests on. Builds before each kept its own kept it by its reference alone.
func (s *Store) evidence(ctx context.Context, nexus, ref string) (*gate.Evidence, error) {
	body, err := s.read.Evidence(ctx, evidenceKey(nexus, ref))
	if errors.Is(err, sql.ErrNoRows) {
		body, err = s.read.Evidence(ctx, ref)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the evidence %s: %w", ref, found(err))
	}
	e, err := decode[gate.Evidence](body)
	return &e, err
}
