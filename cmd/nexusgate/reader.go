package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/store"
)

// reader reads from the forges what verdicts wait for. Each answer enters the inbox as a delivery
// of our own, so that the log holds all that a verdict rests on.
type reader struct {
	lane    *lane
	store   *store.Store
	clients map[gate.Forge]client
	settler *settler
	log     *slog.Logger
	now     func() time.Time

	mu    sync.Mutex
	tries map[string]try // by Want.Key
	slots chan struct{}
	nexus chan struct{} // the slots of definitions, which take long where somebody means harm
	done  chan struct{} // signalled when a read has ended
	work  sync.WaitGroup
}

// try is how the reading of one want stands.
type try struct {
	underWay bool
	times    int
	again    time.Time
}

// readsAtOnce bounds the reads under way, over all forges.
const readsAtOnce = 4

// run reads until ctx ends, and returns when nothing is under way any more.
func (r *reader) run(ctx context.Context) {
	r.tries, r.done = map[string]try{}, make(chan struct{}, 1)
	r.slots, r.nexus = make(chan struct{}, readsAtOnce), make(chan struct{}, settlesAtOnce)
	defer r.work.Wait()
	rung, stop := r.lane.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		timer := time.NewTimer(r.start(ctx))
		select {
		case <-ctx.Done():
		case <-rung:
		case <-r.done:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// start begins what may be read now, and says when to look again.
func (r *reader) start(ctx context.Context) (next time.Duration) {
	wants := r.lane.wants()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(wants)
	next = time.Minute
	for _, w := range wants {
		t := r.tries[w.Key()]
		switch wait := t.again.Sub(r.now()); {
		case t.underWay:
		case wait > 0:
			next = min(next, wait)
		default:
			r.begin(ctx, w, t) // or every slot is taken, and the end of a read wakes us
		}
	}
	return next
}

// forget drops what is not wanted any more.
func (r *reader) forget(wants []gate.Want) {
	wanted := map[string]bool{}
	for _, w := range wants {
		wanted[w.Key()] = true
	}
	for key, t := range r.tries {
		if !wanted[key] && !t.underWay {
			delete(r.tries, key)
		}
	}
}

func (r *reader) begin(ctx context.Context, w gate.Want, t try) {
	slots := r.slots
	if w.Kind == gate.WantNexus {
		slots = r.nexus
	}
	select {
	case slots <- struct{}{}:
	default:
		return
	}
	t.underWay = true
	r.tries[w.Key()] = t
	r.work.Go(func() {
		err := r.read(ctx, w)
		<-slots
		r.end(ctx, w, err)
	})
}

func (r *reader) read(ctx context.Context, w gate.Want) error {
	from, ok := r.clients[w.Repo.Forge]
	if !ok {
		return &forge.Later{Until: r.now().Add(longestBackoff), Reason: string(w.Repo.Forge) + " is not configured"}
	}
	event, err := r.answer(ctx, from, w)
	if err != nil {
		return err
	}
	d, err := gate.Own(r.store.NewID(), event, r.now())
	if err != nil {
		return err
	}
	_, err = r.store.Keep(ctx, d)
	return err
}

func (r *reader) answer(ctx context.Context, from client, w gate.Want) (gate.Event, error) {
	if w.Kind == gate.WantNexus {
		return readNexus(ctx, from, r.settler, w)
	}
	return from.Read(ctx, w)
}

// end notes when to read again: a want that stays after its answer is asked again, ever more rarely.
func (r *reader) end(ctx context.Context, w gate.Want, err error) {
	r.mu.Lock()
	t := r.tries[w.Key()]
	again := r.now().Add(backoff(t.times))
	if later, ok := errors.AsType[*forge.Later](err); ok {
		again = later.Until
	} else if err != nil && ctx.Err() == nil {
		r.log.Warn("a read came to nothing; trying again", "what", w.Kind, "repository", w.Repo.String(), "again", again, "error", err)
	}
	r.tries[w.Key()] = try{times: t.times + 1, again: again}
	r.mu.Unlock()
	select {
	case r.done <- struct{}{}:
	default:
	}
}
