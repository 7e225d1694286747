/* SPDX-License-Identifier: Apache-2.0 */
/* node public.mjs URL ACCOUNTS SHOTS - what an old villager, a relative far away or a journalist meets: every public page narrow,
 * wide, in large text, without scripts, by keyboard, on paper, within its weight; and the life of one errand seen from outside. */
import { accounts, check, finish, shot, signIn, sound, start, visitor } from "./lib.mjs";

const [url, file, shots] = process.argv.slice(2);
const who = Object.fromEntries(accounts(file).map((a) => [a.post.replace(/（.*/, ""), a]));
const browser = await start();
const VILLAGE = "421281101202";
const MAIN = ["/", "/items/elder.allowance", `/village/${VILLAGE}`, "/progress"];
const PAGES = ["/", "/items", "/items?q=老人证", "/items?q=造飞船", "/items/elder.allowance", `/village/${VILLAGE}`, `/village/${VILLAGE}/poster`, "/village/421281101", "/village/421281101999", "/totals?from=202601", "/progress", "/rate", "/rules", "/help", "/certificates", "/start/elder.allowance", "/sign-in"];
const name = (path) => decodeURIComponent(path).replace(/[^\w]+/g, "-").replace(/^-|-$/g, "") || "home";

const small = (page, least) =>
  page.$$eval(
    "a.btn, button, .x-pick, .x-row[href], .x-tile, .x-tabs a, .x-top a:not(.x-skip), .x-dock a, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox])",
    (all, min) => all.filter((e) => e.offsetParent && e.getBoundingClientRect().height < min).map((e) => `${Math.round(e.getBoundingClientRect().height)} ${e.outerHTML.slice(0, 90)}`),
    least,
  );

/* Narrow with scripts off, large text on a phone, wide: no sideways scroll, axe, targets large enough; pictures of the main ones. */
async function everywhere() {
  for (const [width, script, elder] of [[320, false, false], [390, true, true], [1280, true, false]]) {
    const page = await visitor(browser, url, { width, script, elder });
    for (const path of PAGES) {
      const at = `${path} at ${width}${elder ? " elder" : ""}`;
      await page.goto(path);
      check(`${at}: language`, (await page.getAttribute("html", "lang")) === "zh-CN");
      if (script && (!elder || MAIN.includes(path))) await sound(page, at);
      else {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(`${at}: no sideways scroll`, wide <= 0, `${wide} px too wide`);
      }
      const less = await small(page, elder ? 59.5 : 43.5);
      check(`${at}: targets`, less.length === 0, less.slice(0, 3).join(" | "));
      if (MAIN.includes(path) || width === 320) await shot(page, shots, `public-${name(path)}-${width}`);
    }
    await page.context().close();
  }
}

/* First view of each within 60 KB and 8 requests. */
async function light() {
  for (const path of [...MAIN, "/items", "/totals?from=202601", "/rules", "/certificates"]) {
    const page = await visitor(browser, url, { width: 390 });
    let bytes = 0, requests = 0;
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Network.enable");
    cdp.on("Network.loadingFinished", (e) => ((bytes += e.encodedDataLength), requests++));
    await page.goto(path, { waitUntil: "load" });
    check(`${path}: ${bytes} bytes within 60 KB`, bytes <= 60 * 1024);
    check(`${path}: ${requests} requests within 8`, requests <= 8);
    await page.context().close();
  }
}

/* Only the keyboard: from the top to the search and on to a guide. */
async function byKeyboard() {
  const page = await visitor(browser, url, { width: 1280, script: false });
  await page.goto("/");
  await page.keyboard.press("Tab");
  check("the first stop skips the menu", (await page.evaluate(() => document.activeElement.className)) === "x-skip");
  for (let i = 0; i < 20 && (await page.evaluate(() => document.activeElement.id)) !== "w"; i++) await page.keyboard.press("Tab");
  await page.keyboard.type("娃上学");
  await page.keyboard.press("Enter");
  await page.waitForURL(/items\?q=/);
  check("what was meant is the first found", (await page.getAttribute("a.x-row", "href")) === "/items/school.enrol");
  await page.context().close();
}

async function paper() {
  const page = await visitor(browser, url);
  for (const path of [`/village/${VILLAGE}/poster`, "/items/elder.allowance", "/totals?from=202601"]) {
    await page.goto(path);
    await page.emulateMedia({ media: "print" });
    check(`${path}: no button on paper`, (await page.locator("button:visible, nav:visible").count()) === 0);
    const pdf = await page.pdf({ format: "A4" });
    const sheets = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length;
    check(`${path}: prints on ${sheets} sheets`, path.includes("poster") ? sheets === 1 : sheets >= 1);
    await shot(page, shots, `print-${name(path)}`);
    await page.emulateMedia({ media: "screen" });
  }
  await page.context().close();
}

async function look(page, [number, code]) {
  await page.goto("/progress");
  await page.fill("[name=number]", number);
  await page.fill("[name=code]", code);
  await page.click("text=查一查");
}

/* One alone on a phone without scripts begins an errand; it is refused; where to object stands there. */
async function fromOutside() {
  const page = await visitor(browser, url, { width: 320, script: false });
  await page.goto(`/start/elder.allowance?place=${VILLAGE}`);
  await page.fill("[name=who]", "周某某");
  await page.fill("[name=phone]", "13912345679");
  await page.fill("[name=words]", "替我娘问高龄津贴");
  await page.click("text=交给代理员");
  const codes = await page.$$eval("main .x-code", (all) => all.map((e) => e.textContent.trim()));
  await shot(page, shots, "public-started-320");
  await look(page, codes);
  const now = await page.textContent("#said");
  check("one sentence says what happens, who, until when", /代理员已经记下.*最晚.*还有 \d 个工作日|代理员已经记下.*最晚今天/.test(now), now);
  check("and what to do", now.includes("您要做的"));
  check("a telephone is one tap away", (await page.locator("a[href^='tel:']").count()) >= 1);
  await shot(page, shots, "public-progress-320");
  await page.click("summary:has-text('留句话')");
  await page.fill("[name=words]", "要不要带户口本");
  await page.click("text=把话带到");
  check("a word is left", (await page.textContent("main")).includes("话带到了"));
  await page.click("text=不想办了");
  check("withdrawing asks first", (await page.textContent("h1")).includes("真的不办了吗"));
  await shot(page, shots, "public-leave-320");
  await page.click("text=接着办");
  check("and can be left", (await page.textContent("main")).includes("现在怎么样了"));
  const agent = await visitor(browser, url);
  await signIn(agent, who["代理员"]);
  await agent.goto("/notices");
  check("the desk hears of it", (await agent.textContent("main")).includes("要不要带户口本"));
  await agent.goto("/todo");
  const errand = await agent.locator("a[href^='/errand/']", { hasText: /./ }).evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  let mine = null;
  for (const href of [...new Set(errand)].filter((h) => /^\/errand\/\d+-\d+/.test(h))) {
    await agent.goto(href.replace(/\/take.*/, ""));
    if ((await agent.textContent("body")).includes(codes[0])) { mine = agent.url(); break; }
  }
  check("it is in the agent's list", !!mine);
  if (mine) {
    await agent.click("summary:has-text('不受理')");
    await agent.fill("form[action$='/refuse'] [name=words]", "户口不在本市，按《办法》由户籍地办");
    await agent.click("form[action$='/refuse'] button");
    await look(page, codes);
    const text = await page.textContent("main");
    check("a refusal says so, why, and where to object", text.includes("不受理") && text.includes("户口不在本市") && text.includes("行政复议") && !text.includes("办结"));
    await shot(page, shots, "public-refused-320");
  }
  await agent.context().close();
  const wide = await visitor(browser, url, { width: 1280 });
  await look(wide, codes);
  await sound(wide, "progress found");
  await shot(wide, shots, "public-progress-1280");
  await wide.click("text=用完了");
  await wide.waitForURL("**/progress");
  await wide.goBack().catch(() => {});
  check("going back does not show it to the next one", !(await wide.textContent("body")).includes("周某某") && !(await wide.textContent("body")).includes("户口不在本市"));
  check("no cookie of a look-up stays", (await wide.context().cookies()).every((c) => c.name !== "receipt" && c.expires !== -1), JSON.stringify(await wide.context().cookies()));
  await wide.context().close();
  await page.context().close();
}

for (const [title, part] of Object.entries({ everywhere, light, byKeyboard, paper, fromOutside })) {
  try {
    await part();
  } catch (e) {
    check(`${title} goes through`, false, e.stack);
  }
}
await browser.close();
finish();
