package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date, to the version that it gives back, or refuses one that a newer
// program has made. One that is of this version already is only looked at.
func migrate(ctx context.Context, kind engine, sides connections) (knows int64, err error) {
	provider, err := schemas(kind, sides.write)
	if err != nil {
		return 0, err
	}
	knows = last(provider)
	has, err := version(ctx, sides.write)
	switch {
	case err == nil && has > knows:
		return 0, newer(has, knows)
	case err == nil && has == knows:
		return knows, nil
	}
	return knows, kind.migrate(ctx, sides, func(pool *sql.DB) error { return up(ctx, kind, pool) })
}

// up looks again: another process may have been here since.
func up(ctx context.Context, kind engine, pool *sql.DB) error {
	provider, err := schemas(kind, pool)
	if err != nil {
		return err
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	if has > knows {
		return newer(has, knows)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the schema from version %d to %d: %w", has, knows, err)
	}
	return nil
}

// overtaken says whether a newer program has changed the schema since this store was opened. What works with
// it still may go on: migrations leave what an older program reads and writes where it is, unless the changelog
// says that all replicas are to be stopped first. But what a newer one has written in a lane an older one reads
// in part, and would write without the rest.
func (s *Store) overtaken(ctx context.Context) error {
	has, err := version(ctx, s.sides.read)
	if err != nil {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	if has > s.schema {
		return newer(has, s.schema)
	}
	return nil
}

// current refuses a schema that is not of this program's version, and leaves it as it is.
func current(ctx context.Context, kind engine, pool *sql.DB) error {
	provider, err := schemas(kind, pool)
	if err != nil {
		return err
	}
	knows := last(provider)
	has, err := version(ctx, pool)
	switch {
	case err != nil:
		return notOurs(err)
	case has > knows:
		return newer(has, knows)
	case has < knows:
		return fmt.Errorf("its schema has version %d, and this program reads version %d: a service of this program brings it up to date when it starts", has, knows)
	}
	return nil
}

// version asks by itself: the provider would make the table of versions where there is none.
func version(ctx context.Context, pool *sql.DB) (has int64, err error) {
	err = pool.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&has)
	return has, err
}

func last(provider *goose.Provider) int64 {
	sources := provider.ListSources()
	return sources[len(sources)-1].Version
}

func newer(has, knows int64) error {
	return fmt.Errorf("its schema has version %d, and this program knows versions up to %d: run the newer nexusgate that made it, or restore a copy from before", has, knows)
}

// schemas are the versions of the schema that this program knows.
func schemas(kind engine, pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	// The provider is not closed: that would close the pool, which is not its own.
	provider, err := goose.NewProvider(kind.dialect(), pool, files, goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(entering()))
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}
