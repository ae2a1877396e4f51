"use strict";
// Comfort only: every page works without this file.

// A draft saves itself while it is being written, at most every twenty seconds and only after a change.
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  // The buttons are named "action", which hides the form's own property of that name.
  const told = form.querySelector("[data-autosave-said]");
  let changed = false;
  let leaving = false;
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    leaving = true;
  });
  setInterval(async () => {
    if (!changed || leaving) return;
    changed = false;
    const typed = new FormData(form);
    // Papers are sent by the officer's own press of a button, never by the clock.
    form.querySelectorAll("input[type=file]").forEach((input) => typed.delete(input.name));
    typed.set("action", "autosave");
    let why = form.dataset.autosaveFailed;
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        body: typed,
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.status === 401) why = form.dataset.autosaveSignedOut;
      if (!answer.ok) throw new Error(String(answer.status));
      const saved = await answer.json();
      told.textContent = saved.said;
      // From now on this page has the draft before it, also when it had none.
      const draft = form.querySelector("input[type=hidden][name=draft]");
      if (draft && saved.draft) draft.value = saved.draft;
    } catch {
      changed = true;
      told.textContent = why;
    }
  }, 20000);
});

// Ready phrases are added to the note at a press; the officer can edit them.
document.querySelectorAll("[data-phrases]").forEach((row) => {
  const note = document.getElementById(row.dataset.phrases);
  if (!note) return;
  row.hidden = false;
  row.querySelectorAll("button").forEach((button) =>
    button.addEventListener("click", () => {
      note.value = (note.value.trimEnd() + " " + button.textContent).trim();
      note.focus();
    }),
  );
});

// A second press of a signing button does nothing; the server would refuse it anyway.
document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
});
window.addEventListener("pageshow", () =>
  document.querySelectorAll("form[data-once]").forEach((form) => {
    delete form.dataset.sent;
  }),
);

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// After a refused form the reader is taken to what is wrong.
const faults = document.querySelector(".faults");
if (faults) faults.focus();

// Work in progress is looked at again without the page jumping; when it has ended the page is loaded once more.
const running = document.querySelector("[data-running]");
if (running) {
  const look = async () => {
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-running]");
      if (!now) return location.reload();
      running.dataset.running = now.dataset.running;
      // Where the reader stands is kept: a focused link or button is not taken away.
      if (!running.contains(document.activeElement)) running.replaceChildren(...now.childNodes);
      else running.querySelector("progress").replaceWith(now.querySelector("progress"));
    } catch {
      // The next look may find the server again.
    }
    setTimeout(look, 1000 * running.dataset.running);
  };
  setTimeout(look, 1000 * running.dataset.running);
}
