/* The small things of a page beyond polling and keys. Everything works without this file. */
(() => {
  "use strict";
  const page = document.documentElement;
  page.classList.add("js");
  /* browsers let only pages of this machine, or over TLS, copy */
  page.classList.toggle("copies", Boolean(navigator.clipboard));

  /* the code of a first sign-in stands behind the # of its link, so that no server and no log ever sees it */
  const code = document.querySelector("[data-from-address]");
  if (code && location.hash.length > 1) {
    code.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }

  /* whoever chose it in the settings sees times in the zone of the browser */
  document.cookie = "multijob-zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone + "; Path=" + page.dataset.root + "/ui; SameSite=Strict; Max-Age=31536000";

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const { copy, copyFrom } = button.dataset;
    const file = copyFrom && await fetch(copyFrom);
    if (file && !file.ok) return;
    await navigator.clipboard.writeText(file ? await file.text() : document.getElementById(copy).textContent);
    button.textContent = page.dataset.copied;
  });
})();
