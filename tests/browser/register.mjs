/* SPDX-License-Identifier: Apache-2.0 */
/* node register.mjs URL ACCOUNTS SHOTS - what changes in the register, on a narrow phone without
 * JavaScript and in large text: a body, a household, a person who moves, two villages that become one. */
import { accounts, check, finish, shot, signIn, sound, start, visitor } from "./lib.mjs";

const [url, file, shots] = process.argv.slice(2);
const all = accounts(file);
const by = (post) => all.find((a) => a.post.startsWith(post));
const browser = await start();
const narrow = (extra) => visitor(browser, url, { width: 320, script: true, ...extra });

async function bodies() {
  const page = await narrow();
  await page.goto("/body?at=421281");
  await sound(page, "bodies at 320");
  await page.click("text=民政局");
  await sound(page, "a body at 320");
  check("a body says what it answers for", (await page.textContent("main")).includes("它负责的事"));
  const key = new URL(page.url()).pathname;
  await shot(page, shots, "body-320");
  await signIn(page, by("领导小组办公室"));
  for (const path of [`${key}/edit`, `${key}/end`, "/body/new?at=421281"]) {
    await page.goto(path);
    await sound(page, `${path} at 320`);
  }
  await shot(page, shots, "body-new-320");
  await page.context().close();
}

async function people() {
  const page = await narrow({ elder: true });
  await signIn(page, by("代理员"));
  await page.goto("/household");
  await sound(page, "groups in elder mode at 320");
  await page.click("main a.x-row >> nth=0");
  await sound(page, "doors in elder mode at 320");
  await page.click("main a.x-row >> nth=0");
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  await sound(page, "a household in elder mode at 320");
  await shot(page, shots, "household-320");
  await page.click("main a[href^='/person/'] >> nth=0");
  const person = new URL(page.url()).pathname;
  for (const path of [person, `${person}/edit`, `${person}/gone`, `${person}/merge`]) {
    await page.goto(path);
    await sound(page, `${path.replace(/\d+-\d+/, "KEY")} in elder mode at 320`);
  }
  await shot(page, shots, "person-merge-320");
  await page.context().close();
}

/* Without JavaScript; the old address leads on. */
async function merger() {
  const page = await narrow();
  await signIn(page, by("系统管理员"));
  await page.goto("/place?q=柳林");
  await sound(page, "places at 320");
  await page.goto("/place/421281101202");
  await sound(page, "a place at 320");
  await page.click("text=先看会动到什么");
  await sound(page, "the preview of a merger at 320");
  await shot(page, shots, "merge-320");
  await page.fill("[name=decision]", "赤政函〔2026〕12 号");
  await page.click("text=照这样并");
  check("the merger is done", (await page.textContent("main")).includes("并进来"));
  await page.context().close();
  const visitorPage = await narrow({ script: false });
  await visitorPage.goto("/village/421281101202");
  check("the old address leads to the new village", visitorPage.url().includes("from=421281101202"));
  check("and says so", (await visitorPage.textContent("main")).includes("柳林村已并入"));
  await shot(visitorPage, shots, "merged-320");
  await visitorPage.context().close();
}

try {
  await bodies();
  await people();
  await merger();
} catch (e) {
  check("the register's story goes on to its end", false, String(e));
} finally {
  await browser.close();
}
finish();
