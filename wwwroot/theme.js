// The choice of colours: kept in the browser, and told to charts through data-theme.
window.asftTheme = {
  stored() {
    const kept = localStorage.getItem("asft-dark");
    return kept === null ? null : kept === "true";
  },
  show(dark, keep) {
    if (keep) localStorage.setItem("asft-dark", dark);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  },
};
