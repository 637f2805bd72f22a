// The arrows of a ranking move the item at once, instead of asking the server. The places in the lists follow.

const renumber = (list) => {
  const items = [...list.children];
  items.forEach((item, index) => {
    item.querySelector("select").value = String(index + 1);
    const [up, down] = item.querySelectorAll("[name='move']");
    up.disabled = index === 0;
    down.disabled = index === items.length - 1;
  });
};

const say = (list, item) => {
  const place = new Intl.NumberFormat(document.documentElement.lang || undefined).format([...list.children].indexOf(item) + 1);
  const words = list.dataset.moved.replace("{name}", item.querySelector(".ranking-label").textContent.trim());
  list.parentElement.querySelector("[data-ranking-status]").textContent = words.replace("{number}", place);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-ranking] button[name='move']");
  if (!button) return;
  event.preventDefault();
  const item = button.closest(".ranking-item");
  const list = item.parentElement;
  if (button.value.endsWith(":up")) item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  renumber(list);
  say(list, item);
  const here = button.disabled ? item.querySelector("[name='move']:not([disabled])") : button;
  here?.focus();
});

document.addEventListener("change", (event) => {
  const list = event.target.matches?.(".ranking-place") && event.target.closest("[data-ranking]");
  if (!list) return;
  const item = event.target.closest(".ranking-item");
  const others = [...list.children].filter((other) => other !== item);
  const before = others[Number(event.target.value) - 1];
  if (before) before.before(item);
  else list.append(item);
  renumber(list);
  say(list, item);
  event.target.focus();
});
