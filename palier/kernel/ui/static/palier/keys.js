// Keyboard: an element says its own key (data-key="n"); letters do nothing while someone types.
(function () {
  "use strict";
  let prefix = "";

  function writing(target) {
    return target.matches?.("input, textarea, select, [contenteditable]");
  }
  function open(id) { document.getElementById(id)?.showModal?.(); }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
        menu.removeAttribute("open");
        menu.querySelector("summary").focus();
      });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (event.key === "?") { event.preventDefault(); open("shortcuts"); return; }
    const wanted = prefix + event.key;
    prefix = event.key === "g" && !prefix ? "g " : "";
    if (prefix) return;
    const element = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === wanted && one.offsetParent !== null);
    if (!element) return;
    event.preventDefault();
    if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); } else element.click();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) { event.preventDefault(); open(opener.dataset.open); }
  });
})();
