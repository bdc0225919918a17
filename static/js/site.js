// Small helpers on top of pages that work without them.
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  const share = event.target.closest("[data-share]");
  if (!copy && !share) return;
  const button = copy || share;
  const done = button.parentElement.querySelector("[data-done]");
  const address = document.querySelector("#page-link").value;
  if (share && navigator.share) {
    await navigator.share({ title: share.dataset.title, url: address }).catch(() => {});
    return;
  }
  try {
    await navigator.clipboard.writeText(copy ? `${copy.dataset.copy} ${address}` : address);
    done.textContent = "Copied.";
  } catch {
    const link = document.querySelector("#page-link");
    link.focus();
    link.select();
    done.textContent = "Press Ctrl+C to copy the link.";
  }
});

const reveal = () => {
  for (const button of document.querySelectorAll("[data-copy], [data-share]")) button.hidden = false;
  for (const fold of document.querySelectorAll(".filters-fold")) fold.open ||= matchMedia("(min-width: 56rem)").matches;
};
reveal();

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

// "Add a line" copies the last row, empty, instead of asking the server for one.
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
  row.querySelector("input").focus();
});
