package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/webhook"
)

// gitLab looks at the token, the projects and their webhooks.
func (d *checkup) gitLab(ctx context.Context) {
	site, err := forge.Site(gate.GitLab, d.settings.gitLab.url)
	if err != nil {
		d.failedToRead("token", "gitlab", err)
		return
	}
	account, err := d.lab.Account(ctx)
	if err != nil {
		d.fault("token", "gitlab", "GitLab does not take our token: "+err.Error(),
			"Make another (in the group: Settings → Access tokens, role Maintainer, scope api) and put it into NEXUSGATE_GITLAB_TOKEN")
		return
	}
	d.token(account)
	d.clock("gitlab", account.Ahead)
	for _, p := range d.on(gate.GitLab) {
		seen, err := d.lab.Project(ctx, p.repo, account.ID)
		switch {
		case err != nil:
			d.failedToRead("project", p.String(), err)
			continue
		case !seen.Is:
			d.fault("project", p.String(), "the token does not see it, or there is no such project", site+"/"+p.repo.Name+"/-/project_members → invite "+account.Name+" as Maintainer")
			continue
		}
		p.repo = seen.Repo
		d.role(p, seen, account)
		d.labHooks(ctx, p, seen)
		if p.check != "" {
			d.pipelines(p, seen)
			d.pushes(ctx, p, seen)
		}
	}
}

// tokenWarning is how long before a token ends that is said.
const tokenWarning = 14 * 24 * time.Hour

func (d *checkup) token(a forge.Account) {
	const do = "Make another with the scope api (in the group: Settings → Access tokens), put it into NEXUSGATE_GITLAB_TOKEN or its file, and revoke this one"
	t := a.Token
	switch {
	case !t.Told:
		d.unsure("token", "gitlab", "it is "+a.Name+"'s; GitLab does not tell what it may, nor until when", "See the page on which it was made")
	case !slices.Contains(t.Scopes, "api"):
		d.fault("token", "gitlab", fmt.Sprintf("it is %s's and has the scope %s: statuses cannot be set with it", a.Name, strings.Join(t.Scopes, ", ")), do)
	case !t.Expires.IsZero() && t.Expires.Sub(d.now()) < tokenWarning:
		d.fault("token", "gitlab", fmt.Sprintf("it is %s's and ends on %s", a.Name, t.Expires.Format(time.DateOnly)), do)
	default:
		d.ok("token", "gitlab", "it is "+a.Name+"'s and has the scope api")
	}
}

func (d *checkup) role(p place, seen forge.ProjectSeen, a forge.Account) {
	do := seen.Page + "/-/project_members → make " + a.Name + " a Maintainer"
	switch {
	case seen.Role == 0:
		d.unsure("role", p.String(), "GitLab does not tell the role of "+a.Name, do)
	case seen.Role < forge.Developer:
		d.fault("role", p.String(), a.Name+" is less than a Developer there: it may not set statuses", do)
	case seen.Role < forge.Maintainer:
		d.ok("role", p.String(), a.Name+" is a Developer there: enough where the branch is not protected from Developers")
	default:
		d.ok("role", p.String(), a.Name+" is a Maintainer there")
	}
}

// labHooks looks at the webhooks of a project to us.
func (d *checkup) labHooks(ctx context.Context, p place, seen forge.ProjectSeen) {
	do := seen.Page + "/-/hooks → URL " + orElse(d.hookURL(gate.GitLab), "https://…/webhook/gitlab")
	hooks, err := d.lab.Hooks(ctx, p.repo, d.hookURL(gate.GitLab))
	switch {
	case err != nil:
		d.failedToRead("webhook", p.String(), err)
		return
	case hooks.Hidden:
		d.unsure("webhook", p.String(), "only maintainers see the webhooks of a project, and the token is not one's", "Give the token the role Maintainer, or look yourself: "+do)
		return
	}
	ours := toUs(hooks.Hooks)
	if len(ours) == 0 {
		d.fault("webhook", p.String(), "the project has none to us; that is right only where its group or the instance has one", do+" → Add webhook, with the triggers of docs/setup.md")
		return
	}
	for _, h := range ours {
		d.labHook(ctx, p, h, do)
	}
}

func (d *checkup) labHook(ctx context.Context, p place, h forge.Hook, do string) {
	d.webhookAt(p.String(), h.URL, gate.GitLab, do)
	if lacks := d.hookLacks(h); len(lacks) > 0 {
		d.fault("events", p.String(), "the webhook is not set for "+strings.Join(lacks, ", "), do+" → Edit → tick them")
	} else {
		d.ok("events", p.String(), "the webhook is set for all events that are used")
	}
	switch h.Status {
	case forge.HookPaused:
		d.fault("deliveries", p.String(), "GitLab has stopped sending until "+h.Until.UTC().Format(time.RFC3339)+": four in a row had no good answer", do+" → Edit → Recent events says what was answered; mend that, then Test → Push events")
	case forge.HookOff:
		d.fault("deliveries", p.String(), "GitLab has stopped sending for good: forty had no good answer", do+" → Edit → Recent events says what was answered; mend that, then Test → Push events")
	case forge.HookWorks, forge.HookSilent:
		d.labDeliveries(ctx, p, h, do+" → Edit → Recent events")
	}
	if !h.Verify {
		d.fault("webhook", p.String(), "GitLab does not check our certificate: whoever is in between can read what is delivered", do+" → Edit → Enable SSL verification")
	}
	d.hookSecret(p, h, do)
}

// labDeliveries says by GitLab's log whether the last delivery came. That GitLab goes on sending does not tell: it stops
// only where its administrators have it stop.
func (d *checkup) labDeliveries(ctx context.Context, p place, h forge.Hook, page string) {
	all, told, err := d.lab.HookAttempts(ctx, p.repo, h.ID)
	switch {
	case err != nil:
		d.failedToRead("deliveries", p.String(), err)
	case !told:
		d.unsure("deliveries", p.String(), "GitLab goes on sending; whether they come, this GitLab does not tell", page)
	case len(all) == 0:
		d.unsure("deliveries", p.String(), "GitLab has sent none in the last seven days", "Push something, or on "+page+" Test → Push events")
	case all[0].Came:
		d.ok("deliveries", p.String(), fmt.Sprintf("the last one, %s, came", all[0].Event))
	default:
		d.fault("deliveries", p.String(), fmt.Sprintf("the last one, %s, did not come: %s", all[0].Event, all[0].Reason), whyNot(gate.GitLab, all[0].Status)+"; see "+page)
	}
}

// hookSecret says whether we have a secret by which we believe a webhook.
func (d *checkup) hookSecret(p place, h forge.Hook, do string) {
	ours := d.settings.gitLab
	signing := webhook.SigningTokenFor(ours.signingTokens, p.repo.Name, p.repo.ID)
	switch {
	case strings.TrimSpace(ours.signingTokens) == "" && webhook.TokenFor(ours.webhookSecret, p.repo.Name, p.repo.ID) == "":
		d.fault("signing", p.String(), "none of our secrets is for this project: all that its webhook brings is refused",
			fmt.Sprintf("Add %s@%d=SECRET to NEXUSGATE_GITLAB_WEBHOOK_SECRET, and give the webhook that secret: %s → Edit → Secret token", p.repo.Name, p.repo.ID, do))
	case strings.TrimSpace(ours.signingTokens) != "" && signing == "":
		d.fault("signing", p.String(), "none of our signing tokens is for this project: all that its webhook brings is refused",
			fmt.Sprintf("Add %s@%d=whsec_… to NEXUSGATE_GITLAB_SIGNING_TOKEN, and give the webhook that token: %s → Edit → Signing token", p.repo.Name, p.repo.ID, do))
	case signing != "" && !h.Signed:
		d.fault("signing", p.String(), "we ask for signed deliveries, and this webhook has no signing token: all it brings is refused", do+" → Edit → Signing token")
	}
}

// hookLacks are the events that are used and that a webhook is not set for, as GitLab's page names them.
func (d *checkup) hookLacks(h forge.Hook) (lacks []string) {
	for _, event := range forge.HookEvents() {
		if forge.Granting(d.uses(), event.For) && !slices.Contains(h.Events, event.Header) {
			lacks = append(lacks, event.Shown)
		}
	}
	return lacks
}

// pushes says whether changes reach a branch past our status, which holds merge requests alone.
func (d *checkup) pushes(ctx context.Context, p place, seen forge.ProjectSeen) {
	b, err := d.lab.Branch(ctx, p.repo, p.branch)
	switch {
	case err != nil:
		d.failedToRead("protection", p.String(), err)
	case !b.Is:
		d.fault("protection", p.String(), "there is no such branch", "Make the branch, or name another in the definition")
	case b.Open:
		d.fault("protection", p.String(), "whoever is a Developer pushes to it without a merge request, and past whatever we say",
			seen.Page+"/-/settings/repository → Protected branches → "+p.branch+" → Allowed to push and merge: No one")
	default:
		d.ok("protection", p.String(), "it is protected: Developers change it by merge requests alone")
	}
}

// pipelines says whether our status holds changes back.
func (d *checkup) pipelines(p place, seen forge.ProjectSeen) {
	do := seen.Page + "/-/settings/merge_requests → Merge checks → "
	switch {
	case !seen.Must:
		d.fault("required check", p.String(), "pipelines need not succeed, so that our status holds nothing back", do+"tick Pipelines must succeed, Save changes")
	case seen.Skipped:
		d.fault("required check", p.String(), "skipped pipelines count as success, and with them whatever we say", do+"untick Skipped pipelines are considered successful, Save changes")
	default:
		d.ok("required check", p.String(), "pipelines must succeed, and our status is a job of them")
	}
	if seen.Train && !seen.Merged {
		d.fault("merge train", p.String(), "there is a merge train without pipelines on the merged result: what lands was never tested as it lands", seen.Page+"/-/settings/merge_requests → tick Enable merged results pipelines")
	} else if seen.Train {
		d.ok("merge train", p.String(), "its pipelines run on the merged result")
	}
}
