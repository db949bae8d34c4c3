"use strict";
// What somebody chose to see is in the address.
const { describe, it } = require("node:test");
const { assert, sites, visit } = require("./browser.cjs");

const demo = sites.services[0];

describe("what somebody chose to see", { concurrency: 2 }, () => {
  for (const { name, path } of demo.pages.filter((p) => p.filtered)) {
    for (const javaScriptEnabled of [true, false]) {
      it(`on ${name} is in the address, and outlives reloading and going back, ${javaScriptEnabled ? "with" : "without"} JavaScript`, () =>
        visit(demo, { javaScriptEnabled }, async (page) => {
          const form = page.getByRole("search", { name: "What is shown" });
          const holds = async (chosen) => {
            assert.equal(new URL(page.url()).searchParams.get("team") ?? "", chosen);
            assert.equal(await form.getByLabel("Team").inputValue(), chosen);
          };
          await page.goto(path);
          await form.getByLabel("Team").selectOption("catalog");
          await form.getByRole("button", { name: "Show" }).click();
          await form.getByRole("link", { name: "Show all" }).waitFor();
          await holds("catalog");
          await page.reload();
          await holds("catalog");
          await page.goto("/aside");
          await page.goBack();
          await holds("catalog");
          await form.getByRole("link", { name: "Show all" }).click();
          await page.waitForURL((to) => !to.search);
          await holds("");
        }));
    }
  }
});
