// SPDX-License-Identifier: Apache-2.0
// storage.mjs PROGRAM SHIM - the disk is full, read-only, broken; files may not grow; another program
// holds the database: a clear answer that keeps what was typed, nothing half stored, reading goes
// on, and all is well again by itself when the trouble is over.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program, shim] = process.argv.slice(2);
const VILLAGE = "421281101202";
const dir = mkdtempSync(join(tmpdir(), "xy-storage-"));
const instance = join(dir, "demo"), database = join(instance, "data", "xiangyue.db");
const flag = join(instance, "data", "shim-flag");
let passed = 0, failed = 0, port = 0, parent, log = "", token = "", n = 0;
const expect = (ok, what) => { ok ? passed++ : (failed++, console.log("FAIL", what)); };
const sleep = ms => new Promise(done => setTimeout(done, ms));

function start() {
    parent = spawn(program, ["serve", "--port", "0", "--no-rates", "--restart-always", instance],
        { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LD_PRELOAD: shim, XY_SHIM_FLAG: flag } });
    parent.stderr.on("data", d => { log = (log + d).slice(-4000); });
    return new Promise((done, fail) => {
        parent.on("exit", code => fail(new Error(`serve ended with ${code}: ${log}`)));
        parent.stdout.on("data", d => {
            const m = /^ready http:\/\/[^:]+:(\d+)/m.exec(d);
            if (m) { port = Number(m[1]); done(); }
        });
    });
}
function server() {
    const pid = parent.pid;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[1]);
}
function request(method, path, type, text) {
    return new Promise((done, fail) => {
        const headers = { Cookie: `xy=${token}` };
        if (type) headers["Content-Type"] = type;
        if (type === "application/json" && token) headers.Authorization = `Bearer ${token}`;
        if (text) headers["Content-Length"] = Buffer.byteLength(text);
        const r = http.request({ host: "127.0.0.1", port, method, path, headers, agent: new http.Agent() }, res => {
            let all = "";
            res.setEncoding("utf8");
            res.on("data", d => { all += d; });
            res.on("end", () => done({ status: res.statusCode, head: res.headers, body: all }));
        });
        r.setTimeout(20000, () => r.destroy(new Error(`${method} ${path}: no answer`)));
        r.on("error", fail);
        r.end(text);
    });
}
const api = body => request("POST", "/api/v1/errand/new", "application/json", JSON.stringify(body));
const errand = rid => ({ place: VILLAGE, item: "elder.card", channel: "window", manner: "spoken",
    who: "存储测试", words: rid, m0: "here", m1: "here", rid });
const hidden = (html, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";

// The form of the page, opened while all is well.
async function page_form(words) {
    const first = await request("GET", "/errand/new");
    const q = new URLSearchParams({ who: "存储测试", item: "elder.card", place: VILLAGE, words, csrf: hidden(first.body, "csrf") });
    const page = await request("POST", "/errand/new/step", "application/x-www-form-urlencoded", q.toString());
    const f = new URLSearchParams({ place: VILLAGE, who: "存储测试", item: "elder.card", channel: "window",
        manner: "spoken", words, m0: "here", m1: "here", a0: "坐车", act: "go" });
    for (const name of ["rid", "csrf", "version"]) f.set(name, hidden(page.body, name));
    return f;
}
const send = f => request("POST", "/errand/new", "application/x-www-form-urlencoded", f.toString());

async function during(what, code, status, words, begin, end) {
    const rid = `storage-${n++}`, typed = `${rid} 要办老人证`;
    const form = await page_form(typed);
    await begin();
    const page = await send(form);
    expect(page.status === status, `${what}: the page is ${page.status}, expected ${status}; ${log.slice(-300)}`);
    expect(page.body.includes(words), `${what}: the page does not say ${words}`);
    expect(page.body.includes(typed), `${what}: what was typed is not on the page`);
    const json = await api(errand(rid));
    expect(json.status === status && json.head["content-type"] === "application/problem+json" &&
        JSON.parse(json.body).code === code, `${what}: the API says ${json.status} ${json.body}`);
    for (const path of ["/", "/todo", "/progress"]) {
        const r = await request("GET", path);
        expect(r.status === 200, `${what}: reading ${path} is ${r.status}`);
    }
    await end();
    const again = await send(form), api_again = await api(errand(rid));
    expect(again.status === 303, `${what}: afterwards the page is ${again.status}; ${log.slice(-300)}`);
    expect(api_again.status === 201, `${what}: afterwards the API is ${api_again.status}`);
    const rows = execFileSync("sqlite3", [database,
        `SELECT count(*) FROM errand WHERE words LIKE '${rid}%'`], { encoding: "utf8" }).trim();
    expect(rows === "2", `${what}: ${rows} rows, expected 2`);
}
const shimmed = number => [async () => writeFileSync(flag, String(number)), async () => rmSync(flag)];
const limit = size => execFileSync("prlimit", ["--pid", String(server()), `--fsize=${size}:unlimited`]);

let holder;
async function hold() {
    holder = spawn("sqlite3", [database], { stdio: ["pipe", "pipe", "inherit"] });
    const held = new Promise(done => holder.stdout.once("data", done));
    holder.stdin.write("BEGIN EXCLUSIVE;\nSELECT 'held';\n");
    await held;
}
async function release() {
    const ended = new Promise(done => holder.once("exit", done));
    holder.stdin.end("ROLLBACK;\n");
    await ended;
}

try {
    execFileSync(program, ["demo", instance], { stdio: "pipe" });
    const rows = readFileSync(join(instance, "demo-accounts.csv"), "utf8").split("\n").map(l => l.split(","));
    const [, , phone, password] = rows.find(r => r[0] === "代理员" && r[1].endsWith("柳林村"));
    await start();
    const signed = await request("POST", "/api/v1/sign-in", "application/json", JSON.stringify({ phone, password }));
    token = JSON.parse(signed.body).token;
    await during("disk full", "DISK_FULL", 507, "服务器存满了", ...shimmed(28));
    await during("read-only disk", "READ_ONLY", 503, "只能查、不能办", ...shimmed(30));
    await during("broken disk", "DB", 500, "没有存上", ...shimmed(5));
    await during("files may not grow", "DISK_FULL", 507, "服务器存满了", async () => limit(4096), async () => limit("unlimited"));
    await during("held by another program", "DB_BUSY", 503, "请过几秒再交一次", hold, release);
    parent.removeAllListeners("exit");
    const ended = new Promise(done => parent.once("exit", done));
    parent.kill("SIGTERM");
    expect((await ended) === 0, `the server ends in order: ${log}`);
    try {
        execFileSync(program, ["check", instance], { encoding: "utf8", stdio: "pipe" });
        expect(true);
    } catch (e) { expect(false, `check: ${e.stdout}${e.stderr}`); }
} catch (e) {
    expect(false, e.stack);
}
if (parent) { parent.removeAllListeners("exit"); parent.kill("SIGKILL"); }
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
