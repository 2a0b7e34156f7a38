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

// The skip link: a bare # leads to the start page, whose address is the base of all, and a real one would begin the page anew.
document.addEventListener("click", e => {
  if (!e.target.closest?.(".skip")) return;
  e.preventDefault();
  document.getElementById("content").focus();
}, true);
