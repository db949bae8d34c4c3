// Package graph places boxes and arrows on a plane, so that what needs what can be seen: whoever needs something
// stands left of it. It is geometry alone: what a box is, and how it is drawn, others know.
//
// The same boxes and arrows always make the same drawing. Arrows that close a circle run back, below the boxes.
package graph
