package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// arrival is a delivery on its way in.
type arrival struct {
	row    func() db.KeepDeliveryParams // run by the writer, so that the ids ascend in the order of the commits
	places []string                     // that it may bear on
	again  bool                         // set by the writer: it was there already
	id     string                       // set by the writer: what it is kept as, unless it was there already
}

// keepGroup puts a group of deliveries on disk in one statement, which is a transaction by itself: one
// way to the server and back, and one sync, however many they are. It gives back the ids of those that
// are new. Where routes have changed since the lanes were found it keeps nothing, and gives back an empty one.
const keepGroup = `WITH now AS (
	SELECT COALESCE(SUM(routed), 0) = $11::bigint AS routed FROM lanes
), came AS (
	SELECT c.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bytea[], $8::text[])
		AS c (id, source, key, event, trust, received, body, trace), now WHERE now.routed
), kept AS (
	INSERT INTO deliveries (id, source, key, event, trust, received, body, trace)
	SELECT id, source, key, event, trust, received, body, trace FROM came
	ON CONFLICT (source, key) DO NOTHING RETURNING id
), waiting AS (
	INSERT INTO pending (lane, delivery)
	SELECT w.lane, w.delivery FROM unnest($9::text[], $10::text[]) AS w (lane, delivery) JOIN kept ON kept.id = w.delivery
)
SELECT id FROM kept UNION ALL SELECT '' FROM now WHERE NOT routed`

// groups keeps what comes in by one statement for a whole group, which only PostgreSQL can.
type groups struct {
	statement *sql.Stmt
	queries   *db.Queries
	routing   *routing
	one       attempt // keeps them one by one, and so finds the one that is at fault
}

func newGroups(ctx context.Context, one transactions, routing *routing) (groups, error) {
	statement, err := one.pool.PrepareContext(ctx, keepGroup)
	if err != nil {
		return groups{}, fmt.Errorf("preparing the intake: %w", err)
	}
	return groups{statement: statement, queries: one.queries, routing: routing, one: one.attempt}, nil
}

// attempt tells what is at fault with a group only after it has looked at each: a fault of what the
// server was given is one delivery's, and any other is everybody's.
func (g groups) attempt(group []*request) (culprit int, err error) {
	err = patiently(func(ctx context.Context) error { return g.keep(ctx, group) })
	var said *pgconn.PgError
	if errors.As(err, &said) && (said.Code[:2] == "22" || said.Code[:2] == "23" || said.Code[:2] == "54") {
		return g.one(group)
	}
	return -1, err
}

func (g groups) keep(ctx context.Context, group []*request) error {
	arrived, rows := make(map[string]*request, len(group)), make([]db.KeepDeliveryParams, len(group))
	for i, r := range group {
		rows[i] = r.arrival.row()
		arrived[rows[i].ID] = r
	}
	kept, err := g.routed(ctx, group, rows)
	if err != nil {
		return fmt.Errorf("keeping %d deliveries: %w", len(group), err)
	}
	for _, r := range group {
		r.kept, r.arrival.again = false, true
	}
	for _, id := range kept {
		if r := arrived[id]; r != nil {
			r.kept, r.arrival.again, r.arrival.id = true, false, id
		}
	}
	return nil
}

// routed keeps a group by the routes that are remembered, and reads them again where they have changed
// since: that costs no way to the server when they have not, which is nearly always.
func (g groups) routed(ctx context.Context, group []*request, rows []db.KeepDeliveryParams) (kept []string, err error) {
	for range again {
		c := columns{rows: rows}
		for i, r := range group {
			lanes, err := g.routing.of(g.queries, r.arrival.places)
			if err != nil {
				return nil, err
			}
			for _, lane := range lanes {
				c.lanes, c.waiting = append(c.lanes, lane), append(c.waiting, rows[i].ID)
			}
		}
		kept, err = g.ids(ctx, append(c.values(), g.routing.seen()))
		if err != nil || !slices.Contains(kept, "") {
			return kept, err
		}
		g.routing.ended()
	}
	return nil, errors.New("what the lanes listen to changes all the time")
}

func (g groups) ids(ctx context.Context, values []any) (kept []string, err error) {
	rows, err := g.statement.QueryContext(ctx, values...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		kept = append(kept, id)
	}
	return kept, rows.Err()
}

// columns turns rows into one list for each column.
type columns struct {
	rows           []db.KeepDeliveryParams
	lanes, waiting []string // a lane, and the id of a delivery that waits there
}

// values are in the order of their keys: replicas that are sent the same deliveries then wait for each
// other in the same order, and not in a circle.
func (c columns) values() []any {
	c.rows = slices.SortedStableFunc(slices.Values(c.rows), func(a, b db.KeepDeliveryParams) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key))
	})
	texts := func(of func(db.KeepDeliveryParams) string) []string { return each(c.rows, of) }
	return []any{
		texts(func(d db.KeepDeliveryParams) string { return d.ID }), texts(func(d db.KeepDeliveryParams) string { return d.Source }),
		texts(func(d db.KeepDeliveryParams) string { return d.Key }), texts(func(d db.KeepDeliveryParams) string { return d.Event }),
		each(c.rows, func(d db.KeepDeliveryParams) int64 { return d.Trust }), each(c.rows, func(d db.KeepDeliveryParams) int64 { return d.Received }),
		each(c.rows, func(d db.KeepDeliveryParams) []byte { return d.Body }),
		texts(func(d db.KeepDeliveryParams) string { return d.Trace }), c.lanes, c.waiting,
	}
}

func each[From, To any](all []From, of func(From) To) []To {
	made := make([]To, len(all))
	for i, one := range all {
		made[i] = of(one)
	}
	return made
}
