"use strict";
// Pictures of the pages, for who reads about them.
const { after, describe, it } = require("node:test");
const path = require("node:path");
const { close, notFound, onTheWall, sites, visit } = require("./browser.cjs");

after(close);

async function picture(site, name, address, options = {}) {
  await visit(site, { but: [notFound], live: true, ...options }, async (page) => {
    await page.goto(address, { waitUntil: "load" });
    const { width } = page.viewportSize();
    const height = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), 1500);
    await page.screenshot({
      path: path.join(sites.pictures, name + ".png"),
      animations: "disabled",
      fullPage: true,
      clip: { x: 0, y: 0, width, height },
    });
  });
}

describe("a picture", { concurrency: 2 }, () => {
  for (const site of sites.services) {
    for (const { name, path } of site.pages) it(`of ${name}`, () => picture(site, name, path));
  }
  const [demo] = sites.services;
  it("of a Nexus in the dark", () => picture(demo, "nexus-dark", "/nexus/storefront", { colorScheme: "dark" }));
  it("of a Nexus on a phone", () => picture(demo, "nexus-phone", "/nexus/storefront", { viewport: { width: 390, height: 844 } }));
  it("of a Nexus on the wall", () =>
    picture(demo, "nexus-kiosk", onTheWall("/nexus/storefront"), { viewport: { width: 1920, height: 1080 } }));
});
