// Charts as SVG, drawn in the size in which they are shown.

/** The namespace of SVG, taken from the parser: it looks like an address, and this page must not contain any. */
const SVG = new DOMParser().parseFromString("<svg></svg>", "text/html").querySelector("svg").namespaceURI;

function svgElement(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

/** Round numbers between two ends: about `count` of them, 1, 2 or 5 times a power of ten apart. */
function ticksOf(from, to, count) {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((step) => step >= rough);
  const ticks = [];
  for (let k = Math.ceil(from / step); k * step <= to * (1 + 1e-9); k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

/** Reduces points to what the width can show: the smallest and the largest of each section. */
function thinned(xs, ys, most) {
  if (xs.length <= 2 * most) return xs.map((x, k) => [x, ys[k]]);
  const points = [];
  const length = xs.length / most;
  for (let n = 0; n < most; n++) {
    const [from, to] = [Math.floor(n * length), Math.floor((n + 1) * length)];
    let [least, largest] = [from, from];
    for (let k = from; k < to; k++) {
      if (ys[k] < ys[least]) least = k;
      if (ys[k] > ys[largest]) largest = k;
    }
    for (const k of [...new Set([least, largest])].sort((a, b) => a - b)) points.push([xs[k], ys[k]]);
  }
  return points;
}

/** The mean over a hundredth of the run around each of at most `most` points. */
function smoothed(xs, ys, most) {
  const n = ys.length;
  const sums = new Float64Array(n + 1);
  for (let k = 0; k < n; k++) sums[k + 1] = sums[k] + ys[k];
  const every = Math.max(1, Math.floor(n / most));
  const points = [];
  for (let k = 0; k < n; k += every) {
    const reach = Math.min(Math.floor(n / 200), k, n - 1 - k);
    points.push([xs[k], (sums[k + reach + 1] - sums[k - reach]) / (2 * reach + 1)]);
  }
  return points;
}

/**
 * Draws a chart into `host`, replacing the previous one: series of { points, colour, className }, an x axis from 0 to
 * `xTo`, a y axis from `yFrom` to `yTo`. The text `label` describes the numbers.
 */
function drawChart(host, { width: hostWidth = host.clientWidth, series, bars, xFrom = 0, xTo, yFrom = 0, yTo, xName, yName, label }) {
  const width = Math.max(280, Math.round(hostWidth));
  const height = Math.round(Math.min(300, Math.max(190, width * 0.42)));
  const [left, right, top, bottom] = [44, 10, 22, 36];
  const svg = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  const x = (value) => left + ((value - xFrom) / (xTo - xFrom)) * (width - left - right);
  const y = (value) => height - bottom - ((Math.min(Math.max(value, yFrom), yTo) - yFrom) / (yTo - yFrom)) * (height - top - bottom);
  for (const tick of ticksOf(yFrom, yTo, 5)) {
    svgElement("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }, svg);
    svgElement("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, svg).textContent = tick;
  }
  for (const tick of ticksOf(xFrom, xTo, Math.max(3, width / 110))) {
    svgElement("text", { x: x(tick), y: height - bottom + 16, "text-anchor": "middle" }, svg).textContent = tick.toLocaleString("en");
  }
  svgElement("line", { class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }, svg);
  svgElement("text", { class: "name", x: left, y: 13 }, svg).textContent = yName;
  svgElement("text", { class: "name", x: width - right, y: height - 4, "text-anchor": "end" }, svg).textContent = xName;
  for (const { from, to, value } of bars ?? []) {
    const wide = Math.max(1, x(to) - x(from) - 1);
    svgElement("rect", { class: "column", x: x(from), y: y(value), width: wide, height: y(yFrom) - y(value) }, svg);
  }
  for (const { points, className, colour } of series ?? []) {
    if (points.length === 0) continue;
    const path = points.map(([px, py], k) => `${k === 0 ? "M" : "L"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("");
    svgElement("path", { class: `${className} c${colour}`, d: points.length === 1 ? `${path}h2` : path }, svg);
  }
  host.replaceChildren(svg);
}

/** A visible chart for a file, with its colours on the page. */
function chartFile(host) {
  const svg = host.querySelector("svg").cloneNode(true);
  const shown = host.querySelectorAll("svg *");
  svg.querySelectorAll("*").forEach((element, k) => {
    const style = getComputedStyle(shown[k]);
    for (const key of ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family"]) {
      element.setAttribute(key, style.getPropertyValue(key));
    }
    element.removeAttribute("class");
  });
  const [width, height] = ["width", "height"].map((key) => Number(svg.getAttribute(key)));
  return { svg, width, height };
}
