// SPDX-License-Identifier: Apache-2.0
// Checks the reference data: every file parses, every item is complete, every reference leads somewhere.
// Usage: node tests/data_check.mjs        Prints each failure and "N passed, N failed".
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dir = fileURLToPath(new URL('../data/', import.meta.url));
let passed = 0;
let failed = 0;

function ok(condition, what) {
  if (condition) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED ${what}`);
  }
}

const read = (name) => readFileSync(dir + name, 'utf8');
const json = (name) => JSON.parse(read(name));
const text = (v) => typeof v === 'string' && v.trim() !== '';
const list = (v) => Array.isArray(v) && v.length > 0;
const whole = (v) => Number.isInteger(v) && v >= 0;
const distinct = (values) => new Set(values).size === values.length;
const isoDay = (v) => /^\d{4}-\d{2}-\d{2}$/.test(v) && new Date(v).toISOString().slice(0, 10) === v;

// The CSV files hold no quotes and no commas inside fields, so that the simplest reader is right.
function csv(name) {
  const lines = read(name).replace(/\n$/, '').split('\n');
  const head = lines[0].split(',');
  return lines.slice(1).map((line, i) => {
    const cells = line.split(',');
    ok(cells.length === head.length && !line.includes('"'), `${name} line ${i + 2}: ${cells.length} fields`);
    return Object.fromEntries(head.map((key, n) => [key, cells[n] ?? '']));
  });
}

const sources = new Set(csv('sources.csv').map((row) => row.code));
const places = csv('xianning-places.csv');

function checkPlaces() {
  const codes = new Set(places.map((row) => row.code));
  ok(codes.size === places.length, 'place codes are unique');
  ok(places.filter((row) => row.level === '5').length === 1096, 'places hold 1096 villages and communities');
  for (const row of places) ok(row.parent === '' || codes.has(row.parent), `place ${row.code}: parent`);
  const days = csv('calendar.csv');
  ok(days.every((row) => isoDay(row.day) && ['holiday', 'workday'].includes(row.kind)), 'calendar rows');
  ok(distinct(days.map((row) => row.day)), 'calendar days are unique');
  ok(json('counties.geojson').features.length === 6, 'six county outlines');
}

function checkRules() {
  const rows = csv('rules.csv');
  const levels = ['law', 'national', 'province', 'county', 'charter'];
  const groups = new Map();
  for (const row of rows) {
    const at = `rule ${row.key} ${row.valid_from}`;
    ok(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/.test(row.key), `${at}: key`);
    ok(row.unit === 'list' ? row.value.split('、').every(text) : /^-?\d+$/.test(row.value), `${at}: value`);
    ok(text(row.unit) && text(row.document) && levels.includes(row.level), `${at}: unit, document, level`);
    ok(isoDay(row.valid_from) && (row.valid_to === '' || isoDay(row.valid_to)), `${at}: dates`);
    ok(row.valid_to === '' || row.valid_to >= row.valid_from, `${at}: ends before it starts`);
    ok(sources.has(row.source), `${at}: source ${row.source}`);
    ok(row.area === '' || places.some((place) => place.code.startsWith(row.area)), `${at}: area`);
    const group = [row.key, row.area, row.level].join(' ');
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  for (const [name, group] of groups) {
    const sorted = group.sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
    const clean = sorted.every((row, i) => i === 0 || (sorted[i - 1].valid_to !== '' && sorted[i - 1].valid_to < row.valid_from));
    ok(clean, `rules ${name}: validity overlaps`);
  }
  const needed = `errand.handin_days errand.handin_days_max errand.passon_days errand.amber_percent errand.revisit_days
    errand.deliver_days errand.later_days_default errand.archive_days errand.decide_days_default errand.accept_days
    rating.rectify_days rating.rectify_days_complex rating.bad_max rating.callback_days visit.high_days visit.key_days
    visit.ordinary_days visit.change_hours visit.noanswer_hours disclosure.answer_days account.lock_tries
    account.lock_minutes account.idle_minutes_staff account.session_hours account.second_minutes audit.security_months audit.money_years
    file.bytes_max meeting.villagers.notice_days`.split(/\s+/);
  for (const key of needed) ok(rows.some((row) => row.key === key && row.valid_to === ''), `rule ${key} is in force`);
}

/* Texts are rows like those of rules.csv; their holes are those that the program fills. */
function checkTexts() {
  const holes = new Set(`item until number phone papers where reason result village hours from to who fee`.split(' '));
  const rows = csv('words.csv');
  ok(distinct(rows.map((row) => row.key)), 'words: keys are unique');
  for (const row of rows) {
    ok(/^(tell|announce)(\.[a-z_]+)+$/.test(row.key) && row.unit === 'text' && isoDay(row.valid_from), `words ${row.key}`);
    ok(text(row.value) && sources.has(row.source), `words ${row.key}: value, source`);
    for (const [, hole] of row.value.matchAll(/\{(\w*)\}/g)) ok(holes.has(hole), `words ${row.key}: {${hole}}`);
    if (row.key.endsWith('.sms')) ok(!/\{(reason|result)\}/.test(row.value), `words ${row.key}: no reason in an SMS`);
  }
}

function checkBodies() {
  const bodies = json('bodies.json');
  ok(distinct(bodies.map((body) => body.code)), 'body codes are unique');
  for (const body of bodies) {
    const good = text(body.name) && text(body.short) && text(body.handles) && Array.isArray(body.was) && typeof body.since === 'string';
    ok(good && ['county', 'township', 'village'].includes(body.level), `body ${body.code}`);
  }
  return new Set(bodies.map((body) => body.code));
}

function checkItem(item, bodies, names) {
  const at = `item ${item.code}`;
  const events = ['生孩子', '上学', '看病', '养老', '残疾', '困难救助', '建房用地', '种田养殖', '就业创业', '婚姻家庭', '去世', '证件证明', '水电交通', '纠纷'];
  ok(/^[a-z]+(\.[a-z0-9_]+)+$/.test(item.code) && text(item.name), `${at}: code, name`);
  ok(list(item.also) && item.also.length >= 2 && item.also.every(text) && distinct(item.also), `${at}: everyday names`);
  ok(events.includes(item.event), `${at}: event ${item.event}`);
  ok(['public', 'assist', 'agent', 'certificate', 'consult'].includes(item.kind), `${at}: kind`);
  ok(bodies.has(item.body), `${at}: body ${item.body}`);
  ok(list(item.basis), `${at}: basis`);
  for (const b of item.basis) {
    ok(text(b.doc) && typeof b.article === 'string' && sources.has(b.source) && typeof b.checked === 'boolean', `${at}: basis ${b.doc}`);
    ok(!b.checked || (b.article !== '' && b.source !== 'K'), `${at}: checked basis without article or source`);
  }
  ok(text(item.who) && list(item.conditions) && list(item.steps), `${at}: who, conditions, steps`);
  ok(list(item.materials) && distinct(item.materials.map((m) => m.code)), `${at}: materials`);
  for (const m of item.materials) {
    const good = text(m.code) && ['copy', 'original', 'both', 'form'].includes(m.form) && whole(m.count) && m.count > 0;
    ok(good && typeof m.held === 'boolean' && typeof m.note === 'string', `${at}: material ${m.code}`);
    ok(m.later === true ? m.later_days > 0 : m.later === false && m.later_days === 0, `${at}: material ${m.code} later`);
    ok((names.get(m.code) ?? m.name) === m.name && text(m.name), `${at}: material ${m.code} has two names`);
    names.set(m.code, m.name);
  }
  ok(whole(item.statutory_days) && whole(item.promised_days) && typeof item.instant === 'boolean', `${at}: days`);
  ok(item.instant ? item.promised_days === 0 : item.promised_days > 0, `${at}: instant means promised 0 days`);
  ok(item.statutory_days === 0 || item.promised_days <= item.statutory_days, `${at}: promised within statutory`);
  ok(whole(item.fee_fen) && text(item.fee_text) && (item.fee_fen === 0 || text(item.fee_basis)), `${at}: fee`);
  ok(text(item.result) && list(item.delivery) && item.delivery.every((d) => ['agent', 'window', 'post', 'online'].includes(d)), `${at}: result, delivery`);
  ok(list(item.levels) && item.levels.every((v) => ['village', 'township', 'county'].includes(v)), `${at}: levels`);
  ok(['village', 'township', 'county'].includes(item.decides), `${at}: decides`);
  ok(Array.isArray(item.questions) && distinct(item.questions.map((q) => q.code)), `${at}: questions`);
  for (const q of item.questions) {
    const good = text(q.code) && text(q.ask) && ['choice', 'text', 'yesno', 'date'].includes(q.type);
    ok(good && (q.type === 'choice') === list(q.choices), `${at}: question ${q.code}`);
  }
  ok(typeof item.checked === 'boolean' && isoDay(item.from), `${at}: checked, from`);
}

function checkItems(bodies) {
  const names = new Map();
  const items = readdirSync(dir + 'items').sort().flatMap((name) => json(`items/${name}`));
  for (const item of items) checkItem(item, bodies, names);
  ok(items.length >= 66, `at least 66 items (${items.length})`);
  ok(distinct(items.map((item) => item.code)), 'item codes are unique');
  ok(distinct(items.map((item) => item.name)), 'item names are unique');
  return new Set(items.map((item) => item.code));
}

function checkCertificates() {
  const { must_not: mustNot, may } = json('certificates.json');
  for (const [name, count] of [['national20', 20], ['hubei21', 21]]) {
    ok(mustNot.filter((row) => row.list === name).length === count, `${count} certificates in ${name}`);
  }
  ok(distinct(mustNot.map((row) => `${row.list} ${row.code}`)), 'must-not codes are unique within a list');
  for (const row of mustNot) {
    const i = row.instead ?? {};
    ok(text(row.code) && text(row.name) && text(row.document) && typeof row.article === 'string', `must not ${row.code}`);
    ok(text(i.authority) && text(i.how) && list(i.asks) && text(i.why), `must not ${row.code}: where to go instead`);
    ok(typeof row.checked === 'boolean' && typeof i.checked === 'boolean', `must not ${row.code}: checked`);
  }
  ok(may.length >= 8 && distinct(may.map((row) => row.code)), `at least 8 certificates may be issued (${may.length})`);
  const given = ['name', 'id_no', 'place', 'date', 'village', 'address'];
  for (const row of may) {
    ok(text(row.name) && list(row.basis) && row.basis.every((b) => text(b.doc) && sources.has(b.source)), `may ${row.code}`);
    ok(row.basis.every((b) => !b.checked || b.article !== ''), `may ${row.code}: checked basis without article`);
    const known = new Set([...given, ...row.fields.map((field) => field.code)]);
    const holes = [...row.template.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    ok(holes.every((hole) => known.has(hole)), `may ${row.code}: template asks for an unknown field`);
    ok(row.fields.every((field) => text(field.ask) && holes.includes(field.code)), `may ${row.code}: unused field`);
  }
}

function checkWords(items) {
  const surnames = csv('surnames.csv');
  ok(surnames.length >= 95 && distinct(surnames.map((row) => row.surname)), `about 100 surnames (${surnames.length})`);
  ok(surnames.every((row) => /^[a-z]$/.test(row.initial)), 'surname initials');
  const sayings = json('sayings.json');
  let count = 0;
  for (const [code, lines] of Object.entries(sayings)) {
    ok(items.has(code) && list(lines) && lines.every(text), `sayings ${code}`);
    count += lines.length;
  }
  ok(count >= 80, `at least 80 sayings (${count})`);
}

checkPlaces();
checkRules();
checkTexts();
const items = checkItems(checkBodies());
checkCertificates();
checkWords(items);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
