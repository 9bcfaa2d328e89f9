// The page itself: its state, the worker that trains, files that come and go.
(() => {
  const state = {
    config: { ...BOOK },
    data: "digits",
    images: { train: 0, test: 0 },
    files: [], // those of MNIST, to come back to it and for a worker that must be set up again
    coming: [], // those of the next MNIST so far
    sent: [], // lists of files that the worker has not answered yet
    ready: false, // a run can be trained
    playing: false,
    playsAtOnce: false, // as soon as the run is there
    iteration: 0,
    pending: null, // the run that is asked for
    current: newRun(BOOK, "digits", null),
    earlier: [],
    detail: null, // the last iteration looked at, with its images
    view: null,
    answer: null,
    several: false,
    testImage: null, // { index, label } of the one on the paper
    speeds: [1, 2, 5, 10, 30, 100, 300, Infinity],
    rate: { at: 0, iteration: 0, perSecond: 0 },
    spokenAt: 0,
    largest: null, // the neuron in the dialog
    notice: null, // a function of the language
  };
  /** For the tests and for pictures: what the page knows. */
  globalThis.page = state;
  state.playTo = (to) => play(to);

  const MOST_MB = { picture: 30, other: 64 };

  // --- the worker

  let worker = null;
  let patience = 0;

  function decode(text) {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  }

  function startWorker() {
    worker?.terminate();
    const url = URL.createObjectURL(new Blob([byId("worker").textContent], { type: "text/javascript" }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
    Object.assign(state, { ready: false, playing: false, coming: [], sent: [] });
    worker.onmessage = ({ data }) => HEARD[data.is](data);
    worker.onerror = () => notify(() => words().noWasm);
    const gzip = decode(byId("wasm").textContent);
    tell({ do: "wasm", gzip }, [gzip.buffer]);
    tell({ do: "speed", perSecond: state.speeds[byId("speed").value] });
  }

  function tell(message, transfer = []) {
    worker.postMessage(message, transfer);
  }

  function notify(text) {
    state.notice = text;
    showNotice();
  }

  function showNotice() {
    byId("notice").hidden = state.notice === null;
    byId("notice").textContent = state.notice?.() ?? "";
  }

  /** Asks for a run with the present settings; the one that is there stays until the new one has begun. */
  function startRun() {
    state.pending = { config: { ...state.config }, data: state.data, loaded: null };
    tell({ do: "start", config: toRequest(state.config), difference: state.config.gradient === "both" });
    wait();
    showSettings();
  }

  /** A worker in the middle of a very long iteration hears nothing; after three seconds another one takes its place. */
  function wait() {
    clearTimeout(patience);
    patience = setTimeout(() => {
      if (state.pending) startWorker();
    }, 3000);
  }

  function begun(run, difference) {
    clearTimeout(patience);
    if (state.current.done > 0) keepRun(state.earlier, state.current);
    state.current = run;
    state.pending = null;
    Object.assign(state, { ready: true, playing: false, iteration: 0, detail: null });
    state.readyAt ??= performance.now();
    state.rate = { at: 0, iteration: 0, perSecond: 0 };
    dimPhases();
    if (state.playsAtOnce) play();
    state.playsAtOnce = false;
    sendDrawing();
    showAll();
  }

  const HEARD = {
    ready() {
      if (state.data === "digits") useDigits();
      else useMnist();
    },
    data({ data, train, test, missing }) {
      if (data !== "digits") state.coming.push(...state.sent.shift());
      if (data === null) {
        notify(() => words().missing(missing.join(", ")));
        if (!state.ready && !state.pending) useDigits();
        return;
      }
      if (data === "mnist") {
        Object.assign(state, { files: state.coming, coming: [] });
        notify(null);
      }
      Object.assign(state, { data, images: { train, test } });
      if (state.config.batch_size > train) state.config.batch_size = train;
      startRun();
    },
    started() {
      if (!state.pending) return;
      const { config, data, loaded } = state.pending;
      begun(newRun(config, data, loaded));
      if (paper.isEmpty() && nextTestImage === 0) tell({ do: "test_image", index: nextTestImage++ }); // something to see
    },
    loaded({ name, config, renamed, activation_is_named: isNamed }) {
      Object.assign(state.config, { hidden: config.hidden, activation: config.activation });
      const lines = () => [words().loaded(name), ...(isNamed ? [] : [words().guess]), ...renamed.map((line) => `${line}.`)];
      notify(() => lines().join(" "));
      begun(newRun(state.config, state.data, name));
    },
    progress({ iteration, playing, losses, evaluations, at }) {
      if (state.pending) return; // of the run before
      const { rate, current } = state;
      if (rate.at > 0 && at > rate.at) {
        const perSecond = (1000 * (iteration - rate.iteration)) / (at - rate.at);
        rate.perSecond = rate.perSecond > 0 ? 0.8 * rate.perSecond + 0.2 * perSecond : perSecond;
      }
      Object.assign(rate, playing ? { at, iteration } : { at: 0, iteration });
      Object.assign(state, { iteration, playing });
      addLosses(current, losses);
      current.evaluations.push(...evaluations);
      showProgress(evaluations.length > 0);
    },
    view({ view, weights }) {
      state.view = { ...view, weights: new Float32Array(weights), confusion: view.confusion ?? state.view?.confusion };
      showView();
    },
    detail({ detail, images }) {
      state.detail = { detail, images: new Uint8Array(images) };
      showDetail();
      playPhases();
    },
    answer({ probabilities }) {
      state.answer = probabilities;
      showAnswer();
    },
    picture({ several, image }) {
      state.testImage = null;
      paper.put(image);
      state.several = several;
      sendDrawing();
      byId("paper").scrollIntoView({ block: "nearest" });
    },
    test_image({ index, label, image }) {
      state.testImage = { index, label };
      state.several = false;
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
    error({ about, error }) {
      if (about === "start" || about === "load") {
        clearTimeout(patience);
        state.pending = null;
        state.playsAtOnce = false;
      }
      const isOver = ["diverged", "run", "step"].includes(about);
      if (isOver) state.playing = false;
      notify(() => `${words().failed[about] ?? words().failed.other} ${error}.`);
      if (about === "files") {
        state.sent.shift();
        if (!state.ready) useDigits();
      }
      showButtons();
    },
    broken({ error }) {
      if (!state.ready && !state.current.done) {
        notify(() => `${words().noWasm} (${error})`);
        return;
      }
      notify(() => `${words().broken} (${error})`);
      state.playsAtOnce = false;
      startWorker();
    },
  };

  // --- training

  /** Up to the chapter's 10,000 iterations, then to 20,000, and so on. */
  function play(to = 10_000 * (Math.floor(state.iteration / 10_000) + 1)) {
    if (!state.ready) return;
    state.playing = true;
    dimPhases();
    tell({ do: "play", to });
    showButtons();
  }

  function pause() {
    tell({ do: "pause" });
  }

  function epoch() {
    return epochOf(state.current.config, state.images.train);
  }

  /** New settings: a run of their own. */
  function restart(plays = state.playing) {
    state.playsAtOnce = plays;
    startRun();
  }

  function set(key, value) {
    if (state.config[key] === value) return;
    notify(null);
    state.config[key] = value;
    if (key === "learning_rate" && state.ready && !state.pending) tell({ do: "rate", rate: value });
    else restart();
    showSettings();
  }

  /** Takes the experiment of an address; settings that it does not name are the book's. */
  function visit(hash, plays) {
    const { config, data, wrong } = fromAddress(hash);
    state.config = config;
    notify(wrong.length > 0 ? () => words().wrongAddress(wrong.join(", ")) : null);
    state.playsAtOnce = plays;
    if (data === state.data && state.images.train > 0) startRun();
    else if (data === "mnist") useMnist();
    else useDigits();
  }

  // --- data, nets, pictures

  function useDigits() {
    state.data = "digits";
    tell({ do: "digits" });
  }

  /** The MNIST that was built in or dropped before; without any, the digits and a word about it. */
  async function useMnist() {
    const builtIn = [...document.querySelectorAll("script.mnist")];
    const files = state.files.length > 0
      ? state.files
      : builtIn.map((block) => new File([decode(block.textContent)], block.dataset.name));
    if (files.length > 0) await sendFiles(files);
    else {
      notify(() => words().missing("train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte"));
      if (!state.ready) useDigits();
    }
  }

  async function sendFiles(files) {
    const sent = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })));
    state.sent.push(files);
    tell({ do: "files", files: sent }, sent.map(({ bytes }) => bytes));
  }

  const IMAGE = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;

  /** Files that were dropped, pasted or chosen: pictures, nets, or MNIST. */
  async function take(files) {
    const data = [];
    notify(null);
    for (const file of files) {
      const isPicture = file.type.startsWith("image/") || IMAGE.test(file.name);
      const most = isPicture ? MOST_MB.picture : MOST_MB.other;
      if (file.size > most * 1e6) notify(() => words().tooLarge(file.name, most));
      else if (!(await isReadable(file))) notify(() => words().unreadable(file.name));
      else if (isPicture) await takePicture(file);
      else if (await isNet(file)) await takeNet(file);
      else data.push(file);
    }
    if (data.length > 0) await sendFiles(data);
  }

  /** A folder that is dropped looks like a file, but has no bytes; so does a file that has gone. */
  async function isReadable(file) {
    try {
      await file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  }

  /** A .npz is a net unless it holds Keras's arrays of MNIST. */
  async function isNet(file) {
    if (/\.safetensors$/i.test(file.name)) return true;
    if (!/\.npz$/i.test(file.name)) return false;
    const end = await file.slice(Math.max(0, file.size - 4096)).arrayBuffer();
    return !new TextDecoder("latin1").decode(end).includes("x_train");
  }

  async function takeNet(file) {
    const bytes = await file.arrayBuffer();
    const difference = state.config.gradient === "both";
    tell({ do: "load", name: file.name, bytes, config: toRequest(state.config), difference }, [bytes]);
  }

  /** The greys of a picture, at most 1000 pixels wide and high; where it is partly transparent, what is there is ink. */
  async function takePicture(file) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      notify(() => words().notPicture(file.name));
      return;
    }
    const scale = Math.min(1, 1000 / Math.max(bitmap.width, bitmap.height));
    const [cols, rows] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const canvas = Object.assign(document.createElement("canvas"), { width: cols, height: rows });
    const view = canvas.getContext("2d");
    view.drawImage(bitmap, 0, 0, cols, rows);
    bitmap.close();
    const { data } = view.getImageData(0, 0, cols, rows);
    const grey = new Uint8Array(rows * cols);
    let isTransparent = false;
    for (let k = 3; k < data.length && !isTransparent; k += 4) isTransparent = data[k] < 128;
    for (let k = 0; k < grey.length; k++) {
      const [red, green, blue, alpha] = data.subarray(4 * k, 4 * k + 4);
      grey[k] = isTransparent ? 255 - alpha : Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
    tell({ do: "picture", rows, cols, grey: grey.buffer }, [grey.buffer]);
  }

  function save(name, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // --- the paper

  let nextTestImage = 0;

  const paper = drawingPaper(byId("paper"), () => {
    state.testImage = null;
    const drawing = paper.drawing();
    state.several = !paper.isEmpty() && hasDigitsSideBySide(drawing);
    sendDrawing();
  });
  const fillBars = barsOf(byId("bars"), 10);

  function sendDrawing() {
    const image = paper.picture() ?? digitImage(paper.drawing());
    showImage(byId("seen"), image);
    if (state.ready) tell({ do: "draw", image });
  }

  // --- showing

  const presetLinks = PRESETS.map(({ address }) => {
    const link = append("a", append("li", byId("presets")));
    link.href = `#${address}`;
    return link;
  });

  function showAll() {
    showFixed();
    showSettings();
    showButtons();
    showCharts();
    showProgress(true);
    showDetail();
    showView();
    showAnswer();
    showNotice();
  }

  function showFixed() {
    const w = words();
    document.title = document.querySelector(`h1 [lang="${language()}"]`).textContent;
    byId("bar").setAttribute("aria-label", w.training);
    byId("n-numpy").title = w.numpyTitle;
    const perSecond = state.speeds[byId("speed").value];
    byId("speed-text").textContent = perSecond === Infinity ? w.fastest : w.perSecond(perSecond);
    byId("data-text").textContent = state.images.train
      ? w.dataText(w.data[state.data], state.images.train.toLocaleString("en"), state.images.test.toLocaleString("en"))
      : w.starting;
    const attribution = document.querySelector("script.mnist")?.dataset.attribution ?? "";
    byId("attribution").hidden = attribution === "";
    byId("attribution").textContent = attribution;
    byId("use-mnist").hidden = state.files.length === 0 && !document.querySelector("script.mnist");
    const address = toAddress(state.config, state.data);
    byId("watch").textContent = "";
    PRESETS.forEach((preset, k) => {
      const [name, watch] = preset[language()];
      const link = presetLinks[k];
      Object.assign(link, { textContent: name, title: watch });
      link.removeAttribute("aria-current");
      if (toAddress(fromAddress(preset.address).config, state.data) === address) {
        link.setAttribute("aria-current", "true");
        byId("watch").textContent = watch;
      }
    });
  }

  const showForm = buildSettings(byId("settings"), set, notify);

  function showSettings() {
    showForm(state.config);
    const address = toAddress(state.config, state.data);
    if (address !== (location.hash || "#")) history.replaceState(null, "", address);
    showFixed();
  }

  function showButtons() {
    byId("play").textContent = state.playing ? words().pause : words().play;
    byId("play").setAttribute("aria-pressed", String(state.playing));
    for (const id of ["play", "step", "epoch", "reset"]) byId(id).disabled = !state.ready;
  }

  function showCharts() {
    showCurves(state.current, state.earlier);
    showRuns(state.current, state.earlier, (run) => {
      state.earlier = state.earlier.filter((other) => other !== run);
      showCharts();
    });
  }

  function showProgress(speaks) {
    const { current, iteration } = state;
    const last = current.evaluations.at(-1);
    const number = (id, text) => {
      byId(id).textContent = text;
    };
    const { perEpoch } = epoch();
    number("n-iteration", iteration.toLocaleString("en"));
    number("n-epoch", Number.isFinite(perEpoch) ? (iteration / perEpoch).toFixed(perEpoch < 10 ? 1 : 2) : "–");
    number("n-loss", lossText(current.last));
    number("n-train", shareText(last?.train_accuracy));
    number("n-test", shareText(last?.test_accuracy));
    const { perSecond } = state.rate;
    number("n-speed", perSecond > 0 ? Math.round(perSecond).toLocaleString("en") : "–");
    const { gradient, hidden, batch_size: batch } = current.config;
    // two losses for each parameter, at 182 microseconds for 100 images and 50 neurons
    const each = 2 * (785 * hidden + 11 * hidden - hidden + 10) * 182e-6 * (batch / 100) * (hidden / 50);
    number("n-numpy", gradient === "backprop" ? words().noNumpy : words().numpy(duration(each), duration(each * iteration)));
    showButtons();
    showCharts();
    const now = performance.now();
    if (!state.playing || (speaks && now - state.spokenAt > 5000)) {
      state.spokenAt = now;
      const accuracies = [shareText(last?.train_accuracy), shareText(last?.test_accuracy)];
      byId("spoken").textContent = words().spoken(iteration, lossText(current.last), ...accuracies);
    }
  }

  function showDetail() {
    const { perEpoch } = epoch();
    const { detail, images } = state.detail ?? {};
    showStrip(detail, images, state.current.config.gradient === "both", detail ? detail.iteration / perEpoch : 0);
  }

  function showView() {
    const { view } = state;
    if (!view) return;
    const neuron = (n) => view.weights.subarray(784 * n, 784 * (n + 1));
    showNeurons(view, view.weights, (n) => {
      state.largest = n;
      showLarge(n, state.view.weights.subarray(784 * n, 784 * (n + 1)));
      byId("large").showModal();
    });
    if (byId("large").open && state.largest < view.neurons) showLarge(state.largest, neuron(state.largest));
    showHistogram(view.histogram, state.current.config.activation === "relu");
    if (view.confusion) showConfusion(view.confusion);
    const { detail } = state.detail ?? {};
    if (view.difference && !detail) {
      byId("p-gradient").textContent = words().difference(view.difference.name, brief(view.difference.largest));
    }
  }

  function showAnswer() {
    fillBars(state.answer);
    const about = state.testImage ? `${words().testImage(state.testImage.index, state.testImage.label)} ` : "";
    byId("answer").textContent = (state.answer ? about : "") + answerText(state.answer, language(), state.several);
  }

  // --- the controls

  byId("play").addEventListener("click", () => {
    if (state.playing) return pause();
    notify(null);
    play();
  });
  byId("step").addEventListener("click", () => tell({ do: "step" }));
  byId("epoch").addEventListener("click", () => {
    notify(null);
    play(nextEpoch(state.iteration, epoch().perEpoch));
  });
  byId("reset").addEventListener("click", () => restart(false));
  byId("speed").addEventListener("input", () => {
    tell({ do: "speed", perSecond: state.speeds[byId("speed").value] });
    showFixed();
  });
  byId("presets").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    visit(link.hash, true);
  });
  addEventListener("hashchange", () => visit(location.hash, state.playing));
  byId("language").addEventListener("click", () => {
    document.documentElement.lang = language() === "ko" ? "en" : "ko";
    showAll();
  });
  byId("clear").addEventListener("click", () => {
    paper.clear();
    state.testImage = null;
    state.several = false;
    sendDrawing();
  });
  byId("test-image").addEventListener("click", () => tell({ do: "test_image", index: nextTestImage++ }));
  byId("use-digits").addEventListener("click", () => {
    state.playsAtOnce = false;
    useDigits();
  });
  byId("use-mnist").addEventListener("click", useMnist);
  for (const id of ["open-files", "open-picture"]) byId(id).addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => {
    take([...byId("file").files]);
    byId("file").value = "";
  });
  byId("save-npz").addEventListener("click", () => tell({ do: "save", kind: "npz" }));
  byId("save-safetensors").addEventListener("click", () => tell({ do: "save", kind: "safetensors" }));
  byId("save-csv").addEventListener("click", () => {
    save("two-layer-net.csv", new Blob([toCsv([state.current, ...state.earlier])], { type: "text/csv" }));
  });
  byId("save-svg").addEventListener("click", () => {
    save("two-layer-net.svg", new Blob([toSvg([state.current, ...state.earlier])], { type: "image/svg+xml" }));
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("drop");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("drop");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("drop");
    take([...event.dataTransfer.files]);
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) take(files);
  });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    showCharts();
    showView();
  });

  // --- the beginning

  const chosen = (navigator.languages ?? []).find((name) => /^(ko|en)/.test(name));
  document.documentElement.lang = chosen?.startsWith("ko") ? "ko" : "en";
  const { config, data, wrong } = fromAddress(location.hash);
  Object.assign(state, { config, data, current: newRun(config, data, null) });
  if (wrong.length > 0) notify(() => words().wrongAddress(wrong.join(", ")));
  showAll();
  startWorker();
})();
