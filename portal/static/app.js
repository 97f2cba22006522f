// Small helps beside pages that work without any of this: questions before deeds, keys, dropping
// of files, buttons that show that something is under way.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");
  const dialog = document.getElementById("hoi");
  let asking = null;

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

  document.querySelectorAll("form.drop").forEach((form) => {
    const target = form.querySelector(".target");
    const input = form.querySelector("input[type=file]");
    const chosen = form.querySelector(".chosen");
    const button = form.querySelector("button");

    function look() {
      const file = input.files[0];
      const large = file && file.size > Number(form.dataset.limit);
      input.setCustomValidity(large ? form.dataset.tooLarge : "");
      chosen.textContent = large ? form.dataset.tooLarge : (file ? file.name : "");
      return file && !large;
    }

    input.addEventListener("change", look);
    ["dragenter", "dragover"].forEach((name) => document.addEventListener(name, (event) => {
      event.preventDefault();
      target.classList.add("over");
    }));
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) target.classList.remove("over");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      target.classList.remove("over");
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      if (look() && "sendAtOnce" in form.dataset) form.requestSubmit(button);
    });
  });
})();
