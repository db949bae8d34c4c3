package setup

import (
	"context"
	"net/http"
)

// Guard says who may set up.
type Guard interface {
	// Admit takes the token of the link that was shown on the terminal for a session's cookie.
	Admit(token string) (*http.Cookie, error)
	// Good says of a token what Admit would, and uses nothing up.
	Good(token string) error
	// Known says whether a request is of the session.
	Known(r *http.Request) bool
	// Token goes into its forms, and Sent says whether one of them was sent.
	Token() string
	Sent(r *http.Request, form string) bool
}

// Steps do what is asked for on the page. What goes wrong with one is an error whose text is shown, and which
// holds no secret.
type Steps interface {
	// Look is how far the set-up has come.
	Look(ctx context.Context) State
	Forges
	Definitions
}

// Forges are connected.
type Forges interface {
	// Reach takes the address by which they reach us.
	Reach(address string) error
	// Register begins to register a GitHub App.
	Register(ctx context.Context, asked Registration) (Errand, error)
	// Registered ends it, with what GitHub sent the browser back with.
	Registered(ctx context.Context, code, state string) error
	// Connect takes up a GitLab.
	Connect(ctx context.Context, address, url, token string, uses []string) error
	// Choose takes the repositories of the Nexus, and gives those on GitLab their webhooks.
	Choose(ctx context.Context, keys []string) error
}

// Definitions are drafted, vetted and saved.
type Definitions interface {
	// Vet holds a definition to what the vet command asks for.
	Vet(ctx context.Context, source string) Vetted
	// Save writes it where it is read from; over a file that is there only where that is asked for.
	Save(ctx context.Context, source string, over bool) error
	// Finish ends the set-up, once somebody was told so, and starts the service.
	Finish() error
}

// Registration is what somebody asks for on the way to GitHub.
type Registration struct {
	Address string // by which the forges reach us
	URL     string // of GitHub: "https://github.com"
	Org     string // "" for one's own account
	Back    string // where GitHub is to send the browser to
	Uses    []string
}

// Errand is what a browser is sent to GitHub with.
type Errand struct {
	Site     string // "https://github.com"
	Action   string // below it, where the form goes
	Manifest string
}
