package store_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func TestPostgreSQLKeepsTheContract(t *testing.T) {
	storetest.Contract(t, storetest.Database{New: func(t *testing.T) string { return storetest.Postgres(t) }, Crash: storetest.CrashedPostgres})
}
