package graph_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/nexusgate/nexusgate/gate/dashboard/graph"
)

func named(names ...string) (nodes []graph.Node) {
	for _, n := range names {
		nodes = append(nodes, graph.Node{Name: n})
	}
	return nodes
}

func TestWhoeverNeedsSomethingStandsLeftOfIt(t *testing.T) {
	d := graph.Draw(named("needed", "needs", "between", "alone"), []graph.Edge{{From: 1, To: 2}, {From: 2, To: 0}, {From: 1, To: 0}})
	if d.Boxes[1].X >= d.Boxes[2].X || d.Boxes[2].X >= d.Boxes[0].X || d.Boxes[3].X != d.Boxes[1].X {
		t.Errorf("the boxes are at %+v", d.Boxes)
	}
	for _, a := range d.Arrows {
		if a.Back {
			t.Errorf("%+v runs back", a)
		}
	}
}

func TestWhatClosesACircleRunsBack(t *testing.T) {
	d := graph.Draw(named("a", "b", "c"), []graph.Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}})
	back := 0
	for _, a := range d.Arrows {
		if a.Back {
			back++
		}
	}
	if len(d.Arrows) != 3 || back != 1 {
		t.Errorf("%d of %d arrows run back", back, len(d.Arrows))
	}
}

func TestWhatLeadsNowhereIsLeftOut(t *testing.T) {
	if d := graph.Draw(named("a"), []graph.Edge{{From: 0, To: 0}, {From: 0, To: 1}, {From: -1, To: 0}}); len(d.Arrows) != 0 {
		t.Errorf("there are %d arrows", len(d.Arrows))
	}
	if d := graph.Draw(nil, nil); len(d.Boxes) != 0 || d.Width <= 0 || d.Height <= 0 {
		t.Errorf("nothing is drawn as %+v", d)
	}
}

// Whatever needs whatever: every box is within the drawing, no two are in one place, and the same is drawn the same.
func TestADrawingHoldsAllOfItApart(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		nodes := make([]graph.Node, 1+random.IntN(20))
		edges := make([]graph.Edge, random.IntN(40))
		for i := range edges {
			edges[i] = graph.Edge{From: random.IntN(len(nodes)), To: random.IntN(len(nodes))}
		}
		d := graph.Draw(nodes, edges)
		taken := make(map[[2]int]bool)
		for _, b := range d.Boxes {
			if b.X < 0 || b.Y < 0 || b.X+graph.BoxWidth > d.Width || b.Y+graph.BoxHeight > d.Height {
				t.Fatalf("a box at %d, %d leaves a drawing of %d by %d", b.X, b.Y, d.Width, d.Height)
			}
			if taken[[2]int{b.X, b.Y}] {
				t.Fatalf("two boxes are at %d, %d", b.X, b.Y)
			}
			taken[[2]int{b.X, b.Y}] = true
		}
		if !reflect.DeepEqual(d, graph.Draw(nodes, edges)) {
			t.Fatal("the same is drawn otherwise")
		}
	}
}
