// What somebody types is kept on her own phone until it was sent: at most seven days, never on a shared device.
// A page that confirms a sending says data-draft-sent="key" and the copy is gone.

const PREFIX = "draft:";
const WEEK = 7 * 24 * 3600 * 1000;
const isShared = document.documentElement.hasAttribute("data-shared-device");

// Private windows may refuse to keep anything; then there simply are no drafts.
const keep = (() => {
  try {
    localStorage.setItem(`${PREFIX}try`, "");
    localStorage.removeItem(`${PREFIX}try`);
    return localStorage;
  } catch {
    return null;
  }
})();

const forget = (fits) => {
  for (const key of Object.keys(keep)) if (key.startsWith(PREFIX) && fits(key)) keep.removeItem(key);
};

const read = (key) => {
  try {
    return JSON.parse(keep.getItem(PREFIX + key));
  } catch {
    return null;
  }
};

const putBack = (area) => {
  const draft = read(area.dataset.draft);
  if (!draft || area.value.trim() || !draft.text.trim()) return;
  area.value = draft.text;
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");
  note.textContent = area.dataset.draftNotice;
  area.after(note);
  area.dispatchEvent(new Event("input", { bubbles: true }));
};

const watch = (root) => {
  for (const done of root.querySelectorAll("[data-draft-sent]")) forget((key) => key === PREFIX + done.dataset.draftSent);
  for (const area of root.querySelectorAll("textarea[data-draft]")) {
    putBack(area);
    let timer = 0;
    const store = () => {
      clearTimeout(timer);
      if (area.value.trim()) keep.setItem(PREFIX + area.dataset.draft, JSON.stringify({ text: area.value, at: Date.now() }));
      else keep.removeItem(PREFIX + area.dataset.draft);
    };
    area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(store, 400);
    });
    area.form?.addEventListener("submit", store);
  }
};

if (keep && isShared) {
  forget(() => true);
} else if (keep) {
  const now = Date.now();
  forget((key) => !(now - (read(key.slice(PREFIX.length))?.at || 0) < WEEK));
  watch(document);
  document.addEventListener("htmx:after:swap", () => watch(document));
}
