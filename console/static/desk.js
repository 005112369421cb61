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

// What somebody typed is not lost: the session does not rest while they type, and words leave only when they can arrive.
const AWAKE_EVERY = 5 * 60 * 1000;
const shell = document.getElementById("shell");
let awakeAt = Date.now(), isLeaving = false;

// "" when this operator's session is open (the forms then hold its token, also after another log-in), else why not.
async function notAwake() {
  const response = await fetch(`${root}/awake`).catch(() => null);
  if (!response || response.status >= 500) return "offline";
  const told = response.ok ? await response.json() : {};
  if (told.name !== shell.dataset.name) return "ended";
  for (const box of document.querySelectorAll("input[name=csrf]")) box.value = told.csrf;
  awakeAt = Date.now();
  return "";
}
document.addEventListener("input", (event) => {
  if (!shell || event.target.form?.method !== "post" || Date.now() - awakeAt < AWAKE_EVERY) return;
  awakeAt = Date.now();
  fetch(`${root}/awake`).catch(() => null);
});

async function sendWhenSure(form, button) {
  const why = await notAwake();
  form.querySelector(".unsent")?.remove();
  if (!why) { form.dataset.sure = "yes"; form.requestSubmit(button); return; }
  const told = element("p", shell.dataset[why], "problem unsent");
  told.setAttribute("role", "alert");
  form.prepend(told);
}

// Filters apply themselves; a form is sent once.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (shell && form.querySelector("textarea") && !form.dataset.sure) {
    event.preventDefault();
    sendWhenSure(form, event.submitter);
    return;
  }
  delete form.dataset.sure;
  if (form.getAttribute("action").match(/\.(docx|xlsx|csv)$|\/original$/)) return;
  form.dataset.sent = "yes";
  isLeaving = true;
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
  for (const form of document.forms) delete form.dataset.sent;
});

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

function drawn(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text;
  return holder.content;
}

async function fragment(path) {
  const response = await fetch(root + path, { headers: { "x-live": "1" } }).catch(() => null);
  if (!response) return null;
  if (response.status === 401) location.reload();
  if (!response.ok) return null;
  return drawn(await response.text());
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

// Beside the box stands who sees the words, or why they were not sent.
const told = document.getElementById("told"), toldFirst = told?.textContent;
function tell(problem) {
  if (!told) return;
  told.textContent = problem || toldFirst;
  told.classList.toggle("problem", !!problem);
}

// Somebody took the conversation over, gave it away or ended it: what the page offers is old.
let unsent = 0;
function startAgain() {
  if (isLeaving) return;
  const isTyped = [...document.querySelectorAll(".say textarea")].some((box) => box.value.trim());
  if (!unsent && !isTyped) location.reload();
  else tell(shell.dataset.moved);
}
function followTurn() {
  const turn = talk.querySelector("[data-turn]")?.dataset.turn;
  if (turn !== undefined && turn !== talk.dataset.turn) startAgain();
}

async function redrawLines() {
  const lines = await fragment(`/chats/${talk.dataset.chat}/lines`);
  if (!lines) return;
  const isNear = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160;
  talk.replaceChildren(lines);
  followQuestion();
  followTurn();
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
  if (talk && board.gone.includes(talk.dataset.chat)) startAgain();
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

// A stream that breaks is opened again by the browser; one that is refused, by us, unless the session ended.
const away = document.getElementById("away");
let awaySoon = 0;
function showAway(isAway) {
  clearTimeout(awaySoon);
  awaySoon = 0;
  away.hidden = !isAway;
  away.textContent = isAway ? away.dataset.text : "";
}
async function listenAgain() {
  if (await notAwake() === "ended") location.reload();
  else listen();
}
function listen() {
  const stream = new EventSource(`${root}/live`);
  stream.onopen = () => showAway(false);
  stream.onmessage = (event) => showBoard(JSON.parse(event.data));
  stream.onerror = () => {
    if (!awaySoon) awaySoon = setTimeout(() => showAway(true), 5000);
    if (stream.readyState === EventSource.CLOSED) setTimeout(listenAgain, 5000);
  };
  stream.addEventListener("sign", (event) => { const [what, chat] = JSON.parse(event.data); if (talk?.dataset.chat === chat) showSign(what); });
  stream.addEventListener("ended", () => { stream.close(); location.reload(); });
  window.addEventListener("pagehide", () => { clearTimeout(awaySoon); stream.close(); });
}
if (live && window.EventSource) listen();

toEnd(true);
// Words leave one after the other in the order they were sent; whoever goes on typing meanwhile loses nothing.
let sending = Promise.resolve();
async function sendWords(form, action, body, said) {
  const box = form.querySelector("textarea");
  const post = () => {
    body.set("csrf", csrf());
    return fetch(action, { method: "POST", body, headers: { "x-live": "1" } }).catch(() => null);
  };
  let response = await post();
  if (response?.status === 403 && !(await notAwake())) response = await post(); // logged in again beside this page
  unsent -= 1;
  if (!response?.ok) {
    box.value = box.value ? `${said}\n${box.value}` : said;
    const page = new DOMParser().parseFromString(response ? await response.text() : "", "text/html");
    const why = response?.status === 401 ? shell.dataset.ended : shell.dataset.offline;
    tell(page.querySelector("[role=alert]")?.textContent ?? why);
    return;
  }
  typedAt = 0;
  tell("");
  talk.replaceChildren(drawn(await response.text()));
  followQuestion();
  followTurn();
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
    unsent += 1;
    sending = sending.then(() => sendWords(form, action, body, said));
  });
}
for (const button of document.querySelectorAll(".canned button")) {
  button.addEventListener("click", () => {
    const box = document.getElementById("answer");
    document.querySelector("details.aside")?.removeAttribute("open");
    box.setRangeText(button.dataset.text, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  });
}
