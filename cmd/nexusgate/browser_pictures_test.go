//go:build browser

package main_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// mostOfPicture is how many bytes a picture in the docs may have.
const mostOfPicture = 150_000

// shrink makes the pictures in a folder small: each has the 256 colours that it has most of. A page has few, and
// the many shades at the edges of its letters look alike.
func shrink(folder string) error {
	all, err := filepath.Glob(filepath.Join(folder, "*.png"))
	if err != nil || len(all) == 0 {
		return fmt.Errorf("there are no pictures in %s: %w", folder, err)
	}
	for _, name := range all {
		if err := shrinkOne(name); err != nil {
			return fmt.Errorf("shrinking %s: %w", name, err)
		}
	}
	return nil
}

func shrinkOne(name string) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	whole, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		return err
	}
	small := image.NewPaletted(whole.Bounds(), mostSeen(whole))
	draw.Draw(small, small.Bounds(), whole, whole.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		return err
	}
	if b.Len() > mostOfPicture {
		return fmt.Errorf("it has %d bytes, want at most %d", b.Len(), mostOfPicture)
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// mostSeen are the 256 colours that a picture has most of.
func mostSeen(of image.Image) color.Palette {
	seen := map[color.Color]int{}
	for y := of.Bounds().Min.Y; y < of.Bounds().Max.Y; y++ {
		for x := of.Bounds().Min.X; x < of.Bounds().Max.X; x++ {
			seen[of.At(x, y)]++
		}
	}
	order := func(c color.Color) string { return fmt.Sprint(c) }
	all := slices.SortedFunc(maps.Keys(seen), func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(order(a), order(b)))
	})
	return all[:min(len(all), 256)]
}
