// Words that were chosen in a point of a draft go along to the form for a remark on them. Without
// this the form opens for the whole point, and the words are typed there.
"use strict";

(() => {
  const LONGEST = 500;
  let chosen = null;

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const words = selection.toString().replace(/\s+/g, " ").trim();
    const point = pointOf(selection.anchorNode);
    // A press on the link itself empties the selection; what was chosen is kept until then.
    if (!words) return;
    forget();
    if (!point || point !== pointOf(selection.focusNode) || words.length > LONGEST) return;
    chosen = { point, words };
    const link = point.querySelector(".remark-link");
    if (link) link.textContent = link.dataset.chosen;
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".remark-link");
    if (link && chosen && chosen.point === link.closest(".point")) {
      const address = new URL(link.href);
      address.searchParams.set("cau", chosen.words);
      link.href = address.href;
    } else if (!link) {
      if (!document.getSelection().toString()) forget();
    }
  });

  function pointOf(node) {
    const element = node && (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
    const text = element && element.closest(".text");
    return text ? text.closest(".point") : null;
  }

  function forget() {
    if (!chosen) return;
    const link = chosen.point.querySelector(".remark-link");
    if (link) link.textContent = link.dataset.here;
    chosen = null;
  }
})();
