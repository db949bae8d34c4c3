package report

import (
	"net/url"
	"strings"
)

// Links are the addresses of pages that a report can point to; "" where there is none.
type Links struct {
	Verdict   string // the page of the verdict
	Successor string // the page of the Increment that took this one's place
}

const linkSize = 1024

// link is a markdown link, or the words alone where the address is not one of the web.
// The words are ours or escaped; the address may be a forge's.
func link(words, address string) string {
	if address = WebAddress(address); address == "" {
		return words
	}
	return "[" + words + "](<" + address + ">)"
}

// escaped are the characters that a URL may hold and that markdown or a table could take for its own.
var escaped = strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", `\`, "%5C", "`", "%60", "*", "%2A")

// WebAddress is the address when it is an absolute one of http or https of at most 1024 bytes, and
// otherwise "". What comes from a forge is a link only if it is one of the web.
func WebAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return ""
	}
	clean := escaped.Replace(u.String())
	if len(clean) > linkSize || Plain(clean) != clean || strings.Contains(clean, " ") {
		return ""
	}
	return clean
}
