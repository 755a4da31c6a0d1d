/* Elements that poll: they wait for the person, ask only while somebody looks, and say when the server is silent.
   Everything works without this file. */
(() => {
  "use strict";
  const page = document.documentElement;
  const polls = (event) => event.target instanceof Element && event.target.matches("[data-poll]");

  /* What somebody selects, types, holds, has open or has half filled in would be lost or move under his hand. */
  const changed = (field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
    return field.type !== "hidden" && field.value !== field.defaultValue;
  };
  const typesIn = (element) => {
    const active = document.activeElement;
    return active && element.contains(active) && active.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  };
  const selectsIn = (element) => {
    const selection = getSelection();
    return selection && !selection.isCollapsed && selection.rangeCount > 0 && selection.getRangeAt(0).intersectsNode(element);
  };
  const busy = (element) =>
    selectsIn(element) || typesIn(element) || element.querySelector("details[open][data-menu], button:active, a:active") !== null
    || [...element.querySelectorAll("input, select, textarea")].some(changed);

  /* The tag of what an element shows goes with the next question; unchanged parts come back as 304 without a body. */
  const tags = new WeakMap();
  document.addEventListener("htmx:config:request", (event) => {
    if (polls(event) && event.target.dataset.poll === "part") event.detail.ctx.request.headers["HX-PTag"] = tags.get(event.target) || "-";
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (polls(event) && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    if (!polls(event)) { if (ctx.target instanceof Element) tags.delete(ctx.target); return; }
    if (ctx.response.status >= 400) { event.preventDefault(); return; }
    const waits = busy(event.target);
    page.toggleAttribute("data-waits", waits);
    if (waits) tasks.splice(0, tasks.length, ...tasks.filter((task) => task.type !== "main"));
    else tags.set(event.target, ctx.response.headers.get("HX-PTag"));
  });

  /* A morph leaves open what somebody has opened. */
  document.addEventListener("htmx:before:morph:attr", (event) => {
    if (event.detail.attrName === "open" && event.target.matches("details")) event.preventDefault();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "every", {}, false);
  });

  /* The clock shows when the server last answered; a banner says so when it does not any more. */
  const clock = () => document.querySelector("[data-answered]");
  const banners = () => ["lost", "away"].map((id) => document.getElementById(id));
  const answered = (date) => {
    for (const banner of banners()) banner.hidden = true;
    const at = date ? new Date(date) : new Date();
    if (!clock()) return;
    clock().textContent = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23", timeZone: clock().dataset.answered }).format(at);
    clock().dateTime = clock().title = at.toISOString();
  };
  const silent = (id) => {
    for (const banner of banners()) {
      if (banner.id === id && banner.hidden) banner.querySelector("[data-since]").textContent = clock().textContent + clock().nextSibling.textContent;
      banner.hidden = banner.id !== id;
    }
  };
  document.addEventListener("htmx:error", (event) => { if (polls(event)) silent("lost"); });
  document.addEventListener("htmx:after:request", (event) => {
    if (!polls(event)) return;
    const { response, hx } = event.detail.ctx;
    /* the page of what is gone is asked for anew, but not from under what somebody types on it */
    if (hx.refresh && busy(document.getElementById("main"))) { hx.refresh = ""; page.toggleAttribute("data-waits", true); }
    if (response.status >= 500) silent(response.status === 503 ? "away" : "lost");
    else answered(response.headers.get("Date"));
  });
})();
