package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard/setup"
	"github.com/nexusgate/nexusgate/gate/draft"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/webhook"
)

// The bounds of what is looked at when repositories are chosen.
const (
	mostChosen   = 200
	chooseWithin = 5 * time.Minute
)

// Choose takes the repositories of the Nexus: those on GitLab get their webhooks, and the definition is drafted.
func (u *setUp) Choose(ctx context.Context, keys []string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, chooseWithin)
	defer stop()
	return u.troubled(setup.OfRepositories, u.choose(ctx, keys))
}

func (u *setUp) choose(ctx context.Context, keys []string) error {
	var chosen []forge.Seen
	u.chosen = map[string]bool{}
	for _, f := range u.found {
		if slices.Contains(keys, keyOf(f)) {
			chosen = append(chosen, f)
			u.chosen[keyOf(f)] = true
		}
	}
	switch {
	case len(chosen) == 0:
		return errors.New("choose at least one")
	case len(chosen) > mostChosen:
		return fmt.Errorf("these are more than %d: choose those of one product; a service may have several Nexuses, a definition each", mostChosen)
	}
	hub, lab, err := u.clients()
	if err != nil {
		return err
	}
	if lab != nil && u.address == "" {
		return errors.New("say at the top of this page where the forges reach this service: their webhooks go there")
	}
	if err := u.hook(ctx, lab, chosen); err != nil {
		return err
	}
	if u.draft.Saved {
		return nil
	}
	u.draft.Source = draft.Nexus(u.lookInto(ctx, hub, lab, chosen))
	u.draft.Vetted = u.vet(ctx, u.draft.Source)
	return ctx.Err()
}

// hook gives the projects their webhooks, each with a secret of its own where GitLab does not sign. One to which
// that does not happen is told of, and does not keep the others from theirs.
func (u *setUp) hook(ctx context.Context, lab *forge.GitLab, chosen []forge.Seen) error {
	u.hooks = nil
	if lab == nil {
		return nil
	}
	projects := slices.DeleteFunc(slices.Clone(chosen), func(f forge.Seen) bool { return f.Repo.Forge != gate.GitLab })
	settings, err := u.secretsFor(projects)
	if err != nil {
		return err
	}
	for _, f := range projects {
		wish := forge.HookWish{URL: u.address + "/webhook/gitlab", Uses: u.uses}
		if wish.Signing = webhook.SigningTokenFor(settings.signingTokens, f.Repo.Name, f.Repo.ID); wish.Signing == "" {
			wish.Secret = webhook.TokenFor(settings.webhookSecret, f.Repo.Name, f.Repo.ID)
		}
		if wish.Signing+wish.Secret == "" {
			u.hooks = append(u.hooks, unhooked(f, "none of the secrets that the service was started with is for it"))
			continue
		}
		made, err := lab.SetHook(ctx, f.Repo, wish)
		switch unsigned := err == nil && wish.Signing != "" && !made.Signed; { // the version knows signing tokens, and this GitLab has them off
		case unsigned && u.kept.passedOver(u.getenv, gitLabFamily):
			u.hooks = append(u.hooks, unhooked(f, "this GitLab does not sign, and the service was started with a signing token"))
		case unsigned:
			if err := u.keep(map[string]string{"NEXUSGATE_GITLAB_SIGNING_TOKEN": "", "NEXUSGATE_GITLAB_WEBHOOK_SECRET": freshSecret()}); err != nil {
				return err
			}
			return u.hook(ctx, lab, chosen)
		default:
			u.hooks = append(u.hooks, hooked(f, made, err))
		}
	}
	return nil
}

// secretsFor are the secrets of webhooks. Where GitLab does not sign, each project has one of its own, which is kept
// before GitLab is told of it: what is sent with a secret that nobody knows any more is refused. Those that the service
// was started with are as they are.
func (u *setUp) secretsFor(projects []forge.Seen) (gitLabSettings, error) {
	settings, err := u.settings()
	if err != nil || strings.TrimSpace(settings.gitLab.signingTokens) != "" || u.kept.passedOver(u.getenv, gitLabFamily) {
		return settings.gitLab, err
	}
	var bound []string // an unbound one was there until the projects were known
	for _, entry := range strings.Fields(settings.gitLab.webhookSecret) {
		if strings.Contains(entry, "/") {
			bound = append(bound, entry)
		}
	}
	for _, f := range projects {
		if webhook.TokenFor(strings.Join(bound, " "), f.Repo.Name, f.Repo.ID) == "" {
			bound = append(bound, fmt.Sprintf("%s@%d=%s", f.Repo.Name, f.Repo.ID, freshSecret()))
		}
	}
	if len(projects) == 0 {
		return settings.gitLab, nil
	}
	if err := u.keep(map[string]string{"NEXUSGATE_GITLAB_WEBHOOK_SECRET": strings.Join(bound, " ")}); err != nil {
		return settings.gitLab, err
	}
	settings, err = u.settings()
	return settings.gitLab, err
}

// unhooked is a project whose webhook cannot be one that we take.
func unhooked(f forge.Seen, why string) setup.Hook {
	return setup.Hook{Project: f.Repo.Name, Fault: true, Says: fmt.Sprintf("%s: what its webhook brings would be refused. Add %s@%d=SECRET to NEXUSGATE_GITLAB_WEBHOOK_SECRET, "+
		"start the service again, and choose it again", why, f.Repo.Name, f.Repo.ID)}
}

// hooked says what became of the webhook of a project.
func hooked(f forge.Seen, made forge.HookMade, err error) setup.Hook {
	h := setup.Hook{Project: f.Repo.Name}
	switch {
	case err != nil:
		h.Fault, h.Says = true, clipped(err.Error(), 300)
	case made.Made:
		h.Says = "has a webhook now"
	default:
		h.Says = "had a webhook to us, which is as it has to be now"
	}
	if err == nil && made.Signed {
		h.Says += ", and GitLab signs what it sends"
	} else if err == nil {
		h.Says += ". This GitLab does not sign: a token of the project's own proves who sends, and what comes counts as token, below what is signed"
	}
	if made.Others > 0 {
		h.Says += fmt.Sprintf("; %s to the same address: delete what is not needed", count(made.Others, "more goes", "more go"))
	}
	return h
}

// The places of CODEOWNERS, in the order in which each forge looks there.
var ownersAt = map[gate.Forge][]string{
	gate.GitHub: {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"},
	gate.GitLab: {"CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"},
}

// lookInto reads what a draft can be made of. What cannot be read is left out of it.
func (u *setUp) lookInto(ctx context.Context, hub *forge.GitHub, lab *forge.GitLab, chosen []forge.Seen) []draft.Repo {
	d := &checkup{hub: hub, lab: lab}
	var all []draft.Repo
	for _, f := range chosen {
		r := draft.Repo{Forge: string(f.Repo.Forge), Name: f.Repo.Name, Branch: f.Branch, Topics: f.Topics}
		var err error
		if r.Owners, err = ownersIn(ctx, d.clientOf(f.Repo.Forge), f); err != nil {
			u.log.WarnContext(ctx, "the owners of a repository's code were not read", "repository", f.Repo.String(), "error", err)
		}
		if f.Repo.Forge == gate.GitHub {
			r.CI, err = hub.Workflows(ctx, f.Repo)
		} else {
			r.CI, err = lab.Pipelines(ctx, f.Repo)
		}
		if err != nil {
			u.log.WarnContext(ctx, "it was not read whether a repository has pipelines", "repository", f.Repo.String(), "error", err)
		}
		all = append(all, r)
	}
	return all
}

// ownersIn is the CODEOWNERS file of a repository, "" where there is none.
func ownersIn(ctx context.Context, from client, f forge.Seen) (string, error) {
	event, err := from.Read(ctx, gate.Want{Kind: gate.WantHead, Repo: f.Repo, Branch: f.Branch})
	if err != nil {
		return "", err
	}
	head, is := event.(gate.HeadRead)
	if !is || head.Absent {
		return "", nil
	}
	for _, path := range ownersAt[f.Repo.Forge] {
		event, err := from.Read(ctx, gate.Want{Kind: gate.WantFile, Repo: head.Repo, Commit: head.Commit, Path: path})
		if err != nil {
			return "", err
		}
		if file, is := event.(gate.FileRead); is && !file.Absent {
			return file.Source, nil
		}
	}
	return "", nil
}
