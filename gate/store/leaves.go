package store

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// leaf enters a verdict of a step into the log.
func (r recording) leaf(v gate.Verdict, body []byte) error {
	log, err := r.logs.of(context.Background(), r.q, v.Nexus)
	if err != nil {
		return err
	}
	return log.add(context.Background(), r.q, v.ID, body)
}

// growing are the trees that a transaction adds leaves to.
type growing map[string]*tree

// of is the tree of a Nexus, as the transaction sees it.
func (g growing) of(ctx context.Context, q *db.Queries, nexus string) (*tree, error) {
	if t, ok := g[nexus]; ok {
		return t, nil
	}
	size, err := q.CountLeaves(ctx, nexus)
	if err != nil {
		return nil, fmt.Errorf("counting the leaves of %s: %w", nexus, err)
	}
	g[nexus] = &tree{nexus: nexus, size: size}
	return g[nexus], nil
}

// tree is the log of a Nexus. Each hash is kept with the leaf that completed its subtree.
type tree struct {
	nexus string
	size  int64
	edge  []node // by level, the last that this transaction completed: what comes next asks for no other
}

// node is a hash of the tree and its index, as tlog counts them.
type node struct {
	place int64
	hash  tlog.Hash
}

// add enters a verdict, as it is kept. One that was entered before, and that retention has deleted
// since, has its leaf already.
func (t *tree) add(ctx context.Context, q *db.Queries, verdict string, body []byte) error {
	completed, err := tlog.StoredHashes(t.size, body, t.hashes(ctx, q))
	if err != nil {
		return fmt.Errorf("hashing leaf %d of %s: %w", t.size, t.nexus, err)
	}
	rows, err := q.AddLeaf(ctx, db.AddLeafParams{Nexus: t.nexus, Number: t.size, Verdict: verdict, Hashes: joined(completed)})
	if err != nil {
		return fmt.Errorf("leaf %d of %s: %w", t.size, t.nexus, err)
	}
	if rows > 0 {
		t.grow(completed)
	}
	return nil
}

// grow notes what the next leaf completed.
func (t *tree) grow(completed []tlog.Hash) {
	for level, hash := range completed {
		n := node{place: tlog.StoredHashIndex(level, t.size>>level), hash: hash}
		if level == len(t.edge) {
			t.edge = append(t.edge, n)
		} else {
			t.edge[level] = n
		}
	}
	t.size++
}

// hashes reads the hashes of the tree at indexes as tlog counts them.
func (t *tree) hashes(ctx context.Context, q *db.Queries) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hash, err := t.hash(ctx, q, index)
			if err != nil {
				return nil, fmt.Errorf("reading hash %d of %s: %w", index, t.nexus, err)
			}
			found[i] = hash
		}
		return found, nil
	})
}

func (t *tree) hash(ctx context.Context, q *db.Queries, index int64) (tlog.Hash, error) {
	level, n := tlog.SplitStoredHashIndex(index)
	if level < len(t.edge) && t.edge[level].place == index {
		return t.edge[level].hash, nil
	}
	leaf := (n+1)<<level - 1 // the last of its subtree
	kept, err := q.LeafHashes(ctx, db.LeafHashesParams{Nexus: t.nexus, Number: leaf})
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("leaf %d: %w", leaf, found(err))
	}
	all := apart(kept)
	if level >= len(all) {
		return tlog.Hash{}, fmt.Errorf("leaf %d has lost its hash of level %d; nexusgate log verify tells what else differs", leaf, level)
	}
	return all[level], nil
}

func joined(hashes []tlog.Hash) []byte {
	bytes := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		bytes = append(bytes, h[:]...)
	}
	return bytes
}

// apart are the hashes in what is kept; a last one that is not whole is none.
func apart(kept []byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(kept)/tlog.HashSize)
	for i := range hashes {
		copy(hashes[i][:], kept[i*tlog.HashSize:])
	}
	return hashes
}
