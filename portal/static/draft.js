// The editor of a draft: saves by itself at every pause, keeps what could not be sent on this
// machine until it could, filters the directory. Everything works without it by the buttons.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (form) keep(form);
  const filter = document.querySelector("[data-filter]");
  if (filter) narrow(filter);

  function keep(form) {
    const PAUSE = 1500;
    const line = document.getElementById("da-luu");
    const store = "trinhky-draft-" + form.dataset.draft;
    let name = sessionStorage.getItem("trinhky-window");
    if (!name) {
      name = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
      sessionStorage.setItem("trinhky-window", name);
    }
    form.elements.window.value = name;
    let timer = null;
    let changed = false;
    let busy = false;
    let stopped = false;
    bringBack();

    form.addEventListener("input", (event) => {
      if (!event.target.name || event.target.type === "file") return;
      changed = true;
      grow(event.target);
      clearTimeout(timer);
      timer = setTimeout(send, PAUSE);
    });
    // Kept until a page shows that it came in: the line may be cut while it is sent.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      form.elements.sequence.value = Date.now();
      hold(true);
      changed = false;
      stopped = true;
      if (event.submitter?.value === "hand-in") sessionStorage.setItem("trinhky-handed", store);
    });
    window.addEventListener("pagehide", () => { if (changed) hold(); });
    window.addEventListener("online", send);
    const preview = document.querySelector("details[data-preview]");
    if (preview) {
      preview.hidden = false;
      preview.addEventListener("toggle", show);
    }
    form.querySelectorAll("textarea").forEach(grow);

    function grow(field) {
      if (field.tagName !== "TEXTAREA") return;
      field.style.height = "auto";
      field.style.height = field.scrollHeight + 2 + "px";
    }

    function typed() {
      const data = new FormData(form);
      data.delete("file");
      data.set("act", "auto");
      data.set("sequence", Date.now());
      return data;
    }

    async function send() {
      if (busy || stopped || !changed) return;
      busy = true;
      changed = false;
      line.textContent = line.dataset.saving;
      try {
        const answer = await fetch(form.action, { method: "POST", body: typed() });
        const said = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
        if (answer.ok && said.version) {
          form.elements.version.value = said.version;
          const clock = new Date().toLocaleTimeString(document.documentElement.lang || "vi", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
          line.textContent = line.dataset.saved + " " + clock + ".";
          localStorage.removeItem(store);
          look();
          show();
        } else {
          stopped = Boolean(said.stale);
          hold();
          line.textContent = said.sentence || line.dataset.lost;
          if (stopped) line.classList.add("bad");
        }
      } catch {
        hold();
        line.textContent = line.dataset.lost;
        timer = setTimeout(send, 10 * PAUSE);
      }
      busy = false;
      if (changed) timer = setTimeout(send, PAUSE);
    }

    function hold(sent = false) {
      changed = true;
      const texts = [...typed()].filter(([key]) => /^[a-z]\d*\./.test(key));
      localStorage.setItem(store, JSON.stringify({ version: form.elements.version.value, texts, sent }));
    }

    // What a crash or a lost line left on this machine, where nothing was saved since.
    function bringBack() {
      const held = localStorage.getItem(store);
      if (!held) return;
      const { version, texts, sent } = JSON.parse(held);
      const isNewer = version !== form.elements.version.value;
      if (isNewer && sent) localStorage.removeItem(store);
      else if (isNewer) showLeft(texts);
      if (isNewer) return;
      for (const [key, text] of texts) {
        const field = form.querySelector(`[name="${CSS.escape(key)}"]:not([type=hidden])`);
        if (field && field.type === "checkbox") field.checked = text === "1";
        else if (field && field.value !== text) { field.value = text; changed = true; field.dispatchEvent(new Event("trinhky:filled", { bubbles: true })); }
      }
      if (changed) timer = setTimeout(send, 0);
    }

    // The draft went on since: what was left here is shown to be copied, and put nowhere.
    function showLeft(texts) {
      const there = new Set([...form.querySelectorAll("input, textarea, select")].map((one) => one.value));
      const left = texts.map(([, text]) => text).filter((text) => text.length > 1 && !there.has(text));
      if (!left.length) { localStorage.removeItem(store); return; }
      const box = document.createElement("section");
      box.className = "card unsaved";
      const head = box.appendChild(document.createElement("h2"));
      head.textContent = form.dataset.left;
      for (const text of left) {
        const area = box.appendChild(document.createElement("textarea"));
        area.readOnly = true;
        area.value = text;
        area.setAttribute("aria-label", form.dataset.left);
      }
      form.before(box);
      localStorage.removeItem(store);
    }

    // The pages as printed, set anew after each save while somebody looks at them.
    async function show() {
      if (!preview || !preview.open) return;
      const answer = await fetch(preview.dataset.preview);
      if (!(answer.headers.get("content-type") || "").startsWith("text/html")) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      preview.replaceChildren(preview.querySelector("summary"), ...found.childNodes);
    }

    async function look() {
      const answer = await fetch(`/soan/${form.dataset.draft}/ra-soat`);
      if (!answer.ok) return;
      const part = document.querySelector("#ra-soat");
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      part.replaceChildren(part.querySelector("h2"), ...found.childNodes);
      // What stands beside the fields was said of what stood there before.
      form.querySelectorAll(".draft-main p.fault").forEach((one) => one.remove());
    }
  }

  function narrow(filter) {
    const rows = [...document.querySelectorAll(".tree li")];
    const boxes = [...document.querySelectorAll(".tree input")];
    const count = document.querySelector("[data-count]");
    const plain = (text) => text.normalize("NFD").replace(/[̀-ͯ]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
    const names = new Map(rows.map((row) => [row, plain(row.dataset.name || "")]));

    filter.addEventListener("input", () => {
      const words = plain(filter.value).split(/\s+/).filter(Boolean);
      const hit = (row) => words.every((word) => (names.get(row) || "").includes(word));
      rows.forEach((row) => { row.hidden = !hit(row) && ![...row.querySelectorAll("li")].some(hit); });
    });
    filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    const tell = () => { count.textContent = `${count.dataset.count} ${boxes.filter((box) => box.checked).length}`; };
    boxes.forEach((box) => box.addEventListener("change", tell));
    tell();
  }
})();
