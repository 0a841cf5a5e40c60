// The presence sheet by keyboard alone: 1 to 5 choose a state and go to the next person, R says reachable or
// not, 0 clears, arrows move. The list stays usable without this file: every state is a button of a form.
(function () {
  "use strict";

  function list() { return document.querySelector("[data-presence]"); }
  function rows() { return Array.from(list()?.querySelectorAll("[data-presence-row]") || []); }
  function current() {
    const row = document.activeElement?.closest?.("[data-presence-row]");
    return row || rows().find((one) => one.dataset.state === "unknown") || rows()[0];
  }
  function enter(row) {
    const target = row?.querySelector('[data-tap][aria-pressed="true"]:not([data-tap="r"]), .tap-proposed') || row?.querySelector("[data-tap]");
    target?.focus();
  }
  function step(row, by) {
    const all = rows();
    return all[Math.min(all.length - 1, Math.max(0, all.indexOf(row) + by))];
  }

  // After a choice the row is replaced: the focus goes to the next one, or stays when the choice was refused.
  let next = null;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!next || !list()) return;
    const target = event.detail.xhr?.status === 422 ? next.here : next.there;
    next = null;
    enter(document.getElementById(target));
    count();
  });
  ["htmx:sendError", "htmx:responseError"].forEach((name) => document.addEventListener(name, () => { next = null; }));
  function count() {
    const known = rows().filter((one) => one.dataset.state !== "unknown").length;
    const strong = document.querySelector(".presence-count strong");
    if (strong) strong.textContent = String(known);
  }

  document.addEventListener("click", (event) => {
    const tap = event.target.closest?.("[data-tap]");
    const row = tap?.closest("[data-presence-row]");
    if (!row) return;
    const there = tap.dataset.tap >= "1" && tap.dataset.tap <= "5" ? step(row, 1) : row;
    next = { here: row.id, there: there.id };
  });

  document.addEventListener("keydown", (event) => {
    if (!list() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, textarea, select")) return;
    // While a line is on its way back, a key would fall on the wrong person.
    if (next) { event.preventDefault(); return; }
    const row = current();
    if (!row) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      enter(step(row, event.key === "ArrowDown" ? 1 : -1));
      return;
    }
    const tap = row.querySelector(`[data-tap="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!tap) return;
    event.preventDefault();
    tap.click();
  });
})();
