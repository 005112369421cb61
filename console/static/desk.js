// The desk's scripts: keys, forms that send themselves, search hits as they come, what is live. Every page works without.
"use strict";

const root = "/desk";
const csrf = () => document.querySelector("input[name=csrf]")?.value ?? "";

// Keys: j k move, Enter opens, / searches, g + letter goes, r q n write, Ctrl+Enter sends, ? lists them.
const lines = () => [...document.querySelectorAll("[data-keys] tbody tr, ul[data-keys] > li, .chatlist li")];
let at = -1;
let goes = false;

function moveTo(place) {
  const all = lines();
  if (!all.length) return;
  at = Math.max(0, Math.min(place, all.length - 1));
  all.forEach((line, number) => line.classList.toggle("at", number === at));
  all[at].querySelector("a")?.focus();
  all[at].scrollIntoView({ block: "nearest" });
}

function compose(name) {
  const box = document.getElementById(name);
  if (!box) return false;
  box.open = true;
  box.querySelector("textarea")?.focus();
  return true;
}

const targets = { c: "/cases", h: "/chats", s: "/search", e: "/reports/new", t: "/trail" };
const acts = {
  j: () => moveTo(at + 1),
  k: () => moveTo(at - 1),
  "/": () => { const box = document.querySelector("#words, #number"); if (box) box.focus(); else location.href = `${root}/search`; },
  "?": () => { location.href = `${root}/keys`; },
  g: () => { goes = true; setTimeout(() => { goes = false; }, 1200); },
  r: () => compose("reply"),
  q: () => compose("ask"),
  n: () => compose("note"),
};

document.addEventListener("keydown", (event) => {
  const box = event.target.closest("input, textarea, select");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && box?.form) {
    event.preventDefault();
    box.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && box) { box.blur(); return; }
  if (box || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (goes && targets[event.key]) { goes = false; location.href = root + targets[event.key]; return; }
  const act = acts[event.key];
  if (act) { event.preventDefault(); act(); }
});

// Filters apply themselves; a form is sent once.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (!form.action.match(/\.(docx|xlsx|csv)$/)) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// A stream of events over a request that may be a POST: an EventSource cannot carry a form.
async function readEvents(response, on) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const parts = rest.split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      const name = part.split("\n").find((line) => line.startsWith("event: "))?.slice(7) ?? "message";
      if (data) on(name, JSON.parse(data));
    }
  }
}

function element(tag, text, kind) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

const search = document.getElementById("search");
let running = null;
search?.addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  running = new AbortController();
  const hits = document.getElementById("hits"), told = document.getElementById("progress"), bar = document.getElementById("bar");
  hits.replaceChildren();
  document.querySelector(".empty")?.remove();
  bar.hidden = false;
  at = -1;
  try {
    const response = await fetch(search.action, {
      method: "POST", body: new URLSearchParams(new FormData(search)), headers: { accept: "text/event-stream" }, signal: running.signal,
    });
    if (!response.ok) { location.reload(); return; }
    await readEvents(response, (name, batch) => {
      if (name === "end") { bar.hidden = true; if (!hits.children.length) told.textContent = hits.dataset.none; return; }
      told.textContent = `${batch.told} ${batch.cut}`;
      bar.value = batch.total ? (100 * batch.done) / batch.total : 100;
      for (const hit of batch.found) hits.append(hitLine(hit));
    });
  } catch (error) { if (error.name !== "AbortError") throw error; }
  delete search.dataset.sent;
});

function hitLine(hit) {
  const line = element("li"), link = element("a"), text = element("p");
  link.href = `${root}/cases/${hit.id}`;
  link.append(element("strong", hit.title));
  text.append(element("span", hit.where, "muted"), ` ${hit.excerpt}`);
  line.append(link, " ", element("span", `${hit.number} · ${hit.status}`, "muted"), text);
  return line;
}

// What is live: how many wait, the list, the open conversation. The server tells that something changed; we ask for it.
const live = document.querySelector("[data-live]");
const list = document.getElementById("chatlist"), talk = document.getElementById("lines");
let isKnown = false;

async function fragment(path) {
  const response = await fetch(root + path, { headers: { "x-live": "1" } });
  if (!response.ok) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  return holder.content;
}

function toEnd(force) {
  if (talk && (force || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160)) talk.scrollTop = talk.scrollHeight;
}

// The bot's question moves on when the reporter takes a suggestion: the form for the next one follows.
function followQuestion() {
  const asked = talk.querySelector("[data-question]"), form = document.getElementById("suggest");
  if (!form) return;
  form.hidden = !asked;
  if (!asked) return;
  form.querySelector("summary").textContent = asked.dataset.title;
  form.querySelector("[name=question]").value = asked.dataset.question;
}

async function redrawLines() {
  const lines = await fragment(`/chats/${talk.dataset.chat}/lines`);
  if (!lines) return;
  const isNear = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160;
  talk.replaceChildren(lines);
  followQuestion();
  if ([...talk.querySelectorAll(".line")].pop()?.classList.contains("l-reporter")) showSign("");
  toEnd(isNear);
}

// Many write at once: the list follows at its own pace, the open conversation at once.
const LIST_EVERY = 3000;
let listDrawn = 0, listWaits = 0;
function redrawListSoon() {
  if (listWaits) return;
  listWaits = setTimeout(() => { listWaits = 0; listDrawn = Date.now(); redrawList(); }, Math.max(0, listDrawn + LIST_EVERY - Date.now()));
}

async function redrawList() {
  const lines = await fragment(`/chats/list?at=${list.dataset.at}`);
  if (lines) list.replaceChildren(lines);
}

function showBoard(board) {
  const count = board.waiting + board.unread;
  live.hidden = !count;
  live.textContent = count;
  live.classList.toggle("alarm", board.late);
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (count) document.title = `(${count}) ${document.title}`;
  live.dataset.on = "yes";
  const isAgain = board.first && isKnown; // the stream was away for a moment: what was told meanwhile is unknown
  isKnown = true;
  if (list && (isAgain || board.changed.length || board.gone.length)) redrawListSoon();
  if (talk && board.gone.includes(talk.dataset.chat)) location.reload();
  else if (talk && (isAgain || board.changed.includes(talk.dataset.chat))) redrawLines();
}

// Shown and kept nowhere: the reporter types, the reporter has read.
const sign = document.getElementById("sign");
let signEnds = 0, typedAt = 0;
function showSign(what) {
  if (!sign) return;
  clearTimeout(signEnds);
  sign.textContent = sign.dataset[what] ?? "";
  if (what === "typing") signEnds = setTimeout(() => { sign.textContent = ""; }, 6000);
}
document.getElementById("answer")?.addEventListener("input", (event) => {
  if (!talk || event.target.form?.id !== "say" || !event.target.value.trim() || Date.now() - typedAt < 4000) return;
  typedAt = Date.now();
  fetch(`${root}/chats/${talk.dataset.chat}/typing`, { method: "POST", body: new URLSearchParams({ csrf: csrf() }), headers: { "x-live": "1" } });
});

if (live && window.EventSource) {
  const stream = new EventSource(`${root}/live`);
  stream.onmessage = (event) => showBoard(JSON.parse(event.data));
  stream.addEventListener("sign", (event) => { const [what, chat] = JSON.parse(event.data); if (talk?.dataset.chat === chat) showSign(what); });
  stream.addEventListener("ended", () => { stream.close(); location.reload(); });
  window.addEventListener("pagehide", () => stream.close());
}

toEnd(true);
// Words leave one after the other in the order they were sent; whoever goes on typing meanwhile loses nothing.
let sending = Promise.resolve();
async function sendWords(form, action, body, said) {
  const box = form.querySelector("textarea"), told = document.getElementById("told");
  const response = await fetch(action, { method: "POST", body, headers: { "x-live": "1" } }).catch(() => null);
  if (!response?.ok) {
    box.value = box.value ? `${said}\n${box.value}` : said;
    const page = new DOMParser().parseFromString(response ? await response.text() : "", "text/html");
    if (told) { told.textContent = page.querySelector("[role=alert]")?.textContent ?? told.dataset.offline ?? ""; told.className = "problem"; }
    return;
  }
  typedAt = 0;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  talk.replaceChildren(holder.content);
  followQuestion();
  toEnd(true);
}
for (const form of document.querySelectorAll("form.saying")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const box = form.querySelector("textarea"), said = box.value;
    const action = event.submitter?.getAttribute("formaction") ?? form.action; // without the attribute formAction is the page's own address
    if (!said.trim()) return;
    const body = new URLSearchParams(new FormData(form));
    box.value = "";
    box.focus();
    sending = sending.then(() => sendWords(form, action, body, said));
  });
}
for (const button of document.querySelectorAll(".canned button")) {
  button.addEventListener("click", () => {
    const box = document.getElementById("answer");
    box.setRangeText(button.dataset.text, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  });
}
