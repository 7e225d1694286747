/* SPDX-License-Identifier: Apache-2.0 */
/* What the bench needs of the machine: servers that are started and stopped by their own pid, wrk, raw bytes on the wire. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import net from "node:net";

export const OUT = "build/bench";
export const BIN = "build/release/xiangyue";
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
export const median = (a) => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)];

export function run(cmd, args, options = {}) {
  const r = spawnSync(cmd, args, { encoding: "utf8", maxBuffer: 1 << 26, ...options });
  if (r.status !== 0) throw new Error(`${cmd} ${args.join(" ")}: ${r.stderr || r.stdout || r.error}`);
  return r.stdout;
}

const running = new Set();

/* Starts a program pinned to core 0, waits for its line "ready ...PORT". */
export async function start(cmd, args, env = {}) {
  const child = spawn("taskset", ["-c", "0", cmd, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let err = "";
  child.stderr.on("data", (d) => (err += d));
  running.add(child);
  const line = await new Promise((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (d) => {
      out += d;
      if (out.includes("\n")) resolve(out);
    });
    child.on("exit", () => reject(new Error(`${cmd} ended: ${err}`)));
  });
  const port = Number(/(\d+)\s*$/.exec(line.trim())[1]);
  return { child, port, pid: child.pid, url: `http://127.0.0.1:${port}`, errors: () => err };
}

export async function stop(server) {
  const gone = new Promise((r) => server.child.on("exit", r));
  server.child.removeAllListeners("exit");
  server.child.on("exit", () => running.delete(server.child));
  const ended = new Promise((r) => server.child.on("exit", r));
  server.child.kill("SIGTERM");
  await Promise.race([ended, gone]);
}

export const stopAll = () => Promise.all([...running].map((child) => child.kill("SIGTERM")));

export async function serve(dir, more = [], env = {}) {
  const s = await start(BIN, ["serve", "--no-rates", "--loops", "1", "--port", "0", ...more, dir], env);
  for (let i = 0; i < 500; i++) {
    const r = await fetch(s.url + "/items").catch(() => null);
    if (r && r.status === 200) return s;
    await sleep(10);
  }
  throw new Error("no answer: " + s.errors());
}

function children(pid) {
  const all = readdirSync("/proc").filter((d) => /^\d+$/.test(d));
  const mine = [];
  for (const d of all)
    try {
      if (Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${d}/status`, "utf8"))[1]) === pid) mine.push(Number(d));
    } catch {
      /* it has ended meanwhile */
    }
  return mine;
}

/* Seconds of processor time that a server and its children have used; and that core 0 was busy, with whatever. */
const TICKS = 100;
function cpuOf(pid) {
  const one = (p) => {
    const fields = readFileSync(`/proc/${p}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  };
  return [pid, ...children(pid)].reduce((sum, p) => sum + one(p), 0);
}
function busy(core) {
  const n = new RegExp(`^cpu${core} (.*)`, "m").exec(readFileSync("/proc/stat", "utf8"))[1].split(" ").map(Number);
  return (n[0] + n[1] + n[2] + n[5] + n[6] + n[7]) / TICKS;
}

/* Others use this machine too: waits until both cores have been nearly idle for half a second, or gives up. */
export function quiet(seconds) {
  for (let i = 0; i < seconds * 2; i++) {
    const before = busy(0) + busy(1);
    run("sleep", ["0.5"]);
    if (busy(0) + busy(1) - before < 0.1) return;
  }
}

/* Loads a path from core 1. lua: the body of a script before the shared end. Latencies in ms. perCore: answers in a second of the server's own processor time, which neighbours do not change; others: the share of core 0 that they took. */
export function wrk(server, path, { conns = 64, seconds = 5, lua = "", headers = {}, wait = 0 } = {}) {
  const script = `${OUT}/wrk.lua`;
  writeFileSync(
    script,
    `${lua}
done = function(s, l, r)
  io.write(string.format("RESULT %d %d %d %d %d %d %d\\n", s.requests, s.duration, l:percentile(50), l:percentile(99),
    l.max, s.bytes, s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout))
end
`,
  );
  quiet(wait);
  const extra = Object.entries(headers).flatMap(([k, v]) => ["-H", `${k}: ${v}`]);
  const args = ["-c", "1", "wrk", "-t", "1", "-c", String(conns), "-d", `${seconds}s`, "--timeout", "10s", "-s", script, ...extra, server.url + path];
  const cpu = cpuOf(server.pid),
    core = busy(0);
  const m = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(run("taskset", args)).slice(1).map(Number);
  const used = cpuOf(server.pid) - cpu;
  return {
    rate: m[0] / (m[1] / 1e6),
    perCore: m[0] / used,
    others: Math.max(0, busy(0) - core - used) / seconds,
    p50: m[2] / 1e3,
    p99: m[3] / 1e3,
    max: m[4] / 1e3,
    bytes: m[5] / m[0],
    errors: m[6],
    n: m[0],
  };
}

/* Everything that comes over the wire for one GET, head included. */
export function wire(server, path, headers) {
  return new Promise((resolve, reject) => {
    const s = net.connect(server.port, "127.0.0.1");
    const parts = [];
    s.on("data", (d) => parts.push(d));
    s.on("error", reject);
    s.on("end", () => {
      const all = Buffer.concat(parts);
      const at = all.indexOf("\r\n\r\n");
      resolve({ bytes: all.length, head: all.subarray(0, at).toString(), body: all.subarray(at + 4) });
    });
    const lines = Object.entries({ Host: "127.0.0.1", Connection: "close", ...headers }).map(([k, v]) => `${k}: ${v}\r\n`);
    s.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  });
}

/* Resident memory in MB of the parent and its children: as the kernel counts it for each, and with shared pages divided. */
export function memory(pid) {
  return [pid, ...children(pid)].map((p) => {
    const of = (file, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${p}/${file}`, "utf8"))[1]) / 1024;
    return { rss: of("status", "VmRSS"), anon: of("status", "RssAnon"), pss: of("smaps_rollup", "Pss") };
  });
}
