/* Choosing rows: shift takes all between two boxes, one box takes the page, and a word says how many. Works without, too. */
(() => {
  "use strict";
  let last = null;
  const boxes = (form) => [...form.querySelectorAll("[data-choose]")];
  const count = (form) => {
    const chosen = boxes(form).filter((box) => box.checked).length;
    const said = form.querySelector("[data-chosen]");
    if (said) said.textContent = chosen ? String(chosen) : "";
    const all = form.querySelector("[data-choose-all]");
    if (all) { all.checked = chosen > 0 && chosen === boxes(form).length; all.indeterminate = chosen > 0 && !all.checked; }
  };

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.form) return;
    const row = boxes(box.form);
    if (box.matches("[data-choose-all]")) for (const one of row) one.checked = box.checked;
    else if (box.matches("[data-choose]")) {
      const [from, to] = [row.indexOf(last), row.indexOf(box)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) for (const one of row.slice(from, to + 1)) one.checked = box.checked;
      last = box;
    } else return;
    count(box.form);
  });
  document.addEventListener("htmx:after:swap", () => { for (const form of document.querySelectorAll("form:has([data-choose])")) count(form); });
})();
