// Keys for people who work through a queue: J next, K previous, A the main action, R the other, ? the list of keys.
// The list element says data-queue="on" where this person wants them (a switch of her account turns them off). Never
// inside a field, never with Ctrl, Alt or Meta. A link with data-key="j" or "k" leads to another page; else the keys
// move along the items of this one.

const list = document.querySelector("[data-queue='on']");
const help = document.querySelector("[data-queue-help]");

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
  const target = here?.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  target.click();
  if (target.matches("summary") && target.parentElement.open) {
    target.parentElement.querySelector("input:not([type='hidden']), select, textarea")?.focus();
  }
};

const lead = (key, step) => {
  const link = document.querySelector(`a[data-key="${key}"]`);
  if (link) link.click();
  else go(step);
};

const keys = {
  j: () => lead("j", 1),
  k: () => lead("k", -1),
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
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest?.("input:not([type='checkbox']):not([type='radio']), textarea, select, [contenteditable]")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
