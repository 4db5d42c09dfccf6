// What one does to a message that is there: react to it, edit it, delete it.

import { ask, clicks, me, room, texts } from "./chat.js";

const $ = (id) => document.getElementById(id);
const article = (number) => document.querySelector(`article[data-number="${number}"]`);

// --- reactions -------------------------------------------------------------------------------------------------------

const chip = (number, reaction) => article(number)?.querySelector(`[data-reaction="${reaction}"]`);
const isMine = (number, reaction) => chip(number, reaction)?.getAttribute("aria-pressed") === "true";

async function react(number, reaction) {
  const on = !isMine(number, reaction);
  const show = (pressed) => chip(number, reaction)?.setAttribute("aria-pressed", String(pressed));
  show(on); // what has changed is drawn anew in a moment
  const content = { as: me(), room: room(), message: Number(number), reaction, on, wait: false };
  if (!(await ask("/api/react", content))) show(!on);
}

let picking = null; // the number of the message whose reactions are offered

const opener = () => article(picking)?.querySelector("[data-pick]");

function pick(button) {
  const isOpen = picking === button.dataset.pick;
  close();
  if (isOpen) return;
  picking = button.dataset.pick;
  button.setAttribute("aria-expanded", "true");
  for (const offer of $("palette").children)
    offer.setAttribute("aria-pressed", String(isMine(picking, offer.dataset.give)));
  $("palette").classList.add("shown");
  place(button.getBoundingClientRect());
  $("palette").firstElementChild.focus({ preventScroll: true });
}

/** Above the button, or below where there is no room; never outside of the window. */
function place(box) {
  const { offsetWidth: width, offsetHeight: height, style } = $("palette");
  style.left = `${Math.max(8, Math.min(box.left + (box.width - width) / 2, innerWidth - width - 8))}px`;
  style.top = `${box.top > height + 80 ? box.top - height - 6 : box.bottom + 6}px`;
}

function give(button) {
  const number = picking;
  close(true);
  article(number)?.classList.remove("picked");
  react(number, button.dataset.give);
}

function close(isFocusBack = false) {
  if (picking === null) return;
  opener()?.removeAttribute("aria-expanded");
  if (isFocusBack) opener()?.focus({ preventScroll: true });
  picking = null;
  $("palette").classList.remove("shown");
}

function onPaletteKey(event) {
  const offers = [...$("palette").children];
  const at = offers.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close(true);
  else if (step) offers.at((at + step) % offers.length).focus();
  else return;
  event.preventDefault();
}

// --- deleting --------------------------------------------------------------------------------------------------------

function element(tag, content, className = "") {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...content);
  return made;
}

/** Asks once, in the page; to keep it is what Enter and Escape do. */
function askToDelete(number) {
  const words = article(number)?.querySelector(".words")?.textContent.trim().slice(0, 120) ?? "";
  const question = element("p", [texts().delete_ask], "question");
  const excerpt = element("bdi", [words], "excerpt");
  const keep = element("button", [texts().delete_keep], "keep");
  const yes = element("button", [texts().delete], "yes");
  const dialog = element("dialog", [question, excerpt, element("div", [keep, yes], "choice")], "question-box");
  dialog.dataset.testid = "delete-question";
  dialog.setAttribute("aria-label", question.textContent);
  keep.autofocus = true;
  keep.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    ask("/api/delete", { as: me(), room: room(), message: Number(number), wait: false });
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// --- the keyboard's place: a message that changes is drawn anew, and what had the focus in it is another element -----

let held = null;

function onFocus(event) {
  const element = event.target;
  const number = element.closest?.("article.message")?.dataset.number;
  const names = [...element.attributes].filter(({ name }) => name.startsWith("data-"));
  const same = names.map(({ name, value }) => `[${name}="${CSS.escape(value)}"]`).join("");
  held = number && same ? { element, number, same } : null;
}

function onDrawn() {
  if (!held || held.element.isConnected || document.activeElement !== document.body) return;
  const { number, same } = held;
  const again = article(number)?.querySelector(same) ?? article(number)?.querySelector("[data-pick]") ?? $("input");
  again.focus({ preventScroll: true });
}

let isWatching = false;

function watch() {
  if (isWatching) return;
  isWatching = true;
  $("palette").addEventListener("keydown", onPaletteKey);
  $("palette").addEventListener("focusout", (event) => event.relatedTarget?.closest("#palette, [data-pick]") || close());
  $("scroller").addEventListener("scroll", () => close(), { passive: true });
  new MutationObserver(onDrawn).observe($("scroller"), { childList: true, subtree: true });
}

Object.assign(clicks, {
  pick: (button) => pick(button),
  give: (button) => give(button),
  react: (button) => react(button.dataset.react, button.dataset.reaction),
  delete: (button) => askToDelete(button.dataset.delete),
  edit: (button) => emitEvent("edit", Number(button.dataset.edit)),
});
document.addEventListener("focusin", onFocus);
document.addEventListener("pointerdown", (event) => event.target.closest?.("#palette, article.message") || (held = null));
document.addEventListener("click", (event) => event.target.closest?.("#palette, [data-pick]") || close());
document.addEventListener("homeroom-shown", () => (close(), watch()));
if ($("scroller")) watch();
