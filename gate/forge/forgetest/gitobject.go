package forgetest

import (
	"bytes"
	"crypto/sha1" // Git's object ids, not a signature
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// objectID is Git's id of an object.
func objectID(kind string, body []byte) string {
	sum := sha1.New()
	fmt.Fprintf(sum, "%s %d\x00", kind, len(body))
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// node is an entry of a tree.
type node struct {
	name, mode, kind, id string
}

// rootOf lists the entries of the root tree that a set of files makes, in Git's order.
func rootOf(files map[string]string) []node {
	folders, nodes := map[string]map[string]string{}, []node(nil)
	for path, content := range files {
		folder, rest, deep := strings.Cut(path, "/")
		if !deep {
			nodes = append(nodes, node{path, "100644", "blob", objectID("blob", []byte(content))})
			continue
		}
		if folders[folder] == nil {
			folders[folder] = map[string]string{}
		}
		folders[folder][rest] = content
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		nodes = append(nodes, node{name, "040000", "tree", treeID(folders[name])})
	}
	slices.SortFunc(nodes, func(a, b node) int { return strings.Compare(a.sortName(), b.sortName()) })
	return nodes
}

func (n node) sortName() string {
	if n.kind == "tree" {
		return n.name + "/"
	}
	return n.name
}

// treeID is Git's id of the tree that a set of files makes.
func treeID(files map[string]string) string {
	var body bytes.Buffer
	for _, n := range rootOf(files) {
		id, _ := hex.DecodeString(n.id) // made by objectID
		fmt.Fprintf(&body, "%s %s\x00%s", strings.TrimLeft(n.mode, "0"), n.name, id)
	}
	return objectID("tree", body.Bytes())
}
