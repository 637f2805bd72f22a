// Live pages: comes back with a new ticket when the old one ends, and fetches the news every few seconds where streams
// are blocked. The stream itself is htmx's. Without this file the page still says what was true when it was opened.

const FAILURES = 3; // then the news is fetched
const SILENCE_MS = 12000; // a stream that does not greet within this is held back by something between
const FETCH_MS = 5000;
const FETCHES = 24; // then the stream is tried again
const states = new WeakMap();

const liveOf = (event) => {
  const element = event.detail?.ctx?.sourceElement || event.target;
  return element?.matches?.("[hx-sse\\:connect]") ? element : null;
};

const stateOf = (element) => {
  if (!states.has(element)) {
    states.set(element, {
      address: element.getAttribute("hx-sse:connect"), last: "", failures: 0, fetches: 0, isStopped: false,
    });
  }
  return states.get(element);
};

const soon = (milliseconds) => milliseconds * (0.7 + 0.6 * Math.random());
const after = (state) => (state.last ? `?after=${state.last}` : "");

const listen = (element) => {
  if (!element.isConnected || element._htmx?.sse) return;
  const state = stateOf(element);
  state.isStopped = false;
  state.fetches = 0;
  htmx.ajax("GET", state.address + after(state), { source: element });
};

// Whoever is writing is not interrupted: the page is loaded anew when she leaves the field.
const reload = () => {
  const field = document.activeElement;
  if (field?.matches?.("input, textarea, select")) field.addEventListener("blur", reload, { once: true });
  else location.reload();
};

const renew = async (element) => {
  const state = stateOf(element);
  if (state.isRenewing) return;
  state.isRenewing = true;
  const page = await fetch(location.href, { method: "HEAD", credentials: "same-origin" }).catch(() => null);
  state.isRenewing = false;
  const address = page?.ok && page.headers.get("Live-Address");
  if (!page || page.status >= 500) setTimeout(() => renew(element), soon(FETCH_MS));
  else if (!address || state.address === address) reload();
  else {
    state.address = address;
    state.failures = 0;
    listen(element);
  }
};

const stop = (state) => {
  state.isStopped = true;
  state.connection?.reader?.cancel();
};

const fetchNews = (element) => {
  const state = stateOf(element);
  if (!element.isConnected || !state.isStopped || state.isRenewing) return;
  if (document.hidden) {
    setTimeout(() => fetchNews(element), soon(FETCH_MS));
    return;
  }
  state.fetches += 1;
  if (state.fetches > FETCHES) {
    state.failures = FAILURES - 1;
    listen(element);
    return;
  }
  const headers = state.last ? { "If-None-Match": `"${state.last}"` } : {};
  htmx.ajax("GET", `${state.address}/events${after(state)}`, { source: element, headers });
};

const failed = (element, status) => {
  const state = stateOf(element);
  clearTimeout(state.silence);
  if (status === 403) {
    stop(state);
    renew(element);
    return;
  }
  state.failures += 1;
  if (state.failures >= FAILURES) {
    stop(state);
    setTimeout(() => fetchNews(element), soon(1000));
  } else if (!element._htmx?.sse) setTimeout(() => listen(element), soon(2000 * state.failures));
};

const on = (name, handle) => document.addEventListener(name, (event) => {
  const element = liveOf(event);
  if (element) handle(element, stateOf(element), event.detail, event);
});

on("htmx:sse:before:connection", (element, state, detail) => {
  if (state.isStopped) detail.connection.cancelled = true;
});
on("htmx:sse:after:connection", (element, state, detail) => {
  state.connection = detail.connection;
  clearTimeout(state.silence);
  state.silence = setTimeout(() => {
    detail.connection.reader?.cancel();
    failed(element);
  }, SILENCE_MS);
});
on("htmx:sse:error", (element, state, detail) => {
  if (!state.isStopped) failed(element, detail.status);
});
on("htmx:sse:before:message", (element, state, detail) => {
  clearTimeout(state.silence);
  state.failures = 0;
  if (detail.message.id) state.last = detail.message.id;
  if (detail.message.event === "reload") setTimeout(reload, soon(1500));
});
// Answers that are no stream: the first knock was refused, or these are news that were fetched.
on("htmx:before:response", (element, state, detail, event) => {
  const { status, headers } = detail.ctx.response;
  if (headers.get("Content-Type")?.includes("text/event-stream")) return;
  const isNews = state.isStopped;
  if (status === 200 && isNews) state.last = headers.get("ETag")?.replace(/\D/g, "") || state.last;
  else event.preventDefault(); // nothing to put in place
  if (status === 205) reload();
  else if (status === 403) failed(element, status);
  else if (!isNews) failed(element, status);
  else setTimeout(() => fetchNews(element), soon(FETCH_MS));
});
on("htmx:error", (element, state) => {
  if (state.isStopped) setTimeout(() => fetchNews(element), soon(FETCH_MS));
  else failed(element);
});
