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

// mostSeen are the 256 colours that a picture has most of, but for those that look like one of which it has more:
// so a dot of a colour of its own keeps that.
func mostSeen(of image.Image) color.Palette {
	seen := map[color.RGBA]int{}
	for y := of.Bounds().Min.Y; y < of.Bounds().Max.Y; y++ {
		for x := of.Bounds().Min.X; x < of.Bounds().Max.X; x++ {
			seen[color.RGBAModel.Convert(of.At(x, y)).(color.RGBA)]++
		}
	}
	all := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var chosen color.Palette
	for _, c := range all {
		if len(chosen) < 256 && !slices.ContainsFunc(chosen, func(other color.Color) bool { return alike(c, other.(color.RGBA)) }) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// alike says whether nobody tells two colours apart.
func alike(a, b color.RGBA) bool {
	far := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return far(a.R, b.R)+far(a.G, b.G)+far(a.B, b.B) < 10
}
