"use strict";
// One browser for all tests, and what is held of every page that it opens.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const axe = require("axe-core");
const { chromium } = require("playwright-core");

const sites = JSON.parse(fs.readFileSync(process.env.NEXUSGATE_SITES, "utf8"));

let launched;
const browser = () =>
  (launched ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"],
  }));
const close = async () => (await launched)?.close();

// visit has somebody open a browser of their own at a site, logged in where people log in, and close it in the
// end. Nothing may have gone wrong there meanwhile: no error on the console, nothing that the page's policy
// forbids, no request to another host. What may is given by words, in but; other hosts, in also.
// A page is still, unless live: nothing that happens meanwhile changes it.
async function visit(site, { also = [], but = [], live = false, ...options }, look) {
  const context = await (await browser()).newContext({
    baseURL: site.root,
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
    ...options,
  });
  try {
    context.setDefaultTimeout(20_000);
    const faults = watch(context, [site.root, site.issuer ?? site.root, ...also]);
    if (!live) await context.route("**/events", (r) => r.fulfill({ contentType: "text/event-stream", body: "retry: 3600000\n\n" }));
    const page = await context.newPage();
    if (site.issuer) await page.goto("/login?to=%2F");
    await look(page);
    assert.deepEqual(
      faults.filter((f) => !but.some((b) => f.includes(b))),
      [],
    );
  } finally {
    await context.close();
  }
}

function watch(context, hosts) {
  const faults = [];
  context.addInitScript(() =>
    addEventListener("securitypolicyviolation", (e) => console.error(`the policy forbids ${e.blockedURI}: ${e.violatedDirective}`)),
  );
  context.on("console", (m) => ["error", "warning"].includes(m.type()) && faults.push(`${m.location().url || m.page()?.url()}: ${m.text()}`));
  context.on("weberror", (e) => faults.push(`${e.page()?.url()} throws ${e.error()}`));
  context.on("request", (r) => hosts.some((to) => r.url().startsWith(to + "/")) || faults.push(`${r.method()} ${r.url()}`));
  return faults;
}

// The console tells of an answer that says what it is to say: that there is no such page.
const notFound = "the server responded with a status of 404";

const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] };

// accessible holds what axe finds on the page that is shown, in light and in dark.
async function accessible(page, what) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate((r) => window.axe.run(document, r), rules);
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? n.html}`).join("; ")}`);
    assert.deepEqual(found, [], `${what} in ${colorScheme}`);
  }
}

// fits holds that the page that is shown is not wider than what it is looked at with.
async function fits(page, what) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= room, `${what} is ${wide} wide where there are ${room}`);
}

const onTheWall = (path) => path.replace(/^([^?#]*)\??/, "$1?kiosk&").replace(/&(#|$)/, "$1");

module.exports = { accessible, assert, close, fits, notFound, onTheWall, sites, visit };
