// Rows ticked in a list: the range with shift, the whole page, how many, and the bar that shows only then.
(function () {
  "use strict";
  let last = null;
  let shift = false;

  function boxes(id) { return Array.from(document.querySelectorAll(`input[data-tick="${id}"]`)); }

  function draw(id) {
    const bar = document.getElementById(id);
    if (!bar) return;
    const all = boxes(id);
    const ticked = all.filter((one) => one.checked).length;
    const whole = bar.querySelector("[data-selection-whole]");
    const everything = Boolean(whole && whole.checked);
    const page = document.querySelector(`input[data-tick-page="${id}"]`);
    if (page) {
      page.checked = everything || (ticked > 0 && ticked === all.length);
      page.indeterminate = !everything && ticked > 0 && ticked < all.length;
    }
    all.forEach((one) => one.closest("tr, [data-row]")?.toggleAttribute("data-ticked", everything || one.checked));
    bar.toggleAttribute("data-active", everything || ticked > 0);
    bar.toggleAttribute("data-everything", everything);
    bar.querySelector("[data-selection-none]").hidden = everything || ticked > 0;
    bar.querySelector("[data-selection-some]").hidden = everything || ticked === 0;
    bar.querySelector("[data-selection-number]").textContent = String(ticked);
  }

  function tick(box, checked) { box.checked = checked; }

  // Space with shift is a click without its modifier: the key itself is watched.
  document.addEventListener("keydown", (event) => { shift = event.shiftKey; }, true);
  document.addEventListener("keyup", (event) => { shift = event.shiftKey; }, true);

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[data-tick]");
    if (!box) return;
    const all = boxes(box.dataset.tick);
    if ((event.shiftKey || shift) && last && last !== box && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((one) => tick(one, box.checked));
    }
    last = box;
    draw(box.dataset.tick);
  });

  document.addEventListener("change", (event) => {
    const one = event.target;
    if (one.matches?.("input[data-tick-page]")) {
      const id = one.dataset.tickPage;
      boxes(id).forEach((box) => tick(box, one.checked));
      const whole = document.getElementById(id)?.querySelector("[data-selection-whole]");
      if (whole && !one.checked) whole.checked = false;
      draw(id);
    } else if (one.matches?.("[data-selection-whole]")) {
      draw(one.form.id);
    } else if (one.matches?.("input[data-tick]")) {
      const whole = document.getElementById(one.dataset.tick)?.querySelector("[data-selection-whole]");
      if (whole && !one.checked) whole.checked = false;
      draw(one.dataset.tick);
    }
  });

  document.addEventListener("reset", (event) => {
    if (!event.target.matches("[data-selection]")) return;
    const id = event.target.id;
    // The boxes go back after this event.
    setTimeout(() => { boxes(id).forEach((one) => tick(one, false)); draw(id); boxes(id)[0]?.focus(); }, 0);
  });

  function all() { document.querySelectorAll("[data-selection]").forEach((bar) => draw(bar.id)); }
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
  // Coming back with the browser's own button keeps the boxes as they were.
  window.addEventListener("pageshow", all);
})();
