// The next-call desk by keyboard alone: a key an answer, Enter saves and takes the next household. Letters do nothing
// while somebody types. What is typed goes to the server, never into the browser's own memory.
(function () {
  "use strict";
  const desk = () => document.querySelector("[data-desk]");
  const form = () => document.getElementById("desk-form");
  const TYPING = 'textarea, select, [contenteditable], input:not([type="radio"]):not([type="checkbox"]):not([type="hidden"])';

  function keyOf(event) {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code || "");
    return digit && !event.shiftKey ? digit[1] : event.key.toLowerCase();
  }
  function choose(input) {
    if (input.type === "radio" && input.checked && input.name !== "result") input.checked = false;
    else if (input.type === "radio") input.checked = true;
    else input.checked = !input.checked;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (input.offsetParent !== null || input.labels?.[0]?.offsetParent) input.focus({ preventScroll: false });
  }
  function cycle(name) {
    const all = Array.from(form().elements[name]);
    if (all[0].tagName === "OPTION") {
      const select = form().elements[name];
      select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    const next = all[(all.findIndex((one) => one.checked) + 1) % all.length];
    next.checked = true;
    next.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function act(element) {
    if (element.dataset.deskCycle) cycle(element.dataset.deskCycle);
    else if (element.dataset.deskFocus) document.getElementById(element.dataset.deskFocus)?.focus();
    else if (element.matches("summary")) {
      element.parentElement.open = true;
      element.parentElement.querySelector("select")?.focus();
    } else if (element.matches("input")) choose(element);
    else element.click();
  }

  document.addEventListener("keydown", (event) => {
    if (!desk() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.matches?.(TYPING);
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing) return;
    if (event.key === "Enter") {
      if (event.target.matches?.("a, button, summary")) return;
      event.preventDefault();
      document.querySelector("[data-desk-save]")?.click();
      return;
    }
    if (event.repeat) return;
    const key = keyOf(event);
    const wanted = Array.from(document.querySelectorAll("[data-desk-key]")).find((one) => one.dataset.deskKey === key);
    if (!wanted) return;
    const shown = wanted.labels ? wanted.labels[0]?.offsetParent : wanted.offsetParent;
    if (!shown) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(wanted);
  }, true);

  // A sign every minute while somebody is there, and soon after each change: the lease goes on, nothing is lost.
  const IDLE = 10 * 60 * 1000;
  let seen = Date.now();
  let soon = 0;
  let saving = false;
  function lost(text) {
    const notice = document.querySelector("[data-desk-lost]");
    if (!notice) return;
    notice.hidden = false;
    notice.querySelector("[data-desk-lost-text]").textContent = text;
  }
  async function keep() {
    const root = desk();
    if (!root?.dataset.keepUrl || saving || Date.now() - seen > IDLE) return;
    try {
      const answer = await fetch(root.dataset.keepUrl, { method: "POST", body: new FormData(form()), credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) lost(root.dataset.signedOut);
      else if (answer.status === 409) lost((await answer.json()).lost);
      else { const notice = document.querySelector("[data-desk-lost]"); if (notice) notice.hidden = true; }
    } catch { /* the next sign says it again */ }
  }
  ["keydown", "pointerdown", "input"].forEach((name) => document.addEventListener(name, () => { seen = Date.now(); }, true));
  ["input", "change"].forEach((name) => document.addEventListener(name, (event) => {
    if (event.target.form !== form() || !form()) return;
    clearTimeout(soon);
    soon = setTimeout(keep, 1500);
  }));
  document.addEventListener("submit", () => { saving = true; clearTimeout(soon); });
  window.addEventListener("pageshow", () => { saving = false; keep(); });
  window.addEventListener("pagehide", () => {
    const root = desk();
    if (saving || !root?.dataset.leaveUrl || !form()) return;
    const token = new FormData();
    token.set("csrfmiddlewaretoken", form().elements.csrfmiddlewaretoken.value);
    navigator.sendBeacon(root.dataset.leaveUrl, token);
  });
  setInterval(keep, 60000);

  // On a phone the script is folded: the answers are under the thumb.
  document.addEventListener("DOMContentLoaded", () => {
    if (window.matchMedia("(max-width: 47.9375rem)").matches) document.querySelector(".desk-words")?.removeAttribute("open");
  });
})();
