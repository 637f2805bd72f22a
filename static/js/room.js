// The room: when what everybody sees has changed, one's own part is fetched, a little later for each phone so that they
// do not all knock at once. Without this file the page loads itself again every ten seconds.

const JITTER_MS = 1500;
let waiting = null;

const isWriting = () => document.activeElement?.matches?.("input:not([type=hidden]), textarea, select");

const fetchMine = () => {
  waiting = null;
  const mine = document.querySelector("[data-mine]");
  if (!mine) return;
  if (isWriting() && mine.contains(document.activeElement)) {
    document.activeElement.addEventListener("blur", later, { once: true });
    return;
  }
  const headers = { "HX-Target": `div#${mine.id}` };
  htmx.ajax("GET", location.href, { target: `#${mine.id}`, swap: mine.dataset.swap, headers });
};

const later = () => {
  if (waiting === null) waiting = setTimeout(fetchMine, Math.random() * JITTER_MS);
};

for (const shared of document.querySelectorAll("[data-live-step]")) {
  let step = shared.querySelector("[data-step]")?.dataset.step;
  new MutationObserver(() => {
    const newest = shared.querySelector("[data-step]")?.dataset.step;
    if (newest === step) return;
    step = newest;
    later();
  }).observe(shared, { childList: true, subtree: true });
}
