// Parts of the page that only display something: the strip of four steps, neurons, histogram, confusion matrix.

function byId(id) {
  return document.getElementById(id);
}

/** Enough digits to make a small difference visible. */
function exact(value) {
  return value === null ? "NaN" : value.toPrecision(12);
}

function brief(value) {
  return value === null ? "NaN" : Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5 ? value.toPrecision(4) : value.toExponential(3);
}

function lossText(loss) {
  if (loss === undefined || loss === null) return "–";
  return Math.abs(loss) < 1e4 ? loss.toFixed(4) : loss.toExponential(2);
}

function shareText(share) {
  return share === undefined || share === null ? "–" : percentText(share);
}

/** The images of a mini-batch, ten in a row. */
function showBatch(canvas, images) {
  const count = images.length / 784;
  const rows = Math.max(1, Math.ceil(count / 10));
  canvas.width = 10 * 28;
  canvas.height = Math.min(rows, 4) * 28; // forty images are enough
  const view = canvas.getContext("2d");
  const picture = new ImageData(28, 28);
  for (let n = 0; n < Math.min(count, 40); n++) {
    for (let k = 0; k < 784; k++) {
      const value = images[n * 784 + k];
      picture.data.set([value, value, value, 255], 4 * k);
    }
    view.putImageData(picture, 28 * (n % 10), 28 * Math.floor(n / 10));
  }
}

/** Shows an iteration in the four steps of section 4.5. Without a detail, it says how to get one. */
function showStrip(detail, images, compares, epochs) {
  const w = words();
  const texts = { batch: w.stepFirst, gradient: "", update: "", repeat: "" };
  if (detail) {
    const { weight } = detail;
    showBatch(byId("batch"), images);
    byId("batch").setAttribute("aria-label", w.batchLabels([...detail.labels.slice(0, 40)].join(" ")));
    texts.batch = w.batch(detail.batch_size, Math.min(40, detail.labels.length));
    const numbers = { above: exact(weight.loss_above), below: exact(weight.loss_below), gradient: exact(weight.numerical) };
    texts.gradient = [w.weight(weight), w.quotient(numbers), w.backprop(exact(weight.backpropagation))]
      .concat(compares ? [w.difference(detail.difference.name, brief(detail.difference.largest))] : [])
      .join("\n");
    texts.update = [
      w.update({ before: exact(weight.before), after: exact(weight.after) }),
      w.lossUpdate(exact(detail.loss_before), exact(detail.loss_after)),
    ].join("\n\n");
    texts.repeat = w.repeat(detail.iteration.toLocaleString("en"), epochs.toFixed(2));
  }
  byId("batch").hidden = !detail;
  for (const [name, text] of Object.entries(texts)) byId(`p-${name}`).textContent = text;
}

/** Lights up the four steps, one after another, within an iteration at this speed; 0 is a single step. */
function playPhases(perSecond) {
  const phases = [1, 2, 3, 4].map((n) => byId(`phase-${n}`));
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  clearTimeout(playPhases.alarm);
  const light = (n) => {
    phases.forEach((phase, k) => phase.classList.toggle("lit", isStill || k === n));
    if (!isStill && n < 3) playPhases.alarm = setTimeout(() => light(n + 1), perSecond > 0 ? Math.min(550, 220 / perSecond) : 550);
  };
  light(0);
}

/** At high speed, no single step is lit. */
function dimPhases() {
  clearTimeout(playPhases.alarm);
  for (const n of [1, 2, 3, 4]) byId(`phase-${n}`).classList.remove("lit");
}

const [RED, BLUE] = [[178, 24, 43], [33, 102, 172]];

/** Weights as colours, as in the report of a run: red above 0, blue below, white at 0, full at the largest. */
function showWeights(canvas, weights) {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-38);
  const picture = new ImageData(28, 28);
  const { data } = picture;
  weights.forEach((weight, k) => {
    const share = Math.abs(weight) / largest;
    const full = weight > 0 ? RED : BLUE;
    for (let channel = 0; channel < 3; channel++) data[4 * k + channel] = 255 - (255 - full[channel]) * share;
    data[4 * k + 3] = 255;
  });
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

/** Shows the pictures of all neurons; `open(n)` is called if one is pressed. */
function showNeurons(view, weights, open) {
  const list = byId("neurons");
  let cells = [...list.querySelectorAll("button")];
  if (cells.length !== view.neurons) {
    list.replaceChildren();
    cells = Array.from({ length: view.neurons }, (_, n) => {
      const button = append("button", append("li", list));
      button.type = "button";
      Object.assign(append("canvas", button), { width: 28, height: 28 });
      button.addEventListener("click", () => open(n));
      return button;
    });
    append("li", list, "more");
  }
  cells.forEach((button, n) => {
    showWeights(button.firstChild, weights.subarray(n * 784, (n + 1) * 784));
    button.setAttribute("aria-label", words().neuron(n));
  });
  list.lastChild.textContent = view.neurons < view.hidden ? words().more(view.neurons, view.hidden) : "";
}

function showLarge(neuron, weights) {
  const [least, largest] = [Math.min(...weights), Math.max(...weights)];
  byId("large-name").textContent = `${words().neuron(neuron)}: ${words().neuronRange(brief(least), brief(largest))}`;
  showWeights(byId("large-picture"), weights);
}

function showHistogram({ from, width, shares, images }, isRelu) {
  const w = words();
  const bars = shares.map((value, k) => ({ from: from + k * width, to: from + (k + 1) * width, value }));
  const text = isRelu
    ? w.histogramRelu(images, percentText(shares[0]))
    : w.histogramText(images, percentText(shares[0]), percentText(shares.at(-1)));
  drawChart(byId("histogram"), {
    bars,
    xFrom: from,
    xTo: from + shares.length * width,
    yTo: Math.max(0.1, ...shares),
    xName: w.activation,
    yName: w.share,
    label: `${w.histogramChart}. ${text}`,
  });
  byId("histogram-text").textContent = text;
}

/** Counts: one row per label, one column per answer; as dark as their share of the label, or of the largest error. */
function showConfusion(counts) {
  const table = byId("confusion");
  const errors = counts.flatMap((row, label) => row.filter((_, answer) => answer !== label));
  const mostErrors = Math.max(1, ...errors);
  table.replaceChildren();
  const head = table.createTHead().insertRow();
  const heading = (row, text, scope) => {
    const cell = append("th", row);
    cell.scope = scope;
    cell.textContent = text;
  };
  head.insertCell();
  counts.forEach((_, answer) => heading(head, answer, "col"));
  heading(head, words().recall, "col");
  const body = table.createTBody();
  counts.forEach((row, label) => {
    const line = body.insertRow();
    const sum = row.reduce((sum, n) => sum + n, 0);
    heading(line, label, "row");
    row.forEach((n, answer) => {
      const cell = line.insertCell();
      const shade = Math.floor((9 * n) / (label === answer ? Math.max(1, sum) : mostErrors));
      cell.className = `${label === answer ? "hit" : "miss"} s${shade}`;
      cell.textContent = n;
      cell.title = words().count(label, answer, n);
    });
    line.insertCell().textContent = sum === 0 ? "–" : ((100 * row[label]) / sum).toFixed(1);
  });
}
