// Finding somebody among many agents: rows that do not hold the words are put aside, ticks and all, never unticked.
(function () {
  "use strict";
  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

  function sift(box) {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of document.querySelectorAll("[data-caller]")) {
      const name = plain(row.querySelector("th").textContent);
      row.hidden = !words.every((word) => name.includes(word));
      found += !row.hidden;
    }
    for (const part of document.querySelectorAll("[data-callers-more]")) {
      if (words.length) part.open = part.querySelector("[data-caller]:not([hidden])") !== null;
    }
    document.querySelector("[data-callers-none]").hidden = found > 0;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-callers-find]");
    if (!box) return;
    box.closest("[hidden]").hidden = false;
    box.addEventListener("input", () => sift(box));
  });
})();
