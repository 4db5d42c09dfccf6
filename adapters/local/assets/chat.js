// The page's own behaviour: scrolling, buttons that act, going elsewhere, pictures, toasts.
// What people wrote reaches the page as text nodes only.

const $ = (id) => document.getElementById(id);
const root = () => $("homeroom");

export const texts = () => JSON.parse(root().dataset.texts);
export const me = () => root().dataset.as;
export const room = () => root().dataset.room;

let going = null; // where one is on the way to, until it is shown
let visits = 0;

export const isGoing = () => going !== null;
/** Where what is being written belongs. */
export const place = () => going ?? `${me()}:${room()}`;

// --- talking to the server -----------------------------------------------------------------------------------------

/** The answer, or null after a toast has said what is wrong. */
export async function ask(path, body) {
  const isForm = body instanceof FormData;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: isForm ? {} : { "content-type": "application/json" },
      body: isForm ? body : JSON.stringify(body),
    });
    const content = await answer.json().catch(() => ({}));
    if (answer.ok) return content;
    toast(content.message ?? texts().offline, "problem");
  } catch {
    toast(texts().offline, "problem");
  }
  return null;
}

async function press(button) {
  button.disabled = true;
  const { press: message, command } = button.dataset;
  const answer = await ask("/api/press", { as: me(), room: room(), message: Number(message), command });
  button.disabled = false;
  if (answer?.answer) toast(answer.answer, "answer");
}

async function advance(to) {
  const bar = document.querySelector(".time");
  if (bar.dataset.busy) return;
  bar.dataset.busy = "1";
  await ask("/api/advance", { to });
  delete bar.dataset.busy;
}

// --- toasts ----------------------------------------------------------------------------------------------------------

export function toast(text, kind = "answer") {
  let shelf = $("toasts");
  if (!shelf) {
    shelf = Object.assign(document.createElement("div"), { id: "toasts" });
    shelf.setAttribute("role", "status");
    document.body.append(shelf);
  }
  const shown = Object.assign(document.createElement("div"), { className: `toast ${kind}`, textContent: text });
  shown.dataset.testid = "toast";
  shown.dir = "auto";
  shelf.append(shown);
  while (shelf.children.length > 3) shelf.firstChild.remove();
  const leave = () => {
    if (shown.matches(":hover")) return setTimeout(leave, 1000);
    shown.classList.add("leaving");
    setTimeout(() => shown.remove(), 250);
  };
  shown.addEventListener("click", () => shown.remove());
  setTimeout(leave, Math.min(12000, 4000 + text.length * 60));
}

window.homeroom = { toast };

// --- scrolling: stay at the end only where one is already ------------------------------------------------------------

let isAtEnd = true;
let fromEnd = null; // where to stay while earlier messages are put in

const distance = () => $("scroller").scrollHeight - $("scroller").scrollTop - $("scroller").clientHeight;

export function toEnd() {
  isAtEnd = true;
  $("pill").classList.remove("shown");
  $("scroller").scrollTop = $("scroller").scrollHeight;
}

function onScroll() {
  isAtEnd = distance() < 60;
  if (isAtEnd) $("pill").classList.remove("shown");
}

function onResize() {
  if (fromEnd !== null) $("scroller").scrollTop = $("scroller").scrollHeight - $("scroller").clientHeight - fromEnd;
  else if (isAtEnd) toEnd();
}

let shownUntil = 0; // the newest message that has been in this conversation

function onMessages() {
  const last = document.querySelector("article.message:last-of-type");
  const number = Number(last?.dataset.number ?? 0);
  const isNew = shownUntil && number > shownUntil;
  shownUntil = Math.max(shownUntil, number);
  if (fromEnd !== null || !isNew || isAtEnd) return;
  if (last.dataset.author === me()) toEnd();
  else $("pill").classList.add("shown");
}

function watch() {
  if (!$("scroller")) return setTimeout(watch, 30);
  const list = $("scroller").querySelector(".list");
  const sizes = new ResizeObserver(onResize);
  sizes.observe(list);
  sizes.observe($("scroller"));
  new MutationObserver(onMessages).observe(list, { childList: true });
  new MutationObserver(startOver).observe(root(), { attributes: true, attributeFilter: ["data-as", "data-room", "data-visit"] });
  $("scroller").addEventListener("scroll", onScroll, { passive: true });
  onMessages();
  toEnd();
  document.dispatchEvent(new Event("homeroom-shown"));
}

function startOver() {
  if (root().dataset.visit === String(visits)) going = null;
  shownUntil = 0;
  onMessages();
  toEnd();
  document.dispatchEvent(new Event("homeroom-shown"));
}

function earlier() {
  fromEnd = distance();
  emitEvent("earlier");
  setTimeout(() => (fromEnd = null), 1500);
}

function goTo(number) {
  const message = document.querySelector(`article[data-number="${number}"]`);
  if (!message) return toast(texts().too_far);
  message.scrollIntoView({ block: "center", behavior: "smooth" });
  message.classList.add("flashing");
  setTimeout(() => message.classList.remove("flashing"), 1600);
}

// --- going elsewhere -------------------------------------------------------------------------------------------------

function go(link, event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
  event.preventDefault();
  history.pushState(null, "", link.getAttribute("href"));
  arrive();
}

function arrive() {
  const query = new URLSearchParams(location.search);
  const to = { as: query.get("as") ?? me(), room: query.get("room") ?? room() };
  drawer(false);
  if (place() === `${to.as}:${to.room}`) return;
  going = `${to.as}:${to.room}`;
  visits += 1;
  document.dispatchEvent(new Event("homeroom-shown"));
  emitEvent("go", { ...to, visit: visits });
}

function drawer(isOpen) {
  root().classList.toggle("drawer-open", isOpen);
  if (isOpen) $("side").querySelector("a")?.focus({ preventScroll: true });
}

function openPicture(address) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "lightbox" });
  const close = Object.assign(document.createElement("button"), { className: "round", textContent: "✕" });
  close.setAttribute("aria-label", texts().close);
  dialog.append(Object.assign(document.createElement("img"), { src: address, alt: "" }), close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// --- one listener for everything that can be clicked -----------------------------------------------------------------

/** By the name of a data attribute; other scripts add theirs. */
export const clicks = {
  press: (element) => press(element),
  advance: (element) => advance(element.dataset.advance),
  drawer: (element) => drawer(element.dataset.drawer === "open"),
  go: (element, event) => go(element, event),
  goto: (element) => goTo(element.dataset.goto),
  unfold: (element) => emitEvent("unfold", Number(element.dataset.unfold)),
  earlier: () => earlier(),
  picture: (element) => openPicture(element.dataset.picture),
};

document.addEventListener("click", (event) => {
  for (const [name, act] of Object.entries(clicks)) {
    const element = event.target.closest?.(`[data-${name}]`);
    if (element) return act(element, event);
  }
  if (event.target.closest?.("#pill")) return toEnd();
  event.target.closest?.("table")?.classList.toggle("is-open"); // long names whole
  const message = event.target.closest?.("article.message");
  for (const picked of document.querySelectorAll("article.picked")) if (picked !== message) picked.classList.remove("picked");
  if (message && !getSelection().toString()) message.classList.toggle("picked");
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    drawer(false);
    document.querySelector(".lightbox")?.close();
  }
  if (event.key === "Enter" && event.target.matches?.("code[data-insert]")) event.target.click();
});
window.addEventListener("popstate", arrive);
watch();
