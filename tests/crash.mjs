// SPDX-License-Identifier: Apache-2.0
// crash.mjs PROGRAM [KILLS] - kills the server at random instants while many work with it, and then
// asks: is everything that was acknowledged there, exactly once? What was not acknowledged is sent
// again under its own name, as a browser or a device without signal would do.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.argv[2];
const kills = Number(process.argv[3] ?? 200);
const CLIENTS = 16, RESTART_MS_MAX = 1000, ANSWER_MS = 5000, VILLAGE = "421281101202";
const dir = mkdtempSync(join(tmpdir(), "xy-crash-"));
const instance = join(dir, "demo");

let passed = 0, failed = 0;
const expect = (ok, what) => { ok ? passed++ : (failed++, console.log("FAIL", what)); };
const sleep = ms => new Promise(done => setTimeout(done, ms));
const dice = n => Math.floor(Math.random() * n);

// ---- the server ----
let parent, port = 0, log = "";
function start() {
    const args = ["serve", "--port", String(port), "--no-rates", "--restart-always", instance];
    parent = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    parent.stderr.on("data", d => { log = (log + d).slice(-4000); });
    return new Promise((done, fail) => {
        parent.on("exit", code => fail(new Error(`serve ended with ${code}: ${log}`)));
        parent.stdout.on("data", d => {
            const m = /^ready http:\/\/[^:]+:(\d+)/m.exec(d);
            if (m) { port = Number(m[1]); done(); }
        });
    });
}
function children() { // the signer was forked first, then the server
    try {
        const pid = parent.pid;
        return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
    } catch { return []; }
}

// ---- requests ----
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
function request(method, path, body, token, own) {
    return new Promise(done => {
        const headers = { "Content-Type": "application/json" };
        if (token) headers.Authorization = `Bearer ${token}`;
        const text = body ? JSON.stringify(body) : undefined;
        if (text) headers["Content-Length"] = Buffer.byteLength(text);
        const r = http.request({ host: "127.0.0.1", port, method, path, headers, agent: own ? new http.Agent() : agent }, res => {
            let all = "";
            res.setEncoding("utf8");
            res.on("data", d => { all += d; });
            res.on("end", () => done({ status: res.complete ? res.statusCode : 0, body: all }));
            res.on("error", () => done({ status: 0 }));
        });
        r.setTimeout(ANSWER_MS, () => r.destroy());
        r.on("error", () => done({ status: 0 }));
        r.end(text);
    });
}
const post = (path, body, token) => request("POST", `/api/v1${path}`, body, token);

// ---- the load ----
const taken = new Map(); // request id -> { number, code, errand }
const pending = new Map(); // request id -> { path, body }: sent, never acknowledged
const notes = new Set();
let token = "", working = true, answers = 0, n = 0;

async function send(rid, path, body) {
    const r = await post(path, { ...body, rid }, token);
    if (r.status >= 500 || r.status === 0) { pending.set(rid, { path, body }); return false; }
    if (r.status >= 400) { expect(false, `${path}: ${r.status} ${r.body}`); return true; }
    pending.delete(rid);
    answers++;
    if (path === "/errand/new") acknowledged(rid, JSON.parse(r.body));
    else notes.add(rid);
    return true;
}
function acknowledged(rid, got) {
    const before = taken.get(rid);
    if (before && (before.number !== got.number || before.code !== got.code))
        expect(false, `${rid} was acknowledged as ${before.number} and as ${got.number}`);
    taken.set(rid, got);
}
async function insist(rid, path, body) {
    while (working && !(await send(rid, path, body)) && dice(4)) await sleep(dice(100));
}
const errand = rid => ({ place: VILLAGE, item: "elder.card", channel: "window", manner: "spoken",
    who: "断电测试", words: rid, m0: "here", m1: "here" });
async function client(id) {
    const mine = [];
    while (working) {
        const what = dice(10), rid = `crash-${id}-${n++}`;
        if (what < 5) {
            await insist(rid, "/errand/new", errand(rid));
            if (taken.has(rid)) mine.push(rid);
            if (taken.has(rid) && !dice(8)) await send(rid, "/errand/new", errand(rid)); // a double click
        } else if (what < 7 && mine.length) {
            await insist(rid, `/errand/${taken.get(mine[dice(mine.length)]).errand}/note`, { words: rid });
        } else if (what < 9 && mine.length) {
            const r = await request("GET", `/api/v1/errand/${taken.get(mine[dice(mine.length)]).errand}`, null, token);
            if (r.status !== 0 && r.status < 500) expect(r.status === 200, `an errand that was acknowledged: ${r.status}`);
        } else await request("GET", "/", null, null);
    }
}

// ---- the killer ----
let slowest = 0;
async function answers_again() {
    const began = performance.now();
    while ((await request("GET", "/robots.txt", null, null, true)).status !== 200 && performance.now() - began < 15000)
        await sleep(5);
    return performance.now() - began;
}
async function kill_all_along() {
    for (let i = 0; i < kills; i++) {
        await sleep(dice(i % 10 === 0 ? 20 : 400)); // also while it is still starting
        const [, server] = children();
        const whole = i % 25 === 24;
        if (whole) {
            parent.removeAllListeners("exit");
            const ended = new Promise(done => parent.once("exit", done));
            process.kill(parent.pid, "SIGKILL");
            await ended;
            await start_again();
        } else if (server) {
            try { process.kill(server, "SIGKILL"); } catch { /* it was just being replaced */ }
        }
        const ms = await answers_again();
        slowest = Math.max(slowest, ms);
        if (ms > RESTART_MS_MAX) expect(false, `kill ${i}: answered again after ${Math.round(ms)} ms`);
    }
    expect(true);
}
async function start_again() { // the port may still be in use by the children that die now
    for (let i = 0; ; i++) {
        try { return await start(); } catch (e) { if (i > 40) throw e; await sleep(25); }
    }
}

// ---- the audit ----
const sql = q => execFileSync("sqlite3", [join(instance, "data", "xiangyue.db"), q], { encoding: "utf8" }).trim();
async function audit() {
    for (const [rid, p] of [...pending]) {
        for (let i = 0; i < 20 && !(await send(rid, p.path, p.body)); i++) await sleep(100);
        expect(!pending.has(rid), `${rid} is never acknowledged`);
    }
    let found = 0, lost = "";
    const all = [...taken.values()];
    await Promise.all(Array.from({ length: CLIENTS }, async (_, k) => {
        for (let i = k; i < all.length; i += CLIENTS)
        {
            const r = await post("/progress", { number: all[i].number, code: all[i].code });
            if (r.status === 200) found++;
            else lost = `${r.status} ${r.body}`;
        }
    }));
    expect(found === all.length, `${found} of ${all.length} acknowledged errands are found by number and code: ${lost}`);
    expect(new Set(all.map(t => t.number)).size === all.length, "a number was given twice");
    parent.removeAllListeners("exit");
    const ended = new Promise(done => parent.once("exit", done));
    parent.kill("SIGTERM");
    expect((await ended) === 0, `the server ends in order: ${log}`);
    const rows = sql("SELECT words FROM errand WHERE words LIKE 'crash-%'").split("\n");
    expect(rows.length === taken.size && new Set(rows).size === rows.length,
        `${taken.size} acknowledged, ${rows.length} rows, ${new Set(rows).size} different`);
    expect(rows.every(w => taken.has(w)), "a row that nobody was told of");
    const noted = sql("SELECT words FROM flow_event WHERE event = 'note' AND words LIKE 'crash-%'").split("\n").filter(Boolean);
    expect(noted.length === notes.size && noted.every(w => notes.has(w)), `${notes.size} notes acknowledged, ${noted.length} rows`);
    expect(sql("PRAGMA integrity_check") === "ok", "integrity_check");
    try {
        execFileSync(program, ["check", instance], { encoding: "utf8", stdio: "pipe" });
        expect(true);
    } catch (e) { expect(false, `check: ${e.stdout}${e.stderr}`); }
}

try {
    execFileSync(program, ["demo", instance], { stdio: "pipe" });
    const rows = readFileSync(join(instance, "demo-accounts.csv"), "utf8").split("\n").map(l => l.split(","));
    const [, , phone, password] = rows.find(r => r[0] === "代理员" && r[1].endsWith("柳林村"));
    await start();
    const signed = await post("/sign-in", { phone, password });
    token = JSON.parse(signed.body).token;
    const clients = Array.from({ length: CLIENTS }, (_, id) => client(id));
    await kill_all_along();
    working = false;
    await Promise.all(clients);
    await audit();
    console.log(`${kills} kills, ${answers} acknowledged, slowest restart ${Math.round(slowest)} ms`);
} catch (e) {
    expect(false, e.stack);
    if (parent) { parent.removeAllListeners("exit"); parent.kill("SIGKILL"); }
}
agent.destroy();
rmSync(dir, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
