package debugpage

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"sync"
	"time"
)

//go:embed assets
var assets embed.FS

// templates are the pages, each within the layout. They are parsed when the first
// page is asked for, so that a program that never shows one does not hold them.
var templates = sync.OnceValue(func() map[string]*template.Template {
	layout := template.Must(template.New("").Funcs(formats).ParseFS(assets, "assets/layout.html", "assets/parts.html"))
	set := make(map[string]*template.Template)
	for _, name := range []string{"now", "operations", "spans", "dumps", "compare", "flame", "report", "message", "off"} {
		set[name] = template.Must(template.Must(layout.Clone()).ParseFS(assets, "assets/"+name+".html"))
	}
	return set
})

// assetVersion changes with the assets, so that browsers may keep them.
var assetVersion = sync.OnceValue(func() string {
	hash := sha256.New()
	for _, name := range []string{pageStyle, pageScript} {
		hash.Write(asset(name))
	}
	return hex.EncodeToString(hash.Sum(nil)[:6])
})

// asset is an embedded file. Its name stands in this package.
func asset(name string) []byte {
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return b
}

func serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	if r.URL.Query().Get("v") == assetVersion() {
		w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(asset(name)))
}
