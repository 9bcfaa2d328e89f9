// The connection to the worker: sends the page's requests, and handles the replies.

let worker = null;
let patience = 0;

/** Starts a worker, and sends it the data that the page trains on. */
function startWorker() {
  worker?.terminate();
  const mine = firstWorker ?? newWorker();
  firstWorker = null;
  worker = mine;
  state.asked.clear();
  Object.assign(state, { ready: false, playing: false, commands: 0, coming: [], sent: [] });
  worker.onmessage = ({ data }) => {
    if (worker === mine) HEARD[data.is](data);
  };
  worker.onerror = () => notify(() => words().noWasm);
  tell({ do: "speed", perSecond: perSecond() });
  if ((state.opensWith ?? state.data) === "digits") useDigits();
  else useMnist();
}

function tell(message, transfer = []) {
  worker.postMessage(message, transfer);
}

/** Requests a run; the current one stays until the new one has begun. */
function askForRun(run, message, transfer = []) {
  state.messages += 1;
  state.asked.set(state.messages, run);
  const { config } = run;
  tell({ ...message, order: state.messages, config: toRequest(config), difference: config.gradient === "both" }, transfer);
  replaceLater();
}

/** During a very long iteration a worker handles no messages. After a while it is replaced. */
function replaceLater(seconds = 3) {
  clearTimeout(patience);
  patience = setTimeout(() => {
    if (!state.pending) return;
    notify(() => words().restarted);
    startWorker();
  }, 1000 * seconds);
}

/** Requests a run with the settings of the form. */
function requestRun() {
  state.config = fitted(state.config, state.images.train);
  askForRun({ config: { ...state.config }, data: state.data, loaded: null }, { do: "start" });
}

/** Starts a run with the settings of the form. If there are no images yet, it waits for them. */
function startRun() {
  if (state.images.train > 0) requestRun();
  showSettings();
}

/** The requested run has begun. */
function begun(order, facts) {
  const run = newRun({ ...state.asked.get(order), ...facts });
  state.asked.delete(order);
  if (state.current.done > 0) keepRun(state.earlier, state.current);
  state.current = run;
  Object.assign(state, { ready: true, playing: false, iteration: 0, detail: null, view: null });
  state.readyAt ??= performance.now();
  state.rate = { at: 0, iteration: 0, perSecond: 0 };
  dimPhases();
  if (!state.pending) {
    if (state.playsAtOnce) play();
    state.playsAtOnce = false;
  }
  showAll();
  if (paper.isEmpty() && state.nextTestImage === 0) nextTestImage(); // something to see
  else sendDrawing();
}

const HEARD = {
  /** The page draws itself only now, because a busy page delays the start of its worker. */
  awake() {
    showAll();
  },
  data({ data, train, test, missing }) {
    if (data !== "digits") state.coming.push(...state.sent.shift());
    if (data === null) {
      state.missing = () => words().missing(missing.join(", "));
      notify(state.missing);
      if (!state.ready && !state.pending) useDigits();
      return;
    }
    if (data === "mnist") {
      Object.assign(state, { files: state.coming, coming: [], opensWith: null });
      if (state.notice === state.missing) notify(null);
    }
    // the run on the digits is requested already, unless files were answered since then
    const isRequested = data === "digits" && state.data === "digits";
    Object.assign(state, { data, images: { train, test } });
    if (isRequested) replaceLater();
    else requestRun();
    showSettings();
  },
  started({ order, train, parameters }) {
    begun(order, { train, parameters });
  },
  loaded({ order, name, config, renamed, activation_is_named: isNamed, train, parameters }) {
    const lines = () => [words().loaded(name), ...(isNamed ? [] : [words().guess]), ...renamed.map((line) => `${line[language()]}.`)];
    notify(() => lines().join(" "));
    const { hidden, activation } = config;
    Object.assign(state.config, { hidden, activation });
    begun(order, { config: { ...state.asked.get(order).config, hidden, activation }, loaded: name, train, parameters });
  },
  progress({ iteration, playing, command, losses, evaluations, at }) {
    const { rate, current } = state;
    if (rate.at > 0 && at > rate.at) {
      const now = (1000 * (iteration - rate.iteration)) / (at - rate.at);
      rate.perSecond = rate.perSecond > 0 ? 0.8 * rate.perSecond + 0.2 * now : now;
    }
    Object.assign(rate, playing ? { at, iteration } : { at: 0, iteration });
    state.iteration = iteration;
    if (command === state.commands) state.playing = playing; // otherwise it was sent before the last press of a button
    if (iteration > 0) state.breaks = 0;
    addLosses(current, losses);
    current.evaluations.push(...evaluations);
    if (playing && perSecond() > 2 && state.detail) {
      state.detail = null; // from an old iteration
      showDetail();
    }
    showProgress(evaluations.length > 0);
  },
  view({ view, weights }) {
    // histogram and confusion matrix arrive less often than the weights
    const { histogram, confusion } = view.histogram ? view : (state.view ?? view);
    state.view = { ...view, histogram, confusion, weights: new Float32Array(weights) };
    showView();
  },
  detail({ detail, images }) {
    state.detail = { detail, images: new Uint8Array(images) };
    showDetail();
    playPhases(state.playing ? perSecond() : 0);
  },
  answer({ probabilities }) {
    state.isAnswerFinite = !probabilities?.includes(null);
    state.answer = state.isAnswerFinite ? probabilities : null;
    showAnswer();
  },
  picture({ several, image }) {
    Object.assign(state, { testImage: null, several });
    paper.put(image);
    sendDrawing();
    byId("paper").scrollIntoView({ block: "nearest" });
  },
  test_image({ index, label, image }) {
    Object.assign(state, { testImage: { index, label }, several: false });
    paper.put(image);
    sendDrawing();
  },
  rate({ rate, iteration }) {
    if (iteration === 0) state.current.config.learning_rate = rate;
    else state.current.rates.push([iteration, rate]);
    showCharts();
  },
  file({ kind, bytes }) {
    save(`two-layer-net.${kind}`, new Blob([bytes]));
  },
  error({ about, order, error }) {
    if (order !== undefined) {
      state.asked.delete(order);
      if (!state.pending) state.playsAtOnce = false;
    }
    if (["diverged", "run", "step"].includes(about)) state.playing = false;
    notify(() => `${words().failed[about] ?? words().failed.other} (${error[language()]})`);
    if (about === "files") {
      state.sent.shift();
      if (!state.ready && !state.pending) useDigits();
    }
    showButtons();
  },
  broken({ error }) {
    state.breaks += 1;
    state.playsAtOnce = false;
    // the program cannot run here at all, or fails even with the book's settings
    if (state.readyAt === undefined || state.breaks > 2) {
      Object.assign(state, { ready: false, canRun: false });
      notify(() => `${words().noWasm} (${words().browserError(error)})`);
      showButtons();
      return;
    }
    notify(() => `${words().broken} (${words().browserError(error)})`);
    if (state.breaks === 2) Object.assign(state, { config: { ...BOOK }, data: "digits" });
    startWorker();
  },
};

/** Trains up to the chapter's 10,000 iterations, then up to 20,000, and so on. */
function play(to = 10_000 * (Math.floor(state.iteration / 10_000) + 1)) {
  if (!state.ready) return;
  state.playing = true;
  dimPhases();
  tell({ do: "play", to, number: ++state.commands });
  showButtons();
}

/** Trains up to the evaluation at the start of the next epoch. */
function playEpoch() {
  state.playing = true;
  dimPhases();
  tell({ do: "epoch", perEpoch: state.current.perEpoch, number: ++state.commands });
  showButtons();
}

function pause() {
  state.playsAtOnce = false;
  tell({ do: "pause", number: ++state.commands });
}

function step() {
  tell({ do: "step", number: ++state.commands });
}

/** Starts a new run for new settings. */
function restart(plays = state.playing || state.playsAtOnce) {
  state.playsAtOnce = plays;
  startRun();
}

/** Applies a value from the form. */
function set(key, value) {
  if (state.config[key] === value) return;
  notify(null);
  state.config[key] = value;
  if (key === "learning_rate" && state.ready && !state.pending) tell({ do: "rate", rate: value });
  else restart();
  showSettings();
}

/** Applies the experiment of an address; missing settings have the book's values. */
function visit({ config, data, wrong }, plays) {
  state.config = config;
  notify(wrong.length > 0 ? () => words().wrongAddress(wrong.join(", ")) : null);
  state.playsAtOnce = plays;
  if (data === state.data) startRun();
  else if (data === "mnist") useMnist();
  else useDigits();
}
