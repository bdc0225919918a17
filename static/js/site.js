// Small helpers on top of pages that work without them.
const copied = async (text, done) => {
  try {
    await navigator.clipboard.writeText(text);
    done.textContent = "Copied.";
    return true;
  } catch {
    done.textContent = "Press Ctrl+C to copy.";
    return false;
  }
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-share], [data-copy-from]");
  if (!button) return;
  const done = button.parentElement.querySelector("[data-done]");
  const source = document.querySelector(button.dataset.copyFrom || "#page-link");
  const { copy, title } = button.dataset;
  if ("share" in button.dataset && navigator.share) {
    await navigator.share({ title, url: source.value }).catch(() => {});
  } else if (!(await copied(copy ? `${copy} ${source.value}` : source.value, done))) {
    source.closest("details")?.setAttribute("open", "");
    source.focus();
    source.select();
  }
});

const reveal = () => {
  for (const button of document.querySelectorAll("[data-copy], [data-share], [data-copy-from]")) button.hidden = false;
  for (const fold of document.querySelectorAll(".filters-fold")) fold.open ||= matchMedia("(min-width: 56rem)").matches;
};
reveal();

// Stars: pages are the same for everyone; who is signed in asks which of the page's codes are theirs.
let token = "";
const show = (link, saved) => {
  const code = link.dataset.star;
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", saved);
  const label = link.querySelector(".visually-hidden");
  if (label) label.textContent = saved ? `${code} is among your favorites` : `Keep ${code}`;
  else link.textContent = saved ? "Among your favorites" : "Keep this code";
};
const askForStars = async (root) => {
  const links = [...root.querySelectorAll("[data-star]")];
  if (!document.cookie.includes("signed_in=1")) return;
  const page = root.querySelector("[data-page]")?.dataset.page || "";
  const codes = [...new Set(links.map((link) => link.dataset.star))].join(",");
  const answer = await fetch(`/me/here/?codes=${codes}&page=${page}`);
  if (!answer.ok) return;
  const here = await answer.json();
  const me = document.querySelector("[data-me]");
  if (me && here.signed_in) me.textContent = "My page";
  if (!here.signed_in) return;
  token = here.token;
  for (const link of links) show(link, here.saved.includes(link.dataset.star));
};
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-star][aria-pressed]");
  if (!link || !token) return;
  event.preventDefault();
  const saved = link.getAttribute("aria-pressed") !== "true";
  const twins = document.querySelectorAll(`[data-star="${link.dataset.star}"]`);
  for (const twin of twins) show(twin, saved);
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const body = new URLSearchParams({ saved: saved ? 1 : 0 });
  const answer = await fetch(link.href, { method: "POST", headers, body }).catch(() => null);
  if (!answer?.ok) location.assign(link.href); // the page says what is wrong, and sets the star
});
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("[data-star][aria-pressed]")) {
    event.preventDefault();
    event.target.click();
  }
});
askForStars(document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.querySelector?.("[data-star]")) askForStars(event.target);
});

// Suggestions: arrow keys walk from the box into the list and back, Escape closes it.
document.addEventListener("keydown", (event) => {
  const search = event.target.closest("[data-search]");
  if (!search) return;
  const list = search.querySelector("[data-suggestions]");
  const stops = [search.querySelector("input"), ...list.querySelectorAll("a")];
  const at = stops.indexOf(event.target);
  if (event.key === "Escape") {
    list.replaceChildren();
    stops[0].focus();
  } else if (event.key === "ArrowDown" && at >= 0 && stops[at + 1]) {
    event.preventDefault();
    stops[at + 1].focus();
  } else if (event.key === "ArrowUp" && at > 0) {
    event.preventDefault();
    stops[at - 1].focus();
  }
});
document.addEventListener("click", (event) => {
  for (const list of document.querySelectorAll("[data-suggestions]")) {
    if (!list.parentElement.contains(event.target)) list.replaceChildren();
  }
});
// The menus close on Escape and on a click elsewhere.
const closeMenus = (except) => {
  for (const fold of document.querySelectorAll(".menu[open], .submenu[open]")) {
    if (!except || !fold.contains(except)) fold.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.activeElement.closest(".menu")) return;
  document.activeElement.closest("details").querySelector("summary").focus();
  closeMenus();
});

// "/" goes to the search box, as on many sites people look things up on.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  const box = document.querySelector("[data-search] input");
  if (box) {
    event.preventDefault();
    box.focus();
  }
});

// "Add a line" copies the last row, empty, instead of asking the server for one, up to as many as are worked out.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  event.preventDefault();
  const rows = button.parentElement.querySelectorAll(".line-field");
  const row = rows[rows.length - 1].cloneNode(true);
  row.classList.add("line-further");
  for (const input of row.querySelectorAll("input")) {
    input.id = `${input.name}-${rows.length + 1}`;
    input.value = input.name === "units" ? "1" : "";
    row.querySelector(`label[for="${input.name}-${rows.length}"]`).htmlFor = input.id;
  }
  button.before(row);
  button.hidden = rows.length + 1 >= Number(button.dataset.addRow);
  row.querySelector("input").focus();
});
