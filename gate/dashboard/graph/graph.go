package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// Node is a box.
type Node struct {
	Name, Note string // two lines of text
	Class      string
}

// Edge is an arrow from one box to another, by their places in the list of boxes.
type Edge struct {
	From, To int
	Label    string
	Class    string
}

// Box is a node in its place, in pixels.
type Box struct {
	Node
	X, Y int // of its upper left corner
}

// Arrow is an edge in its place.
type Arrow struct {
	Edge
	Path string // as SVG writes it
	X, Y int    // of its label's middle
	Back bool   // it runs back, for it closes a circle
}

// Drawing is a graph in its place.
type Drawing struct {
	Width, Height int
	Boxes         []Box
	Arrows        []Arrow
}

// How large boxes are, and how much lies between them, in pixels.
const (
	BoxWidth  = 190
	BoxHeight = 46
	across    = 110
	down      = 18
	margin    = 10
	below     = 26 // for each arrow that runs back
)

// Draw places nodes in columns. Edges that name no node are left out, and so are those from a node to itself.
func Draw(nodes []Node, edges []Edge) Drawing {
	edges = slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool {
		return min(e.From, e.To) < 0 || max(e.From, e.To) >= len(nodes) || e.From == e.To
	})
	back := closing(len(nodes), edges)
	columns := order(layers(len(nodes), edges, back), edges)
	d := Drawing{Boxes: make([]Box, len(nodes))}
	tallest := 0
	for _, column := range columns {
		tallest = max(tallest, len(column))
	}
	bottom := margin + tallest*(BoxHeight+down)
	for x, column := range columns {
		gap := (tallest - len(column)) * (BoxHeight + down) / 2
		for y, n := range column {
			d.Boxes[n] = Box{nodes[n], margin + x*(BoxWidth+across), margin + gap + y*(BoxHeight+down)}
		}
	}
	lanes := 0
	for i, e := range edges {
		if back[i] || d.Boxes[e.From].X >= d.Boxes[e.To].X {
			d.Arrows = append(d.Arrows, backward(e, d.Boxes[e.From], d.Boxes[e.To], bottom+lanes*below))
			lanes++
			continue
		}
		d.Arrows = append(d.Arrows, forward(e, d.Boxes[e.From], d.Boxes[e.To]))
	}
	d.Width = 2*margin + len(columns)*BoxWidth + max(0, len(columns)-1)*across
	d.Height = bottom + lanes*below + margin
	return d
}

// closing says of each edge whether it closes a circle, as a walk along the edges finds them.
func closing(nodes int, edges []Edge) []bool {
	out := make([][]int, nodes)
	for i, e := range edges {
		out[e.From] = append(out[e.From], i)
	}
	back, state := make([]bool, len(edges)), make([]int, nodes) // 1: on the way, 2: left
	var walk func(n int)
	walk = func(n int) {
		state[n] = 1
		for _, i := range out[n] {
			switch to := edges[i].To; state[to] {
			case 0:
				walk(to)
			case 1:
				back[i] = true
			}
		}
		state[n] = 2
	}
	for n := range nodes {
		if state[n] == 0 {
			walk(n)
		}
	}
	return back
}

// layers are the columns of the nodes: each right of all that need it.
func layers(nodes int, edges []Edge, back []bool) []int {
	layer := make([]int, nodes)
	for range nodes { // as often as the longest way has steps, at the most
		moved := false
		for i, e := range edges {
			if !back[i] && layer[e.To] <= layer[e.From] {
				layer[e.To], moved = layer[e.From]+1, true
			}
		}
		if !moved {
			break
		}
	}
	return layer
}

// order puts those of a column near to what needs them.
func order(layer []int, edges []Edge) [][]int {
	var columns [][]int
	for n, l := range layer {
		for len(columns) <= l {
			columns = append(columns, nil)
		}
		columns[l] = append(columns[l], n)
	}
	place := make([]int, len(layer))
	for _, column := range columns {
		at := make(map[int]int)
		for _, n := range column {
			sum, count := 0, 0
			for _, e := range edges {
				if e.To == n && layer[e.From] < layer[n] {
					sum, count = sum+place[e.From], count+1
				}
			}
			if count > 0 {
				at[n] = 1000 * sum / count
			}
		}
		slices.SortStableFunc(column, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
		for y, n := range column {
			place[n] = y
		}
	}
	return columns
}

// forward is an arrow from the right side of a box to the left side of another.
func forward(e Edge, from, to Box) Arrow {
	x1, y1, x2, y2 := from.X+BoxWidth, from.Y+BoxHeight/2, to.X, to.Y+BoxHeight/2
	bend := max(across/2, (x2-x1)/2)
	return Arrow{Edge: e, Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+bend, y1, x2-bend, y2, x2-7, y2), X: (x1 + x2) / 2, Y: (y1+y2)/2 - 5}
}

// backward is an arrow that leaves a box below and comes to another from below.
func backward(e Edge, from, to Box, bottom int) Arrow {
	x1, y1, x2, y2 := from.X+BoxWidth/2+12, from.Y+BoxHeight, to.X+BoxWidth/2-12, to.Y+BoxHeight
	low := bottom + below
	return Arrow{
		Edge: e, Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, low, x2, low, x2, y2+7),
		X: (x1 + x2) / 2, Y: (y1+y2+6*low)/8 - 5, Back: true,
	}
}
