"use strict";
// The tests of the pages in a browser: make browser-check runs them against services that run.
const { after } = require("node:test");
const { close } = require("./browser.cjs");

after(close);
require("./pages.cjs");
require("./filters.cjs");
require("./setup.cjs");
require("./live.cjs");
