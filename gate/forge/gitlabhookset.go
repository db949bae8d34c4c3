package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// HookWish is the webhook that a project is to have.
type HookWish struct {
	URL     string // of ours, by which one that is there is found again
	Secret  string // GitLab sends it along; "" where it signs
	Signing string // "whsec_…", with which GitLab signs; "" for none
	Uses    []Use
}

// HookMade is the webhook that a project has now.
type HookMade struct {
	ID     int64
	Made   bool // it was not there before
	Signed bool // GitLab has taken the signing token
	Others int  // more webhooks go to the same address
}

// SetHook gives a project a webhook to an address of ours, or mends the one that it has: it is set for all
// events that are used, checks our certificate and has fresh secrets. Only maintainers may. A GitLab that does
// not know signing tokens passes over one, and then Signed is false.
// https://docs.gitlab.com/api/project_webhooks/
func (g *GitLab) SetHook(ctx context.Context, repo gate.Repo, wish HookWish) (HookMade, error) {
	p, err := g.project(repo)
	if err != nil {
		return HookMade{}, err
	}
	made, err := g.setHook(ctx, p, wish)
	if err != nil {
		return HookMade{}, fmt.Errorf("setting the webhook of %s: %w", repo, unsaid(err, wish))
	}
	return made, nil
}

func (g *GitLab) setHook(ctx context.Context, p *project, wish HookWish) (made HookMade, err error) {
	there, err := g.Hooks(ctx, p.repo, wish.URL)
	switch {
	case err != nil:
		return made, err
	case there.Hidden:
		return made, &refusal{http.StatusForbidden, "the token's owner does not maintain the project"}
	}
	method, path, operation := http.MethodPost, p.path("hooks"), "create_hook"
	for _, h := range there.Hooks {
		switch {
		case !h.Ours:
		case made.ID == 0:
			made.ID, method, path, operation = h.ID, http.MethodPut, p.path("hooks/%d", h.ID), "update_hook"
		default:
			made.Others++
		}
	}
	request, err := p.NewRequest(method, path, wish.fields(), []gitlab.RequestOptionFunc{during(ctx, operation)})
	if err != nil {
		return made, err
	}
	var now labHook
	if _, err := p.Do(request, &now); err != nil {
		return made, err
	}
	made.Made, made.ID = made.ID == 0, now.ID
	made.Signed = wish.Signing != "" && now.Signed != nil && *now.Signed
	return made, nil
}

// fields are those of the API. Every event that we know is told, so that one that is there is mended whole.
func (w HookWish) fields() map[string]any {
	fields := map[string]any{"url": w.URL, "enable_ssl_verification": true, "token": w.Secret}
	if w.Signing != "" {
		fields["signing_token"] = w.Signing
	}
	for _, event := range HookEvents() {
		fields[event.Field] = Granting(w.Uses, event.For)
	}
	return fields
}

// Granting says whether something that is for a use is wanted by who has some uses.
func Granting(uses []Use, is Use) bool {
	return is == Always || slices.Contains(uses, is)
}

// unsaid is an error without the secrets that a forge may have repeated in it.
func unsaid(err error, w HookWish) error {
	text := err.Error()
	for _, secret := range []string{w.Secret, w.Signing} {
		if secret != "" && strings.Contains(text, secret) {
			return errors.New("GitLab refused it with status " + strconv.Itoa(statusOf(err)))
		}
	}
	return err
}
