// Says of a file that is too long that it was not sent; the upload itself leaves it out without a word.
"use strict";
(() => {
  const look = (event, files) => {
    const place = event.target instanceof Element && event.target.closest(".file-drop");
    if (!place || !files || !files.length) return;
    const said = place.querySelector(".file-drop-refusal"), most = Number(place.dataset.mostBytes);
    const long = [...files].find((file) => file.size > most);
    said.textContent = long ? `${long.name} has ${long.size.toLocaleString("en")} bytes, at most ${most.toLocaleString("en")} are read. Nothing was sent.` : "";
    said.hidden = !long;
  };
  document.addEventListener("change", (event) => look(event, event.target.files), true);
  document.addEventListener("drop", (event) => look(event, event.dataTransfer && event.dataTransfer.files), true);
})();
