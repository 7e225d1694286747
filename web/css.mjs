/* SPDX-License-Identifier: Apache-2.0 */
/* One style sheet: the part of Tabler that pages use, then our theme, made fit for the browsers of old phones. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Features, transform } from "lightningcss";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const require = createRequire(import.meta.url);

/* Colour functions younger than 2023. Declarations of Tabler that need one are left out and the theme sets plain hex instead. */
const YOUNG = /\b(?:oklch|oklab|color-mix|light-dark)\b/;
/* A picture inside the sheet would need img-src data: in the page's policy. */
const PICTURE = /\burl\(|--tblr-form-select-bg/;
const version = (major) => major << 16;
const TARGETS = { chrome: version(60), firefox: version(60), safari: version(11), ios_saf: version(11) };

const TAGS = (
  "html body a abbr address article aside b blockquote br button caption code datalist dd details dialog div dl dt em fieldset " +
  "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i img input kbd label legend li main mark meter nav ol optgroup " +
  "option output p path pre progress rect s section select small span strong sub summary sup svg table tbody td text textarea " +
  "tfoot th thead time tr u ul"
).split(" ");
const ATTRIBUTES = {
  names: ["checked", "class", "disabled", "for", "hidden", "href", "multiple", "open", "readonly", "required", "role", "size", "title", "type"],
  values: ["button", "checkbox", "date", "file", "month", "number", "password", "radio", "reset", "search", "submit", "tel", "text", "time"],
};

const words = (text) => text.match(/[A-Za-z][\w-]*/g) ?? [];

/* Class names in a template, C or TypeScript source. Names must be written whole: "col-" + n is not found. */
export function classesIn(text, kind) {
  const found = new Set();
  const addAll = (part) => words(part).forEach((w) => found.add(w));
  if (kind === "html") {
    for (const m of text.matchAll(/\bclass\s*=\s*"((?:[^"{}]|\{[^}]*\})*)"/g)) addAll(m[1]);
  }
  // in a template only what stands in a hole or a directive is a string of the program
  const code = kind === "html" ? [...text.matchAll(/\{[^}]*\}/g)].map((m) => m[0]).join("\n") : text;
  for (const m of code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) {
    const inner = m[1].replace(/\\(.)/g, "$1");
    for (const c of inner.matchAll(/\bclass="([^"]*)"/g)) addAll(c[1]);
    if (/^[a-z][a-z0-9 -]*$/.test(inner)) addAll(inner);
  }
  if (kind === "ts") for (const m of text.matchAll(/'([a-z][a-z0-9 -]*)'/g)) addAll(m[1]);
  return found;
}

const SIDES = { "inline-start": "left", "inline-end": "right", "block-start": "top", "block-end": "bottom" };
const CORNERS = { "start-start": "top-left", "start-end": "top-right", "end-start": "bottom-left", "end-end": "bottom-right" };

/* Pages are in Chinese, left to right: logical properties become physical ones without a selector for every direction. */
function makePhysical(root) {
  root.walkDecls((d) => {
    if (d.prop.startsWith("--")) return;
    const both = /^(margin|padding|border|inset|scroll-margin|scroll-padding)-(inline|block)(-(?:width|style|color))?$/.exec(d.prop);
    if (both) {
      const [, base, axis, tail = ""] = both;
      const parts = base === "border" && !tail ? [d.value] : postcss.list.space(d.value);
      const ends = axis === "inline" ? ["left", "right"] : ["top", "bottom"];
      ends.forEach((side, i) => d.cloneBefore({ prop: (base === "inset" ? "" : base + "-") + side + tail, value: parts[i] ?? parts[0] }));
      d.remove();
      return;
    }
    d.prop = d.prop
      .replace(/^inset-(inline|block)-(start|end)$/, (_, a, b) => SIDES[`${a}-${b}`])
      .replace(/-(inline|block)-(start|end)(?=-|$)/, (_, a, b) => "-" + SIDES[`${a}-${b}`])
      .replace(/^border-(start|end)-(start|end)-radius$/, (_, a, b) => `border-${CORNERS[`${a}-${b}`]}-radius`)
      .replace(/^(min-|max-|)inline-size$/, "$1width")
      .replace(/^(min-|max-|)block-size$/, "$1height");
    if (d.prop === "text-align" || d.prop === "float" || d.prop === "clear")
      d.value = d.value.replace(/\b(?:inline-)?start\b/, "left").replace(/\b(?:inline-)?end\b/, "right");
    if (/-(?:inline|block)(?:-|$)|-(?:start|end)-(?:start|end)-/.test(d.prop)) throw new Error("logical property not mapped: " + d.prop);
  });
}

function usedVariables(root) {
  const used = new Set();
  root.walkDecls((d) => {
    for (const m of d.value.matchAll(/var\(\s*(--[\w-]+)/g)) used.add(m[1]);
  });
  return used;
}

const isRootRule = (rule) => rule.type === "rule" && rule.selectors.some((s) => s === ":root" || s.startsWith("[data-bs-theme"));

function dropEmpty(root) {
  root.walk((node) => {
    let at = node;
    while (at && at.type !== "root" && at.nodes && at.nodes.every((n) => n.type === "comment")) {
      const parent = at.parent;
      at.remove();
      at = parent;
    }
  });
}

/* A variable that nothing reads goes; removing one may orphan another, hence the loop. */
function dropUnreadVariables(root) {
  for (let removed = 1; removed > 0; ) {
    removed = 0;
    const used = usedVariables(root);
    root.walkDecls(/^--/, (d) => {
      if (used.has(d.prop)) return;
      d.remove();
      removed++;
    });
  }
}

export async function buildCss(themeText, classes) {
  const tablerText = readFileSync(require.resolve("@tabler/core/dist/css/tabler.css"), "utf8");
  const [purged] = await new PurgeCSS().purge({
    content: [{ raw: ".", extension: "txt" }],
    css: [{ raw: tablerText }],
    defaultExtractor: () => ({ attributes: ATTRIBUTES, classes: [...classes], ids: [], tags: TAGS, undetermined: [] }),
    fontFace: true,
    keyframes: true,
  });
  const tabler = postcss.parse(purged.css);
  const theme = postcss.parse(themeText);

  const ours = new Set();
  theme.each((rule) => {
    if (isRootRule(rule)) rule.walkDecls(/^--/, (d) => ours.add(d.prop));
  });
  tabler.walkComments((c) => c.remove());
  tabler.walkDecls((d) => {
    if (YOUNG.test(d.value) || PICTURE.test(d.value) || (isRootRule(d.parent) && ours.has(d.prop))) d.remove();
  });
  tabler.walkRules((rule) => {
    const kept = rule.selectors.filter((s) => !/\[data-bs-theme=["']?dark|::-webkit-scrollbar/.test(s));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  });
  tabler.walkAtRules(/^(?:charset|property)$/, (a) => a.remove());

  const sheet = postcss.root({ nodes: [...tabler.nodes, ...theme.nodes] });
  makePhysical(sheet);
  dropUnreadVariables(sheet);
  dropEmpty(sheet);

  const young = [];
  const defined = new Set();
  sheet.walkDecls((d) => {
    if (YOUNG.test(d.value) || PICTURE.test(d.value)) young.push(`${d.prop}: ${d.value}`);
    if (d.prop.startsWith("--")) defined.add(d.prop);
  });
  if (young.length) throw new Error("colour functions that old browsers lack, or pictures inside the sheet:\n" + young.join("\n"));
  const missing = new Map();
  sheet.walkDecls((d) => {
    for (const m of d.value.matchAll(/var\(\s*(--[\w-]+)\s*\)/g))
      if (!defined.has(m[1])) missing.set(m[1], [...(missing.get(m[1]) ?? []), `${d.parent.selector} { ${d.prop} }`]);
  });
  if (missing.size) {
    const list = [...missing].map(([name, at]) => `${name}: ${at.slice(0, 3).join("; ")}`);
    throw new Error("variables that are read but never set; set them in theme.css:\n" + list.join("\n"));
  }

  const { code, warnings } = transform({
    filename: "app.css",
    code: Buffer.from(sheet.toString()),
    minify: true,
    targets: TARGETS,
    exclude: Features.LightDark,
  });
  if (warnings.length) throw new Error(warnings.map((w) => `${w.message} (line ${w.loc?.line})`).join("\n"));
  return code.toString();
}
