// What is being written, kept with this tab and this address until the run starts.
const key = () => `draft ${location.pathname}${location.search}`;

export const keep = (text) => sessionStorage.setItem(key(), text);
export const kept = () => (justReloaded() || justBack() ? sessionStorage.getItem(key()) : null);
export const forget = () => sessionStorage.removeItem(key());

let back = -Infinity; // when the browser's Back or Forward was last used
addEventListener("popstate", () => { back = performance.now(); });
const justBack = () => performance.now() - back < 5000;

/** Only then: who comes by a link begins anew. */
const justReloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload" && performance.now() < 15000;
