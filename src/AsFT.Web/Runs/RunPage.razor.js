// Watches one run: joins its group, takes the history, then follows. A lost connection does that again.
import { clear, feed } from "../Shared/CurveChart.razor.js";

const end = "\x1e"; // ends a message of SignalR's JSON protocol
let watch = null;

export function start(run, page) {
  stop();
  clear();
  watch = { run, page, closed: false, told: 0 };
  connect(watch);
}

export function stop() {
  if (!watch) return;
  watch.closed = true;
  watch.socket?.close();
  clearInterval(watch.ping);
  watch = null;
}

function connect(w) {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/hubs/runs`);
  w.socket = socket;
  w.early = []; // news that come before the history
  socket.onopen = () => socket.send(JSON.stringify({ protocol: "json", version: 1 }) + end);
  socket.onmessage = (message) => message.data.split(end).filter(Boolean).forEach((text) => receive(w, JSON.parse(text)));
  socket.onclose = () => {
    clearInterval(w.ping);
    if (!w.closed) setTimeout(() => !w.closed && connect(w), 1000);
  };
}

async function receive(w, message) {
  if (message.type === undefined && !message.error) {
    w.socket.send(JSON.stringify({ type: 1, invocationId: "join", target: "Join", arguments: [w.run] }) + end);
    w.ping = setInterval(() => w.socket.send(JSON.stringify({ type: 6 }) + end), 15000);
  } else if (message.type === 3 && message.invocationId === "join") {
    await history(w);
  } else if (message.type === 1 && message.target === "events") {
    if (w.early) w.early.push(...message.arguments[0]);
    else take(w, message.arguments[0]);
  } else if (message.type === 1 && message.target === "state") {
    tell(w);
  } else if (message.type === 7) {
    w.socket.close();
  }
}

async function history(w) {
  const response = await fetch(`/api/v1/runs/${w.run}/metrics`).catch(() => null);
  if (w.closed) return;
  if (!response?.ok) return w.socket.close(); // and all is tried again
  for (const series of await response.json()) feed(series.name, series.steps, series.epochs, series.values);
  const early = w.early;
  w.early = null;
  take(w, early);
  document.documentElement.dataset.history = w.run;
  tell(w);
}

/** Metrics and scores go to the charts; whatever else happened, the page reads it again. */
function take(w, lines) {
  const events = lines.map((line) => JSON.parse(line));
  const columns = new Map();
  for (const e of events) {
    if (!e.values) continue;
    for (const [name, value] of Object.entries(e.values)) {
      if (typeof value !== "number") continue;
      if (!columns.has(name)) columns.set(name, [[], [], []]);
      const [steps, epochs, values] = columns.get(name);
      steps.push(e.step);
      epochs.push(e.epoch);
      values.push(value);
    }
  }
  for (const [name, [steps, epochs, values]] of columns) feed(name, steps, epochs, values);
  if (events.some((e) => e.kind !== "metrics")) tell(w);
}

/** At most two calls a second reach the page. */
function tell(w) {
  if (w.telling || w.closed) return;
  w.telling = setTimeout(() => {
    w.telling = null;
    if (!w.closed) w.page.invokeMethodAsync("ChangedAsync").catch(() => {}); // the page has left
  }, 500);
}
