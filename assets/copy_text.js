/* Copying: a press puts a text into the clipboard; without one it is selected, so that the person's own keys copy. */
(function () {
  "use strict";
  window.rrCopyText = async (button, node) => {
    try { await navigator.clipboard.writeText(node.textContent); button.textContent = "copied"; }
    catch (_) {
      const range = document.createRange(), chosen = window.getSelection();
      range.selectNodeContents(node);
      chosen.removeAllRanges(); chosen.addRange(range);
      button.textContent = "selected";
    }
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".copy-text");
    if (button) window.rrCopyText(button, button.previousElementSibling);
  });
})();
