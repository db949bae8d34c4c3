package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// reader reads from the forges what verdicts wait for. Each answer enters the inbox as a delivery
// of our own, so that the log holds all that a verdict rests on.
type reader struct {
	keeper
	lane    *lane
	others  func() map[string]*definition.Definition // of all Nexuses, this one too
	clients map[gate.Forge]client
	settler *settler
	log     *slog.Logger
	now     func() time.Time

	mu    sync.Mutex
	tries map[string]try // by Want.Key
	slots chan struct{}  // of this lane, and with all how many reads all lanes may have under way
	all   chan struct{}
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

// readsAtOnce bounds the reads under way in a lane, over all forges, and readsOfAll those of all lanes.
const readsAtOnce, readsOfAll = 4, 8

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
	r.lane.forgetCauses(wanted)
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
		cause := r.lane.causeOf(w)
		ctx := ofDelivery(ctx, cause)
		span := r.trace.Read(ctx, r.traceOf(ctx, cause), r.lane.name(), w)
		ctx = span.Context(ctx)
		err := safely(func() error { return r.inTurn(ctx, w) })
		span.End(err)
		<-slots
		r.end(ctx, w, err)
	})
}

// inTurn reads when there is room beside the other lanes' reads.
func (r *reader) inTurn(ctx context.Context, w gate.Want) error {
	select {
	case r.all <- struct{}{}:
		defer func() { <-r.all }()
		return r.read(ctx, w)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *reader) read(ctx context.Context, w gate.Want) error {
	from, ok := r.clients[w.Repo.Forge]
	if !ok {
		return &forge.Later{Until: r.now().Add(longestBackoff), Reason: string(w.Repo.Forge) + " is not configured"}
	}
	event, places, err := r.answer(ctx, from, w)
	if err != nil {
		return err
	}
	d, err := gate.Own(r.store.NewID(), event, r.now())
	if err != nil {
		return err
	}
	d.Lane, d.Places = r.lane.name(), places
	_, err = r.Keep(ctx, d)
	return err
}

// answer reads, and says what is listened to from now on because of it: the places of a definition that
// has landed, since it may be in force before the next delivery comes.
func (r *reader) answer(ctx context.Context, from client, w gate.Want) (e gate.Event, places []string, err error) {
	if w.Kind != gate.WantNexus {
		e, err = from.Read(ctx, w)
		return e, nil, err
	}
	read, d, err := readNexus(ctx, from, r.settler, w)
	if d == nil {
		return read, nil, err
	}
	if read.Claimed = gate.ClaimedFrom(d, r.others()); w.Landed && len(read.Claimed) == 0 {
		places = gate.PlacesOf(d, "")
	}
	return read, places, err
}

// end notes when to read again: a want that stays after its answer is asked again, ever more rarely.
func (r *reader) end(ctx context.Context, w gate.Want, err error) {
	r.mu.Lock()
	t := r.tries[w.Key()]
	again, times := r.now().Add(backoff(t.times)), t.times+1
	if later, ok := errors.AsType[*forge.Later](err); ok {
		again, times = later.Until, t.times // that was no attempt
	} else if err != nil && ctx.Err() == nil {
		r.log.WarnContext(ctx, "a read came to nothing; trying again", "what", w.Kind, "repository", w.Repo.String(), "again", again, "error", err)
	}
	r.tries[w.Key()] = try{times: times, again: again}
	r.mu.Unlock()
	select {
	case r.done <- struct{}{}:
	default:
	}
}
