// What is being written, kept with this tab and this address until the run starts.
const key = () => `draft ${location.pathname}${location.search}`;

export const keep = (text) => sessionStorage.setItem(key(), text);
export const kept = () => (justReloaded() ? sessionStorage.getItem(key()) : null);
export const forget = () => sessionStorage.removeItem(key());

/** Only then: who comes by a link begins anew. */
const justReloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload" && performance.now() < 15000;
