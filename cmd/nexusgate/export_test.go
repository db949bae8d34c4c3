package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// The program, for the tests: as a process, and with its process handed in.
var (
	Main = main
	Run  = run
)

// Progress is what a long command shows on a terminal.
type Progress = progress

// Show and Clear are its methods.
func (p *progress) Show(text string) { p.show(text) }
func (p *progress) Clear()           { p.clear() }

// NewProgress is progress on what is no terminal, and OnTerminal on what is said to be one.
var NewProgress = newProgress

func OnTerminal(w io.Writer) *Progress { return &progress{terminal: w} }

// AtMost is a brief that is as small as it has to be.
var AtMost = atMost

// AnswerOf is the exit code of an outcome.
var AnswerOf = answerOf

// Decode turns a delivery into events, and a Decoder does.
var Decode = decode

// Decoder is another that does.
type Decoder = decoder

// Replay folds the log of a store again, as replay does, with a decoder of its own, and says what came of it.
func Replay(ctx context.Context, dsn string, decode Decoder) (said string, err error) {
	kept, err := store.OpenToRead(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	var out bytes.Buffer
	r := newRefolding(kept, streams{out: &out, err: io.Discard})
	r.decode = decode
	_, err = r.all(ctx)
	return out.String(), err
}

// Count is a number of things in words.
var Count = count

// ReadLogKey reads the key of a log from its file.
var ReadLogKey = readLogKey

// Server is the service.
type Server = server

// Settings are what a Server is made with: the flags and the environment of serve, and how long
// reports are held back.
type Settings struct {
	Configs                           []string // paths of definitions
	Homes                             []string // where others live
	Getenv                            func(string) string
	Listen, WebhookListen, Store, URL string
	Hold                              time.Duration
	AsServe                           bool          // reports are held back as serve does, and not for Hold
	ComputeWithin                     time.Duration // of a definition that comes from a repository; 0: as serve does
	Sweep, Redeliver, Silence         time.Duration // 0: never
	InboxLimit, IntakeBytes           int64         // 0: as serve does
	KeepDays, KeepSprints             int           // 0 days: for ever
	KeepLook                          time.Duration // how often it is looked whether a day is over; 0: as serve does
	LogKey                            *attest.Key   // nil: the store keeps one
	HeadsEvery                        time.Duration // 0: as serve does
	ForgeTimeout                      time.Duration // of one exchange with a forge; 0: as serve does
	MetricsListen                     string
	Look                              []string // flags of serve that say who may look
	Decode                            Decoder  // nil: as serve does
	Attest                            []string // and those that say which keys sign statements
	Mail                              []string // and those that say which server mail is given to
	Log                               *slog.Logger
	Now                               func() time.Time
}

// Parses says what is wrong with the arguments of a command line.
func Parses(args []string) error {
	_, err := parse(args, streams{out: io.Discard, err: io.Discard, getenv: func(string) string { return "" }})
	return err
}

// NewLog is a log as serve writes it with --log-format json.
func NewLog(w io.Writer) *slog.Logger { return logFlags{LogFormat: "json"}.logger(w, slog.LevelInfo) }

// NewServer makes a Server in the way of serve.
func NewServer(ctx context.Context, s Settings) (*Server, error) {
	forges, err := readForgeSettings(s.Getenv)
	if err != nil {
		return nil, err
	}
	forges.timeout = s.ForgeTimeout
	command := serveCommand{Config: s.Configs, Nexus: s.Homes}
	nexuses, places, err := command.definitions()
	if err != nil {
		return nil, err
	}
	given, err := parse(slices.Concat([]string{"serve"}, s.Look, s.Attest, s.Mail), streams{getenv: s.Getenv})
	if err != nil {
		return nil, err
	}
	attests, err := given.(*serveCommand).keys(s.URL)
	if err != nil {
		return nil, err
	}
	look, err := given.(*serveCommand).lookFlags.settings(s.Getenv, s.Listen)
	if err != nil {
		return nil, err
	}
	callers, err := given.(*serveCommand).callerFlags.settings(s.Getenv)
	if err != nil {
		return nil, err
	}
	briefs, err := given.(*serveCommand).briefFlags.settings(s.Getenv)
	if err != nil {
		return nil, err
	}
	var windows []store.Option
	if !s.AsServe {
		windows = append(windows, store.Windows(s.Hold, s.Hold, 10*s.Hold))
	}
	return newServer(ctx, serverConfig{
		nexuses: nexuses, homes: places, forges: forges, listen: s.Listen, webhookListen: s.WebhookListen, store: s.Store, url: s.URL,
		storeOptions: windows, log: s.Log, now: s.Now,
		computeWithin: s.ComputeWithin, keeping: keeping{days: s.KeepDays, sprints: s.KeepSprints, look: s.KeepLook}, inboxLimit: s.InboxLimit, intakeBytes: s.IntakeBytes,
		metricsListen: s.MetricsListen, look: look, callers: callers, briefs: briefs, attests: attests, logKey: s.LogKey, headsEvery: s.HeadsEvery,
		sweep: s.Sweep, redeliver: s.Redeliver, silence: s.Silence, decode: s.Decode,
	})
}

// Root is where its pages are, and HooksRoot where it takes webhooks.
func (s *server) Root() string { return s.root() }

// MetricsRoot is where its metrics are, when they have an address of their own.
func (s *server) MetricsRoot() string { return "http://" + s.metricsAt.Addr().String() }

func (s *server) HooksRoot() string {
	if s.hooksAt == nil {
		return s.root()
	}
	return "http://" + s.hooksAt.Addr().String()
}

// Standing is how a Nexus stands, and Watch signals when that may have changed.
func (s *server) Standing(nexus string) (gate.Standing, bool) { return s.view().Standing(nexus) }
func (s *server) Watch() (<-chan struct{}, func())            { return s.view().Watch() }

// AtDoor is how many wait at the door.
func (s *server) AtDoor() int { return len(s.atDoor.entry.inside) }

// Errands is how many forges have still to run, and Deploying are the deployments that wait for our word.
func (s *server) Errands(ctx context.Context) (int64, error) {
	counts, err := s.store.Counts(ctx)
	return counts.Errands, err
}

func (s *server) Deploying(nexus string) (all []gate.Deployment) {
	s.lanes.ask(nexus, func(l *gate.Ledger) { all = l.Deployments(nexus) })
	return all
}

// Backlog is what is under way: deliveries to apply, reports to send, reads to make.
func (s *server) Backlog(ctx context.Context) (counts gate.Counts, reads int, err error) {
	counts, err = s.store.Counts(ctx)
	for _, l := range s.lanes.all() {
		reads += len(l.wants())
	}
	return counts, reads, err
}

// Ring has every lane look at the clock again, which a test has moved.
func (s *server) Ring() {
	for _, l := range s.lanes.all() {
		l.bell.ring()
	}
}

// Due says whether a report is due now.
func (s *server) Due(ctx context.Context) (bool, error) {
	for _, l := range s.lanes.all() {
		if at, owed, err := s.store.NextDue(ctx, l.name()); err != nil || owed && !at.After(s.config.now()) {
			return true, err
		}
	}
	return false, nil
}

// HoldsAll says whether all lanes are this process's to work in.
func (s *server) HoldsAll() bool {
	s.lanes.mu.Lock()
	defer s.lanes.mu.Unlock()
	return len(s.lanes.held) == len(s.lanes.names)
}

// Settler computes definitions in processes of their own.
type Settler = settler

// NewSettler makes one whose child is this test's binary under a name, within bounds of its own.
func NewSettler(name string, timeout time.Duration, memory int64) (*Settler, error) {
	s, err := newSettler()
	if err == nil {
		s.args[0], s.timeout, s.memory = name, timeout, memory
	}
	return s, err
}

// Settle and Command are its methods.
func (s *settler) Settle(ctx context.Context, f definition.File) (string, definition.Faults, error) {
	c, err := s.settle(ctx, f)
	return c.settled, c.faults, err
}
func (s *settler) Command(ctx context.Context) *exec.Cmd { return s.command(ctx) }

// Definition is the Nexus-wide layer in force, and Kept counts our own deliveries of an event.
func (s *server) Definition(nexus string) (*definition.Definition, bool) {
	return s.lanes.definition(nexus)
}

// Hearing is what the sweeps of a Nexus came to.
func (s *server) Hearing(ctx context.Context, nexus string) (gate.Hearing, error) {
	return s.view().Hearing(ctx, nexus)
}

// Kept is a count.
func (s *server) Kept(ctx context.Context, event string) (n int, err error) {
	err = Log(ctx, s.store, func(e store.LogEntry) error {
		if e.Delivery != nil && e.Delivery.Source == gate.FromUs && e.Delivery.Event == event {
			n++
		}
		return nil
	})
	return n, err
}

// Demo is the demo, at a pace of a test's.
type Demo = demo

// NewDemo makes one that keeps what it keeps below a folder.
func NewDemo(ctx context.Context, dir string, hold, pace time.Duration, log *slog.Logger, out io.Writer) (*Demo, error) {
	return newDemo(ctx, serverConfig{
		listen: "127.0.0.1:0", store: "sqlite:" + filepath.Join(dir, "nexusgate.db"), now: time.Now, log: log,
		storeOptions: []store.Option{store.Windows(hold, hold, 10*hold)},
	}, out, pace)
}

// Told calls back when the whole story is told, while the service still runs, and then ends all of it.
func (d *demo) Told(ctx context.Context, then func() error) error {
	defer d.forges.close()
	return d.beside(ctx, func(ctx context.Context) error {
		if err := d.tale.tell(ctx); err != nil {
			return err
		}
		return then()
	})
}

// Root is where its pages are, and Hub its GitHub.
func (d *demo) Root() string           { return d.server.root() }
func (d *demo) Hub() *forgetest.GitHub { return d.forges.hub }

// Bounded computes what a file says, within bounds, where it is told how long it has had a processor.
func Bounded[T any](most time.Duration, memory int64, had func() time.Duration, f definition.File, compute func(definition.File) (T, error)) (T, error) {
	return computeWithin(bounds{most, memory, had}, f, compute)
}

// ProcessorTime is how long this process has had a processor.
func ProcessorTime() time.Duration { return processorTime() }

// Archive is what a store keeps of definitions, and NewArchive opens it.
type Archive = archive

// NewArchive is of a store.
func NewArchive(s *store.Store) *Archive { return newArchive(s) }

// Nexus is its method.
func (a *archive) Nexus(ctx context.Context, digest string) (*gate.Nexus, error) {
	return a.nexus(ctx, digest)
}

// NewComplaint is what notes why deliveries were turned away, and tells of it in a log.
func NewComplaint(log *slog.Logger, now func() time.Time) func(error) {
	c := &complaint{log: log, now: now}
	return func(err error) { c.note("a-delivery", err) }
}

// Log visits the logs of all lanes.
func Log(ctx context.Context, s *store.Store, visit func(store.LogEntry) error) error {
	lanes, err := s.Lanes(ctx)
	if err != nil {
		return err
	}
	for _, l := range lanes {
		if err := s.Log(ctx, l.Name, visit); err != nil {
			return err
		}
	}
	return nil
}

// Waiting is how many deliveries wait to be applied, asked of the store alone.
func (s *server) Waiting(ctx context.Context) int64 {
	counts, err := s.store.Counts(ctx)
	if err != nil {
		return -1
	}
	return counts.Pending
}

// Delivery is one that is kept.
func (s *server) Delivery(ctx context.Context, id string) (gate.Delivery, error) {
	return s.store.Delivery(ctx, id)
}

// Pause has no lane apply anything until it is resumed.
func (s *server) Pause() (resume func()) {
	held := s.lanes.all()
	for _, l := range held {
		l.mu.Lock()
	}
	return func() {
		for _, l := range held {
			l.mu.Unlock()
		}
	}
}

// Tenure is the time for which a lane is ours.
type Tenure = tenure

// NewTenure begins now.
func NewTenure(alone bool) *Tenure { return newTenure(store.Lease{}, time.Now(), alone) }

// Holds, Renewed, End and Over are its methods.
func (t *tenure) Holds() error            { return t.holds() }
func (t *tenure) Renewed(asked time.Time) { t.renewed(asked) }
func (t *tenure) End()                    { t.end() }
func (t *tenure) Over() <-chan struct{}   { return t.over }

// Retain does what a service does in a lane once a day.
func Retain(ctx context.Context, s *store.Store, key *attest.Key, ledger *gate.Ledger, lease store.Lease, days, sprints int, now time.Time, keep func(gate.Event)) error {
	r := &retention{
		keeping: keeping{days: days, sprints: sprints}, lane: &lane{lease: lease, store: s, ledger: ledger}, store: s, key: key,
		keep: func(_ context.Context, _ string, _ []string, e gate.Event) error {
			keep(e)
			return nil
		},
		log: slog.New(slog.DiscardHandler), now: func() time.Time { return now },
	}
	return r.daily(ctx)
}

// DeliveryLog is a forge that tells which webhooks it could not deliver.
type DeliveryLog = deliveryLog

// NewRedelivery gives what looks through such a log once.
func NewRedelivery(from DeliveryLog, log *slog.Logger, now func() time.Time) (look func(context.Context) error) {
	r := &redelivery{from: from, log: log, now: now, noted: redeliveryNote{Pending: map[string]missedDelivery{}}}
	return r.look
}

// APIClient asks a service.
type APIClient = apiClient

// NewAPIClient is one as a command makes it, which tries again after a millisecond.
func NewAPIClient(url string, getenv func(string) string, patience time.Duration, told io.Writer) (*APIClient, error) {
	c, err := apiFlags{URL: url, Patience: patience}.client(streams{err: told, getenv: getenv})
	if err == nil {
		c.pause = time.Millisecond
	}
	return c, err
}

// Get asks for a document.
func (c *apiClient) Get(ctx context.Context, path string, into any) error {
	return c.get(ctx, path, into)
}

// Sought asks which Increments may hold components, again and again.
func Sought(kept *store.Store, nexus string, components gate.Composition) func(context.Context) ([]gate.Increment, error) {
	a := &doorAsked{s: &server{store: kept}, nexus: nexus}
	return func(ctx context.Context) ([]gate.Increment, error) { return a.increments(ctx, components) }
}

// NewTurnstile lets that many in at a time, each for somebody.
func NewTurnstile(most int) func(ctx context.Context, who string) (leave func(), err error) {
	return newTurnstile(most).enter
}

// DoorOfMirror asks at the door of a replica that works in no lane.
func DoorOfMirror(kept *store.Store, nexus string, components gate.Composition) func(context.Context) (gate.Answer, error) {
	s := &server{store: kept, lanes: newLanes(kept, nil, slog.New(slog.DiscardHandler), time.Now)}
	s.config.now = time.Now
	return func(ctx context.Context) (gate.Answer, error) {
		return (&doorAsked{s: s, nexus: nexus, q: question{Components: components}}).ask(ctx)
	}
}

// Lacks is what serve says has to be set before a brief can be brought to an address, with both forges on.
func Lacks(getenv func(string) string, to definition.Address) (string, error) {
	given, err := parse([]string{"serve"}, streams{getenv: getenv})
	if err != nil {
		return "", err
	}
	s, err := given.(*serveCommand).briefFlags.settings(getenv)
	return s.lacks(to, map[gate.Forge]client{gate.GitHub: &sleeping{}, gate.GitLab: &sleeping{}}), err
}

// sleeping is a forge that is on.
type sleeping struct{ client }

// Drawer keeps numbers.
type Drawer struct{ drawer[int64] }

// NewDrawer is an empty one, and Get takes something out.
func NewDrawer() *Drawer { return &Drawer{newDrawer[int64]()} }

func (d *Drawer) Get(ctx context.Context, key string, wanted gate.Edition, now func() time.Time, makes func() (int64, gate.Edition, error)) (int64, error) {
	return d.get(ctx, key, wanted, now, makes)
}
