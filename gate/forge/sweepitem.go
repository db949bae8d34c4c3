package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds of what a sweep asks for of items: how many are asked what blocks them, and how much of a text is told.
const (
	mostLinkReads = 200
	mostLostReads = 20          // issues that are taken for open and are not listed
	mostOfText    = 256<<10 + 4 // a little more than is read of it, so that it is seen to be too long
)

// beginning is as much of a text as is looked at, cut at the end of a rune.
func beginning(text string) string {
	if len(text) <= mostOfText {
		return text
	}
	return strings.ToValidUTF8(text[:mostOfText], "")
}

// blocked says of an item, in what stands for its webhook, what blocks it.
func blocked(item map[string]any, by []gate.Ref, at any) {
	if by == nil {
		by = []gate.Ref{}
	}
	item["nexusgate_blocked_by"], item["nexusgate_links_at"] = by, at
}

// itemSweep is how a forge's issues are looked through: those that were updated, and now and then all that are open.
// No webhook tells that a label has another name, and none of some forges' that an issue is deleted.
type itemSweep struct {
	*look
	listed func(ctx context.Context, open bool) (items []json.RawMessage, whole bool, err error)
	number func(raw json.RawMessage) (int, error)
	tell   func(ctx context.Context, raw json.RawMessage) error
	lost   func(ctx context.Context, number int) error
}

func (s *itemSweep) run(ctx context.Context) error {
	if !s.of.Items {
		return nil
	}
	told := map[int]bool{}
	if !s.of.ItemsSince.IsZero() {
		if _, err := s.all(ctx, false, told); err != nil {
			return s.done(err)
		}
	}
	if s.of.AllItems {
		whole, err := s.all(ctx, true, told)
		if err == nil && whole {
			err = s.gone(ctx, told)
		}
		if err != nil {
			return s.done(err)
		}
	}
	return s.done(nil)
}

// done says whether the issues were looked through: also where the forge shows none of them.
func (s *itemSweep) done(err error) error {
	if err != nil && !s.unseen("list_items", err) {
		return err
	}
	s.swept.Items = true
	return nil
}

// all tells a list, the oldest first.
func (s *itemSweep) all(ctx context.Context, open bool, told map[int]bool) (whole bool, err error) {
	listed, whole, err := s.listed(ctx, open)
	if err != nil {
		return false, err
	}
	for _, raw := range slices.Backward(listed) {
		number, err := s.number(raw)
		if err != nil {
			return false, err
		}
		if told[number] {
			continue
		}
		told[number] = true
		if err := s.tell(ctx, raw); err != nil {
			return false, err
		}
	}
	return whole, nil
}

// gone tells what became of those that are open no more.
func (s *itemSweep) gone(ctx context.Context, told map[int]bool) error {
	reads := 0
	for _, i := range s.of.Open {
		if told[i.Number] || reads == mostLostReads {
			continue
		}
		reads++
		if err := s.lost(ctx, i.Number); err != nil {
			return err
		}
	}
	return nil
}

// unlinked are the issues whose links were read longest ago, of those that a sweep may ask for.
func (l *look) unlinked() map[int]bool {
	open := slices.Clone(l.of.Open)
	slices.SortStableFunc(open, func(a, b Item) int { return cmp.Or(a.Linked.Compare(b.Linked), cmp.Compare(a.Number, b.Number)) })
	later := map[int]bool{}
	for _, i := range open[min(len(open), mostLinkReads):] {
		later[i.Number] = true
	}
	return later
}
