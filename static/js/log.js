/* The log on a run's page: what is typed picks lines (Enter asks for those of the whole log), it wraps or not, and stays where
   somebody has scrolled to. */
(() => {
  "use strict";
  const log = document.querySelector("[data-log]");
  if (!log) return;
  const [box, search, wrap, again] = [".lines", "[data-log-search]", "[data-log-wrap]", "[data-log-follow]"].map((name) => log.querySelector(name));
  /* the box is turned around: its end is at 0, and what is above it is negative */
  const reads = () => box.scrollTop < -4;
  let below = 0;

  const show = () => {
    const text = search.value.toLowerCase();
    for (const line of box.querySelectorAll("li:not(#log-end)")) line.hidden = text !== "" && !line.textContent.toLowerCase().includes(text);
  };
  const grown = () => {
    show();
    if (reads()) box.scrollTop -= box.scrollHeight - below;
    below = box.scrollHeight;
  };
  below = box.scrollHeight;
  new MutationObserver(grown).observe(box.firstElementChild, { childList: true });

  search.addEventListener("input", () => { show(); below = box.scrollHeight; });
  wrap.addEventListener("change", () => { box.classList.toggle("unwrapped", !wrap.checked); below = box.scrollHeight; });
  box.addEventListener("scroll", () => { if (again) again.hidden = !reads(); });
  again?.addEventListener("click", () => { box.scrollTop = 0; });
})();
