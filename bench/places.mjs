/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up places file with the structure of the real one: 31 provinces, 12-digit codes, the real number of villages. */
import { closeSync, openSync, writeSync } from "node:fs";

const FIRST = [..."柳林新大小上下东西南北高河石王李张刘陈杨黄周吴徐孙胡朱马龙白红金木水土山前后双三四五长平安和兴光明胜丰乐太永"];
const SECOND = [..."家庄坪坡湾塘岭山河沟桥店屯堡营寨台湖洲坝井泉树林木竹园田畈冲坳口头坨集铺楼阳胜光明利和丰平安乐"];
const PROVINCES = [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65];

export function writePlaces(path, wanted) {
  const out = openSync(path, "w");
  let seed = 7n,
    rows = 0,
    villages = 0,
    lines = ["code,level,parent,name"];
  const pick = (a) => {
    seed = (seed * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return a[Number(seed >> 33n) % a.length];
  };
  const put = (code, level, parent, name) => {
    lines.push(`${code},${level},${parent},${name}`);
    rows++;
    if (lines.length > 5000) flush();
  };
  const flush = () => {
    writeSync(out, lines.join("\n") + "\n");
    lines = [];
  };
  const name = () => pick(FIRST) + pick(SECOND);
  const perTown = Math.ceil(wanted / (31 * 11 * 8 * 15));
  for (const p of PROVINCES) {
    put(p, 1, "", name() + "省");
    for (let c = 1; c <= 11; c++) {
      const city = `${p}${String(c).padStart(2, "0")}`;
      put(city, 2, p, name() + "市");
      for (let k = 1; k <= 8; k++) {
        const county = city + String(k + 20);
        put(county, 3, city, name() + "县");
        for (let t = 100; t < 115; t++) {
          const town = county + t;
          put(town, 4, county, name() + (t % 3 ? "镇" : "乡"));
          for (let v = 0; v < perTown && villages < wanted; v++, villages++)
            put(`${town}${200 + v}`, 5, town, name() + (v % 6 ? "村委会" : "社区居委会"));
        }
      }
    }
  }
  flush();
  closeSync(out);
  return { rows, villages };
}
