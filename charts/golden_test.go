package charts_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTheChartRendersWhatIsKept(t *testing.T) {
	for _, flavour := range flavours {
		c := load(t)
		withFiles(t, c, "testdata/files")
		got, name := manifest(mustRender(t, c, values(t, flavour))), filepath.Join("testdata", flavour+".golden.yaml")
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: make golden writes it anew (-want +got):\n%s", name, diff)
		}
	}
}
