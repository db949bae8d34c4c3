"use strict";
// What happens while somebody looks.
const { describe, it } = require("node:test");
const { assert, notFound, sites, visit } = require("./browser.cjs");

const demo = sites.services[0];
const land = () => fetch(`${sites.control}/land`, { method: "POST" });

describe("while somebody looks", () => {
  it("what lands is shown at once, with nothing moved and the focus where it was", () =>
    visit(demo, { live: true }, async (page) => {
      await page.goto("/nexus/storefront");
      await page.getByText("Live", { exact: true }).waitFor();
      await page.evaluate(() => {
        window.shifts = [];
        new PerformanceObserver((all) => window.shifts.push(...all.getEntries())).observe({ type: "layout-shift", buffered: true });
        [...document.querySelectorAll("main a")].find((a) => a.getBoundingClientRect().top > innerHeight / 3).focus();
      });
      const seen = () => [document.activeElement.getAttribute("href"), document.querySelector("h1").getBoundingClientRect().top];
      const before = await page.evaluate(seen);
      const shown = await page.locator("footer time").getAttribute("datetime");
      await land();
      await page.waitForFunction((at) => document.querySelector("footer time").dateTime !== at, shown);
      assert.deepEqual(await page.evaluate(seen), before);
      const moved = await page.evaluate(() =>
        window.shifts.flatMap((s) => s.sources.map(({ node, previousRect, currentRect }) => `${node?.outerHTML ?? node?.data} from ${JSON.stringify(previousRect)} to ${JSON.stringify(currentRect)}`)),
      );
      assert.deepEqual(moved, []);
    }));
});

describe("what a page loads", () => {
  it("comes to less than 100 KB, on all pages together", (t) =>
    visit(demo, { but: [notFound] }, async (page) => {
      const sizes = new Map();
      page.on("requestfinished", async (r) => {
        if (new URL(r.url()).pathname.startsWith("/assets/")) sizes.set(r.url(), r.sizes());
      });
      for (const { path } of demo.pages) await page.goto(path);
      let all = 0;
      for (const size of sizes.values()) all += (await size).responseBodySize;
      t.diagnostic(`${sizes.size} assets of ${all} bytes`);
      assert.ok(sizes.size > 1 && all < 100_000, `${sizes.size} assets come to ${all} bytes`);
    }));
});
