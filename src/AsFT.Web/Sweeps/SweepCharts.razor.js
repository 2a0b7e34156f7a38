// The charts of a sweep: best so far, importance, and parallel coordinates, for which the basic bundle of plotly has lines only.
import { colour, drawn } from "../Shared/CurveChart.razor.js";

const shades = ["#440154", "#3b528b", "#21918c", "#5ec962", "#d9b80f"]; // viridis, its last darkened to be seen on white
const darkShades = ["#8f6fb8", "#6f8fd0", "#35b5ac", "#7fdd7f", "#fde725"];
let sweep = null;
let watch = null;

export async function show(text) {
  sweep = JSON.parse(text);
  await draw();
  if (watch) return;
  watch = { theme: new MutationObserver(draw), size: new ResizeObserver(fit) };
  watch.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const id of ["best-so-far", "importance", "parallel"]) {
    const plot = document.getElementById(id);
    if (plot) watch.size.observe(plot.parentElement);
  }
}

export function close() {
  watch?.theme.disconnect();
  watch?.size.disconnect();
  watch = null;
  sweep = null;
}

/** The parallel axes have marks of their own, which depend on the room there is. */
function fit(entries) {
  for (const { target } of entries) {
    const plot = target.querySelector(".js-plotly-plot");
    if (plot?._fullLayout) window.Plotly.Plots.resize(plot);
  }
}

async function draw() {
  await put("best-so-far", bestSoFar);
  await put("importance", importance);
  await put("parallel", parallel);
}

async function put(id, make) {
  const plot = await drawn(id);
  if (!plot || !sweep) return;
  const { data, layout } = make(plot);
  const common = { height: 260, margin: { l: 58, r: 12, t: 8, b: 38 }, showlegend: false, hovermode: "closest" };
  window.Plotly.react(plot, data, { ...colour({ ...common, ...layout }), ...(layout.annotations ? { annotations: layout.annotations } : {}) }, plot._context);
}

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
const isDark = () => document.documentElement.dataset.theme === "dark";
const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const scored = () => sweep.points.filter((p) => p.score !== null);
const words = (p) => `point ${p.number}: ${escaped(p.words)}${p.state === "completed" ? "" : ` (${p.state})`}<br>` + sweep.axes.map((a, i) => `${escaped(a.name)} ${escaped(shownValue(p.settings[i]))}`).join("<br>");
const shownValue = (v) => (typeof v !== "number" ? v : v !== 0 && Math.abs(v) < 1e-3 ? Number(v.toPrecision(3)).toExponential() : Number(v.toPrecision(3))); // as the tables write it

function bestSoFar() {
  const points = scored();
  const better = (a, b) => (sweep.highest ? a > b : a < b);
  let best = null;
  const steps = sweep.points.map((p) => (best = p.score !== null && (best === null || better(p.score, best)) ? p.score : best));
  const order = points.map((p) => sweep.points.indexOf(p) + 1);
  return {
    data: [
      { x: order, y: points.map((p) => p.score), mode: "markers", marker: { color: style("--muted"), size: 6 }, text: points.map(words), hoverinfo: "text" },
      { x: steps.map((_, i) => i + 1), y: steps, mode: "lines", line: { shape: "hv", color: style("--link"), width: 2 }, hoverinfo: "skip" },
    ],
    layout: { xaxis: { title: { text: "points done" }, dtick: sweep.points.length < 12 ? 1 : undefined, rangemode: "tozero" }, yaxis: { title: { text: sweep.series } } },
  };
}

function importance(plot) {
  const known = sweep.importance.filter((i) => i.share !== null).reverse();
  const longest = Math.max(0, ...known.map((i) => i.setting.length));
  return {
    data: [{ type: "bar", orientation: "h", x: known.map((i) => i.share), y: known.map((i) => i.setting), marker: { color: style("--link") }, width: 0.6, hovertemplate: "%{y}: %{x:.2f}<extra></extra>" }],
    layout: {
      margin: { l: Math.min(longest * 7 + 20, plot.clientWidth / 2), r: 12, t: 8, b: 38 }, xaxis: { range: [0, 1], title: { text: "share of the variance" } }, yaxis: { visible: known.length > 0 },
      annotations: known.length ? [] : [{ text: "too few points to say", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5 }],
    },
  };
}

/** Where a value lies on its axis, from 0 to 1. */
function place(axis, value) {
  if (axis.values.length) return axis.values.length === 1 ? 0.5 : axis.values.map(String).indexOf(String(value)) / (axis.values.length - 1);
  return axis.log ? Math.log(value / axis.min) / Math.log(axis.max / axis.min) : (value - axis.min) / (axis.max - axis.min);
}

function parallel(plot) {
  const scores = scored().map((p) => p.score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const height = (score) => (high === low ? 0.5 : (score - low) / (high - low));
  const last = sweep.axes.length;
  const rank = (p) => (p.score === null ? -1 : sweep.highest ? height(p.score) : 1 - height(p.score));
  const lines = [...sweep.points].sort((a, b) => rank(a) - rank(b) || (b.number === sweep.best ? -1 : 0)).map((p) => ({ // the best on top
    x: [...sweep.axes.map((_, i) => i), ...(p.score === null ? [] : [last])],
    y: [...sweep.axes.map((a, i) => place(a, p.settings[i])), ...(p.score === null ? [] : [height(p.score)])],
    mode: "lines+markers", text: words(p), hoverinfo: "text", marker: { size: 5, color: shade(rank(p)) },
    line: { color: shade(rank(p)), width: p.number === sweep.best ? 3.5 : 1.5, dash: p.score === null ? "dot" : "solid" },
  }));
  const axes = [...sweep.axes.map((_, i) => i), last].map((x) => ({ type: "line", x0: x, x1: x, y0: 0, y1: 1, line: { color: style("--muted"), width: 1 } }));
  const room = (plot.clientWidth - 100) / Math.max(1, last);
  return {
    data: lines.length ? lines : [{ x: [], y: [] }],
    layout: {
      margin: { l: 50, r: 50, t: 12, b: 60 }, shapes: axes, annotations: marks(room, low, high),
      xaxis: { range: [-0.12, last + 0.12], visible: false, fixedrange: true }, yaxis: { range: [-0.02, 1.02], visible: false, fixedrange: true },
    },
  };
}

/** Names below the axes, one lower where there is little room; values beside them. */
function marks(room, low, high) {
  const ground = getComputedStyle(document.body).backgroundColor; // lines cross behind the marks
  const score = { name: sweep.series, min: low, max: high, values: [], log: false };
  return [...sweep.axes, score].flatMap((a, x, all) => {
    const levels = room < 130 ? 3 : 1;
    const name = { x, y: -0.02, yanchor: "top", yshift: -8 - 15 * (x % levels), text: escaped(a.name), showarrow: false, font: { size: 11 } };
    if (x === 0) name.xanchor = "left"; // so that the ends are not cut off
    if (x === 0) name.xshift = -46;
    if (x === all.length - 1) [name.xanchor, name.xshift] = ["right", 46];
    const ticks = a.values.length ? a.values.map((v) => [place(a, v), shownValue(v)]) : Number.isFinite(a.min) ? [[0, shownValue(a.min)], [1, shownValue(a.max)]] : [];
    if (!a.values.length && a !== score) ticks.push(middle(a));
    const left = x === all.length - 1;
    return [name, ...ticks.map(([y, text]) => ({ x, y, text: escaped(text), showarrow: false, xanchor: left ? "left" : "right", xshift: left ? 5 : -5, bgcolor: ground, borderpad: 1, opacity: 0.9, font: { size: 10, color: style("--muted") } }))];
  });
}

const middle = (a) => [0.5, shownValue(a.log ? Math.sqrt(a.min * a.max) : (a.min + a.max) / 2)];

function shade(rank) {
  if (rank < 0) return "#888888";
  const palette = isDark() ? darkShades : shades;
  const at = rank * (palette.length - 1);
  const [a, b] = [palette[Math.floor(at)], palette[Math.ceil(at)]].map((c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16)));
  return `rgb(${a.map((v, i) => Math.round(v + (b[i] - v) * (at - Math.floor(at)))).join(",")})`;
}
