package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed assets
var files embed.FS

// assets are what pages load, under names that change with their content: "style.1f0c9a2b.css".
type assets struct {
	names   map[string]string // "style.css" → "style.1f0c9a2b.css"
	content map[string][]byte // by the name with the hash
	packed  map[string][]byte // the same, compressed
}

// loadAssets packs each of them once, however many dashboards there are.
var loadAssets = sync.OnceValue(func() assets {
	a := assets{names: make(map[string]string), content: make(map[string][]byte), packed: make(map[string][]byte)}
	for _, name := range [...]string{"style.css", "script.js", "icon.svg", "chart.js", "htmx.js", "uplot.js", "uplot.css", "THIRD_PARTY.txt"} {
		body, err := fs.ReadFile(files, "assets/"+name)
		if err != nil {
			continue // what is embedded can be read; a test asks for each
		}
		sum, ext := sha256.Sum256(body), path.Ext(name)
		hashed := name[:len(name)-len(ext)] + "." + hex.EncodeToString(sum[:4]) + ext
		a.names[name], a.content[hashed], a.packed[hashed] = hashed, body, pack(body)
	}
	return a
})

func pack(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that there is
	_, _ = w.Write(body)                                  // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}

// address is where pages find an asset.
func (a assets) address(name string) string { return "/assets/" + a.names[name] }

// serve answers for ever the same under one name, and says so.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, ok := a.content[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		body = a.packed[name]
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// Asset is one of what our pages load, such as "style.css", for other pages to look alike. It is empty where
// there is none of that name.
func Asset(name string) []byte {
	body, err := fs.ReadFile(files, "assets/"+name)
	if err != nil {
		return nil
	}
	return body
}
