package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What one statement, and what one transaction of a copy holds at most: rows, and bytes of their bodies.
const (
	rowsOfInsert  = 50
	bytesOfInsert = 4 << 20
	rowsOfCommit  = 2000
	bytesOfCommit = 32 << 20
)

// copying writes the tables of one database into another, as they were at one moment.
type copying struct {
	from *sql.Tx
	to   *sql.DB
	tell func(table string, rows int64)
}

func (c *copying) run(ctx context.Context, source, target engine) error {
	all, err := tables(ctx, source, c.from)
	if err != nil {
		return err
	}
	for _, table := range all {
		if _, err := c.to.ExecContext(ctx, "DELETE FROM "+table); err != nil { // what migrations put there
			return fmt.Errorf("emptying %s: %w", table, err)
		}
		if table == "replicas" {
			continue // those of the other database
		}
		if err := c.table(ctx, table); err != nil {
			return fmt.Errorf("copying %s: %w", table, err)
		}
	}
	return c.settle(ctx, all, target)
}

// settle leaves every lane to whoever comes, and sees that what was written is there.
func (c *copying) settle(ctx context.Context, all []string, target engine) error {
	for _, table := range all {
		if table == "lanes" {
			if _, err := c.to.ExecContext(ctx, "UPDATE lanes SET holder = '', fence = fence + 1"); err != nil {
				return fmt.Errorf("leaving the lanes: %w", err)
			}
		}
		if table == "replicas" {
			continue
		}
		had, err := countRows(ctx, c.from, table)
		if err != nil {
			return err
		}
		has, err := countRows(ctx, c.to, table)
		if err != nil {
			return err
		}
		if had != has {
			return fmt.Errorf("of %d rows of %s, %d were copied", had, table, has)
		}
	}
	return target.check(ctx, c.to)
}

// batch is what one statement writes into a table.
type batch struct {
	table   string
	columns []string
	values  []any
	size    int // bytes, roughly
}

func (c *copying) table(ctx context.Context, table string) (err error) {
	rows, err := c.from.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for written, more := int64(0), true; more; {
		var n int64
		if n, more, err = c.some(ctx, rows, table, columns); err != nil {
			return err
		}
		if written += n; n > 0 {
			c.tell(table, written)
		}
	}
	return rows.Err()
}

// some copies as many rows as one transaction takes. They are read before it begins: a server ends a
// transaction that waits for seconds, as for a source on a slow disk.
func (c *copying) some(ctx context.Context, rows *sql.Rows, table string, columns []string) (n int64, more bool, err error) {
	var all []*batch
	for size := 0; n < rowsOfCommit && size < bytesOfCommit; n++ {
		if more = rows.Next(); !more {
			break
		}
		if len(all) == 0 || all[len(all)-1].full() {
			all = append(all, &batch{table: table, columns: columns})
		}
		took, err := all[len(all)-1].take(rows)
		if err != nil {
			return n, false, err
		}
		size += took
	}
	return n, more, c.write(ctx, all)
}

func (c *copying) write(ctx context.Context, all []*batch) (err error) {
	tx, err := c.to.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rollback(tx))
		}
	}()
	for _, b := range all {
		if _, err := tx.ExecContext(ctx, b.statement(), b.values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (b *batch) take(rows *sql.Rows) (size int, err error) {
	values := make([]any, len(b.columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return 0, err
	}
	for i, value := range values {
		switch value := value.(type) {
		case nil:
			values[i] = []byte{} // no column may be without a value
		case []byte:
			values[i] = whole(value)
			size += len(value)
		case string:
			size += len(value)
		}
	}
	b.values, b.size = append(b.values, values...), b.size+size
	return size, nil
}

func (b *batch) full() bool {
	return len(b.values) >= rowsOfInsert*len(b.columns) || b.size >= bytesOfInsert
}

// statement is the insert of all rows at once.
func (b *batch) statement() string {
	var text strings.Builder
	fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", b.table, strings.Join(b.columns, ", "))
	for i := range b.values {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%len(b.columns) == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		text.WriteString("$" + strconv.Itoa(i+1))
	}
	text.WriteString(")")
	return text.String()
}
