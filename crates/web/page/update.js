// Updates the page from the state.

function showAll() {
  showSettings();
  showProgress(true);
  showDetail();
  showView();
  showAnswer();
  showNotice();
}

const presetLinks = PRESETS.map(() => append("a", append("li", byId("presets"))));

/** A preset with the current data, and a batch size that fits them. */
function presetConfig(preset) {
  return fitted(fromAddress(preset.address).config, state.images.train);
}

/** Updates everything that depends only on the language, the data or the settings. */
function showFixed() {
  const w = words();
  document.title = document.querySelector(`h1 [lang="${language()}"]`).textContent;
  byId("bar").setAttribute("aria-label", w.training);
  byId("n-numpy").title = w.numpyTitle;
  byId("speed-text").textContent = perSecond() === Infinity ? w.fastest : w.perSecond(perSecond());
  byId("data-text").textContent = state.images.train
    ? w.dataText(w.data[state.data], state.images.train.toLocaleString("en"), state.images.test.toLocaleString("en"))
    : w.starting;
  const { attribution, attributionKo } = builtIn()[0]?.dataset ?? { attribution: "", attributionKo: "" };
  byId("attribution").hidden = attribution === "";
  byId("attribution").textContent = language() === "ko" ? attributionKo : attribution;
  byId("use-mnist").hidden = state.files.length === 0 && builtIn().length === 0;
  const address = toAddress(state.config, state.data);
  byId("watch").textContent = "";
  PRESETS.forEach((preset, k) => {
    const [name, watch] = preset[language()];
    const link = presetLinks[k];
    const own = toAddress(presetConfig(preset), state.data);
    Object.assign(link, { textContent: name, title: watch, href: own });
    link.removeAttribute("aria-current");
    if (own === address) {
      link.setAttribute("aria-current", "true");
      byId("watch").textContent = watch;
    }
  });
}

const showForm = buildSettings(byId("settings"), set, notify);

function showSettings() {
  showForm(state.config);
  const address = toAddress(state.config, state.data);
  // keep it until the data that the address names have arrived
  if (state.opensWith === null && address !== (location.hash || "#")) history.replaceState(null, "", address);
  showFixed();
}

function showButtons() {
  byId("play").textContent = state.playing || state.playsAtOnce ? words().pause : words().play;
  byId("play").disabled = !state.canRun; // it can be pressed before there is a run
  for (const id of ["step", "epoch", "reset"]) byId(id).disabled = !state.ready;
  // a screen reader should not read an answer that changes twice a second
  byId("answer").setAttribute("aria-live", state.playing ? "off" : "polite");
}

function showCharts() {
  showCurves(state.current, state.earlier);
  showRuns(state.current, state.earlier, (run) => {
    state.earlier = state.earlier.filter((other) => other !== run);
    showCharts();
  });
}

/** NumPy's seconds for a loss of 100 images and 50 hidden neurons, from docs/benchmarks.md. */
const NUMPY_LOSS = 182e-6;

function showProgress(speaks) {
  const { current, iteration } = state;
  const last = current.evaluations.at(-1);
  const texts = {
    iteration: iteration.toLocaleString("en"),
    epoch: current.perEpoch > 0 ? (iteration / current.perEpoch).toFixed(current.perEpoch < 10 ? 1 : 2) : "–",
    loss: lossText(current.last),
    train: shareText(last?.train_accuracy),
    test: shareText(last?.test_accuracy),
    speed: state.rate.perSecond > 0 ? Math.round(state.rate.perSecond).toLocaleString("en") : "–",
  };
  for (const [name, text] of Object.entries(texts)) byId(`n-${name}`).textContent = text;
  const { gradient, hidden, batch_size: batch } = current.config;
  const each = 2 * current.parameters * NUMPY_LOSS * (batch / 100) * (hidden / 50);
  byId("n-numpy").textContent =
    gradient === "backprop" ? words().noNumpy : words().numpy(duration(each), duration(each * iteration));
  showButtons();
  showCharts();
  const now = performance.now();
  if (!state.playing || (speaks && now - state.spokenAt > 5000)) {
    state.spokenAt = now;
    byId("spoken").textContent = words().spoken(texts.iteration, texts.loss, texts.train, texts.test);
  }
}

function showDetail() {
  const { detail, images } = state.detail ?? {};
  const { perEpoch, config } = state.current;
  showStrip(detail, images, config.gradient === "both", detail ? detail.iteration / perEpoch : 0);
  showDifference();
}

/** Without an iteration in detail: the difference of both gradients, if they are compared. */
function showDifference() {
  const difference = state.view?.difference;
  if (state.detail) return;
  byId("p-gradient").textContent = difference ? words().difference(difference.name, brief(difference.largest)) : "";
}

/** The weights of a neuron in the last view. */
function weightsOf(neuron) {
  return state.view.weights.subarray(784 * neuron, 784 * (neuron + 1));
}

function openNeuron(neuron) {
  state.largest = neuron;
  showLarge(neuron, weightsOf(neuron));
  byId("large").showModal();
}

function showView() {
  const { view } = state;
  if (!view) return;
  showNeurons(view, view.weights, openNeuron);
  if (byId("large").open && state.largest < view.neurons) showLarge(state.largest, weightsOf(state.largest));
  if (view.histogram) showHistogram(view.histogram, state.current.config.activation === "relu");
  if (view.confusion) showConfusion(view.confusion);
  showDifference();
}

const fillBars = barsOf(byId("bars"), 10);

function showAnswer() {
  fillBars(state.answer);
  const text = state.isAnswerFinite ? answerText(state.answer, language(), state.several) : words().noAnswer;
  const { testImage } = state;
  byId("answer").textContent = testImage ? `${words().testImage(testImage.index, testImage.label)} ${text}` : text;
}
