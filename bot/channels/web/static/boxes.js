// Offers to cover faces, plates and names with black before a picture leaves this device: by touch, mouse or keyboard.
// What is covered is gone from the picture that is sent. Without this script pictures are sent as they are.
"use strict";
window.coverPictures = (() => {
  const KINDS = new Set(["image/jpeg", "image/png", "image/webp"]);
  const LONGEST = 4096, STEP = 0.02, FIRST = 0.2, QUALITY = 0.92;

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const button = (row, text, act, className) => {
    const made = element("button", className, text);
    made.type = "button";
    made.addEventListener("click", act);
    row.append(made);
    return made;
  };

  const canvasFor = (picture) => {
    const canvas = element("canvas", "boxes"), scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    return canvas;
  };

  const between = (low, value, high) => Math.max(low, Math.min(value, high));

  // Boxes are in parts of the picture's width and height, so that they fit whatever size it is shown in.
  const painter = (canvas, picture) => {
    const pen = canvas.getContext("2d");
    return (boxes, pending) => {
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      pen.fillStyle = "#000";
      const place = ({ x, y, w, h }) => [x * canvas.width, y * canvas.height, w * canvas.width, h * canvas.height].map(Math.round);
      for (const box of boxes) pen.fillRect(...place(box));
      if (!pending) return;
      pen.lineWidth = Math.max(2, canvas.width / 200);
      for (const [colour, dash] of [["#fff", []], ["#000", [8, 8]]]) {
        pen.strokeStyle = colour;
        pen.setLineDash(dash);
        pen.strokeRect(...place(pending));
      }
    };
  };

  const byPointer = (canvas, state, paint, told) => {
    const at = (event) => {
      const shown = canvas.getBoundingClientRect();
      return { x: between(0, (event.clientX - shown.left) / shown.width, 1), y: between(0, (event.clientY - shown.top) / shown.height, 1) };
    };
    let from = null;
    canvas.addEventListener("pointerdown", (event) => { from = at(event); canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = at(event);
      state.pending = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(from.x - to.x), h: Math.abs(from.y - to.y) };
      paint();
    });
    canvas.addEventListener("pointerup", () => {
      from = null;
      if (state.pending && state.pending.w > 0.005 && state.pending.h > 0.005) state.boxes.push(state.pending);
      state.pending = null;
      paint(); told();
    });
    canvas.addEventListener("pointercancel", () => { from = state.pending = null; paint(); });
  };

  // Arrow keys move a frame, with Shift they size it, Enter or Space makes it black, Backspace takes the last one away.
  const byKeyboard = (canvas, state, paint, told) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    canvas.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (move) {
        state.pending ||= { x: 0.4, y: 0.4, w: FIRST, h: FIRST };
        const box = state.pending;
        if (event.shiftKey) { box.w = between(STEP, box.w + move[0], 1 - box.x); box.h = between(STEP, box.h + move[1], 1 - box.y); }
        else { box.x = between(0, box.x + move[0], 1 - box.w); box.y = between(0, box.y + move[1], 1 - box.h); }
      } else if ((event.key === "Enter" || event.key === " ") && state.pending) {
        state.boxes.push({ ...state.pending });
      } else if (event.key === "Backspace" || event.key === "Delete") {
        state.boxes.pop();
      } else return;
      event.preventDefault();
      paint(); told();
    });
    canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) { state.pending ||= { x: 0.4, y: 0.4, w: FIRST, h: FIRST }; paint(); } });
    canvas.addEventListener("blur", () => { state.pending = null; paint(); });
  };

  const drawn = (canvas, file) => new Promise((resolve) => {
    canvas.toBlob((blob) => {
      resolve(blob && new File([blob], `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`, { type: "image/jpeg" }));
    }, "image/jpeg", QUALITY);
  });

  const cover = async (file, words) => {
    let picture;
    try { picture = await createImageBitmap(file); } catch { return file; }
    return new Promise((resolve) => {
      const dialog = element("dialog", "cover"), title = element("h2", "", words.boxTitle), canvas = canvasFor(picture);
      const count = element("p", "count"), row = element("div", "row"), state = { boxes: [], pending: null };
      const put = painter(canvas, picture), paint = () => put(state.boxes, state.pending);
      const told = () => { count.textContent = words.boxCount.replace("#", state.boxes.length); };
      const end = (result) => { dialog.close(); dialog.remove(); picture.close(); resolve(result); };
      title.id = "cover-title";
      dialog.setAttribute("aria-labelledby", title.id);
      count.setAttribute("role", "status");
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-label", words.boxCanvas);
      byPointer(canvas, state, paint, told);
      byKeyboard(canvas, state, paint, told);
      button(row, words.boxSend, async () => {
        state.pending = null; paint();
        end(state.boxes.length ? (await drawn(canvas, file)) || null : file);
      }, "send");
      button(row, words.boxUndo, () => { state.boxes.pop(); paint(); told(); });
      button(row, words.boxPlain, () => end(file));
      button(row, words.boxDrop, () => end(null));
      dialog.addEventListener("cancel", (event) => { event.preventDefault(); end(null); });
      dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") event.stopPropagation(); });
      dialog.append(title, element("p", "", words.boxHint), canvas, count, row);
      document.body.append(dialog);
      paint(); told();
      dialog.showModal();
      canvas.focus({ preventScroll: true });
    });
  };

  return async (files, words) => {
    const ready = [];
    for (const file of files) {
      const covered = KINDS.has(file.type) ? await cover(file, words) : file;
      if (covered) ready.push(covered);
    }
    return ready;
  };
})();
