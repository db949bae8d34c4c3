package forge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const unknown = "9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f"

// desk is a repository on either forge, as the tests of reading see it.
type desk struct {
	*clock
	reader
	repo   gate.Repo
	head   func(branch string) string
	commit func(branch, message string, files map[string]string) string
	drop   func(branch string)
	hide   func()
	open   func(branch string) int
	counts func() map[string]int
	hub    *forgetest.Repo // one of the two
	lab    *forgetest.GitLab
	web    *forgetest.Project
}

// onBothForges runs a test of reading against both.
func onBothForges(t *testing.T, test func(*testing.T, *desk)) {
	t.Run("github", func(t *testing.T) {
		w := newHubWorld(t)
		test(t, &desk{
			w.clock, w.client, w.repo(), w.cart.Head, w.cart.Commit, w.cart.DeleteBranch,
			func() { w.cart.Hide(true) },
			func(branch string) int { return w.cart.OpenChange(branch, "main", "Guest carts", "ana").Number },
			w.hub.Requests, w.cart, nil, nil,
		})
	})
	t.Run("gitlab", func(t *testing.T) {
		w := newLabWorld(t)
		test(t, &desk{
			w.clock, w.client, w.repo(), w.web.Head, w.web.Commit, w.web.DeleteBranch,
			func() { w.web.Hide(true) },
			func(branch string) int { return w.web.OpenChange(branch, "main", "Guest carts", "ana").Number },
			w.lab.Requests, nil, w.lab, w.web,
		})
	})
}

func TestAHeadIsReadWithTheForgesClock(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		sha := d.commit("release/1.0 & on", "A branch with a name", map[string]string{"a": "1"})
		want := gate.Want{Kind: gate.WantHead, Repo: d.repo, Branch: "release/1.0 & on", Covers: []string{"d1", "d2"}}
		got := read[gate.HeadRead](t, d, want)
		expected := gate.HeadRead{Repo: d.repo, Branch: want.Branch, Commit: sha, At: d.Now(), Covers: want.Covers}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABranchThatIsGoneIsAbsent(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		d.commit("release", "To be deleted", nil)
		d.drop("release")
		got := read[gate.HeadRead](t, d, gate.Want{Kind: gate.WantHead, Repo: d.repo, Branch: "release"})
		if !got.Absent || got.Commit != "" || !got.At.Equal(d.Now()) {
			t.Errorf("the head is %+v", got)
		}
	})
}

func TestNothingIsAbsentFromARepositoryThatCannotBeRead(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		sha := d.head("main")
		number := d.open("main")
		d.hide()
		for _, w := range []gate.Want{
			{Kind: gate.WantHead, Branch: "main"},
			{Kind: gate.WantFile, Commit: sha, Path: ".nexus/done.cue"},
			{Kind: gate.WantCommit, Commit: sha},
			{Kind: gate.WantPaths, Base: sha, Commit: sha},
			{Kind: gate.WantChange, Commit: sha, Number: number},
			{Kind: gate.WantLanding, Base: sha, Commit: sha, Path: "nexus.cue", Branch: "main"},
		} {
			w.Repo = d.repo
			event, err := d.Read(t.Context(), w)
			if event != nil {
				t.Errorf("the want for a %s is answered: %+v", w.Kind, event)
			}
			refused(t, err, true, fmt.Sprintf("reading the %s of %s", w.Kind, d.repo))
		}
	})
}

func TestARepositoryNeverHeardOfIsFoundByName(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		stranger := gate.Repo{Forge: d.repo.Forge, Name: strings.ToUpper(d.repo.Name)}
		got := read[gate.HeadRead](t, d, gate.Want{Kind: gate.WantHead, Repo: stranger, Branch: "main"})
		if diff := cmp.Diff(d.repo, got.Repo); diff != "" {
			t.Error(diff)
		}
		stranger.Name = "acme/nowhere"
		_, err := d.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: stranger, Branch: "main"})
		refused(t, err, true, "acme/nowhere")
	})
}

func TestAFileIsReadAsItStandsAtTheCommit(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		const path = "services/cart & co/.nexus/done.cue"
		old := d.commit("main", "A tightening", map[string]string{path: "done: coverage: must: lines: >=90\n"})
		d.commit("main", "Another", map[string]string{path: "done: {}\n"})
		got := read[gate.FileRead](t, d, gate.Want{Kind: gate.WantFile, Repo: d.repo, Commit: old, Path: path})
		if source := read[gate.FileRead](t, d, gate.Want{Kind: gate.WantNexus, Repo: d.repo, Commit: old, Path: path}); source != got {
			t.Errorf("the source of a definition is %+v, not %+v", source, got)
		}
		want := gate.FileRead{Repo: d.repo, Commit: old, Path: path, Source: "done: coverage: must: lines: >=90\n"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFileThatIsNotThereIsAbsentAndAnEmptyOneIsNot(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		sha := d.commit("main", "An empty file and a folder", map[string]string{"empty.cue": "", "folder/done.cue/x": "y"})
		for path, absent := range map[string]bool{"missing.cue": true, "empty.cue": false, "folder/done.cue": true} {
			got := read[gate.FileRead](t, d, gate.Want{Kind: gate.WantFile, Repo: d.repo, Commit: sha, Path: path})
			if got.Absent != absent || got.Source != "" || got.Cut {
				t.Errorf("%s reads as %+v", path, got)
			}
		}
		_, err := d.Read(t.Context(), gate.Want{Kind: gate.WantFile, Repo: d.repo, Commit: unknown, Path: "empty.cue"})
		refused(t, err, true, "reading the file of")
	})
}

func TestAFileIsReadToABound(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		for kind, bound := range map[gate.WantKind]int{gate.WantFile: 64 << 10, gate.WantNexus: 1 << 20} {
			whole := strings.Repeat("x", bound)
			sha := d.commit("main", "Large files", map[string]string{"fits": whole, "over": whole + "y", "huge": strings.Repeat(whole, 10)})
			for path, cut := range map[string]bool{"fits": false, "over": true, "huge": true} {
				got := read[gate.FileRead](t, d, gate.Want{Kind: kind, Repo: d.repo, Commit: sha, Path: path})
				if got.Cut != cut || got.Source != whole {
					t.Errorf("the %s %s is read to %d bytes, cut %v", kind, path, len(got.Source), got.Cut)
				}
			}
		}
	})
}

func TestWhatIsNoCommitAndNoPathIsRefusedUnasked(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		for _, w := range []gate.Want{
			{Kind: gate.WantFile, Commit: "main", Path: "a"},
			{Kind: gate.WantFile, Commit: unknown, Path: "../../user"},
			{Kind: gate.WantFile, Commit: unknown, Path: ""},
			{Kind: gate.WantCommit, Commit: unknown[:7]},
			{Kind: gate.WantPaths, Base: "", Commit: unknown},
			{Kind: gate.WantChange, Commit: "HEAD", Number: 1},
			{Kind: gate.WantLanding, Commit: unknown, Base: "main", Path: "a"},
			{Kind: gate.WantLanding, Commit: unknown, Base: unknown, Path: "../a"},
			{Kind: "tea"},
		} {
			w.Repo = d.repo
			if event, err := d.Read(t.Context(), w); err == nil {
				t.Errorf("%+v is answered: %+v", w, event)
			}
		}
		for operation, n := range d.counts() {
			if operation != "create_token" && n > 0 {
				t.Errorf("%s was asked %d times", operation, n)
			}
		}
	})
}

func TestACommitIsReadWithItsTreeAndParents(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		parent := d.head("main")
		sha := d.commit("main", "Files and folders", map[string]string{"a.go": "1", "a/b/c.go": "2", "a-z": "3"})
		got := read[gate.CommitRead](t, d, gate.Want{Kind: gate.WantCommit, Repo: d.repo, Commit: sha})
		if diff := cmp.Diff([]string{parent}, got.Parents); diff != "" {
			t.Error(diff)
		}
		same := d.commit("main", "The same files", map[string]string{"a.go": "1"})
		twin := read[gate.CommitRead](t, d, gate.Want{Kind: gate.WantCommit, Repo: d.repo, Commit: same})
		if got.Tree == "" || twin.Tree != got.Tree {
			t.Errorf("equal trees are %q and %q", got.Tree, twin.Tree)
		}
		other := d.commit("main", "A deep change", map[string]string{"a/b/c.go": "4"})
		if third := read[gate.CommitRead](t, d, gate.Want{Kind: gate.WantCommit, Repo: d.repo, Commit: other}); third.Tree == got.Tree {
			t.Error("different trees have one id")
		}
		gone := read[gate.CommitRead](t, d, gate.Want{Kind: gate.WantCommit, Repo: d.repo, Commit: unknown})
		if !gone.Absent || gone.Tree != "" {
			t.Errorf("an unknown commit reads as %+v", gone)
		}
	})
}

func TestATreeHasTheSameIDOnBothForges(t *testing.T) {
	files := map[string]string{"README.md": "# Shop\n", "a.go": "1", "a/b/c.go": "2", "a-z": "3", "z": ""}
	for i := range 230 { // more than two pages of GitLab's
		files[fmt.Sprintf("f%03d/x", i)] = "y"
	}
	var trees []string
	onBothForges(t, func(t *testing.T, d *desk) {
		sha := d.commit("main", "Many files", files)
		trees = append(trees, read[gate.CommitRead](t, d, gate.Want{Kind: gate.WantCommit, Repo: d.repo, Commit: sha}).Tree)
	})
	if len(trees) != 2 || trees[0] != trees[1] {
		t.Errorf("the trees are %v", trees)
	}
}

func TestPathsAreWhatDiffersBetweenTheTwoTrees(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		base := d.commit("main", "Base", map[string]string{"kept": "1", "old/name": "moved as it is", "gone": "2"})
		ahead := d.commit("main", "Ahead", map[string]string{
			"added": "3", "old/name": forgetest.Gone, "new/name": "moved as it is", "gone": forgetest.Gone,
		})
		wanted := []string{"added", "gone", "new/name", "old/name"}
		for name, ends := range map[string][2]string{"forwards": {base, ahead}, "backwards": {ahead, base}} {
			got := read[gate.PathsRead](t, d, gate.Want{Kind: gate.WantPaths, Repo: d.repo, Base: ends[0], Commit: ends[1]})
			want := gate.PathsRead{Repo: d.repo, Base: ends[0], Head: ends[1], Paths: wanted, Complete: true}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		same := read[gate.PathsRead](t, d, gate.Want{Kind: gate.WantPaths, Repo: d.repo, Base: base, Commit: base})
		if len(same.Paths) != 0 || !same.Complete {
			t.Errorf("a commit differs from itself in %+v", same)
		}
	})
}

func TestPathsOfAForkedHistoryAreAllThere(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		d.commit("main", "Base", map[string]string{"both": "1"})
		left := d.commit("left", "Left", map[string]string{"left": "1", "both": "2"})
		right := d.commit("main", "Right", map[string]string{"right": "1", "both": "2"})
		got := read[gate.PathsRead](t, d, gate.Want{Kind: gate.WantPaths, Repo: d.repo, Base: left, Commit: right})
		for _, path := range []string{"left", "right"} {
			if !got.Complete || !slices.Contains(got.Paths, path) {
				t.Errorf("%s is missing in %+v", path, got)
			}
		}
	})
}

func TestPathsThatCannotBeComparedAreNotComplete(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		got := read[gate.PathsRead](t, d, gate.Want{Kind: gate.WantPaths, Repo: d.repo, Base: unknown, Commit: d.head("main")})
		if got.Complete || len(got.Paths) != 0 {
			t.Errorf("an unknown base compares to %+v", got)
		}
	})
}

func TestAChangesPathsAreReadForItsHead(t *testing.T) {
	onBothForges(t, func(t *testing.T, d *desk) {
		files := map[string]string{"README.md": forgetest.Gone}
		want := []string{"README.md"}
		for i := range 250 {
			path := fmt.Sprintf("services/cart/%03d.go", i)
			files[path] = path
			want = append(want, path)
		}
		head := d.commit("guest", "Guest carts", files)
		d.commit("main", "The base moves on", map[string]string{"elsewhere": "1"})
		w := gate.Want{Kind: gate.WantChange, Repo: d.repo, Number: d.open("guest"), Commit: head}
		got := read[gate.ChangeRead](t, d, w)
		expected := gate.ChangeRead{Repo: d.repo, Number: w.Number, Head: head, Paths: want, Complete: true}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Error(diff)
		}
		moved := d.commit("guest", "More", map[string]string{"more": "1"})
		_, err := d.Read(t.Context(), w)
		refused(t, err, false, moved)
	})
}
