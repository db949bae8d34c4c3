package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// appSettings are the pages on which the App's owner changes it.
func appSettings(site string, app forge.App) string {
	if app.Org {
		return site + "/organizations/" + app.Owner + "/settings/apps/" + app.Slug
	}
	return site + "/settings/apps/" + app.Slug
}

// gitHub looks at the App, its webhook, its installations and the branches' rules.
func (d *checkup) gitHub(ctx context.Context) {
	app, err := d.hub.App(ctx)
	if err != nil {
		d.fault("app", "github", "GitHub does not take our word for the App: "+err.Error(),
			"Compare NEXUSGATE_GITHUB_APP_ID with the number on the App's page, make a new private key there and put it in NEXUSGATE_GITHUB_PRIVATE_KEY_FILE; check this machine's clock")
		return
	}
	d.ok("app", "github", fmt.Sprintf("GitHub knows %s (%s) by our key", app.Name, app.Owner))
	d.clock("github", app.Ahead)
	site, err := forge.Site(gate.GitHub, d.settings.gitHub.url)
	if err != nil {
		d.failedToRead("app", "github", err)
		return
	}
	page := appSettings(site, app)
	d.granted("github", app.Rights, page+"/permissions → change them, Save; then each owner of an installation is asked and has to accept")
	d.appHook(ctx, page)
	agreed := map[int64]bool{} // installations that were looked at
	for _, p := range d.on(gate.GitHub) {
		if in, ok := d.installed(ctx, app, site, p); ok {
			if !agreed[in.ID] {
				agreed[in.ID] = true
				d.agreed(app, in)
			}
			if p.check != "" {
				d.branch(ctx, app, in, site, p)
			}
		}
	}
}

// granted holds what the App asks for against what it needs, in both directions.
func (d *checkup) granted(of string, has forge.Rights, do string) {
	lackP, lackE := has.Short(forge.Needed(d.uses()...))
	overP, overE := forge.Needed(forge.AllUses()...).Short(has)
	overE = slices.DeleteFunc(overE, func(e string) bool { return slices.Contains(forge.Unasked(), e) })
	for _, of2 := range []struct {
		name       string
		lack, over []string
	}{{"permissions", lackP, overP}, {"events", lackE, overE}} {
		if len(of2.lack) > 0 {
			d.fault(of2.name, of, "the App lacks "+strings.Join(shownAll(of2.lack), ", "), do)
		}
		if len(of2.over) > 0 {
			d.fault(of2.name, of, "the App has what it does not need: "+strings.Join(shownAll(of2.over), ", "), do)
		}
		if len(of2.lack)+len(of2.over) == 0 {
			d.ok(of2.name, of, "the App asks for what it needs, and for nothing else")
		}
	}
}

// shownAll are permissions and events as GitHub's pages name them.
func shownAll(names []string) (all []string) {
	for _, name := range names {
		name, access, _ := strings.Cut(name, ": ")
		shown := forge.Shown(name)
		if access != "" {
			shown += ": " + access
		}
		all = append(all, shown)
	}
	return all
}

// appHook looks at the App's webhook, and at whether its last deliveries came.
func (d *checkup) appHook(ctx context.Context, page string) {
	hook, err := d.hub.AppHook(ctx)
	if err != nil {
		d.failedToRead("webhook", "github", err)
		return
	}
	do := page + " → Webhook: Active, URL " + orElse(d.hookURL(gate.GitHub), "https://…/webhook/github") + ", SSL verification, Save"
	d.webhookAt("github", hook.URL, gate.GitHub, do)
	if !hook.Verify {
		d.fault("webhook", "github", "GitHub does not check our certificate: whoever is in between can read what is delivered", do)
	}
	attempts, err := d.hub.Attempts(ctx)
	if err != nil {
		d.failedToRead("deliveries", "github", err)
		return
	}
	d.deliveries(attempts, page+"/advanced → Recent Deliveries")
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// deliveries says by GitHub's log whether we are reached from outside. The last one tells how it is now.
func (d *checkup) deliveries(all []forge.Attempt, page string) {
	if len(all) == 0 {
		d.unsure("deliveries", "github", "GitHub has sent none in the last three days", "Push something, or redeliver one on "+page)
		return
	}
	came := 0
	for _, a := range all {
		if a.Came {
			came++
		}
	}
	last := all[0]
	says := fmt.Sprintf("%d of the last %d came; the last, of %s, ", came, len(all), last.At.UTC().Format(time.RFC3339))
	if last.Came {
		d.ok("deliveries", "github", says+"did")
		return
	}
	d.fault("deliveries", "github", fmt.Sprintf("%sdid not: %d %s", says, last.Status, last.Reason), whyNot(gate.GitHub, last.Status)+"; see "+page)
}

// whyNot says what an answer to a delivery means.
func whyNot(f gate.Forge, status int) string {
	switch status {
	case 401:
		if f == gate.GitLab {
			return "The secrets differ: put the webhook's into NEXUSGATE_GITLAB_SIGNING_TOKEN or NEXUSGATE_GITLAB_WEBHOOK_SECRET"
		}
		return "The secrets differ: put the App's webhook secret into NEXUSGATE_GITHUB_WEBHOOK_SECRET"
	case 404, 405:
		return "Something else answers there: have the proxy pass /webhook/ on to the service"
	case 413:
		return "The proxy takes no large bodies: let it take 25 MiB"
	case 421:
		return "The proxy asks for the service under another name: give the service its name with --url"
	case 503:
		return "The service takes nothing now: see its log and its disk"
	default:
		return forgeNames[f] + " did not reach the service: see that its address can be reached from there, with a certificate that holds, and answers in ten seconds"
	}
}

// installed says whether the App sees a repository.
func (d *checkup) installed(ctx context.Context, app forge.App, site string, p place) (forge.Installed, bool) {
	in, err := d.hub.Installed(ctx, p.repo)
	switch {
	case err != nil:
		d.failedToRead("installation", p.String(), err)
	case !in.Is:
		d.fault("installation", p.String(), "the App is not installed there, or there is no such repository",
			site+"/apps/"+app.Slug+"/installations/new → choose the account, and the repository")
	case in.Suspended:
		d.fault("installation", p.String(), "the App is suspended there: it sees nothing and reports nothing", in.Page+" → Unsuspend")
	default:
		d.ok("installation", p.String(), "the App is installed there")
		return in, true
	}
	return in, false
}

// agreed says whether an installation has agreed to what the App asks for by now.
func (d *checkup) agreed(app forge.App, in forge.Installed) {
	permissions, events := in.Rights.Short(app.Rights)
	if missing := append(shownAll(permissions), shownAll(events)...); len(missing) > 0 {
		d.fault("consent", in.Page, "its owner has not agreed to what the App asks for since: "+strings.Join(missing, ", "), in.Page+" → Review request → Accept new permissions")
		return
	}
	d.ok("consent", in.Page, "its owner has agreed to all that the App asks for")
}

// branch says whether changes to a branch have to wait for our check, and for ours alone.
func (d *checkup) branch(ctx context.Context, app forge.App, in forge.Installed, site string, p place) {
	p.repo.Installation = in.ID
	rules, err := d.hub.Rules(ctx, p.repo, p.branch)
	if err != nil {
		d.failedToRead("required check", p.String(), err)
		return
	}
	do := fmt.Sprintf("%s/%s/settings/rules → a ruleset for %s → Require status checks to pass → %s, source %s", site, p.repo.Name, p.branch, p.check, app.Name)
	d.required(p, rules, do)
	if !rules.Queue {
		return
	}
	if app.Rights.Permissions["merge_queues"].Covers(forge.Read) && slices.Contains(app.Rights.Events, "merge_group") {
		d.ok("merge queue", p.String(), "its groups are told to us, and get the check")
	} else {
		d.fault("merge queue", p.String(), "nobody tells us of its groups, which wait for the check in vain",
			appSettings(site, app)+"/permissions → Merge queues: read; Merge group")
	}
}

// required says whether a branch requires the check of a name from our App.
func (d *checkup) required(p place, rules forge.Rules, do string) {
	var loose, others []string
	bound, strict := false, false
	for _, r := range rules.Required {
		switch {
		case r.Name != p.check:
		case r.App == d.settings.gitHub.appID:
			bound, strict = true, strict || !r.Lax
		case r.App == 0:
			loose = append(loose, r.By)
		default:
			others = append(others, fmt.Sprintf("%s wants it of the App %d", r.By, r.App))
		}
	}
	switch {
	case rules.Absent:
		d.fault("required check", p.String(), "there is no such branch", "Make the branch, or name another in the definition")
	case len(others) > 0:
		d.fault("required check", p.String(), strings.Join(others, "; ")+": that is not ours, and no change ever passes", do)
	case bound && !strict:
		d.ok("required check", p.String(), p.check+" is required, and bound to our App; administrators may pass it by, unless the protection says: Do not allow bypassing the above settings")
	case bound:
		d.ok("required check", p.String(), p.check+" is required, and bound to our App")
	case len(loose) > 0:
		d.fault("required check", p.String(), fmt.Sprintf("%s is required by %s, and not bound to our App: whoever may write statuses can post a green one of that name", p.check, strings.Join(loose, " and ")), do)
	default:
		d.fault("required check", p.String(), p.check+" is not required: changes land whatever it says", do)
	}
}
