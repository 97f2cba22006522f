// How far an upload is, and what was chosen is kept when it is refused. Pages work without it.
"use strict";

(() => {
  const said = document.currentScript.dataset;

  // After the listener of app.js, which may have asked a question first.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-progress]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // A file that is only compared need not travel: its digest does. Only where the browser can.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-digest]")) return;
    if (!window.crypto || !crypto.subtle) return;
    event.preventDefault();
    const input = form.querySelector("input[type=file]");
    const made = await crypto.subtle.digest("SHA-256", await input.files[0].arrayBuffer());
    const digest = document.createElement("input");
    digest.type = "hidden";
    digest.name = "sha256";
    digest.value = [...new Uint8Array(made)].map((one) => one.toString(16).padStart(2, "0")).join("");
    form.append(digest);
    input.disabled = true;
    form.submit();
  });

  function send(form, submitter) {
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    const shown = showProgress(form);
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const share = Math.floor((100 * event.loaded) / event.total);
      shown.bar.value = share;
      shown.words.textContent = share < 100
        ? `${said.sent} ${share} %`
        : (form.dataset.working || said.working);
    });
    request.addEventListener("load", () => arrived(request, form, shown));
    ["error", "abort"].forEach((name) => request.addEventListener(name, () => {
      tell(form, shown, said.broken);
    }));
    shown.stop.addEventListener("click", () => request.abort(), { once: true });
    request.send(body);
  }

  // What came back is the page to which the form itself would have led.
  function arrived(request, form, shown) {
    const there = new URL(request.responseURL, location.href);
    const asked = new URL(form.getAttribute("action"), location.href);
    const elsewhere = ![asked, location].some((one) => one.pathname + one.search === there.pathname + there.search);
    if (request.status === 200 && elsewhere) {
      location.assign(there.href);
      return;
    }
    const came = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = came.querySelector("main");
    if (!main) {
      tell(form, shown, said.lost);
      return;
    }
    keepChosen(form, main);
    document.title = came.title;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    main.dispatchEvent(new CustomEvent("trinhky:shown", { bubbles: true }));
    const first = main.querySelector("[role=alert], .band, [aria-invalid=true]");
    if (first) {
      first.tabIndex = -1;
      first.focus();
      first.scrollIntoView({ block: "center" });
    }
  }

  // A browser fills no file into a form: the inputs themselves move over, with what was chosen.
  function keepChosen(form, main) {
    const next = [...main.querySelectorAll("form[data-progress]")]
      .find((one) => one.getAttribute("action") === form.getAttribute("action"));
    if (!next || !("keepFiles" in form.dataset)) return;
    form.querySelectorAll("input[type=file]").forEach((input) => {
      const place = [...next.querySelectorAll("input[type=file]")]
        .find((one) => one.name === input.name && !one.files.length);
      if (place && input.files.length) place.replaceWith(input);
    });
    next.querySelectorAll("[data-choose-again]").forEach((one) => one.remove());
  }

  function tell(form, shown, words) {
    shown.box.remove();
    form.querySelectorAll("button[disabled]").forEach((button) => {
      button.disabled = false;
      if (button.dataset.words) button.textContent = button.dataset.words;
    });
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.setAttribute("role", "alert");
    notice.textContent = words;
    form.prepend(notice);
    notice.scrollIntoView({ block: "center" });
  }

  function showProgress(form) {
    form.querySelectorAll(":scope > .notice").forEach((old) => old.remove());
    const box = document.createElement("div");
    box.className = "uploading";
    const words = document.createElement("p");
    words.setAttribute("role", "status");
    words.textContent = said.sending;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", said.share);
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "plain";
    stop.textContent = said.stop;
    box.append(words, bar, stop);
    form.append(box);
    return { box, words, bar, stop };
  }
})();
