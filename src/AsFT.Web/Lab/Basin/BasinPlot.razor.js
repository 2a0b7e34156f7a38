// The charts of a basin: lines with intervals, a heat map with contours and a path, and the same as a surface in 3-D.
import { colour, drawn } from "../../Shared/CurveChart.razor.js";

const shades = ["#4477aa", "#ee6677", "#228833"];
const symbols = ["circle", "square", "diamond"]; // for those who do not see the colours apart
const dashes = ["solid", "dash", "dot"];
const figures = new Map(); // element id → { figure, watchers }
let small = null; // a bundle that was seen to be without surfaces

export async function show(id, text) {
  const plot = (await drawn(id)) && (await whole()) && document.getElementById(id);
  if (!plot) return;
  const known = figures.get(id);
  figures.set(id, { ...known, figure: JSON.parse(text) });
  draw(id);
  if (known) return;
  const theme = new MutationObserver(() => draw(id));
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const size = new ResizeObserver(() => plot.isConnected && plot._fullLayout && window.Plotly.Plots.resize(plot));
  size.observe(plot.parentElement);
  Object.assign(figures.get(id), { theme, size });
}

/** Who comes from another page has its small bundle, which draws lines alone, until the whole one is there. */
async function whole() {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (window.Plotly && window.Plotly !== small) {
      if (window.Plotly.PlotSchema.get().traces.surface) return true;
      small = window.Plotly;
    }
    await new Promise((go) => setTimeout(go, 50));
  }
  return false;
}

export function close(id) {
  const known = figures.get(id);
  known?.theme?.disconnect();
  known?.size?.disconnect();
  figures.delete(id);
}

/** On a ground of its own, so that it can be read wherever it is put. */
export function picture(id) {
  const plot = document.getElementById(id);
  const ground = getComputedStyle(document.body).backgroundColor;
  window.Plotly.downloadImage({ data: plot.data, layout: { ...plot.layout, paper_bgcolor: ground, plot_bgcolor: ground } }, { format: "png", filename: id, width: 1200, height: 700, scale: 2 });
}

function draw(id) {
  const plot = document.getElementById(id);
  const figure = figures.get(id)?.figure;
  if (!plot || !figure) return;
  if (figure.kind === "surface" && !canDrawInSpace()) {
    document.getElementById(`${id}-note`).textContent = "This browser draws nothing in 3-D (WebGL is off); the heat map shows the same.";
    return;
  }
  const { data, layout } = { lines, heat, surface }[figure.kind](figure);
  window.Plotly.react(plot, data, { ...colour({ uirevision: "kept", ...layout }), ...layout.over }, plot._context);
}

function canDrawInSpace() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl"));
  } catch {
    return false;
  }
}

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function lines(f) {
  const data = f.traces.map((t) => ({
    x: t.x, y: t.y, name: t.name, showlegend: t.dash === 0, mode: "lines+markers", text: t.text.map(escaped), hovertemplate: `α %{x}: %{y:.3~f}<br>“%{text}”<extra>${t.name}</extra>`,
    line: { color: shades[t.number], width: 1.5, dash: dashes[t.dash] }, marker: { color: shades[t.number], size: 5, symbol: symbols[t.number] },
    ...(t.low && { error_y: { type: "data", symmetric: false, array: t.y.map((y, i) => t.high[i] - y), arrayminus: t.y.map((y, i) => y - t.low[i]), thickness: 1, width: 2 } }),
  }));
  const level = f.level === null ? [] : [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: f.level, y1: f.level, line: { color: style("--muted"), width: 1, dash: "dot" } }];
  const reach = f.extent * 1.04;
  return {
    data, layout: {
      height: 260, margin: { l: 58, r: 12, t: 8, b: 38 }, showlegend: true, hovermode: "closest", shapes: level,
      xaxis: { title: { text: "α" }, range: [-reach, reach] }, yaxis: { title: { text: "share" }, range: [-0.03, 1.03] },
    },
  };
}

const scale = { colorscale: "Viridis", zmin: 0, zmax: 1 };
const place = (f) => `${f.first} %{x}, ${f.second} %{y}: %{z:.3~f}<extra></extra>`;

function heat(f) {
  const known = f.z.flat().filter((v) => v !== null);
  const data = [{ type: "heatmap", x: f.x, y: f.y, z: f.z, ...scale, hovertemplate: place(f), colorbar: { title: { text: f.score }, thickness: 14 }, hoverongaps: false }];
  if (known.length === f.z.length ** 2) data.push({ // contours of a picture with holes would draw the holes
    type: "contour", x: f.x, y: f.y, z: f.z, showscale: false, hoverinfo: "skip", contours: { coloring: "none", start: 0.2, end: 0.8, size: 0.2, showlabels: true, labelfont: { size: 10, color: "#fff" } }, line: { color: "rgba(255,255,255,0.7)", width: 1 },
  });
  if (f.path) data.push(edge(f.path), way(f.path));
  data.push({ x: [0], y: [0], mode: "markers", marker: { symbol: "cross-thin", size: 12, line: { color: "#fff", width: 2 } }, hovertemplate: "the model itself<extra></extra>"});
  return {
    data, layout: {
      height: 520, margin: { l: 58, r: 12, t: 12, b: 44 }, showlegend: false, hovermode: "closest",
      xaxis: { title: { text: `α, ${f.first}` } }, yaxis: { title: { text: `β, ${f.second}` } }, over: { annotations: f.path ? [end(f.path)] : [] },
    },
  };
}

/** Beneath the way, so that it is seen on bright places too. */
const edge = (p) => ({ x: p.x, y: p.y, mode: "lines", line: { color: "#000", width: 4 }, hoverinfo: "skip" });

const end = (p) => ({ x: p.x.at(-1), y: p.y.at(-1), text: `step ${p.step.at(-1)}`, showarrow: false, xanchor: "left", xshift: 9, bgcolor: "rgba(0,0,0,0.6)", font: { color: "#fff", size: 11 } });

function way(p) {
  const last = p.x.length - 1;
  return {
    x: p.x, y: p.y, mode: "lines+markers", line: { color: "#fff", width: 2 }, marker: { color: p.x.map((_, i) => (i === last ? "#ee6677" : "#fff")), size: p.x.map((_, i) => (i === last ? 9 : 5)), line: { color: "#000", width: 1 } },
    customdata: p.step.map((s, i) => [s, 100 * p.inside[i]]), hovertemplate: "step %{customdata[0]}: α %{x:.3~f}, β %{y:.3~f}<br>%{customdata[1]:.1f} % of its length² in the plane<extra></extra>",
  };
}

function surface(f) {
  const axis = { color: getComputedStyle(document.body).color, gridcolor: style("--line"), zerolinecolor: style("--line") };
  return {
    data: [{ type: "surface", x: f.x, y: f.y, z: f.z, cmin: 0, cmax: 1, colorscale: "Viridis", hovertemplate: place(f), colorbar: { title: { text: f.score }, thickness: 14 }, contours: { z: { show: true, usecolormap: true, start: 0.2, end: 0.8, size: 0.2 } } }],
    layout: {
      height: 520, margin: { l: 0, r: 0, t: 0, b: 0 },
      over: { scene: { xaxis: { title: { text: `α, ${f.first}` }, ...axis }, yaxis: { title: { text: `β, ${f.second}` }, ...axis }, zaxis: { title: { text: f.score }, range: [0, 1], ...axis }, camera: { eye: { x: -1.5, y: -1.5, z: 0.9 } }, uirevision: "kept" } },
    },
  };
}
