// Typing a call sheet back: one key says what a line came to and goes to the next one. Works without this file too.
(function () {
  "use strict";
  const lines = () => Array.from(document.querySelectorAll("[data-sheet-line]"));
  function current() { return document.activeElement?.closest?.("[data-sheet-line]") || lines()[0]; }
  function enter(line) { line?.querySelector("select")?.focus(); }
  function step(line, by) { const all = lines(); return all[Math.min(all.length - 1, Math.max(0, all.indexOf(line) + by))]; }

  // Digits by their place on the keyboard, so that they need no Shift on a French one.
  function keyOf(event) {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code || "");
    return digit && !event.shiftKey ? digit[1] : event.key.toLowerCase();
  }
  // What is needed stays on its line: the result comes after, and goes to the next one.
  function tick(line, key) {
    const box = line.querySelector(`[data-sheet-tick="${CSS.escape(key)}"]`);
    if (!box) return false;
    box.closest("details").open = true;
    box.checked = !box.checked;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("sheet-form")) return;
    if (event.target.matches?.('textarea, input:not([type="hidden"]):not([type="checkbox"]):not([type="radio"])')) {
      if (event.key === "Escape") enter(current());
      return;
    }
    if (event.target.matches?.("a, button, summary")) return;
    const line = current();
    if (!line) return;
    const key = keyOf(event);
    if (key === "arrowdown" || key === "arrowup") { event.preventDefault(); enter(step(line, key === "arrowdown" ? 1 : -1)); return; }
    if (key === "enter") { event.preventDefault(); document.querySelector("[data-sheet-save]").click(); return; }
    if (key === "l") { event.preventDefault(); line.querySelector('input[name$="-note"]').focus(); return; }
    if (tick(line, key)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const wanted = line.querySelector(`[data-sheet-key="${CSS.escape(key === "b" ? "r" : key)}"]`);
    if (!wanted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wanted.selected = true;
    line.querySelector('input[name$="-wellbeing"]').value = key === "b" ? "well" : "";
    enter(step(line, 1));
  }, true);
  document.addEventListener("DOMContentLoaded", () => enter(lines()[0]));
})();
