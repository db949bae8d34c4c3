"use strict";
// Every page, as everybody sees it.
const { describe, it } = require("node:test");
const { accessible, assert, fits, notFound, onTheWall, sites, visit } = require("./browser.cjs");

for (const site of sites.services) {
  for (const { name, path } of site.pages) {
    describe(`the page ${name}`, { concurrency: 3 }, () => {
      it("is for everybody, of any size and in the dark", () =>
        visit(site, { but: [notFound] }, async (page) => {
          for (const [width, height, address] of [[1280, 900, path], [320, 640, ""], [1920, 1080, onTheWall(path)]]) {
            await page.setViewportSize({ width, height });
            if (address) await page.goto(address);
            await accessible(page, `${name} at ${width}`);
            await fits(page, `${name} at ${width}`);
          }
        }));

      it("is gone through by keyboard, and what has the focus is seen", () =>
        visit(site, { but: [notFound] }, async (page) => {
          await page.goto(path);
          await skips(page);
          await page.goto(path);
          await goesThrough(page);
        }));

      it("is seen in the navigation on a phone, and nothing drawn is cut off without a way to it", () =>
        visit(site, { but: [notFound], viewport: { width: 390, height: 800 } }, async (page) => {
          await page.goto(path);
          const cut = await page.evaluate(() => {
            const here = document.querySelector("#pages [aria-current]")?.getBoundingClientRect();
            const drawn = [...document.querySelectorAll(".graph")].filter((g) => {
              const within = g.parentElement;
              return g.getBoundingClientRect().right > within.getBoundingClientRect().right && getComputedStyle(within).overflowX !== "auto";
            });
            return (here && (here.left < 0 || here.right > innerWidth) ? ["the name of the page"] : []).concat(drawn.map((g) => g.parentElement.id));
          });
          assert.deepEqual(cut, []);
        }));

      it("is whole without JavaScript", async () => {
        let whole;
        await visit(site, { but: [notFound] }, async (page) => {
          await page.goto(path);
          whole = await content(page);
        });
        await visit(site, { but: [notFound], javaScriptEnabled: false }, async (page) => {
          await page.goto(path);
          assert.deepEqual(await content(page), whole);
        });
      });
    });
  }
}

// skips holds that the first stop is seen, and leads to the content.
async function skips(page) {
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => [document.activeElement.getAttribute("href"), document.activeElement.getBoundingClientRect().top]);
  assert.equal(first[0], "#main");
  assert.ok(first[1] >= 0, "the link that skips to the content is not seen");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
}

// goesThrough holds that each thing that can be used is come to by the key Tab, is in view then, and bears a mark.
async function goesThrough(page) {
  const stops = await page.evaluate(() => {
    window.come = new Map();
    addEventListener("focusin", ({ target }) => {
      const box = target.getBoundingClientRect(), style = getComputedStyle(target);
      const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      window.come.set(target, seen && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    });
    const used = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';
    window.stops = [...document.querySelectorAll(used)].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }));
    return window.stops.length;
  });
  assert.ok(stops > 1, "there is nothing to come to");
  for (let n = 0; n < stops + 10; n++) await page.keyboard.press("Tab");
  const left = await page.evaluate(() => ({
    missed: window.stops.filter((e) => !window.come.has(e)).map((e) => e.outerHTML),
    unseen: [...window.come].filter(([, seen]) => !seen).map(([e]) => e.outerHTML),
  }));
  assert.deepEqual(left, { missed: [], unseen: [] });
}

// content is what a page says and offers, but for what is drawn beside a table of the same.
const content = (page) =>
  page.evaluate(() => ({
    heads: [...document.querySelectorAll("h1, h2, h3, caption")].map((e) => e.textContent.replace(/\s+/g, " ").trim()),
    rows: [...document.querySelectorAll("tr, li")].filter((e) => !e.closest(".uplot")).length,
    links: [...document.querySelectorAll("a[href]")].map((e) => e.getAttribute("href")),
    controls: [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary")].map((e) => e.outerHTML),
    hidden: [...document.querySelectorAll("main [hidden]")].length,
  }));
