// The runs on the chart: the current one and up to five earlier ones.

/** The number of points of a curve; nobody could see more. */
const POINTS = 400;

/** The number of losses that a run keeps; beyond it, every second one is dropped. */
const MOST_LOSSES = 200_000;

/** A run on this many training images; `loaded` is the name of the file with its network, if there is one. */
function newRun({ config, data, loaded, train, parameters }) {
  const perEpoch = (config.train_limit === "" ? train : Math.min(config.train_limit, train)) / config.batch_size;
  const facts = { config: { ...config }, data, loaded, parameters, perEpoch };
  return { ...facts, colour: 0, rates: [], xs: [], ys: [], stride: 1, done: 0, evaluations: [], means: null };
}

/** Adds the losses of the iterations after `run.done`. */
function addLosses(run, losses) {
  for (const loss of losses) {
    run.done += 1;
    run.last = loss;
    if (run.done % run.stride !== 0) continue;
    run.xs.push(run.done);
    run.ys.push(loss);
  }
  if (run.xs.length > MOST_LOSSES) {
    run.stride *= 2;
    const stays = run.xs.map((x) => x % run.stride === 0);
    run.ys = run.ys.filter((_, k) => stays[k]);
    run.xs = run.xs.filter((_, k) => stays[k]);
  }
}

function runName(run) {
  const name = nameOf(run.config, run.data, run.loaded, language());
  return run.rates.length > 0 ? `${name}, \u03b7 \u2192 ${short(run.rates.at(-1)[1])}` : name;
}

/** Keeps a run on the chart, in a colour of its own; if there are more than five, the oldest is removed. */
function keepRun(earlier, run) {
  run.means = smoothed(run.xs, run.ys, POINTS); // they no longer change
  earlier.unshift(run);
  earlier.length = Math.min(earlier.length, 5);
  const taken = earlier.slice(1).map((other) => other.colour);
  run.colour = [1, 2, 3, 4, 5].find((colour) => !taken.includes(colour));
}

/** Draws loss and accuracy of all runs, the current one on top. */
function showCurves(current, earlier) {
  const w = words();
  const runs = [...earlier].reverse().concat(current);
  const xTo = Math.max(100, ...runs.map((run) => run.done));
  const means = runs.map((run) => run.means ?? smoothed(run.xs, run.ys, POINTS));
  const finite = means.flat().map(([, loss]) => loss).filter(Number.isFinite);
  const series = [];
  runs.forEach((run, k) => {
    if (run === current) series.push({ points: thinned(run.xs, run.ys, POINTS), className: "raw", colour: run.colour });
    series.push({ points: means[k], className: "mean", colour: run.colour });
  });
  const top = finite.reduce((most, loss) => Math.max(most, loss), 0);
  const [lossChart, accuracyChart] = ["loss-chart", "accuracy-chart"].map(byId);
  // read both widths before drawing: reading one after a change makes the browser compute the layout again
  const widths = [lossChart.clientWidth, accuracyChart.clientWidth];
  drawChart(lossChart, {
    width: widths[0],
    series,
    xTo,
    yTo: Math.max(0.5, 1.05 * top),
    xName: w.iteration,
    yName: w.losses,
    label: w.lossChart(current.done.toLocaleString("en"), lossText(current.last)),
  });
  const last = current.evaluations.at(-1) ?? {};
  const accuracies = runs.flatMap((run) =>
    [["train_accuracy", "solid"], ["test_accuracy", "dashes"]].map(([key, className]) => {
      const known = run.evaluations.filter((e) => e[key] !== null);
      const points = thinned(known.map((e) => e.iteration), known.map((e) => e[key]), POINTS);
      return { points, className, colour: run.colour };
    }),
  );
  drawChart(accuracyChart, {
    width: widths[1],
    series: accuracies,
    xTo,
    yTo: 1,
    xName: w.iteration,
    yName: `${w.accuracy}: ${w.train} ──  ${w.test} ╌╌`,
    label: w.accuracyChart(shareText(last.train_accuracy), shareText(last.test_accuracy)),
  });
}

/** Shows the names and colours of the runs; `forget(run)` removes an earlier one from the chart. */
function showRuns(current, earlier, forget) {
  const w = words();
  const list = byId("runs");
  const runs = [current, ...earlier];
  // a row stays as long as its run: a button that is pressed or has the focus must not disappear
  if (list.children.length !== runs.length || runs.some((run, k) => list.children[k].run !== run)) {
    list.replaceChildren();
    for (const run of runs) {
      const row = append("li", list, `c${run.colour}`);
      row.run = run;
      append("i", row);
      append("span", row, "what");
      append("span", row, "result");
      if (run === current) continue;
      const button = append("button", row);
      Object.assign(button, { type: "button", textContent: "×" });
      button.addEventListener("click", () => forget(run));
    }
  }
  runs.forEach((run, k) => {
    const [, what, result, button] = list.children[k].children;
    what.textContent = run === current ? `${w.thisRun}: ${runName(run)}` : runName(run);
    const last = run.evaluations.at(-1);
    result.textContent = last ? `${run.done.toLocaleString("en")}: ${w.test} ${shareText(last.test_accuracy)}` : "";
    button?.setAttribute("aria-label", w.forget(runName(run)));
  });
}

/** All runs as a table: one line per loss that is kept and per evaluation. */
function toCsv(runs) {
  const lines = ["run,iteration,loss,train_accuracy,test_accuracy"];
  runs.forEach((run, k) => {
    const name = `"${k + 1}: ${runName(run).replaceAll('"', '""')}"`;
    const evaluations = new Map(run.evaluations.map((e) => [e.iteration, e]));
    const losses = new Map(run.xs.map((x, k) => [x, run.ys[k]]));
    for (const iteration of [...new Set([...losses.keys(), ...evaluations.keys()])].sort((a, b) => a - b)) {
      const e = evaluations.get(iteration);
      const cells = [name, iteration, losses.get(iteration) ?? "", e?.train_accuracy ?? "", e?.test_accuracy ?? ""];
      lines.push(cells.join(","));
    }
  });
  return `${lines.join("\n")}\n`;
}

/** Both charts in one file, the names of the runs below. */
function toSvg(runs) {
  const charts = ["loss-chart", "accuracy-chart"].map((id) => chartFile(byId(id)));
  const width = charts[0].width;
  const height = charts[0].height + charts[1].height + 22 * runs.length + 10;
  const file = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  const style = getComputedStyle(document.body);
  svgElement("rect", { width, height, fill: style.backgroundColor }, file);
  let at = 0;
  for (const { svg, height } of charts) {
    svg.setAttribute("y", at);
    file.append(svg);
    at += height;
  }
  for (const run of runs) {
    at += 22;
    const colour = getComputedStyle(document.documentElement).getPropertyValue(`--c${run.colour}`);
    svgElement("rect", { x: 44, y: at - 6, width: 22, height: 4, fill: colour }, file);
    const text = { x: 74, y: at, fill: style.color, "font-size": 12, "font-family": "sans-serif" };
    svgElement("text", text, file).textContent = runName(run);
  }
  return new XMLSerializer().serializeToString(file);
}
