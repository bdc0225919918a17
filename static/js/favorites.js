// The order of the favorites by dragging; the buttons beside each do it without a mouse.
const list = document.querySelector("[data-sortable]");
const form = list?.closest("form");
const said = form?.querySelector("[data-moved]");

const send = async () => {
  const body = new URLSearchParams();
  for (const item of list.children) body.append("pk", item.dataset.pk);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(list.dataset.sortable, { method: "POST", headers, body }).catch(() => null);
  said.textContent = answer?.ok ? "The new order is saved." : "The new order could not be saved. Reload the page.";
  said.classList.toggle("visually-hidden", Boolean(answer?.ok));
};

if (list?.dataset.sortable) {
  Sortable.create(list, { handle: ".handle", animation: 120, onEnd: send });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=to]");
    if (!button) return;
    const item = button.closest("li");
    const isUp = button.value.startsWith("up");
    const other = isUp ? item.previousElementSibling : item.nextElementSibling;
    if (!other) {
      // The form moves it past the one at the edge of the page beside this one.
      button.value = isUp ? `up ${list.dataset.above}` : `down ${list.dataset.below}`;
      return;
    }
    event.preventDefault();
    if (isUp) other.before(item);
    else other.after(item);
    button.focus();
    send();
  });
}
