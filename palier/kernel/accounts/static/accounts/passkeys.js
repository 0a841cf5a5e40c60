// Keys and passkeys: a form that carries data-passkey="login|authenticate|add" is given to allauth's script, whose
// data is read from the page and never from an inline script. What the browser refuses is said in the page's words.
(function () {
  "use strict";
  const makers = { login: "loginForm", authenticate: "authenticateForm", add: "addForm" };

  function say(key) {
    const notice = document.getElementById("passkey-trouble");
    if (!notice) return;
    notice.querySelector("[data-words]").textContent = notice.dataset[key];
    notice.hidden = false;
  }

  function begin(form) {
    const kind = form.dataset.passkey;
    const button = document.getElementById(form.dataset.button);
    if (!button) return;
    if (!window.PublicKeyCredential) {
      // Somebody without keys still has the other way on the same page.
      if (kind === "login") button.hidden = true; else { button.disabled = true; say("unsupported"); }
      return;
    }
    // A key is bound to a name. At a number, as on a workstation's http://127.0.0.1, no browser accepts one.
    if (/^[\d.]+$|^\[/.test(window.location.hostname)) {
      if (kind === "login") button.hidden = true; else { button.disabled = true; say("numbered"); }
      return;
    }
    button.disabled = false;
    const ids = { login: button.id, authenticate: button.id, add: button.id, credential: form.dataset.credential };
    if (form.dataset.options) ids.data = form.dataset.options;
    if (form.dataset.passwordless) ids.passwordless = form.dataset.passwordless;
    window.allauth.webauthn.forms[makers[kind]]({ ids });
  }

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const name = event.detail.exception && event.detail.exception.name;
    say(name === "InvalidStateError" ? "known" : name === "NotAllowedError" || name === "AbortError" ? "cancelled" : "failed");
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-passkey]").forEach(begin));
})();
