/* SPDX-License-Identifier: Apache-2.0 */
/* What the browser tests share: the browser, counting, signing in, pictures, axe. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let passed = 0;
let failed = 0;
export function check(name, ok, detail = "") {
  if (ok) passed++;
  else {
    failed++;
    console.log(`FAIL ${name} ${detail}`);
  }
}
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

export function accounts(file) {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
    .map(([post, place, phone, password]) => ({ post, place, phone, password }));
}

export async function start() {
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
}

/* A visitor of their own: cookies, size, scripts on or off. */
export async function visitor(browser, url, { width = 1280, script = true, elder = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", javaScriptEnabled: script, baseURL: url });
  if (elder) await context.addCookies([{ name: "xye", value: "1", url }]);
  const page = await context.newPage();
  page.on("console", (m) => m.type() === "error" && !/status of (4|5)/.test(m.text()) && check("console is quiet", false, `${page.url()}: ${m.text()}`));
  page.on("pageerror", (e) => check("no script error", false, String(e)));
  return page;
}

export async function signIn(page, who) {
  await page.goto("/sign-in");
  await page.fill("[name=phone]", who.phone);
  await page.fill("[name=password]", who.password);
  await page.click("main form[action='/sign-in'] button");
  await page.waitForURL((u) => !u.pathname.startsWith("/sign-in"));
}

/* The guide's questions, each with its first answer. */
export async function answer(page) {
  for (const set of await page.$$("fieldset[id^='f-a']")) await (await set.$("input[type=radio]")).check({ force: true });
  for (const one of await page.$$("input[id^='f-a']")) await one.fill((await one.getAttribute("type")) === "date" ? "2026-01-01" : "说不清");
}

export async function shot(page, dir, name) {
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
}

/* No sideways scroll, one h1, no finding of axe. */
export async function sound(page, name) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const wide = width > 0 ? await page.evaluate(() => [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth).map((e) => e.outerHTML.slice(0, 120)).pop()) : "";
  check(`${name}: no sideways scroll`, width <= 0, `${width} px too wide: ${wide}`);
  check(`${name}: one h1`, (await page.locator("h1").count()) === 1);
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "best-practice"] }));
  const bad = found.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`);
  check(`${name}: axe`, bad.length === 0, bad.join(" | "));
}
