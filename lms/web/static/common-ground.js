/* Nothing here is needed: every act works as a plain form. This file saves a note sooner, and moves focus where a reader needs it. */
(function () {
  "use strict";
  var told = document.querySelector("[data-focus]");
  if (told) told.focus();
})();

/* A page on a screen that nobody touches is loaded anew when it says so, as soon as the server answers. */
(function () {
  "use strict";
  var RETRY = 15000, page = document.querySelector("[data-renew]");
  if (!page || !window.fetch) return;
  function renew() {
    fetch(location.href, { method: "HEAD", cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error("not now");
      location.replace(location.href);
    }).catch(function () { setTimeout(renew, RETRY); });
  }
  setTimeout(renew, Number(page.dataset.renew) * 1000);
})();

/* Private notes: saved two seconds after typing stops. What was typed is kept in this browser until the server has it. */
(function () {
  "use strict";
  var PAUSE = 2000, RETRY = 30000, START = "note:";
  var NOT_YET = "Saved on this device, not yet on the server.";
  var CHANGED = "You saved this note from another page or device in the meantime. Your text is kept in the box, and the " +
    "other one stands below it. Press Save my note to replace it.";

  function kept(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (broken) { return null; } }
  function keep(key, note) { try { localStorage.setItem(key, JSON.stringify(note)); } catch (full) { return; } }
  function drop(key) { try { localStorage.removeItem(key); } catch (closed) { return; } }
  function keys(start) {
    try { return Object.keys(localStorage).filter(function (key) { return key.indexOf(start) === 0; }); } catch (closed) { return []; }
  }
  /* The same text sent again, because no answer came, has the same key, and so is saved once. */
  var last = {};
  function key(note) {
    var what = [note.to, note.seen, note.text].join("\n");
    if (last.what !== what) last = { what: what, key: Array.from(crypto.getRandomValues(new Uint8Array(16))).join("-") };
    return last.key;
  }
  function send(note, token) {
    return fetch(note.to, {
      method: "POST", headers: { "X-Requested-With": "draft", "Idempotency-Key": key(note) }, redirect: "manual", keepalive: true,
      body: new URLSearchParams({ csrf_token: token, reflection: note.text, seen: note.seen })
    }).then(function (answer) {
      if ([200, 409, 422].indexOf(answer.status) < 0) throw new Error("not saved");
      return answer.json().then(function (told) { return { status: answer.status, told: told }; });
    });
  }

  /* On a shared computer nothing stays behind after signing out. */
  document.addEventListener("submit", function (event) {
    if (/^\/(sign-out|me\/sign-out-everywhere)$/.test(event.target.getAttribute("action"))) keys(START).forEach(drop);
  });

  var reader = document.querySelector("[data-person]"), token = document.querySelector("[name=csrf_token]");
  if (!reader || !token || !window.fetch) return;
  var mine = START + reader.dataset.person + ":", form = document.querySelector("form[data-note]");
  var own = form && mine + form.dataset.note;

  function sendOthers() {
    keys(mine).forEach(function (key) {
      var note = kept(key);
      if (key === own || !note) return;
      send(note, token.value).then(function (got) { if (got.status === 200) drop(key); }).catch(function () { return; });
    });
  }
  sendOthers();
  window.addEventListener("online", sendOthers);
  if (!form) return;

  var box = form.elements.reflection, seen = form.elements.seen, said = form.querySelector("[data-said]");
  var theirs = form.querySelector("[data-theirs]"), waiting, sending = null, unsaved = false, held = false, leaving = false;

  function say(words) { if (said.textContent !== words) said.textContent = words; }
  function showOther(text) {
    theirs.querySelector("p").textContent = text;
    theirs.hidden = false;
    held = true;
    hold();
    say(CHANGED);
  }
  /* While two texts stand side by side only the button decides, so the kept one must not pass for the newer at the next visit. */
  function hold() { keep(own, { text: box.value, seen: held ? "undecided" : seen.value, to: form.getAttribute("action") }); }
  function later(pause) { clearTimeout(waiting); waiting = setTimeout(save, pause); }
  function save() {
    clearTimeout(waiting);
    if (!unsaved || held || sending || leaving) return;
    var text = box.value;
    sending = send({ text: text, seen: seen.value, to: form.getAttribute("action") }, token.value).then(function (got) {
      if (got.status === 200) {
        seen.value = got.told.seen;
        unsaved = box.value !== text;
        if (unsaved) { hold(); later(PAUSE); } else { drop(own); say("Saved " + got.told.saved); }
      } else if (got.status === 409) {
        seen.value = got.told.seen;
        showOther(got.told.theirs);
      } else {
        say(got.told.problem);
      }
    }).catch(function () {
      say(NOT_YET);
      later(RETRY);
    }).then(function () { sending = null; });
  }

  var before = kept(own), server = box.value;
  if (before && !box.hasAttribute("aria-invalid") && before.text.trim() !== server.trim()) {
    box.value = before.text;
    unsaved = true;
    if (before.seen === seen.value) { say(NOT_YET); save(); } else { showOther(server); }
  } else if (before && !box.hasAttribute("aria-invalid")) {
    drop(own);
  }
  held = held || !theirs.hidden;
  box.addEventListener("input", function () {
    unsaved = true;
    hold();
    if (!held) { say(""); later(PAUSE); }
  });
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") save(); });
  form.addEventListener("submit", function (event) {
    clearTimeout(waiting);
    leaving = true;
    if (!sending) return;
    event.preventDefault();
    sending.then(function () { form.submit(); });
  });
})();

/* A field that holds an address gets a button that copies it; without script the address is there to select. */
(function () {
  "use strict";
  var field = document.querySelector("[data-copy]");
  if (!field || !navigator.clipboard) return;
  var button = document.createElement("button"), said = document.createElement("span");
  button.type = "button";
  button.className = "btn second wide mt3";
  button.textContent = field.dataset.copy;
  said.className = "hint";
  said.setAttribute("role", "status");
  button.addEventListener("click", function () {
    field.select();
    navigator.clipboard.writeText(field.value).then(
      function () { said.textContent = "Copied."; },
      function () { said.textContent = "The browser did not allow copying. The address is marked: copy it yourself."; });
  });
  field.after(button, said);
})();
