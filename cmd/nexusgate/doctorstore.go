package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

// store looks whether the store is there, of this program's schema, and how much room it has.
func (d *checkup) store(ctx context.Context, dsn string) {
	of := store.Redact(dsn)
	file, isFile := strings.CutPrefix(dsn, "sqlite:")
	if isFile {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			d.unsure("store", of, "it is not there yet; the service makes it when it starts", "Start the service, or name its store with --store")
			return
		}
	}
	kept, err := store.OpenToRead(ctx, dsn)
	if err != nil {
		d.fault("store", of, err.Error(), "docs/operations.md says what a store needs")
		return
	}
	defer func() { _ = kept.Close() }() // what was read was read
	counts, err := kept.Counts(ctx)
	if err != nil {
		d.fault("store", of, err.Error(), "docs/operations.md says what a store needs")
		return
	}
	d.ok("store", of, fmt.Sprintf("it answers, with this program's schema; %s wait to be judged, %s are owed",
		count(int(counts.Pending), "delivery", "deliveries"), count(int(counts.Owed), "report", "reports")))
	if counts.Aside > 0 {
		d.fault("set aside", of, count(int(counts.Aside), "delivery was", "deliveries were")+" not understood", "Open /aside on the pages: it says why, and what to do")
	}
	if isFile {
		d.room(ctx, of, file, kept)
	}
}

// leastRoom is how many days of growth a disk is to have left.
const leastRoom = 30

// room says for how long the disk will do. Growth is what the file came to since the first Increment: at least what it
// grows by now, since retention lets old things go.
func (d *checkup) room(ctx context.Context, of, file string, kept *store.Store) {
	free, known := freeSpace(filepath.Dir(file))
	size := int64(0)
	for _, part := range []string{file, file + "-wal"} {
		if is, err := os.Stat(part); err == nil {
			size += is.Size()
		}
	}
	if !known {
		d.unsure("disk", of, fmt.Sprintf("the store has %d MiB; this system does not tell what is free", size>>20), "See that its disk has room")
		return
	}
	says := fmt.Sprintf("the store has %d MiB, %d MiB are free", size>>20, free>>20)
	age := d.age(ctx, kept)
	left := int64(leastRoom)
	if age > 24*time.Hour {
		perDay := max(size*int64(24*time.Hour)/int64(age), 1)
		left = free / perDay
		says += fmt.Sprintf("; at %d KiB a day they do for %s days", perDay>>10, grouped(int(min(left, 99_999))))
	}
	if left < leastRoom || free < 256<<20 {
		d.fault("disk", of, says, "Give the disk more room, or keep less: serve --keep-days, --keep-sprints")
		return
	}
	d.ok("disk", of, says)
}

// age is how long ago the first Increment of the store was made; 0 where there is none.
func (d *checkup) age(ctx context.Context, kept *store.Store) (oldest time.Duration) {
	for _, def := range d.definitions {
		if first, err := kept.Increment(ctx, def.Name, 1); err == nil {
			oldest = max(oldest, d.now().Sub(first.Made))
		}
	}
	return oldest
}

// exceptionWarning is how long before its end an exception is told of.
const exceptionWarning = 3 * 24 * time.Hour

// exceptions says which are over, and which are about to be.
func (d *checkup) exceptions() {
	for _, def := range d.definitions {
		for _, e := range def.Exceptions {
			of := def.Name + ": " + e.ID
			last := e.LastDay().Format(time.DateOnly)
			switch left := e.Until.Sub(d.now()); {
			case left <= 0:
				d.fault("exception", of, "it ended on "+last+" and excuses nothing any more", "Remove it from "+def.File)
			case left < exceptionWarning:
				d.fault("exception", of, fmt.Sprintf("it ends on %s: then %s holds the Increment back again where it is not met", last, e.Criterion), "Meet the criterion, or have the Integration Team renew the exception in "+def.File)
			default:
				d.ok("exception", of, "it ends on "+last)
			}
		}
	}
}
