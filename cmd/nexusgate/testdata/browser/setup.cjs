"use strict";
// A Nexus is set up by clicks, from the link on the terminal to its page.
const { describe, it } = require("node:test");
const { accessible, assert, fits, sites, visit } = require("./browser.cjs");

const { link, hub, lab, token } = sites.setup;

// everybody holds a step to what every page is held to.
async function everybody(page, step) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await accessible(page, `${step} at ${width}`);
    await fits(page, `${step} at ${width}`);
  }
}

describe("the set-up", () => {
  it("leads by clicks from the link on the terminal to the page of the Nexus", () =>
    visit(sites.setup, { live: true, also: [hub, lab], but: ["/setup: Failed to load resource: the server responded with a status of 403", "/readyz: Failed"] }, async (page) => {
      const within = (id) => page.locator(`#${id}`);
      const press = (name) => page.getByRole("button", { name, exact: true }).click();

      await page.goto("/setup");
      assert.match(await page.locator("main").innerText(), /Open the link/);
      await page.goto(link);
      await everybody(page, "the door");
      await press("Begin");
      await everybody(page, "the set-up");

      await within("address").getByLabel("Address of this service").fill(sites.setup.root);
      await press("Take this address");
      await everybody(page, "where it is reached");
      await within("github").getByLabel("GitHub", { exact: true }).fill(hub);
      await within("github").getByLabel("Organization").fill("acme");
      await press("Register an App");
      await everybody(page, "the errand");
      await press(`Go on to ${hub}`);
      await within("github").getByText("The App nexusgate is ours").waitFor();
      await fetch(`${sites.control}/install`, { method: "POST" });

      await within("gitlab").getByLabel("GitLab", { exact: true }).fill(lab);
      await within("gitlab").getByLabel("Access token of a group").fill(token);
      await press("Connect");
      await within("gitlab").getByText("Connected as").waitFor();

      for (const repo of ["github:acme/cart-api", "github:acme/pay", "gitlab:acme/web/shop"]) await page.getByLabel(repo).check();
      await press("Choose these");
      await within("repositories").getByText("has a webhook now").waitFor();
      await everybody(page, "what was drafted");

      const source = within("definition").getByLabel("nexus.cue");
      const drafted = await source.inputValue();
      await source.fill(drafted + "\nteamz: {}\n");
      await within("vetted").getByText("teamz").first().waitFor(); // without a click
      await everybody(page, "a fault");
      await source.fill(drafted);
      await within("vetted").getByText("sound").waitFor();
      await press("Save");
      await within("definition").getByText("Saved as").waitFor();

      await press("Start the service"); // nobody is there for a moment
      await page.waitForURL(sites.setup.root + "/");
      await page.getByRole("navigation", { name: "Where you are" }).getByText("acme").waitFor();
    }));
});
