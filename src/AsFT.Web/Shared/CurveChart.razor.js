// Curves that grow. Points are kept by key; every chart that shows a key is extended, never redrawn, as points come.
const points = new Map(); // key → { steps, epochs, values }, steps rising
const charts = new Map(); // element id → chart
const colours = ["#4477aa", "#ee6677", "#228833", "#b8860b", "#66ccee", "#aa3377", "#888888", "#6655cc", "#dd7722", "#117733"];
const dashes = ["solid", "dash", "dot", "dashdot"]; // where colours come round again
const symbols = ["circle", "square", "diamond", "cross", "x", "triangle-up", "star", "triangle-down", "pentagon", "hourglass"]; // for those who do not see the colours apart
const mostRows = 2000;

/** Adds points to a curve; steps that are there already are left out, so that the same news may come twice. */
export function feed(key, steps, epochs, values) {
  const curve = curveOf(key);
  const from = curve.steps.length;
  for (let i = 0; i < steps.length; i++) {
    if (curve.steps.length && steps[i] <= curve.steps[curve.steps.length - 1]) continue;
    curve.steps.push(steps[i]);
    curve.epochs.push(epochs[i]);
    curve.values.push(values[i]);
  }
  if (curve.steps.length > from) for (const chart of charts.values()) extend(chart, key, from);
}

/** Forgets all points: another run is shown. */
export function clear() {
  points.clear();
  charts.forEach(redraw);
}

export async function open(id, curves, logY, fromZero) {
  const plot = await drawn(id);
  if (!plot) return;
  const chart = { id, plot, curves, smoothing: 0, logX: false, logY, fromZero, news: new Map() };
  charts.set(id, chart);
  listen(chart);
  redraw(chart);
}

export function close(id) {
  const chart = charts.get(id);
  chart?.resize?.disconnect();
  chart?.theme?.disconnect();
  charts.delete(id);
}

/** Plotly draws some time after its element is there. */
export async function drawn(id) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const plot = document.getElementById(id);
    if (plot?._fullLayout && window.Plotly) return plot;
    await new Promise((go) => setTimeout(go, 50));
  }
  return null;
}

const curveOf = (key) => points.get(key) ?? points.set(key, { steps: [], epochs: [], values: [] }).get(key);

/** Two traces a curve: the points, and above them their smoothed course, shown when smoothing is on. */
function redraw(chart) {
  chart.news.clear();
  chart.anew = false;
  const traces = chart.curves.flatMap((curve, i) => {
    const { steps, values } = curveOf(curve.key);
    const smooth = chart.smoothing > 0;
    const shade = colours[i % colours.length];
    const dash = dashes[Math.floor(i / colours.length) % dashes.length];
    const raw = {
      x: [...steps], y: [...values], name: curve.label, mode: steps.length < 50 ? "lines+markers" : "lines", legendgroup: curve.key, showlegend: !smooth && steps.length > 0,
      opacity: smooth ? 0.3 : 1, line: { color: shade, width: 1.5, dash }, marker: { color: shade, size: 5 }, hovertemplate: `step %{x}: %{y:.5~g}<extra>${escaped(curve.label)}</extra>`,
    };
    if (curve.low) raw.error_y = interval(curve);
    const course = average(values, chart.smoothing);
    chart.course = { ...chart.course, [curve.key]: course };
    return [raw, { x: smooth ? [...steps] : [], y: smooth ? course.values : [], name: curve.label, mode: "lines", legendgroup: curve.key, showlegend: smooth && steps.length > 0, line: { color: shade, width: 2, dash }, hoverinfo: "skip" }];
  });
  window.Plotly.react(chart.plot, traces, look(chart), chart.plot._context);
  note(chart);
}

/** Remembers what came and draws it with the next frame: one update a chart, however many of its curves grew. */
function extend(chart, key, from) {
  const i = chart.curves.findIndex((c) => c.key === key || c.low === key || c.high === key);
  if (i < 0) return;
  if (from === 0 || chart.curves[i].low || chart.plot.data[2 * i]?.mode !== "lines") chart.anew = true; // a new name in the legend, an interval, or few points with their marks
  else if (!chart.news.has(i)) chart.news.set(i, from);
  soon(chart);
}

function soon(chart) {
  if (chart.waiting) return;
  chart.waiting = true;
  requestAnimationFrame(() => {
    chart.waiting = false;
    if (!charts.has(chart.id) || !chart.plot.isConnected) return;
    if (chart.anew || chart.news.size === 0) redraw(chart);
    else grow(chart);
  });
}

function grow(chart) {
  const [x, y, traces] = [[], [], []];
  for (const [i, from] of chart.news) {
    const { steps, values } = curveOf(chart.curves[i].key);
    x.push(steps.slice(from));
    y.push(values.slice(from));
    traces.push(2 * i);
    if (chart.smoothing === 0) continue;
    x.push(steps.slice(from));
    y.push(values.slice(from).map(chart.course[chart.curves[i].key].next));
    traces.push(2 * i + 1);
  }
  chart.news.clear();
  window.Plotly.extendTraces(chart.plot, { x, y }, traces);
  note(chart);
}

/** Exponential average, started without a pull towards zero: sum of weighted values over sum of weights. */
function average(values, smoothing) {
  let [sum, weight] = [0, 0];
  const next = (v) => {
    sum = smoothing * sum + (1 - smoothing) * v;
    weight = smoothing * weight + (1 - smoothing);
    return sum / weight;
  };
  return { next, values: smoothing > 0 ? values.map(next) : [] };
}

/** Error bars from the curves of the interval's ends; evaluations give all three at the same steps. */
function interval(curve) {
  const [mid, low, high] = [curve.key, curve.low, curve.high].map((k) => curveOf(k));
  const at = (other, i) => other.values[other.steps.indexOf(mid.steps[i])] ?? mid.values[i];
  return { type: "data", symmetric: false, array: mid.values.map((v, i) => at(high, i) - v), arrayminus: mid.values.map((v, i) => v - at(low, i)), thickness: 1, width: 3 };
}

/** The page's colours, for any plot of it. */
export function colour(layout) {
  const style = getComputedStyle(document.body);
  const root = getComputedStyle(document.documentElement);
  const line = root.getPropertyValue("--line");
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
  return {
    ...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: style.color, size: 12 }, hoverlabel: { bgcolor: root.getPropertyValue("--soft"), font: { color: style.color } },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom" }, xaxis: { ...layout.xaxis, ...axis }, yaxis: { ...layout.yaxis, ...axis },
  };
}

function look(chart) {
  const layout = colour(chart.plot.layout);
  return {
    ...layout, hovermode: "x unified", showlegend: chart.curves.length > 1, uirevision: `${chart.logX}${chart.logY}`,
    xaxis: { ...layout.xaxis, type: chart.logX ? "log" : "linear", autorange: true }, yaxis: { ...layout.yaxis, type: chart.logY ? "log" : "linear", autorange: true, rangemode: chart.fromZero ? "tozero" : "normal" },
  };
}

/** Colours a plot that does not grow, now and when the theme changes. */
export async function dress(id) {
  const plot = await drawn(id);
  if (!plot) return;
  plot.data.forEach((trace, i) => { [trace.marker.color, trace.marker.symbol] = [colours[i % colours.length], symbols[(i + Math.floor(i / colours.length)) % symbols.length]]; });
  const theme = new MutationObserver(() => (plot.isConnected ? paint() : theme.disconnect()));
  const paint = () => plot.isConnected && window.Plotly.react(plot, plot.data, colour(plot.layout));
  paint();
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/** A log axis cannot show what is not positive: say how many points that is. */
function note(chart) {
  const hidden = chart.curves.reduce((n, c) => {
    const { steps, values } = curveOf(c.key);
    return n + steps.filter((s, i) => (chart.logX && s <= 0) || (chart.logY && values[i] <= 0)).length;
  }, 0);
  document.getElementById(`${chart.id}-note`).textContent = hidden ? `${hidden} points at or below 0 have no place on a log axis` : "";
}

function listen(chart) {
  const tools = document.getElementById(`${chart.id}-tools`);
  const on = (name, event, act) => tools.querySelector(`[name="${name}"]`).addEventListener(event, act);
  on("smoothing", "input", (e) => { chart.smoothing = Number(e.target.value); redraw(chart); });
  on("logx", "change", (e) => { chart.logX = e.target.checked; redraw(chart); });
  on("logy", "change", (e) => { chart.logY = e.target.checked; redraw(chart); });
  on("png", "click", () => picture(chart));
  on("whole", "click", () => window.Plotly.relayout(chart.plot, { "xaxis.autorange": true, "yaxis.autorange": true }));
  on("csv", "click", () => save(`${chart.id}.csv`, csv(chart)));
  const details = document.getElementById(`${chart.id}-table`);
  details.addEventListener("toggle", () => details.open && table(chart, details.querySelector("table")));
  chart.resize = new ResizeObserver(() => chart.plot.isConnected && window.Plotly.Plots.resize(chart.plot));
  chart.resize.observe(chart.plot.parentElement);
  chart.theme = new MutationObserver(() => soon(chart));
  chart.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/** On a ground of its own, so that it can be read wherever it is put. */
function picture(chart) {
  const ground = getComputedStyle(document.body).backgroundColor;
  const layout = { ...chart.plot.layout, paper_bgcolor: ground, plot_bgcolor: ground };
  window.Plotly.downloadImage({ data: chart.plot.data, layout }, { format: "png", filename: chart.id, width: 1200, height: 600, scale: 2 });
}

/** Step by step, one column a curve and its interval. */
function rows(chart) {
  const columns = chart.curves.filter((c) => curveOf(c.key).steps.length > 0).flatMap((c) => [[c.label, c.key], ...(c.low ? [[`${c.label} low`, c.low], [`${c.label} high`, c.high]] : [])]);
  const byStep = new Map();
  columns.forEach(([, key], i) => curveOf(key).steps.forEach((step, at) => {
    if (!byStep.has(step)) byStep.set(step, new Array(columns.length).fill(""));
    byStep.get(step)[i] = curveOf(key).values[at];
  }));
  return { head: ["step", ...columns.map(([label]) => label)], body: [...byStep].sort((a, b) => a[0] - b[0]).map(([step, cells]) => [step, ...cells]) };
}

/** A label that begins like a formula is kept from being one. */
const cell = (v) => (typeof v === "number" ? String(v) : `"${(/^[=+\-@\t\r]/.test(v) ? "'" : "") + v.replaceAll('"', '""')}"`);

function csv(chart) {
  const { head, body } = rows(chart);
  return [head, ...body].map((row) => row.map((v) => (v === "" ? "" : cell(v))).join(",")).join("\n") + "\n";
}

function table(chart, element) {
  const { head, body } = rows(chart);
  element.replaceChildren(line(head, "th"), ...body.slice(-mostRows).map((row) => line(row.map((v) => (typeof v === "number" ? Number(v.toPrecision(6)) : v)), "td")));
  if (body.length > mostRows) element.createCaption().textContent = `The last ${mostRows} of ${body.length} steps; the CSV holds all.`;
}

function line(cells, tag) {
  const row = document.createElement("tr");
  for (const text of cells) row.appendChild(document.createElement(tag)).textContent = text;
  return row;
}

function save(name, text) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
