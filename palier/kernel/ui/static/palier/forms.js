// Forms: sent once, confirmed when asked, filters sent as they change; the menu and the notices.
(function () {
  "use strict";

  // htmx requests carry the token that ordinary forms carry in a hidden field.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
    if (event.detail.verb === "get" && event.detail.elt.matches("form[data-autosubmit]")) {
      for (const [key, value] of Array.from(event.detail.formData.entries())) if (value === "") event.detail.formData.delete(key);
    }
  });

  document.addEventListener("htmx:confirm", (event) => {
    const sentence = event.target.dataset?.confirm;
    if (!sentence) return;
    event.preventDefault();
    if (window.confirm(sentence)) event.detail.issueRequest(true);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const byHtmx = form.hasAttribute("hx-post") || form.hasAttribute("hx-get");
    if (form.dataset.confirm && !byHtmx && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    if (form.method === "get") {
      form.querySelectorAll("input, select").forEach((one) => { if (one.value === "" && !byHtmx) one.disabled = true; });
      return;
    }
    if (form.method === "dialog") return;
    if (form.dataset.sent && !byHtmx) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    // After the browser has gathered the form: a disabled button would not say which one was pressed.
    setTimeout(() => form.querySelectorAll('button[type="submit"]').forEach((one) => { one.disabled = true; }), 0);
  });

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll('button[type="submit"]').forEach((one) => { one.disabled = false; });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form").forEach((form) => {
      release(form);
      if (form.method === "get") form.querySelectorAll("input, select").forEach((one) => { one.disabled = false; });
    });
  });

  // Filters go as they change; typing waits for a pause.
  let pause = 0;
  function send(form) { clearTimeout(pause); form.requestSubmit(); }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && !event.target.matches('input[type="search"]')) send(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (!form || !event.target.matches('input[type="search"]')) return;
    clearTimeout(pause);
    pause = setTimeout(() => send(form), 400);
  });
  // htmx swaps the whole list, filters included: the caret returns where it was.
  let typed = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const active = document.activeElement;
    typed = active && active.matches('input[type="search"]') ? { id: active.id, value: active.value, at: active.selectionStart } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!typed || !typed.id) return;
    const input = document.getElementById(typed.id);
    if (input) { input.focus(); input.value = typed.value; input.setSelectionRange?.(typed.at, typed.at); }
    typed = null;
  });

  // A form with errors brings the eye, and the focus, to the first one.
  function firstError(root) {
    const wrong = root.querySelector?.('.field-wrong input, .field-wrong select, .field-wrong textarea');
    if (wrong) wrong.focus();
  }
  document.addEventListener("DOMContentLoaded", () => firstError(document));
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.xhr?.status === 422) firstError(event.detail.elt); });

  // What scrolls sideways must be reachable by the keyboard, and only then.
  function scrollable() {
    document.querySelectorAll(".table-scroll, .card-flush, .tabs").forEach((one) => {
      const scrolls = one.scrollWidth > one.clientWidth + 1;
      if (scrolls) one.setAttribute("tabindex", "0"); else one.removeAttribute("tabindex");
    });
  }
  document.addEventListener("DOMContentLoaded", scrollable);
  document.addEventListener("htmx:afterSettle", scrollable);
  document.addEventListener("palier:refreshed", scrollable);
  window.addEventListener("resize", scrollable);

  document.addEventListener("htmx:sendError", () => notice());
  document.addEventListener("htmx:responseError", () => notice());
  function notice() {
    const template = document.getElementById("lost-notice");
    const place = document.querySelector(".notices");
    if (template && place && !place.querySelector(".notice-lost")) place.append(template.content.cloneNode(true));
  }

  document.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) { dismiss.closest(".notice").remove(); return; }
    const print = event.target.closest("[data-print]");
    if (print) { window.print(); return; }
    const all = event.target.closest("[data-check-all]");
    if (all) {
      document.querySelectorAll(all.dataset.checkAll).forEach((one) => { one.checked = all.checked; one.dispatchEvent(new Event("change", { bubbles: true })); });
      return;
    }
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      toggle.setAttribute("aria-expanded", String(open));
      document.getElementById(toggle.dataset.toggle)?.classList.toggle("shown", open);
      return;
    }
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.removeAttribute("open"); });
  });
})();
