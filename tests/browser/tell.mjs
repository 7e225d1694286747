/* SPDX-License-Identifier: Apache-2.0 */
/* node tell.mjs URL ACCOUNTS SHOTS - a resident is told: the call, the letters, the announcement. */
import { accounts, answer, check, finish, shot, signIn, sound, start, visitor } from "./lib.mjs";

const [url, file, shots] = process.argv.slice(2);
const who = Object.fromEntries(accounts(file).map((a) => [a.post.replace(/（.*/, ""), a]));
const browser = await start();

async function seen(page, path, name) {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const answer = await page.goto(path);
    check(`${path} answers`, answer.status() === 200, String(answer.status()));
    await sound(page, `${path} at ${width}`);
    await shot(page, shots, `${name}-${width}`);
  }
}

/* One errand told by mouth, to the third try, then by a letter. */
async function called(page) {
  await page.goto("/errand/new");
  await page.click("button[name=who]");
  await page.fill("#w", "老人证");
  await page.press("#w", "Enter");
  await page.click("button[value='elder.card']");
  await page.fill("[name=who]", "穿蓝衣的婆婆");
  await answer(page);
  await page.check("[name=tell][value=sms]", { force: true });
  await page.click("button.btn-big[value=go]");
  check("a message needs a number", (await page.textContent("#e-phone")).includes("要填"));
  await page.fill("[name=phone]", "13912345678");
  await page.check("[name=tell][value=call]", { force: true });
  await page.check("[name=channel][value=paper]", { force: true });
  await page.click("button.btn-big[value=go]");
  const errand = new URL(page.url()).pathname.replace(/\/(receipt|missing)$/, "");
  check("the receipt says how", (await page.textContent("main")).includes("打电话 139****5678"));
  await seen(page, `${errand}/tell`, "tell");
  check("the number is one tap away", (await page.getAttribute("a[href^='tel:139']", "href")) === "tel:13912345678");
  for (let i = 0; i < 3; i++) await page.click("button[value=missed]");
  check("then somebody goes there", (await page.textContent("h2")).includes("上门告诉"));
  await shot(page, shots, "tell-visit-1280");
  await page.click("button[value=letter]");
  check("or a letter is written", (await page.textContent("main")).includes("穿蓝衣的婆婆"));
  await seen(page, "/letters", "letters");
  const pdf = await page.context().request.get("/letters.pdf");
  check("the letters are one document", pdf.status() === 200 && (await pdf.body()).subarray(0, 4).toString() === "%PDF");
  await page.click("text=勾选的送出去了");
  check("they are marked", (await page.textContent("main")).includes("送出去的"));
}

async function announced(page) {
  await seen(page, "/announce/new?from=hours", "announce-new");
  const words = await page.inputValue("[name=words]");
  await page.fill("[name=words]", words.replace("（请填：办事时间）", "上午八点半到下午五点").replace("（请填：电话）", "0715-5500000"));
  await page.click("button[value=look]");
  check("how long it takes to read", (await page.textContent("[role=status]")).includes("念一遍约"));
  await page.click("button[value=save]");
  await seen(page, "/announce", "announce");
  await page.click("text=念过一遍");
  check("it was read out", (await page.textContent("main")).includes("念过 1 遍"));
  await seen(page, "/village/421281101202", "village-announced");
  check("everybody sees it", (await page.textContent("main")).includes("村里说"));
}

const agent = await visitor(browser, url);
await signIn(agent, who.代理员);
await called(agent);
await announced(agent);
const elder = await visitor(browser, url, { width: 390, elder: true });
await elder.context().addCookies(await agent.context().cookies());
for (const path of ["/letters", "/announce", "/notices"]) {
  await elder.goto(path);
  await sound(elder, `${path} in elder mode`);
}
await browser.close();
finish();
