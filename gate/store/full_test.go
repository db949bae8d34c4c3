package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func TestAFullDiskIsAnErrorAndPasses(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "full.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	keep := func(key string, size int) error {
		_, err := s.Keep(t.Context(), gate.Delivery{Source: gate.FromGitHub, Key: key, Body: make([]byte, size)})
		return err
	}
	if err := keep("before", 10); err != nil {
		t.Fatal(err)
	}
	store.Pragma(t, s, "max_page_count = 100")

	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := keep(fmt.Sprintf("large-%d", i), 1<<20); err == nil || !strings.HasSuffix(err.Error(), "database or disk is full (13)") {
				t.Errorf("got %v, want that the disk is full", err)
			}
		})
		all.Go(func() {
			if err := keep(fmt.Sprintf("small-%d", i), 10); err != nil {
				t.Errorf("a small one beside a large one: %v", err)
			}
		})
	}
	all.Wait()
	store.Pragma(t, s, "max_page_count = 1000000")
	if err := keep("large-0", 1<<20); err != nil {
		t.Errorf("after there was room again: %v", err)
	}
	counts, err := s.Counts(t.Context())
	if err != nil || counts.Pending != 22 {
		t.Errorf("%d are pending (error %v), want 22", counts.Pending, err)
	}
}
