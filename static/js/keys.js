/* Keys: / searches, g and a letter goes to a page, j and k walk the rows, x selects one, ? lists all of this, Escape closes.
   They can be turned off where they are listed (WCAG 2.1.4). */
(() => {
  "use strict";
  const OFF = "keys-off";
  const list = () => document.getElementById("keys");
  const isOff = () => localStorage.getItem(OFF) !== null;
  const rows = () => [...document.querySelectorAll("main tbody tr")].filter((row) => row.querySelector("a, input"));
  const here = () => document.activeElement?.closest("main tbody tr");

  const walk = (step) => {
    const all = rows(), at = all.indexOf(here());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    (next?.querySelector("a.id") || next?.querySelector("a, input"))?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  /* the page's own search before that of the bar */
  const search = () => ["main [data-search]", "[data-search]"].flatMap((place) => [...document.querySelectorAll(place)]).find((input) => input.checkVisibility());
  const acts = {
    "/": () => search()?.focus(),
    "?": () => list()?.togglePopover(),
    j: () => walk(1),
    k: () => walk(-1),
    x: () => here()?.querySelector("input[type=checkbox]")?.click(),
  };

  const close = () => {
    const open = [...document.querySelectorAll("details[data-menu][open]")];
    for (const menu of open) { menu.open = false; menu.querySelector("summary").focus(); }
    if (!open.length && document.activeElement.matches("[data-search]")) document.activeElement.blur();
  };

  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); return; }
    const types = event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
    if (types || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
    const place = going && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    going = 0;
    if (place) { place.click(); return; }
    if (event.key === "g") { going = 1; return; }
    const act = Object.hasOwn(acts, event.key) && acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  /* a menu is left by a click beside it, and by Tab */
  const leave = (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", leave);
  document.addEventListener("focusin", leave);

  const toggle = document.querySelector("[data-keys]");
  if (toggle) {
    toggle.checked = !isOff();
    toggle.addEventListener("change", () => { if (toggle.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); });
  }
})();
