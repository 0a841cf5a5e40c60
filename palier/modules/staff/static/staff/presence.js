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
  // Keys typed while a line is on its way back wait for it: they are meant for the person who comes next.
  let next = null;
  let waiting = [];
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!next || !list()) return;
    const refused = event.detail.xhr?.status === 422;
    const target = refused ? next.here : next.there;
    next = null;
    enter(document.getElementById(target));
    count();
    if (refused) waiting = [];
    while (waiting.length && !next) act(waiting.shift());
  });
  ["htmx:sendError", "htmx:responseError"].forEach((name) => document.addEventListener(name, () => { next = null; waiting = []; }));
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

  function act(key) {
    const row = current();
    if (!row) return false;
    if (key === "ArrowDown" || key === "ArrowUp") {
      enter(step(row, key === "ArrowDown" ? 1 : -1));
      return true;
    }
    const tap = row.querySelector(`[data-tap="${CSS.escape(key.toLowerCase())}"]`);
    tap?.click();
    return Boolean(tap);
  }

  document.addEventListener("keydown", (event) => {
    if (!list() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, textarea, select")) return;
    if (next && /^(Arrow(Up|Down)|[0-9r])$/i.test(event.key)) {
      event.preventDefault();
      waiting.push(event.key);
    } else if (!next && act(event.key)) {
      event.preventDefault();
    }
  });
})();
