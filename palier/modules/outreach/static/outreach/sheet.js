// Typing a call sheet back: one key says what a line came to and goes to the next one. Works without this file too.
(function () {
  "use strict";
  const lines = () => Array.from(document.querySelectorAll("[data-sheet-line]"));
  function current() { return document.activeElement?.closest?.("[data-sheet-line]") || lines()[0]; }
  function enter(line) { line?.querySelector("select")?.focus(); }
  function step(line, by) { const all = lines(); return all[Math.min(all.length - 1, Math.max(0, all.indexOf(line) + by))]; }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("sheet-form")) return;
    if (event.target.matches?.('textarea, input:not([type="hidden"])')) {
      if (event.key === "Escape") enter(current());
      return;
    }
    if (event.target.matches?.("a, button")) return;
    const line = current();
    if (!line) return;
    const key = event.key.toLowerCase();
    if (key === "arrowdown" || key === "arrowup") { event.preventDefault(); enter(step(line, key === "arrowdown" ? 1 : -1)); return; }
    if (key === "enter") { event.preventDefault(); document.querySelector("[data-sheet-save]").click(); return; }
    if (key === "l") { event.preventDefault(); line.querySelector('input[name$="-note"]').focus(); return; }
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
