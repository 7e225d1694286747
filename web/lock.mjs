/* SPDX-License-Identifier: Apache-2.0 */
/* Strips addresses from package-lock.json: npm leaves funding pages in it. Run by `npm run lock` after every change of packages. */
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.resolved;
}
const text = JSON.stringify(lock, null, 2) + "\n";
if (/https?:/.test(text)) throw new Error("package-lock.json still holds an address");
writeFileSync(file, text);
