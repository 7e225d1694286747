/* SPDX-License-Identifier: Apache-2.0 */
/* node staff.mjs URL ACCOUNTS SHOTS - the pages of those who work, on the narrowest telephone and in large letters. */
import { accounts, check, finish, shot, signIn, sound, start, visitor } from "./lib.mjs";

const [url, file, shots] = process.argv.slice(2);
const who = Object.fromEntries(accounts(file).map((a) => [a.post.replace(/（.*/, ""), a]));
const browser = await start();

/* A demonstration shows an administrator's code on the page that asks for it. */
async function second(page) {
  await page.goto("/account/second");
  await page.fill("[name=code]", (await page.textContent("main b.x-code")).trim());
  await page.click("main form[action='/account/second'] button");
}

const paths = {
  系统管理员: { second: true, list: ["/admin", "/admin/settings", "/admin/calendar", "/rules", "/place", "/account"] },
  安全管理员: { second: true, list: ["/admin/people", "/admin/people/add", "/admin/delegations", "/admin/clients", "/admin/clients/new"] },
  审计管理员: { second: true, list: ["/admin/audit", "/admin/audit/looks"] },
  领导小组办公室: { list: ["/todo", "/catalog", "/catalog?state=draft", "/late", "/totals"] },
  综合窗口: { list: ["/todo", "/errand", "/errand/new", "/person", "/letters", "/notices"] },
  便民服务中心主任: { list: ["/todo", "/late", "/ratings"] },
  代理员: { list: ["/todo", "/visits", "/care", "/errand", "/body?at=421281101"] },
};

async function narrow(post, { second: asks, list }) {
  const page = await visitor(browser, url, { width: 320, elder: true });
  await signIn(page, who[post]);
  if (asks) await second(page);
  for (const path of list) {
    const answer = await page.goto(path);
    check(`${post} opens ${path}`, answer.status() === 200, String(answer.status()));
    await sound(page, `${post} ${path} at 320 in large letters`);
    await shot(page, shots, `elder${path.replace(/\W+/g, "-")}-320`);
  }
  if (post === "代理员") check("whom to call is there, and marked", (await page.textContent("main")).includes("0715-000"));
  if (post === "安全管理员") await oneAccount(page);
  await page.context().close();
}

/* The page of one account, and of naming it for a post. */
async function oneAccount(page) {
  await page.goto("/admin/people");
  const href = await page.getAttribute("a.x-row[href^='/admin/people/']", "href");
  for (const path of [href, `${href}/appoint`, `${href}/lend`]) {
    if ((await page.goto(path)).status() === 200) await sound(page, `${path} at 320 in large letters`);
    await shot(page, shots, `elder${path.replace(/\d+/, "n").replace(/\W+/g, "-")}-320`);
  }
}

try {
  for (const [post, what] of Object.entries(paths)) await narrow(post, what);
} finally {
  await browser.close();
}
finish();
