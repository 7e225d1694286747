/* SPDX-License-Identifier: Apache-2.0 */
/* node story.mjs URL ACCOUNTS SHOTS - one errand from the first word to the rating, as its people do it. */
import { readFileSync } from "node:fs";
import { accounts, answer, check, finish, shot, signIn, sound, start, visitor } from "./lib.mjs";

const [url, file, shots] = process.argv.slice(2);
const who = Object.fromEntries(accounts(file).map((a) => [a.post.replace(/（.*/, ""), a]));
const browser = await start();

/* A resident alone, without JavaScript and without an account. */
async function residentAlone() {
  const page = await visitor(browser, url, { width: 390, script: false });
  await page.goto("/items?q=八十岁补贴");
  await page.click("text=高龄津贴");
  await page.click("a[href^='/start/elder.allowance']");
  await page.fill("#q", "柳林");
  await page.click("main form button");
  await page.click("a[href*='place=421281101202']");
  await page.fill("[name=who]", "王某某");
  await page.fill("[name=phone]", "138");
  await page.fill("[name=words]", "我满八十了，想办补贴");
  await page.click("text=交给代理员");
  check("a wrong phone keeps what was typed", (await page.inputValue("[name=words]")) === "我满八十了，想办补贴");
  check("and says what is wrong", (await page.textContent("main")).includes("电话号码不对"));
  await page.fill("[name=phone]", "13912345678");
  await page.click("text=交给代理员");
  const codes = await page.$$eval("main .x-code", (all) => all.map((e) => e.textContent.trim()));
  check("number and code are given", /^421281101202-\d{4}-\d{5}-\d$/.test(codes[0]) && /^[A-HJ-NP-Z2-9]{6}$/.test(codes[1]), codes.join(" "));
  await page.goto("/progress");
  await page.fill("[name=number]", codes[0]);
  await page.fill("[name=code]", codes[1]);
  await page.click("text=查一查");
  check("progress without an account", (await page.textContent("main")).includes("已记下"));
  check("the code is not in the address", !page.url().includes(codes[1]));
  await shot(page, shots, "progress-found-390");
  await page.context().close();
  return codes;
}

/* The agent, three taps, keyboard for the last of them. */
async function agentTakes() {
  const page = await visitor(browser, url);
  await signIn(page, who["代理员"]);
  await sound(page, "workbench");
  await shot(page, shots, "workbench-1280");
  const began = Date.now();
  await page.fill("#who", "王");
  await page.press("#who", "Enter");
  let people = page.locator("button[name=person]");
  if ((await people.count()) === 0) {
    await page.fill("#w", "wm");
    await page.press("#w", "Enter");
    people = page.locator("button[name=person]");
  }
  for (const key of ["wy", "lm", "zm", "lw", "zw", "yq"]) {
    if ((await people.count()) > 0) break;
    await page.fill("#w", key);
    await page.press("#w", "Enter");
  }
  await shot(page, shots, "intake-who-1280");
  check("no name in the address", !/[?&]q=/.test(page.url()), page.url());
  await people.first().click();
  await page.fill("#w", "缴医保");
  await page.press("#w", "Enter");
  await shot(page, shots, "intake-what-1280");
  await page.click("button[name=item][value^=medical]");
  await page.fill("[name=words]", "帮我把医保的事办一下");
  await page.click("text=换一项");
  await page.fill("#w", "缴医保");
  await page.press("#w", "Enter");
  await page.click("button[name=item][value^=medical]");
  check("another item keeps the words", (await page.inputValue("[name=words]")) === "帮我把医保的事办一下");
  check("and they are not in the address", new URL(page.url()).search === "", page.url());
  if ((await page.locator("#f-a0").count()) > 0) {
    await page.click("button.btn-big[value=go]");
    check("an open question is named", (await page.locator("#errors a[href='#f-a0']").count()) === 1);
  }
  await answer(page);
  await sound(page, "intake");
  await shot(page, shots, "intake-go-1280");
  await page.focus("button.btn-big[value=go]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/(receipt|missing)$/);
  check("from greeting to receipt well within a minute", Date.now() - began < 60000);
  check("the receipt has a number", /\d{12}-\d{4}-\d{5}-\d/.test(await page.textContent("main")));
  await shot(page, shots, "receipt-a4-1280");
  const errand = page.url().replace(/\/(receipt|missing)$/, "");
  const pdf = await page.context().request.get(`${errand}/receipt.pdf`);
  check("the receipt is a PDF", (await pdf.body()).subarray(0, 5).toString() === "%PDF-");
  const printed = await page.pdf({ format: "A4" });
  check("it prints", printed.length > 2000);
  await page.goto(`${errand}/receipt?w=80`);
  await shot(page, shots, "receipt-80-1280");
  await page.goto(`${errand}/form`);
  await sound(page, "application filled in");
  check("the application names the item", (await page.textContent("main")).includes("城乡居民医保缴费"));
  check("it fits on one sheet", ((await page.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length === 1);
  await shot(page, shots, "form-1280");
  const form = await page.context().request.get(`${errand}/form.pdf?kind=entrust`);
  check("the authorization is a PDF", (await form.body()).subarray(0, 5).toString() === "%PDF-");
  await page.goto(errand);
  await sound(page, "errand");
  await shot(page, shots, "errand-1280");
  await page.setViewportSize({ width: 390, height: 800 });
  await sound(page, "errand on a phone");
  await shot(page, shots, "errand-390");
  return { page, errand };
}

/* Presses the big button of an errand's page as whoever sits there. */
async function press(post, errand, fill = {}) {
  const page = await visitor(browser, url, { width: 1280 });
  await signIn(page, who[post]);
  await page.goto(errand);
  for (const [name, value] of Object.entries(fill)) await page.locator(`section[aria-labelledby=act] > .card-body > form [name=${name}]`).first().fill(value);
  const button = page.locator("section[aria-labelledby=act] button.btn-primary").first();
  const label = (await button.count()) ? await button.textContent() : "";
  if (label) await button.click();
  const state = await page.textContent(".x-head .x-state");
  await page.context().close();
  return { label, state };
}

async function carried({ page, errand }) {
  await page.setViewportSize({ width: 1280, height: 900 });
  const wording = async () => (await page.goto(errand), page.textContent(".x-head .x-state"));
  check("taken", ["办理中", "等材料"].includes(await wording()), await wording());
  const steps = [["代理员", {}], ["综合窗口", {}], ["村主任", { words: "同意" }], ["乡镇经办人", { words: "同意" }], ["部门经办人", { words: "同意" }]];
  for (const [post, fill] of steps) {
    const state = await wording();
    if (state !== "办理中") break;
    const by = await page.textContent(".x-baton .by");
    const mine = { 代理员: "代理员", 综合窗口: "综合窗口", 村主任: "村委会", 乡镇经办人: "镇经办人", 部门经办人: "民政局" }[post];
    if (by.includes(mine)) await press(post, errand, fill);
  }
  return wording();
}

/* A photograph taken with the telephone (here: of the page itself) is one tap; it comes back as the same kind of picture. */
async function photographs(errand) {
  const page = await visitor(browser, url, { width: 390 });
  await signIn(page, who["代理员"]);
  await page.goto(errand);
  const input = page.locator("input[type=file]").first();
  if ((await input.count()) === 0) return check("an open errand takes photographs", false);
  await input.setInputFiles({ name: "身份证.png", mimeType: "image/png", buffer: await page.screenshot() });
  await page.waitForSelector("text=照片存好了");
  const link = page.locator(".x-files a[href*='/file/']").first();
  const picture = await page.evaluate(async (href) => {
    const r = await fetch(href);
    return { type: r.headers.get("content-type"), cache: r.headers.get("cache-control"), size: (await r.blob()).size };
  }, await link.getAttribute("href"));
  check("the picture comes back", picture.type === "image/png" && picture.cache === "no-store" && picture.size > 1000, JSON.stringify(picture));
  await sound(page, "errand with a photograph");
  await shot(page, shots, "errand-photo-390");
  const blind = await visitor(browser, url, { script: false });
  await signIn(blind, who["代理员"]);
  await blind.goto(errand);
  await blind.locator("input[type=file]").first().setInputFiles({ name: "x.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
  await blind.locator("form[action$='/file'] button").first().click();
  check("what is no picture is refused without scripts too", (await blind.textContent("#errors")).includes("只收照片"));
  await page.context().close();
  await blind.context().close();
}

async function othersDoNotSee(errand) {
  const page = await visitor(browser, url);
  const answer = await page.goto(errand);
  check("without an account an errand cannot be read", page.url().includes("/sign-in") && answer.status() === 200);
  await signIn(page, who["村务监督委员"]);
  const forbidden = await page.goto(errand);
  check("nor by somebody whose post has nothing to do with it", [403, 404].includes(forbidden.status()), String(forbidden.status()));
  await page.context().close();
}

async function otherPosts() {
  const paths = {
    便民服务中心主任: ["/todo", "/late", "/ratings"],
    领导小组办公室: ["/todo", "/catalog", "/catalog/elder.allowance", "/late"],
    综合窗口: ["/todo", "/errand", "/errand/new", "/person"],
    村主任: ["/todo", "/errand", "/care"],
    代理员: ["/visits", "/care", "/account"],
  };
  for (const [post, list] of Object.entries(paths)) {
    const page = await visitor(browser, url);
    await signIn(page, who[post]);
    for (const path of list) {
      const answer = await page.goto(path);
      check(`${post} opens ${path}`, answer.status() === 200, String(answer.status()));
      await sound(page, `${post} ${path}`);
      await shot(page, shots, `${path.replace(/\W+/g, "-").slice(1)}-${post}`);
    }
    await page.context().close();
  }
}

try {
  await residentAlone();
  const taken = await agentTakes();
  await othersDoNotSee(taken.errand);
  await photographs(taken.errand);
  const end = await carried(taken);
  check("it was decided or is with its department", ["已办结", "办理中", "已送达"].includes(end), end);
  await otherPosts();
  check("the accounts' file names posts", readFileSync(file, "utf8").startsWith("post,place,phone,password"));
} catch (e) {
  check("the story goes through", false, e.stack);
}
await browser.close();
finish();
