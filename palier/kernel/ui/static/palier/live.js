// Live parts of a page: <div data-poll="address" data-every="10">. The address answers the inside of the element,
// with an ETag; an unchanged part costs one short answer and touches nothing on the page.
(function () {
  "use strict";
  const states = new WeakMap();

  function busy(element) {
    // What someone is typing in, or has opened, is not replaced under their hands.
    const active = document.activeElement;
    const typing = active && element.contains(active) && active.matches("input, textarea, select") && !active.closest("[data-keep]");
    return typing || element.querySelector("details[open][data-menu]") !== null;
  }

  function swap(element, html) {
    const active = document.activeElement;
    const id = active && element.contains(active) ? active.id : "";
    const open = Array.from(element.querySelectorAll("details[open][id]"), (one) => one.id);
    const scrolled = Array.from(element.querySelectorAll("[id][data-keep-scroll]"), (one) => [one.id, one.scrollTop]);
    // What carries data-keep and an id is somebody's unfinished work: it is moved into the new part as it is.
    const kept = Array.from(element.querySelectorAll("[data-keep][id]"));
    const range = active && active.selectionStart !== undefined && active.closest?.("[data-keep]") ? [active.selectionStart, active.selectionEnd] : null;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    kept.forEach((one) => fresh.content.getElementById(one.id)?.replaceWith(one));
    element.replaceChildren(fresh.content);
    open.forEach((one) => document.getElementById(one)?.setAttribute("open", ""));
    scrolled.forEach(([one, top]) => { const found = document.getElementById(one); if (found) found.scrollTop = top; });
    const again = id ? document.getElementById(id) : null;
    if (again) { again.focus({ preventScroll: true }); if (range) again.setSelectionRange?.(...range); }
    if (window.htmx) window.htmx.process(element);
    element.dispatchEvent(new CustomEvent("palier:refreshed", { bubbles: true }));
  }

  function say(element, lost) {
    const notice = document.querySelector("[data-live-state]");
    element.toggleAttribute("data-stale", lost);
    if (notice) notice.hidden = !lost;
  }

  async function refresh(element) {
    const state = states.get(element);
    if (!element.isConnected) { clearInterval(state.timer); return; }
    if (state.running || document.hidden || busy(element)) return;
    state.running = true;
    try {
      const headers = { "X-Palier-Poll": "1" };
      if (state.etag) headers["If-None-Match"] = state.etag;
      const answer = await fetch(element.dataset.poll, { headers, cache: "no-store", credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") { window.location.reload(); return; }
      if (answer.status === 286) clearInterval(state.timer);
      if (answer.status === 200 || answer.status === 286) {
        state.etag = answer.headers.get("ETag");
        const html = await answer.text();
        if (!busy(element)) swap(element, html); else state.etag = null;
        if (answer.headers.get("X-Reload")) window.location.reload();
      }
      say(element, !(answer.ok || answer.status === 304 || answer.status === 286));
    } catch {
      say(element, true);
    } finally {
      state.running = false;
    }
  }

  function begin(root) {
    root.querySelectorAll("[data-poll]").forEach((element) => {
      if (states.has(element)) return;
      const state = { etag: element.dataset.etag || null, running: false, timer: 0 };
      state.timer = setInterval(() => refresh(element), 1000 * Number(element.dataset.every || 10));
      states.set(element, state);
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.querySelectorAll("[data-poll]").forEach((one) => states.has(one) && refresh(one));
  });
  document.addEventListener("palier:refresh", () => {
    document.querySelectorAll("[data-poll]").forEach((one) => states.has(one) && refresh(one));
  });
  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
  document.addEventListener("palier:refreshed", (event) => begin(event.target));
})();
