// Runs before anything is drawn: light or dark as the person's system asks, dark always on a wall.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    const wall = root.classList.contains("wall");
    root.setAttribute("data-bs-theme", wall || dark.matches ? "dark" : "light");
  }
  root.classList.add("js");
  dark.addEventListener("change", apply);
  apply();
})();
