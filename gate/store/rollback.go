package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// rollback takes a transaction back. SQLite does so by itself after some faults, such as a full
// disk, and then has none to take back; PostgreSQL does when it loses the connection.
func rollback(tx *sql.Tx) error {
	err := tx.Rollback()
	if err == nil || errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn) || strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return fmt.Errorf("rolling back: %w", err)
}
