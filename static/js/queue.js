// Keys for people who work through a queue: J next, K previous, A the main action, R the other, ? the list of keys.
// The list element says data-queue; a checkbox with data-queue-switch turns the keys on (they start switched off) and
// the browser remembers that. Never inside a field, never with Ctrl, Alt or Meta.

const SWITCH = "queue-keys";
const list = document.querySelector("[data-queue]");
const box = document.querySelector("[data-queue-switch]");
const help = document.querySelector("[data-queue-help]");

const remembered = () => {
  try {
    return localStorage.getItem(SWITCH) === "on";
  } catch {
    return false;
  }
};

if (box) {
  box.checked = remembered();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(SWITCH, box.checked ? "on" : "off");
    } catch {
      // nothing is kept in a private window; the switch still works on this page
    }
  });
}

const items = () => [...(list?.querySelectorAll("[data-queue-item]") || [])];

const go = (step) => {
  const all = items();
  if (!all.length) return;
  const here = all.findIndex((item) => item.hasAttribute("data-queue-current"));
  const next = all[Math.max(0, Math.min(all.length - 1, here + step))] || all[0];
  for (const item of all) item.removeAttribute("data-queue-current");
  next.setAttribute("data-queue-current", "");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const press = (key) => {
  const here = list.querySelector("[data-queue-current]") || (items().length === 1 ? items()[0] : null);
  here?.querySelector(`[data-key="${key}"]`)?.click();
};

const keys = {
  j: () => go(1),
  k: () => go(-1),
  a: () => press("a"),
  r: () => press("r"),
  e: () => press("e"),
  z: () => document.querySelector("[data-key='z']")?.click(),
  "/": () => document.querySelector("[type='search']")?.focus(),
  "?": () => {
    if (help) help.open = !help.open;
    help?.querySelector("summary")?.focus();
  },
};

if (list) {
  document.addEventListener("keydown", (event) => {
    if (!box?.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest?.("input:not([type='checkbox']):not([type='radio']), textarea, select, [contenteditable]")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
