// Forms are sent once, say when they could not be sent, lead to what went wrong, and count what is typed.
// Everything works without this file. Every visible sentence comes from the page.

const numberFormat = new Intl.NumberFormat(document.documentElement.lang || undefined);


// 1. The error summary takes the focus, and its links bring label and control into view.
const showErrors = (root) => {
  const summary = root.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("blur", () => summary.removeAttribute("tabindex"), { once: true });
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a[href^='#']");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  const field = control.closest(".field") || control;
  field.querySelector("legend, label")?.scrollIntoView();
  control.focus({ preventScroll: true });
});

// 2. One tap sends once; without a network nothing is lost and the person is told.
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-form]")) return;
  if (!navigator.onLine) {
    event.preventDefault();
    event.stopImmediatePropagation();
    tellOffline(form, event.submitter);
    return;
  }
  const last = sent.get(form) || 0;
  if (Date.now() - last < 3000) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sent.set(form, Date.now());
  event.submitter?.setAttribute("aria-disabled", "true");
}, true);

const release = () => {
  for (const button of document.querySelectorAll("[data-form] [aria-disabled]")) button.removeAttribute("aria-disabled");
  for (const form of document.forms) sent.delete(form);
};
addEventListener("pageshow", release);
document.addEventListener("htmx:after:request", release);
document.addEventListener("htmx:error", release);

const tellOffline = (form, submitter) => {
  const old = form.querySelector("[data-not-sent]");
  old?.remove();
  const box = document.createElement("div");
  box.className = "notice notice-warning";
  box.dataset.notSent = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.className = "notice-body";
  words.textContent = form.dataset.offline;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button button-secondary";
  again.textContent = form.dataset.retry;
  again.addEventListener("click", () => form.requestSubmit(submitter || undefined));
  box.append(words, again);
  form.append(box);
  addEventListener("online", () => box.isConnected && box.remove(), { once: true });
};

// 3. Characters are counted in words, after typing stops; nothing is cut off.
const count = (area) => {
  const line = document.getElementById(`${area.id}-count`);
  const limit = Number(area.dataset.limit);
  if (!line || !limit) return;
  line.setAttribute("role", "status");
  let timer = 0;
  const say = () => {
    const left = limit - [...area.value].length;
    const sentence = left < 0 ? area.dataset.over : area.dataset.left;
    line.textContent = sentence.replace("{number}", numberFormat.format(Math.abs(left)));
    line.classList.toggle("count-over", left < 0);
  };
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(say, 700);
  });
  if (area.value) say();
};

const start = (root) => {
  showErrors(root);
  for (const area of root.querySelectorAll("[data-limit]")) count(area);
};
start(document);

// 4. After a swap the focus is on what arrived, never nowhere.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const region = document.getElementById(ctx.target?.id) || document.querySelector("main");
  start(region);
  const asked = ["submit", "click"].includes(ctx.sourceEvent?.type);
  if (!asked || document.activeElement !== document.body) return;
  const place = region.querySelector("h1, h2, [role='status']") || region;
  place.tabIndex = -1;
  place.focus();
});
