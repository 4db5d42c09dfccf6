// Writing and rewriting: Enter sends (not while an input method composes), commands complete, files wait as chips,
// drafts survive.

import { ask, isGoing, me, place, room, texts, toEnd } from "./chat.js";

const $ = (id) => document.getElementById(id);
const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");

let replyTo = null;
let editing = null; // the number of one's own message whose text stands in the input
let files = []; // uploads that wait to be sent
let uploading = 0;
let isSending = false;
let key = newKey(); // of what is being written: said again after trouble, it is posted once

// --- sending ---------------------------------------------------------------------------------------------------------

async function send() {
  if (editing !== null) return save();
  const input = $("input");
  const text = input.value;
  if (isGoing() || isSending || uploading || (!text.trim() && !files.length)) return;
  isSending = true;
  refresh();
  const from = draft();
  const said = await ask("/api/say", { as: me(), room: room(), text, reply_to: replyTo, files, key, wait: false });
  isSending = false;
  if (said && from !== draft()) {
    sessionStorage.removeItem(from); // one is elsewhere by now
  } else if (said) {
    key = newKey();
    files = [];
    cancelReply();
    if (input.value.startsWith(text)) input.value = input.value.slice(text.length); // what was typed meanwhile stays
    drawChips();
    toEnd();
  }
  changed();
}

async function save() {
  if (isGoing() || isSending) return;
  isSending = true;
  refresh();
  const number = editing;
  const content = { as: me(), room: room(), message: number, text: $("input").value, wait: false };
  const saved = await ask("/api/edit", content);
  isSending = false;
  if (saved && editing === number) cancelEdit();
  refresh();
}

const draft = () => `homeroom:${place()}`;

function changed() {
  const input = $("input");
  if (editing === null) sessionStorage.setItem(draft(), input.value);
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, innerHeight * 0.35)}px`;
  complete();
  refresh();
}

function refresh() {
  const isWritten = Boolean($("input").value.trim() || files.length) && !uploading;
  const isReady = (editing !== null || isWritten) && !isSending && !isGoing();
  $("send").classList.toggle("ready", isReady);
  $("send").setAttribute("aria-disabled", String(!isReady));
}

function insert(text) {
  $("input").value = text;
  $("input").focus();
  changed();
}

// --- answering -------------------------------------------------------------------------------------------------------

function reply(number) {
  const message = document.querySelector(`article[data-number="${number}"]`);
  if (!message?.querySelector("[data-reply]")) return;
  cancelEdit();
  replyTo = Number(number);
  $("replying-author").textContent = message.getAttribute("aria-label").replace(/ \d\d:\d\d$/, "");
  const words = message.querySelector(".words")?.textContent.trim();
  const file = message.querySelector(".file-name")?.textContent ?? message.querySelector(".picture img")?.alt ?? "";
  $("replying-excerpt").textContent = (words || file).slice(0, 120);
  $("replying").classList.add("shown");
  message.classList.remove("picked");
  $("input").focus();
}

function cancelReply() {
  replyTo = null;
  $("replying").classList.remove("shown");
}

// --- editing ---------------------------------------------------------------------------------------------------------

/** The text of one's own message comes into the input; the draft waits. */
function edit(number, text) {
  if (isGoing() || isSending || !document.querySelector(`article[data-number="${number}"]`)) return;
  cancelReply();
  document.querySelector("article.picked")?.classList.remove("picked");
  editing = number;
  showEditing(text);
  $("input").value = text;
  $("input").focus();
  changed();
}

window.homeroom.edit = edit;

function cancelEdit() {
  if (editing === null) return;
  editing = null;
  showEditing();
  $("input").value = sessionStorage.getItem(draft()) ?? "";
  changed();
}

function showEditing(text = "") {
  $("editing-excerpt").textContent = text.slice(0, 120);
  $("editing").classList.toggle("shown", editing !== null);
  document.querySelector(".composer").classList.toggle("is-editing", editing !== null);
}

// --- files -----------------------------------------------------------------------------------------------------------

async function attach(chosen) {
  if (editing !== null) return;
  for (const file of chosen) {
    uploading += 1;
    drawChips();
    const form = new FormData();
    form.append("file", file, file.name || "picture.png");
    const upload = await ask("/api/files", form);
    uploading -= 1;
    if (upload) files.push(upload);
    drawChips();
  }
}

function drawChips() {
  const chips = files.map((file, index) => {
    const chip = Object.assign(document.createElement("div"), { className: "chip" });
    chip.dataset.testid = "chip";
    if (file.media_type.startsWith("image/"))
      chip.append(Object.assign(document.createElement("img"), { src: file.url, alt: "" }));
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
    remove.setAttribute("aria-label", `${texts().remove_file} ${file.name}`);
    remove.addEventListener("click", () => {
      files.splice(index, 1);
      drawChips();
    });
    chip.append(Object.assign(document.createElement("bdi"), { textContent: file.name }), remove);
    return chip;
  });
  if (uploading) {
    const waiting = Object.assign(document.createElement("div"), { className: "chip", textContent: texts().uploading });
    chips.push(waiting);
  }
  $("chips").replaceChildren(...chips);
  refresh();
}

// --- completion ------------------------------------------------------------------------------------------------------

const options = () => [...$("completion").querySelectorAll("[data-option]")];
const offered = () => options().filter((option) => option.classList.contains("fits"));
let isDismissed = false;

function complete() {
  const typed = editing === null ? /^\/(\w*)$/.exec($("input").value)?.[1].toLowerCase() : undefined; // an edit runs nothing
  if (typed === undefined) isDismissed = false;
  const isOpen = typed !== undefined && !isDismissed;
  for (const option of options()) option.classList.toggle("fits", isOpen && option.dataset.option.startsWith(typed));
  $("completion").classList.toggle("shown", offered().length > 0);
  pick(0);
}

function pick(index) {
  const fitting = offered();
  for (const option of options()) option.setAttribute("aria-selected", "false");
  const picked = fitting[(index + fitting.length) % fitting.length];
  picked?.setAttribute("aria-selected", "true");
  picked?.scrollIntoView({ block: "nearest" });
  if (picked) $("input").setAttribute("aria-activedescendant", picked.id);
  else $("input").removeAttribute("aria-activedescendant");
}

const picked = () => offered().findIndex((option) => option.getAttribute("aria-selected") === "true");

/** Whether the completion has used up the key. */
function completes(event) {
  const fitting = offered();
  if (!fitting.length) return false;
  if (event.key === "ArrowDown") pick(picked() + 1);
  else if (event.key === "ArrowUp") pick(picked() - 1);
  else if (event.key === "Escape") dismiss();
  else if (event.key === "Tab" || (event.key === "Enter" && !isWhole(fitting))) choose(fitting[picked()].dataset.option);
  else return false;
  return true;
}

// A command that is typed to its end is sent, not completed.
const isWhole = (fitting) => fitting.some((option) => `/${option.dataset.option}` === $("input").value.toLowerCase());

function dismiss() {
  isDismissed = true;
  complete();
}

const choose = (name) => insert(`/${name} `);

// --- keys, clicks, pastes --------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "input" || event.isComposing || event.keyCode === 229) return;
  if (completes(event)) return event.preventDefault();
  if (event.key === "Escape") (cancelReply(), cancelEdit());
  if (event.key !== "Enter" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  send();
});
document.addEventListener("input", (event) => event.target.id === "input" && changed());
document.addEventListener("change", (event) => {
  if (event.target.id !== "file-input") return;
  attach([...event.target.files]).finally(() => (event.target.value = ""));
});
document.addEventListener("paste", (event) => {
  const pasted = [...(event.clipboardData?.files ?? [])];
  if (event.target.id !== "input" || !pasted.length) return;
  event.preventDefault();
  attach(pasted);
});
document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  if (at("#send")) send();
  else if (at("[data-attach]")) $("file-input").click();
  else if (at("[data-cancel-reply]")) cancelReply();
  else if (at("[data-cancel-edit]")) cancelEdit();
  else if (at("[data-reply]")) reply(at("[data-reply]").dataset.reply);
  else if (at("[data-option]")) choose(at("[data-option]").dataset.option);
  else if (at("[data-insert]")) {
    cancelEdit();
    insert(at("[data-insert]").dataset.insert);
  }
});
document.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  attach([...event.dataTransfer.files]);
});

let pressing = 0; // a long touch on a message answers it
document.addEventListener("touchstart", (event) => {
  const message = event.target.closest?.("article.message");
  if (message && !event.target.closest("button, a")) pressing = setTimeout(() => reply(message.dataset.number), 500);
}, { passive: true });
for (const name of ["touchend", "touchmove", "touchcancel"])
  document.addEventListener(name, () => clearTimeout(pressing), { passive: true });

let at = null; // the place whose draft stands in the input

function shown() {
  if (at !== place()) {
    at = place();
    cancelReply();
    editing = null;
    showEditing();
    files = [];
    key = newKey();
    drawChips();
    $("input").value = sessionStorage.getItem(draft()) ?? "";
  }
  changed();
  if (matchMedia("(hover: hover)").matches) $("input").focus({ preventScroll: true });
}
document.addEventListener("homeroom-shown", shown);
if ($("input")) shown();
