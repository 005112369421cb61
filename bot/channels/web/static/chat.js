// Makes the page answer without reloading. Everything here also works without it, by forms.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const log = $("log"), form = $("say"), box = $("text"), status = $("status"), files = $("files"), attach = $("attach");
  const words = box.dataset;
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  const page = newId();
  let queue = Promise.resolve(), stream = null;

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const bubble = (text) => {
    const made = element("div", "bubble");
    for (const block of text.split("\n\n")) {
      const paragraph = element("p");
      block.split("\n").forEach((line, i) => { if (i) paragraph.append(element("br")); paragraph.append(line); });
      made.append(paragraph);
    }
    return made;
  };

  const choices = (buttons) => {
    const made = element("form", "choices");
    made.setAttribute("aria-label", words.choices);
    for (const { title, id } of buttons) {
      const button = element("button", "", title);
      button.name = "tap"; button.value = id;
      made.append(button);
    }
    return made;
  };

  const receiptCard = ({ code, qr }) => {
    const card = element("section", "receipt"), picture = element("img"), side = element("div"), row = element("form", "row");
    card.setAttribute("aria-label", words.receipt);
    picture.src = qr; picture.alt = words.receiptQr; picture.width = picture.height = 148;
    row.method = "post";
    for (const [action, title] of [["/receipt.txt", words.receiptTextFile], ["/receipt.png", words.receiptPicture]]) {
      const button = element("button", "", title);
      button.formAction = action;
      row.append(button);
    }
    const shown = element("p", "code", code);
    shown.translate = false;
    side.append(shown, element("p", "", words.receiptHint), row);
    card.append(picture, side);
    return card;
  };

  const add = (author, parts) => {
    const item = element("li", author);
    item.append(element("span", "who", author === "person" ? words.you : words.bot), ...parts);
    log.append(item);
    return item;
  };

  // To the end, but never past the beginning of what is new.
  const toEnd = (first) => {
    scrollTo(0, document.documentElement.scrollHeight);
    if (first && first.getBoundingClientRect().top < 64) first.scrollIntoView({ block: "start" });
  };

  const endChoices = () => log.querySelectorAll(".choices").forEach((old) => old.remove());

  const show = (reply) => {
    let first = null;
    for (const message of reply.messages) {
      const parts = [];
      if (message.text) parts.push(bubble(message.text));
      if (message.receipt) parts.push(receiptCard(message.receipt));
      if (message.buttons.length) parts.push(choices(message.buttons));
      if (!parts.length) continue;
      const item = add("bot", parts);
      first = first || item;
    }
    if (first) toEnd(first);
  };

  const post = async (url, options) => {
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", ...options });
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error("refused"), { said: body.text });
    return body;
  };

  const say = async (message, onFailure) => {
    status.textContent = words.sending;
    sign.textContent = ""; // before the answer: "has read it" may come first
    try {
      const reply = await post("/api/chat/messages", {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...message, page }),
      });
      status.textContent = "";
      endChoices();
      isHeard = true; typedAt = 0; signs++;
      show(reply);
      listen();
    } catch (error) {
      status.textContent = error.said || words.offline;
      onFailure();
    }
  };

  const inTurn = (work) => { queue = queue.then(work, work); return queue; };

  let unsent = null; // a text that failed keeps its id, so that sending it again cannot be answered twice
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text.trim()) { box.focus(); return; }
    const message_id = unsent && unsent.text === text ? unsent.message_id : newId();
    const item = add("person", [bubble(text)]);
    box.value = ""; grow();
    toEnd();
    inTurn(() => say({ message_id, text }, () => {
      unsent = { text, message_id };
      item.remove();
      box.value = box.value ? `${text}\n${box.value}` : text; grow();
    }));
  });

  log.addEventListener("submit", (event) => {
    const choice = event.target.closest(".choices"), button = event.submitter;
    if (!choice || !button) return;
    event.preventDefault();
    const buttons = choice.querySelectorAll("button");
    buttons.forEach((one) => { one.disabled = true; });
    const item = add("person", [bubble(button.textContent)]);
    const chosen = button.name === "text" ? { text: button.value } : { tap: button.value };
    button.dataset.messageId ||= newId(); // kept for the next press, should the answer be lost: it may carry the code
    inTurn(() => say({ message_id: button.dataset.messageId, ...chosen }, () => {
      item.remove();
      buttons.forEach((one) => { one.disabled = false; });
    }));
  });

  const upload = async (chosen) => {
    const ids = [];
    for (const file of chosen) {
      status.textContent = `${words.uploading} ${file.name}`;
      try {
        const headers = { "content-type": file.type || "application/octet-stream", "x-file-name": encodeURIComponent(file.name) };
        ids.push((await post("/api/chat/files", { headers, body: file })).id);
      } catch (error) {
        add("bot", [bubble(error.said || words.offline)]);
      }
    }
    status.textContent = "";
    if (ids.length) await say({ message_id: newId(), files: ids }, () => {});
  };
  attach.addEventListener("submit", async (event) => {
    event.preventDefault();
    const picked = [...files.files];
    files.value = "";
    const chosen = window.coverPictures ? await window.coverPictures(picked, words) : picked;
    if (chosen.length) { add("person", [bubble(chosen.map((file) => file.name).join("\n"))]); inTurn(() => upload(chosen)); }
  });
  files.addEventListener("change", () => { if (files.files.length) attach.requestSubmit(); });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { files.files = event.dataTransfer.files; attach.requestSubmit(); }
  });

  // While a person of the office is there: that one types, that one has read. Both are shown and kept nowhere.
  const SIGN_EVERY = 4000, SIGN_LASTS = 6000;
  const sign = $("sign");
  let isHeard = true, typedAt = 0, signEnds = 0, signs = 0;
  const tell = async (what) => {
    const asked = ++signs; // an answer that others have overtaken says nothing of now
    let heard = false;
    try { heard = (await post("/api/chat/signs", { headers: { "content-type": "application/json" }, body: JSON.stringify({ what }) })).heard; }
    catch { heard = false; }
    if (asked === signs) isHeard = heard;
  };
  box.addEventListener("input", () => {
    if (!stream || !isHeard || !box.value.trim() || Date.now() - typedAt < SIGN_EVERY) return;
    typedAt = Date.now();
    tell("typing");
  });
  const tellRead = () => { if (unread && document.visibilityState === "visible") { unread = false; tell("read"); } };
  let unread = false;
  document.addEventListener("visibilitychange", tellRead);
  const showSign = (what) => {
    clearTimeout(signEnds);
    sign.textContent = { typing: words.officeTypes, read: words.officeRead }[what] || "";
    if (what === "typing") signEnds = setTimeout(() => { sign.textContent = ""; }, SIGN_LASTS);
  };

  const listen = () => {
    if (stream || typeof EventSource === "undefined") return;
    stream = new EventSource(`/api/chat/events?page=${page}`);
    stream.addEventListener("messages", (event) => {
      const said = JSON.parse(event.data);
      endChoices();
      if (said.said) add("person", [bubble(said.said)]);
      show(said);
      showSign("");
      isHeard = true; typedAt = 0; signs++;
      if (said.messages.some((message) => message.response === "turn_handoff_office")) { unread = true; tellRead(); }
    });
    stream.addEventListener("sign", (event) => showSign(JSON.parse(event.data)));
  };

  const grow = () => { box.style.height = "auto"; box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight * 0.4)}px`; };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });

  let lastEscape = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const now = Date.now();
    if (now - lastEscape < 1000) $("leave").requestSubmit();
    lastEscape = now;
  });
  $("leave").addEventListener("submit", (event) => {
    event.preventDefault();
    document.body.replaceChildren(); // at once, also on a slow network
    if (stream) stream.close();
    const leave = () => location.replace("/page"); // takes the chat's place in the history of this tab
    fetch("/leave", { method: "POST", credentials: "same-origin", redirect: "manual", keepalive: true }).then(leave, leave);
  });

  // After half an hour without a touch somebody else may hold the telephone: the server shows nothing then, nor does the page.
  const IDLE = 30 * 60 * 1000;
  let touched = Date.now();
  const touch = () => { hideWhenIdle(); touched = Date.now(); };
  const hideWhenIdle = () => {
    if (Date.now() - touched < IDLE || !log.querySelector("li.person, .receipt")) return;
    log.replaceChildren();
    add("bot", [bubble(words.hidden)]);
  };
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, touch, true);
  for (const kind of ["visibilitychange", "pageshow", "focus"]) window.addEventListener(kind, hideWhenIdle, true);
  setInterval(hideWhenIdle, 20 * 1000);

  if (log.querySelector("li.person")) { listen(); toEnd(); }
})();
