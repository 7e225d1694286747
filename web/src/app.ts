/* SPDX-License-Identifier: Apache-2.0 */
/* Enhancements only: every page works without this file. Elements that need a script carry `hidden` and are shown here. */
import htmx from "htmx.org";

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0, // pages hold personal data: no copy of them stays in the browser
  timeout: 20000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true }, // a form with its errors
    { code: "[45]..", swap: false, error: true },
  ],
});

const GUARD_MS = 30000;
const UTTERANCE_CHARS = 120; // some engines fall silent in longer ones

type Root = Document | HTMLElement;

function each<T extends HTMLElement>(root: Root, selector: string, visit: (element: T) => void): void {
  if (root instanceof HTMLElement && root.matches(selector)) visit(root as T);
  root.querySelectorAll<T>(selector).forEach(visit);
}

function closest<T extends HTMLElement>(event: Event, selector: string): T | null {
  return event.target instanceof Element ? event.target.closest<T>(selector) : null;
}

/* data-print: prints the page. data-print-now: asks for it once, right after the page has come. */
function setUpPrint(root: Root): void {
  each(root, "[data-print]", (button) => (button.hidden = false));
  if (root === document && document.querySelector("[data-print-now]"))
    window.addEventListener("load", () => window.print());
}

/* Paper has no "open this": everything folded is unfolded for the printer. */
let unfolded: HTMLDetailsElement[] = [];
window.addEventListener("beforeprint", () => {
  unfolded = Array.from(document.querySelectorAll<HTMLDetailsElement>("main details:not([open])"));
  unfolded.forEach((d) => (d.open = true));
});
window.addEventListener("afterprint", () => {
  unfolded.forEach((d) => (d.open = false));
  unfolded = [];
});

/* data-read="#id": reads that part (or <main>) aloud; shown only where a Chinese voice exists. */
const speech = "speechSynthesis" in window && "SpeechSynthesisUtterance" in window ? window.speechSynthesis : null;
let reading: HTMLElement | null = null;

function chineseVoice(): SpeechSynthesisVoice | undefined {
  const voices = speech ? speech.getVoices() : [];
  return voices.find((v) => /^(zh|cmn)[-_](CN|Hans)/i.test(v.lang)) || voices.find((v) => /^(zh|cmn)/i.test(v.lang));
}

function sentences(text: string): string[] {
  const parts = text.replace(/[。！？；]/g, "$&\n").split("\n").map((s) => s.trim()).filter(Boolean);
  const out: string[] = [];
  for (const part of parts) {
    for (let at = 0; at < part.length; at += UTTERANCE_CHARS) out.push(part.slice(at, at + UTTERANCE_CHARS));
  }
  return out;
}

function stopReading(): void {
  if (!reading) return;
  const button = reading;
  reading = null;
  if (speech) speech.cancel();
  button.setAttribute("aria-pressed", "false");
}

function startReading(button: HTMLElement): void {
  if (!speech) return;
  const part = document.querySelector<HTMLElement>(button.dataset.read || "main");
  const queue = part ? sentences(part.innerText) : [];
  if (queue.length === 0) return;
  const voice = chineseVoice();
  reading = button;
  button.setAttribute("aria-pressed", "true");
  queue.forEach((sentence, i) => {
    const words = new SpeechSynthesisUtterance(sentence);
    words.lang = "zh-CN";
    words.rate = 0.9;
    if (voice) words.voice = voice;
    if (i === queue.length - 1) words.onend = stopReading;
    words.onerror = stopReading;
    speech.speak(words);
  });
}

function setUpReading(root: Root): void {
  if (!speech) return;
  const show = () => {
    if (chineseVoice()) each(root, "[data-read]", (button) => (button.hidden = false));
  };
  show();
  if (root === document) speech.onvoiceschanged = show;
}

/* Dialogs: data-dialog="id" opens that <dialog>; where the browser has none, the link or form behind it is followed. */
function openDialog(event: Event, opener: HTMLElement): void {
  const dialog = document.getElementById(opener.dataset.dialog || "") as HTMLDialogElement | null;
  if (!dialog || typeof dialog.showModal !== "function") return;
  event.preventDefault();
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = closest(event, "[data-dialog]");
  if (opener) return openDialog(event, opener);

  const closer = closest(event, "[data-close]");
  const dialog = closer && closer.closest("dialog");
  if (dialog && dialog.open) {
    event.preventDefault();
    return dialog.close();
  }
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const r = event.target.getBoundingClientRect();
    const inside = event.clientX >= r.left && event.clientX <= r.right && event.clientY >= r.top && event.clientY <= r.bottom;
    if (!inside) event.target.close();
    return;
  }
  if (closest(event, "[data-print]")) return window.print();

  const leave = closest<HTMLAnchorElement>(event, "a[data-replace]");
  if (leave) {
    // the page with somebody's errand leaves the history, too: "back" does not show it to the next one
    event.preventDefault();
    return window.location.replace(leave.href);
  }

  const reader = closest(event, "[data-read]");
  if (!reader) return;
  const again = reader === reading;
  stopReading();
  if (!again) startReading(reader);
});

/* One press, one request: the server knows a repeated request id, but nobody should be left to wonder. */
const sent = new Set<HTMLFormElement>();

function release(form: HTMLFormElement): void {
  sent.delete(form);
  form.removeAttribute("aria-busy");
  form.querySelectorAll<HTMLButtonElement>("button[data-guarded]").forEach((button) => {
    button.disabled = false;
    button.removeAttribute("data-guarded");
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.target) return;
  if (sent.has(form)) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  sent.add(form);
  // after the submission is built, so that the pressed button's name and value are in it
  setTimeout(() => {
    if (event.defaultPrevented && !form.matches("[hx-post],[data-hx-post]")) return release(form);
    form.setAttribute("aria-busy", "true");
    form.querySelectorAll<HTMLButtonElement>("button:not([type=button]):not([disabled])").forEach((button) => {
      button.disabled = true;
      button.setAttribute("data-guarded", "");
    });
    setTimeout(() => release(form), GUARD_MS);
  }, 0);
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = closest<HTMLFormElement>(event, "form");
  if (form) release(form);
});
window.addEventListener("pageshow", () => sent.forEach(release));

/* data-send: choosing the file is all there is to do. */
document.addEventListener("change", (event) => {
  const input = closest<HTMLInputElement>(event, "input[data-send]");
  if (input && input.files && input.files.length > 0) input.form?.requestSubmit();
});

/* form[data-keep]: asks before what was typed is lost. */
const touched = new Set<HTMLFormElement>();
document.addEventListener("input", (event) => {
  const form = closest<HTMLFormElement>(event, "form[data-keep]");
  if (form) touched.add(form);
});
window.addEventListener("beforeunload", (event) => {
  touched.forEach((form) => {
    if (sent.has(form) || !document.contains(form)) return;
    event.preventDefault();
    event.returnValue = "";
  });
});

/* input[data-suggest="/address"][aria-controls="list"]: asks while typing and puts the answer into that list. */
function setUpSuggest(root: Root): void {
  each<HTMLInputElement>(root, "input[data-suggest]", (input) => {
    const list = input.getAttribute("aria-controls");
    if (!list || input.hasAttribute("hx-get")) return;
    input.setAttribute("hx-get", input.dataset.suggest || "");
    input.setAttribute("hx-target", "#" + list);
    input.setAttribute("hx-trigger", "input changed delay:250ms, search");
    input.setAttribute("hx-sync", "this:replace");
    input.autocomplete = "off";
    if (root !== document) htmx.process(input);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const step = event.key === "ArrowDown" ? 1 : -1;
  const input = closest<HTMLInputElement>(event, "input[data-suggest]") ||
    Array.from(document.querySelectorAll<HTMLInputElement>("input[data-suggest]")).find((i) => {
      const list = document.getElementById(i.getAttribute("aria-controls") || "");
      return !!list && event.target instanceof Node && list.contains(event.target);
    });
  const list = input && document.getElementById(input.getAttribute("aria-controls") || "");
  if (!input || !list) return;
  const stops = [input as HTMLElement].concat(Array.from(list.querySelectorAll<HTMLElement>("a[href],button,input[type=radio]")));
  const next = stops[stops.indexOf(event.target as HTMLElement) + step];
  if (!next || (event.target !== input && (event.target as HTMLElement).matches("input"))) return;
  event.preventDefault();
  next.focus();
});

/* Browsers without :has() show the chosen answer through a class. */
document.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement) || !event.target.closest(".x-pick")) return;
  const group = event.target.closest("form,fieldset") || document;
  group.querySelectorAll<HTMLInputElement>(".x-pick input").forEach((input) => {
    const pick = input.closest(".x-pick");
    if (pick) pick.classList.toggle("on", input.checked);
  });
});

function setUp(root: Root): void {
  setUpPrint(root);
  setUpReading(root);
  setUpSuggest(root);
}

setUp(document);
htmx.onLoad((element) => {
  if (element instanceof HTMLElement && element !== document.body) setUp(element);
});
