/* What a page open all day needs beyond htmx: polls that wait for the person, and a word when the server is silent.
   Everything works without this file. */
(() => {
  "use strict";
  const page = document.documentElement;
  page.classList.add("js");

  /* A poll would take away what somebody selects, types or has open inside the element. */
  const busy = (element) => {
    const selection = getSelection();
    const selecting = selection && !selection.isCollapsed && selection.rangeCount > 0 && selection.getRangeAt(0).intersectsNode(element);
    const active = document.activeElement;
    const typing = active && element.contains(active) && active.matches("input, select, textarea, [contenteditable]");
    return selecting || typing || element.querySelector("details[open][data-menu]") !== null;
  };

  const polls = (event) => event.target instanceof Element && event.target.matches("[data-poll]");

  document.addEventListener("htmx:before:request", (event) => {
    if (polls(event) && (document.hidden || busy(event.target))) event.preventDefault();
  });

  /* The answer may come back after somebody began to select: then it is dropped, and the next poll brings the next one. */
  document.addEventListener("htmx:before:swap", (event) => {
    if (polls(event) && busy(event.target)) event.preventDefault();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "every", {}, false);
  });

  /* The last moment at which the server answered is kept by the clock in the bar. */
  const lost = () => document.getElementById("lost");
  const silent = () => {
    if (!lost().hidden) return;
    lost().querySelector("[data-since]").textContent = document.querySelector("#clock time").textContent;
    lost().hidden = false;
  };
  document.addEventListener("htmx:error", (event) => { if (polls(event)) silent(); });
  /* a session that has ended is an answer: it leads to the sign-in page */
  document.addEventListener("htmx:response:error", (event) => { if (polls(event) && event.detail.ctx.response.status !== 401) silent(); });
  document.addEventListener("htmx:after:swap", () => { lost().hidden = true; });

  /* the code of a first sign-in stands behind the # of its link, so that no server and no log ever sees it */
  const code = document.querySelector("[data-from-address]");
  if (code && location.hash.length > 1) {
    code.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }

  /* whoever chose it in the settings sees times in the zone of the browser */
  document.cookie = "multijob-zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone + "; Path=/ui; SameSite=Strict; Max-Age=31536000";

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = [...document.querySelectorAll("[data-search]")].find((input) => input.offsetParent !== null);
    if (search) { event.preventDefault(); search.focus(); }
  });
})();
