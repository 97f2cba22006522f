// Small helps beside pages that work without any of this: questions before deeds, keys, dropping
// of files, buttons that show that something is under way.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");
  const dialog = document.getElementById("hoi");
  let asking = null;

  // A draft that was handed in is a directive now: what this machine kept of its words can go.
  const handed = sessionStorage.getItem("trinhky-handed");
  if (handed && location.pathname.startsWith("/van-ban/")) {
    localStorage.removeItem(handed);
    sessionStorage.removeItem("trinhky-handed");
  }

  // What was refused is read first, unless the one field to fill waits for the next try.
  // After the page's own jump to a place in it, which would take the focus away.
  window.addEventListener("load", () => {
    const refusal = document.querySelector("main .notice.bad[role=alert]:not([hidden])");
    if (!refusal || document.querySelector("[autofocus]")) return;
    refusal.tabIndex = -1;
    setTimeout(() => refusal.focus());
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.question && form !== asking && dialog && dialog.showModal) {
      event.preventDefault();
      ask(form);
      return;
    }
    asking = null;
    const button = event.submitter || form.querySelector("button:not([type=button])");
    if (button && button.dataset.busy) {
      // After this turn, so that the form itself still goes out.
      setTimeout(() => {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.busy;
        button.disabled = true;
      });
    }
  });

  // A page that comes back from the browser's memory has buttons that can be pressed again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("button[disabled][data-busy]").forEach((button) => {
      button.disabled = false;
      if (button.dataset.words) button.textContent = button.dataset.words;
    });
  });

  function ask(form) {
    document.getElementById("hoi-loi").textContent = form.dataset.question;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      asking = form;
      form.requestSubmit();
    }, { once: true });
    dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    if (event.key === "/") {
      const search = document.getElementById("tim");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    } else if (event.key === "Enter") {
      const link = document.querySelector(".row.chosen a.main");
      if (link && event.target === document.body) link.click();
    }
  });

  function step(by) {
    const rows = [...document.querySelectorAll(".row")];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("chosen"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    rows.forEach((row) => row.classList.toggle("chosen", row === next));
    next.scrollIntoView({ block: "nearest" });
  }

  // Long lists in which all is well are opened on a phone by whoever wants them.
  if (window.matchMedia("(max-width: 700px)").matches) {
    document.querySelectorAll("details[data-fold]").forEach((one) => { one.open = false; });
  }

  document.querySelectorAll("form[data-choice]").forEach((form) => {
    const all = form.querySelector("[data-all]");
    const boxes = [...form.querySelectorAll("input[name=chosen]")];

    function look() {
      const chosen = boxes.filter((box) => box.checked).length;
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }

    all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
    boxes.forEach((box) => box.addEventListener("change", look));
    look();
  });

  // Dropped anywhere on the page, files go into its first form that takes some.
  document.addEventListener("dragover", (event) => {
    const form = document.querySelector("form.drop");
    if (!form) return;
    event.preventDefault();
    form.querySelector(".target").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) leave();
  });
  document.addEventListener("drop", (event) => {
    const form = document.querySelector("form.drop");
    if (!form) return;
    event.preventDefault();
    leave();
    if (!event.dataTransfer.files.length) return;
    const input = form.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    if (look(form) && "sendAtOnce" in form.dataset) {
      form.requestSubmit(form.querySelector("button"));
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.drop");
    if (form && event.target.matches(".target input[type=file]")) look(form);
  });
  document.addEventListener("trinhky:shown", () => {
    document.querySelectorAll("form.drop").forEach(look);
  });

  function leave() {
    document.querySelectorAll(".target.over").forEach((one) => one.classList.remove("over"));
  }

  // Says what was chosen, or why it cannot be taken; returns whether it may go out.
  function look(form) {
    const input = form.querySelector("input[type=file]");
    const files = [...input.files];
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    let wrong = bytes > Number(form.dataset.limit) ? form.dataset.tooLarge : "";
    if (files.length > Number(form.dataset.most || files.length)) wrong = form.dataset.tooMany;
    input.setCustomValidity(wrong);
    const names = files.map((file) => {
      const line = document.createElement("span");
      line.textContent = file.name;
      return line;
    });
    form.querySelector(".chosen").replaceChildren(...(wrong ? [wrong] : names));
    return files.length > 0 && !wrong;
  }
})();
