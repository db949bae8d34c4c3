package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed assets
var files embed.FS

// assets are what pages load, under names that change with their content: "style.1f0c9a2b.css".
type assets struct {
	names   map[string]string // "style.css" → "style.1f0c9a2b.css"
	content map[string][]byte // by the name with the hash
}

func loadAssets() assets {
	a := assets{names: make(map[string]string), content: make(map[string][]byte)}
	for _, name := range [...]string{"style.css", "script.js", "icon.svg"} {
		body, err := fs.ReadFile(files, "assets/"+name)
		if err != nil {
			continue // what is embedded can be read; a test asks for each
		}
		sum, ext := sha256.Sum256(body), path.Ext(name)
		hashed := name[:len(name)-len(ext)] + "." + hex.EncodeToString(sum[:4]) + ext
		a.names[name], a.content[hashed] = hashed, body
	}
	return a
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
