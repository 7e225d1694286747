/* SPDX-License-Identifier: Apache-2.0 */
/* Builds what the browser gets: node web/build.mjs OUTDIR, from any folder. The same sources always give the same bytes. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, parse } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { buildCss, classesIn } from "./css.mjs";

const WEB = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(WEB);
const require = createRequire(import.meta.url);
const LIMIT_BR = { "app.css": 16 * 1024, "app.js": 22 * 1024 };

function filesUnder(dir, ext) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true })
    .map(String)
    .filter((f) => f.endsWith(ext))
    .sort()
    .map((f) => join(dir, f));
}

export function usedClasses() {
  const used = new Set();
  for (const [dir, ext, kind] of [
    [join(ROOT, "src"), ".html", "html"],
    [join(WEB, "src"), ".ts", "ts"],
  ])
    for (const file of filesUnder(dir, ext)) classesIn(readFileSync(file, "utf8"), kind).forEach((c) => used.add(c));
  for (const line of readFileSync(join(WEB, "safelist.txt"), "utf8").split("\n")) if (line && !line.startsWith("#")) used.add(line);
  return used;
}

async function buildJs() {
  const result = await esbuild({
    entryPoints: [join(WEB, "src/app.ts")],
    absWorkingDir: WEB,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    charset: "utf8",
    legalComments: "none",
    target: ["es2018", "chrome60", "firefox60", "safari11.1"],
    define: { eval: "noEval", Function: "noEval" },
    inject: [join(WEB, "src/no-eval.ts")],
    tsconfig: join(WEB, "tsconfig.json"),
    logLevel: "silent",
  });
  if (result.warnings.length) throw new Error(result.warnings.map((w) => w.text).join("\n"));
  const code = result.outputFiles[0].text;
  if (/(?<![\w$.])(?:eval|new Function|Function)\s*\(/.test(code)) throw new Error("app.js runs code from text");
  return code;
}

function licences() {
  const htmx = dirname(require.resolve("htmx.org/package.json"));
  const { version, license } = JSON.parse(readFileSync(join(htmx, "package.json"), "utf8"));
  return [
    "What the style sheet and the script of these pages contain besides our own work (Apache-2.0):\n",
    readFileSync(join(WEB, "src/mit.txt"), "utf8"),
    `htmx.org ${version} (${license})\n\n${readFileSync(join(htmx, "LICENSE"), "utf8").trim()}\n`,
  ].join("\n----\n\n");
}

/* An .ico may hold a PNG as it is; only the directory in front of it is ours to write. */
function icoOf(png) {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.writeUInt8(png.readUInt32BE(16), 6);
  head.writeUInt8(png.readUInt32BE(20), 7);
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(32, 12);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(head.length, 18);
  return Buffer.concat([head, png]);
}

const plainSvg = (text) => text.replace(/<!--[^]*?-->\s*/g, "").replace(/>\s+</g, "><").trim();

export async function buildAssets() {
  const assets = [];
  const add = (name, mime, content) => {
    const bytes = Buffer.from(content);
    if (bytes.length === 0) throw new Error(name + " is empty");
    const { name: stem, ext } = parse(name);
    const file = `${stem}.${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}${ext}`;
    const br = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    if (LIMIT_BR[name] && br.length > LIMIT_BR[name]) throw new Error(`${name}: ${br.length} bytes compressed, ${LIMIT_BR[name]} allowed`);
    assets.push({ name, file, mime, bytes, br, gz: gzipSync(bytes, { level: 9 }) });
    return file;
  };

  add("app.css", "text/css; charset=utf-8", await buildCss(readFileSync(join(WEB, "src/theme.css"), "utf8"), usedClasses()));
  add("app.js", "text/javascript; charset=utf-8", await buildJs());
  const mark = add("mark.svg", "image/svg+xml", plainSvg(readFileSync(join(WEB, "src/mark.svg"), "utf8")));
  add("favicon.ico", "image/x-icon", icoOf(readFileSync(join(WEB, "src/icon-32.png"))));
  const pngs = [192, 512].map((size) => ({
    src: add(`icon-${size}.png`, "image/png", readFileSync(join(WEB, `src/icon-${size}.png`))),
    sizes: `${size}x${size}`,
    type: "image/png",
  }));
  const app = JSON.parse(readFileSync(join(WEB, "src/manifest.json"), "utf8"));
  app.icons = [{ src: mark, sizes: "any", type: "image/svg+xml" }, ...pngs];
  add("manifest.webmanifest", "application/manifest+json", JSON.stringify(app));
  add("licences.txt", "text/plain; charset=utf-8", licences());
  return assets;
}

export const listOf = (assets) => assets.map((a) => `${a.name}\t${a.file}\t${a.mime}\n`).join("");

function removeFormer(out) {
  const list = join(out, "manifest.txt");
  if (!existsSync(list)) return;
  for (const line of readFileSync(list, "utf8").split("\n")) {
    const file = line.split("\t")[1];
    if (!file || file.includes("/")) continue;
    for (const tail of ["", ".br", ".gz"]) rmSync(join(out, file + tail), { force: true });
  }
  rmSync(list);
}

/* The list is written last and in one step: whoever reads it finds every file that it names. */
export function writeAssets(out, assets) {
  mkdirSync(out, { recursive: true });
  removeFormer(out);
  for (const a of assets) {
    writeFileSync(join(out, a.file), a.bytes);
    writeFileSync(join(out, a.file + ".br"), a.br);
    writeFileSync(join(out, a.file + ".gz"), a.gz);
  }
  writeFileSync(join(out, "manifest.txt.new"), listOf(assets));
  renameSync(join(out, "manifest.txt.new"), join(out, "manifest.txt"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.length !== 3) {
    console.error("usage: node web/build.mjs OUTDIR");
    process.exit(2);
  }
  try {
    const assets = await buildAssets();
    writeAssets(process.argv[2], assets);
    for (const a of assets) console.log(`${String(a.bytes.length).padStart(7)} ${String(a.br.length).padStart(6)} br  ${a.file}`);
  } catch (e) {
    console.error("web/build.mjs: " + e.message);
    process.exit(1);
  }
}
