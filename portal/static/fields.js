// Fields in the page's own language, whatever language the browser speaks: what is missing, which
// file was chosen, a day as it is written here. Pages work without it, in the browser's words.
"use strict";

(() => {
  const said = document.getElementById("loi-o").dataset;

  // A field says itself what it lacks; the browser shows that in place of its own sentence.
  document.addEventListener("invalid", (event) => {
    const field = event.target;
    if (field.validity.customError && !("own" in field.dataset)) return;
    field.setCustomValidity("");
    field.setCustomValidity(words(field));
    field.dataset.own = "";
  }, true);
  ["input", "change", "reset"].forEach((name) => document.addEventListener(name, (event) => {
    const form = event.target.form || event.target;
    [...(form.elements || [])].filter((one) => "own" in one.dataset).forEach((one) => {
      one.setCustomValidity("");
      delete one.dataset.own;
    });
  }, true));

  function words(field) {
    const wrong = field.validity;
    if (wrong.badInput) return field.type === "date" ? said.day : said.number;
    if (wrong.valueMissing) return said[field.type === "file" ? "file" : picked(field) ? "pick" : "missing"];
    if (wrong.typeMismatch) return field.type === "email" ? said.email : said.form;
    if (wrong.tooShort) return said.short.replace("{}", field.minLength);
    if (wrong.tooLong) return said.long.replace("{}", field.maxLength);
    if (wrong.rangeUnderflow) return said.least.replace("{}", shown(field, field.min));
    if (wrong.rangeOverflow) return said.most.replace("{}", shown(field, field.max));
    return field.title || said.form;
  }

  function picked(field) {
    return field.matches("select, [type=radio], [type=checkbox]");
  }

  function shown(field, value) {
    return field.type === "date" ? day(value) : value;
  }

  // 2026-12-05 is the fifth of December: 5/12/2026, never 12/5.
  function day(value) {
    const [year, month, date] = value.split("-").map(Number);
    return `${date}/${month}/${year}`;
  }

  // With its weekday where there is room.
  function whole(field) {
    if (field.clientWidth < 220 || !field.valueAsDate) return day(field.value);
    const language = document.documentElement.lang;
    const said = field.valueAsDate.toLocaleDateString(language, { weekday: "long", timeZone: "UTC" });
    return `${day(field.value)}, ${language === "vi" ? said.toLowerCase() : said}`;
  }

  function look(field) {
    if (field.type === "date") {
      const empty = !field.value && !field.validity.badInput;
      field.dataset.day = field.value ? whole(field) : said.noDay;
      field.classList.toggle("no-day", empty);
    } else {
      const files = [...field.files].map((one) => one.name).join(", ");
      field.previousElementSibling.dataset.name = files || (field.multiple ? said.noFiles : said.noFile);
    }
  }

  function dress(within) {
    within.querySelectorAll("input[type=file]:not([data-dressed])").forEach((field) => {
      field.dataset.dressed = "";
      if (field.closest(".target")) return; // its drop area has words of its own
      const whole = document.createElement("span");
      const face = document.createElement("span");
      whole.className = "file-own";
      face.className = "file-face";
      face.setAttribute("aria-hidden", "true");
      face.dataset.press = field.multiple ? said.pressFiles : said.pressFile;
      field.replaceWith(whole);
      whole.append(face, field);
      look(field);
    });
    within.querySelectorAll("input[type=date]:not([data-day])").forEach(look);
  }

  const ours = "input[type=date], .file-own input[type=file]";
  ["input", "change", "focusout", "trinhky:filled"].forEach((name) => {
    document.addEventListener(name, (event) => { if (event.target.matches(ours)) look(event.target); });
  });
  function all() {
    document.querySelectorAll(ours).forEach(look);
  }
  document.addEventListener("reset", () => setTimeout(all));
  window.addEventListener("pageshow", all);
  new MutationObserver(() => dress(document)).observe(document.body, { childList: true, subtree: true });
  dress(document);
})();
