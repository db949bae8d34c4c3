package gate

import "time"

// Comment is the body of a [CommentErrand]: what is said on an issue of a forge.
type Comment struct {
	Number int    `json:"number"` // of the issue
	Text   string `json:"text"`   // markdown
	// Mark is in the comment and is not shown. A comment of ours that bears it is changed to say this; there is never a
	// second one.
	Mark  string    `json:"mark"`
	Since time.Time `json:"since"` // one that bears the mark was not written before
}
