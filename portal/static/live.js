// An open page asks whether what it shows has changed, and shows its parts anew. It asks more and
// more seldom while nothing happens, not at all in a hidden tab, and never takes away what somebody
// is typing: then it only says that the page is old.
"use strict";

(() => {
  const body = document.body;
  if (!body.dataset.live) return;
  const LONGEST_S = 60, LONGEST_AT_WORK_S = 5, AFTER_FAULT_S = 120, SAID_EVERY_MS = 10000;
  const voice = document.getElementById("song-loi");
  const banner = document.getElementById("song-cu");
  let mark = body.dataset.liveMark, first = Number(body.dataset.liveWait), wait = first;
  let timer = 0, asking = false, over = false, saidAt = 0;

  const plan = (seconds) => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    // A little apart, so that a hundred pages opened at eight o'clock do not ask together.
    timer = setTimeout(ask, seconds * 1000 * (0.85 + 0.3 * Math.random()));
  };

  async function ask() {
    if (asking || over || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(`${body.dataset.live}&dau=${encodeURIComponent(mark)}`, {
        headers: { "Accept": "application/json" }, redirect: "manual", cache: "no-store",
      });
      if (answer.status === 204) {
        wait = Math.min(wait * 1.5, first <= 2 ? LONGEST_AT_WORK_S : LONGEST_S);
      } else if (answer.ok && (answer.headers.get("content-type") || "").includes("json")) {
        await take(await answer.json());
      } else if (answer.status >= 500 || answer.status === 429) {
        wait = Math.max(Number(answer.headers.get("retry-after")) || 0, Math.min(wait * 2, AFTER_FAULT_S));
      } else {
        over = true; // signed out, or no longer the reader's: the next click says why
      }
    } catch {
      wait = Math.min(wait * 2, AFTER_FAULT_S);
    }
    asking = false;
    plan(wait);
  }

  async function take(found) {
    document.dispatchEvent(new CustomEvent("trinhky:alive", { detail: found }));
    ring(found.bell);
    if (!found.changed) {
      mark = found.mark;
      wait = Math.min(wait * 1.5, LONGEST_S);
      return;
    }
    first = found.wait;
    wait = first;
    if (isBusy()) {
      mark = found.mark;
      banner.querySelector("[data-words]").textContent = found.words;
      banner.hidden = false;
      say(`${banner.dataset.say} ${found.words}`, true);
      return;
    }
    if (await refresh()) {
      mark = found.mark;
      say(found.words, first > 2);
    }
  }

  // The bell rides on what was asked anyway.
  function ring(told) {
    const bell = document.getElementById("chuong");
    if (!bell || !told) return;
    const count = bell.querySelector("b");
    count.textContent = told.count < 100 ? told.count : "99+";
    count.hidden = !told.count;
    bell.title = told.words;
    bell.setAttribute("aria-label", told.words);
  }

  // Somebody writes, chooses, or has a form open in what would be shown anew.
  function isBusy() {
    const dialog = document.getElementById("hoi");
    if (dialog && dialog.open) return true;
    const main = document.getElementById("noi-dung");
    const at = document.activeElement;
    if (at && main.contains(at) && at.matches("input:not([type=hidden]), textarea, select")) return true;
    return [...main.querySelectorAll("form")].some((form) => [...form.elements].some(isTouched));
  }

  function isTouched(one) {
    if (one.matches("[type=hidden], button, fieldset, output")) return false;
    if (one.type === "file") return one.files.length > 0;
    if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
    if (one.matches("select")) {
      const chosen = [...one.options].some((option) => option.defaultSelected);
      return chosen ? [...one.options].some((option) => option.selected !== option.defaultSelected) : one.selectedIndex > 0;
    }
    return one.value !== one.defaultValue;
  }

  async function refresh() {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
    // The work is done and its page leads on, or what it was about is gone: so does this one.
    if (answer.type === "opaqueredirect" || answer.status === 404) { location.reload(); return false; }
    if (!answer.ok) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isBusy()) return false; // began to type while the page was on its way
    document.querySelectorAll("[data-live-part]").forEach((old) => {
      const now = fresh.getElementById(old.id);
      if (!now) { location.reload(); return; }
      if (now.isEqualNode(old)) return;
      keep(old, now);
      old.replaceWith(document.adoptNode(now));
      if (window.htmx) window.htmx.process(now);
    });
    banner.hidden = true;
    document.dispatchEvent(new CustomEvent("trinhky:shown"));
    return true;
  }

  // What was folded out stays so, and the focus stays on the same link or button.
  function keep(old, now) {
    const before = [...old.querySelectorAll("details")], after = [...now.querySelectorAll("details")];
    if (before.length === after.length) after.forEach((one, at) => { one.open = before[at].open; });
    const at = document.activeElement;
    if (!at || !old.contains(at)) return;
    const like = [...now.querySelectorAll("a, button, summary")].find((one) =>
      one.textContent === at.textContent && one.getAttribute("href") === at.getAttribute("href"));
    if (like) setTimeout(() => like.focus({ preventScroll: true }));
  }

  // Not at each step of a long work: a voice that never stops tells nothing.
  function say(words, now) {
    if (!words || (!now && Date.now() - saidAt < SAID_EVERY_MS)) return;
    saidAt = Date.now();
    voice.textContent = words;
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) { wait = first; ask(); }
  });
  plan(wait);
})();
