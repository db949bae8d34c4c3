package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// connector makes connections that take every text and wait for no server for ever.
type connector struct{ driver.Connector }

// Connect is the driver's, wrapped.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := made.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver made a %T", made), made.Close())
	}
	return conn{inner}, nil
}

// conn hands PostgreSQL only what it takes as text: no NUL, and nothing that is not UTF-8. SQLite takes
// both, and a forge may send them.
type conn struct{ *stdlib.Conn }

// CheckNamedValue is asked about each parameter before it is sent.
func (conn) CheckNamedValue(named *driver.NamedValue) error {
	switch value := named.Value.(type) {
	case string:
		named.Value = text(value)
	case []string:
		for i := range value {
			value[i] = text(value[i])
		}
	}
	return nil
}

// text shows what PostgreSQL refuses as the replacement character.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// BeginTx bounds all of a transaction by its context, also the statements that are given none: a server
// that is not there any more says nothing.
func (c conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	line := c.Conn.Conn().PgConn().Conn()
	stop := context.AfterFunc(ctx, func() { _ = line.SetDeadline(time.Unix(1, 0)) })
	return bounded{Tx: tx, conn: c, stop: stop}, nil
}

// bounded is a transaction that its context cuts off.
type bounded struct {
	driver.Tx
	conn conn
	stop func() bool
}

// Commit is the driver's.
func (b bounded) Commit() error { return b.end(b.Tx.Commit()) }

// Rollback is the driver's.
func (b bounded) Rollback() error { return b.end(b.Tx.Rollback()) }

// end lets nobody have a connection that was cut off.
func (b bounded) end(err error) error {
	if !b.stop() {
		return errors.Join(err, b.conn.Close())
	}
	return err
}
