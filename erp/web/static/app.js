// Small comforts; every page works without them.
(() => {
  const menus = "details.menu, details.confirm";

  // One open menu at a time; Escape and a click elsewhere close it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(menus)) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll(menus)) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // On a phone the menu is a dialog while it is open, and needs a name of its own.
  document.addEventListener("show.bs.offcanvas", (event) => {
    event.target.setAttribute("aria-label", event.target.dataset.name);
  });
  document.addEventListener("hidden.bs.offcanvas", (event) => {
    event.target.removeAttribute("aria-label");
  });

  // A box in a table's head ticks all boxes of the form: data-tick-all="name".
  document.addEventListener("change", (event) => {
    const name = event.target.dataset ? event.target.dataset.tickAll : undefined;
    if (!name) return;
    const form = event.target.closest("form");
    for (const box of form.querySelectorAll(`input[type=checkbox][name="${name}"]`)) {
      box.checked = event.target.checked;
    }
  });

  // A filter applies as soon as it is chosen.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form && event.target.matches("select")) form.requestSubmit();
  });

  // What was not asked for does not stand in the address.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form.filters")) return;
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
