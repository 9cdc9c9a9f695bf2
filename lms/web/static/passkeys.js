/* Asks the browser for a passkey and sends its answer with the page's form. Without this file each page says the other ways. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !window.fetch || location.origin !== form.dataset.origin) return;
  var button = form.querySelector("button"), said = form.querySelector("[role=status]");
  document.querySelectorAll("[data-no-passkey]").forEach(function (words) { words.hidden = true; });
  form.hidden = false;

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (letter) { return letter.charCodeAt(0); });
  }
  function text(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function read(question) {
    question.challenge = bytes(question.challenge);
    if (question.user) question.user.id = bytes(question.user.id);
    (question.allowCredentials || question.excludeCredentials || []).forEach(function (one) { one.id = bytes(one.id); });
    return question;
  }
  function written(passkey) {
    var told = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (part) {
      if (passkey.response[part]) told[part] = text(passkey.response[part]);
    });
    return JSON.stringify({ id: passkey.id, rawId: text(passkey.rawId), type: passkey.type, response: told });
  }
  function asked() {
    if (form.dataset.make) return navigator.credentials.create({ publicKey: read(JSON.parse(form.dataset.make)) });
    return fetch(form.dataset.question, { cache: "no-store", headers: { Accept: "application/json" } }).then(function (answer) {
      if (!answer.ok) throw new Error("not now");
      return answer.json();
    }).then(function (question) { return navigator.credentials.get({ publicKey: read(question) }); });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    said.textContent = form.dataset.waiting;
    asked().then(function (passkey) {
      form.elements.credential.value = written(passkey);
      form.submit();
    }).catch(function (fault) {
      said.textContent = fault.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
      button.disabled = false;
      button.focus();
    });
  });
  /* Coming back to a page the browser kept, the button works again. */
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    button.disabled = false;
    said.textContent = "";
  });
})();
