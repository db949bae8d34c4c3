package forge

import (
	"bytes"
	"crypto/sha1" // Git's object ids, not a signature
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/xanzy/go-gitlab"
)

// treeID is Git's id of a tree: the hash of "tree SIZE", a zero byte and its entries, sorted as if
// the names of folders ended in a slash.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
func treeID(nodes []*gitlab.TreeNode) (string, error) {
	slices.SortFunc(nodes, func(a, b *gitlab.TreeNode) int { return strings.Compare(sortName(a), sortName(b)) })
	var body bytes.Buffer
	size := sha1.Size
	for _, node := range nodes {
		id, err := hex.DecodeString(node.ID)
		if err != nil {
			return "", fmt.Errorf("reading the id of %q in a tree: %w", node.Name, err)
		}
		size = len(id)
		fmt.Fprintf(&body, "%s %s\x00%s", strings.TrimLeft(node.Mode, "0"), node.Name, id)
	}
	sum := objectHash(size)
	fmt.Fprintf(sum, "tree %d\x00", body.Len())
	sum.Write(body.Bytes())
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// objectHash is the hash of a repository whose ids are of that size: Git has two kinds.
func objectHash(size int) hash.Hash {
	if size == sha256.Size {
		return sha256.New()
	}
	return sha1.New()
}

func sortName(node *gitlab.TreeNode) string {
	if node.Type == "tree" {
		return node.Name + "/"
	}
	return node.Name
}
