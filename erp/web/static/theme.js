// Before the first paint: the colours of the system, unless another choice was made.
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wanted = root.dataset.theme;
    root.dataset.bsTheme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
  };
  dark.addEventListener("change", apply);
  apply();
})();
