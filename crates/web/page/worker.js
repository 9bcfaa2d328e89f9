"use strict";
// The worker of the page: it runs the WebAssembly program, trains in slices, and handles messages between them.
//
// The page sends { do, ... }: wasm, digits, files, start, load, play, epoch, pause, step, rate, speed, draw, picture, test_image,
// save. It gets { is, ... }: awake, data, started, loaded, rate, progress, view, detail, answer, picture, test_image, file, error,
// broken.

let program = null; // the exports of the WebAssembly program
let loading = null; // its promise: every other message waits for it
let playing = false;
let speed = Infinity; // iterations per second
let until = Infinity; // the iteration at which to pause
let iteration = 0;
let wantsDifference = false;
let pictures = 0; // the timeout after which a new run sends its pictures
let image = null; // the image on the paper, 28 x 28
let pace = 1; // iterations per slice
let alarm = 0;
let due = 0; // when the next slice should begin, if a speed is set
let command = 0; // the number of the last message that starts or stops
let scheduled = null; // what starts the next slice: "message", "timeout" or nothing
const sent = { progress: 0, answer: 0, view: 0, tests: 0 }; // when
let losses = []; // losses that the page does not have yet
let evaluations = [];

/** Milliseconds of training between two checks for messages. */
const SLICE = 12;

/** A refused request, with the reason: { en, ko }. */
class Refusal extends Error {
  constructor(why) {
    super(why.en);
    this.why = why;
  }
}

/** Sends a request to the program; returns the reply and its bytes. A refused request throws a Refusal. */
function ask(request, bytes = new Uint8Array(0)) {
  const json = new TextEncoder().encode(JSON.stringify(request));
  const at = program.reserve(4 + json.length + bytes.length);
  const message = new Uint8Array(program.memory.buffer, at);
  new DataView(program.memory.buffer).setUint32(at, json.length, true);
  message.set(json, 4);
  message.set(bytes, 4 + json.length);
  const length = program.answer();
  const from = program.reply();
  const text = new DataView(program.memory.buffer).getUint32(from, true);
  const reply = JSON.parse(new TextDecoder().decode(new Uint8Array(program.memory.buffer, from + 4, text)));
  if (reply.error !== undefined) throw new Refusal(reply.error);
  return [reply, program.memory.buffer.slice(from + 4 + text, from + length)];
}

function send(message, transfer = []) {
  self.postMessage(message, transfer);
}

/** Does some iterations; the next progress message reports them. */
function train(iterations) {
  const [reply, bytes] = ask({ do: "train", iterations });
  iteration = reply.iteration;
  for (const loss of new Float64Array(bytes)) losses.push(loss);
  evaluations.push(...reply.evaluations);
  if (reply.diverged !== null) {
    stop();
    sendProgress();
    send({ is: "error", about: "diverged", error: reply.diverged });
  } else if (reply.due) {
    // the page has the first loss before the accuracies of all images, which take longer
    if (sent.progress === 0) sendProgress();
    train(0);
  }
}

function sendProgress() {
  sent.progress = performance.now();
  const some = Float64Array.from(losses);
  send({ is: "progress", iteration, playing, command, losses: some, evaluations, at: sent.progress }, [some.buffer]);
  losses = [];
  evaluations = [];
}

/** Sends the weights and, with `withAnswers`, histogram and confusion matrix for the test images. */
function sendView(withAnswers) {
  const now = performance.now();
  sent.view = now;
  if (withAnswers) sent.tests = now;
  const [view, bytes] = ask({ do: "view", answers: withAnswers, difference: wantsDifference });
  send({ is: "view", view, weights: bytes }, [bytes]);
}

function sendAnswer() {
  sent.answer = performance.now();
  const probabilities = image ? ask({ do: "classify" }, image)[0].probabilities : null;
  send({ is: "answer", probabilities });
}

function sendPictures() {
  sendView(true);
  sendAnswer();
}

/** Sends everything that the page shows. */
function sendAll() {
  sendProgress();
  sendPictures();
}

/** Sends everything about a new run. If training starts immediately, the pictures wait, so that the curve comes first. */
function sendFirst() {
  sendProgress();
  clearTimeout(pictures);
  pictures = setTimeout(() => guarded(() => playing || sendPictures()), 20);
}

/** Sends the progress while it plays, not more often than people can see: drawing takes time from training. */
function sendDue() {
  const now = performance.now();
  if (now - sent.progress >= 150) sendProgress();
  if (now - sent.answer >= 500) sendAnswer();
  if (now - sent.view >= 1000) sendView(now - sent.tests >= 2000);
}

function stop() {
  playing = false;
  unschedule();
}

function unschedule() {
  if (scheduled !== "timeout") return; // a message cannot be cancelled; if nothing plays, it does nothing
  clearTimeout(alarm);
  scheduled = null;
}

// A message to itself arrives right after the waiting ones; a timeout of 0 would take 4 ms.
const next = new MessageChannel();
next.port1.onmessage = () => guarded(slice);

function goOn() {
  if (!playing || scheduled !== null) return;
  if (speed === Infinity) {
    scheduled = "message";
    next.port2.postMessage(0);
  } else {
    scheduled = "timeout";
    const now = performance.now();
    due = Math.max(now, due + 1000 / speed);
    alarm = setTimeout(() => guarded(slice), due - now);
  }
}

function slice() {
  scheduled = null;
  if (!playing) return;
  if (speed <= 2) {
    detail();
  } else {
    const start = performance.now();
    train(Math.max(1, Math.min(speed === Infinity ? pace : 1, until - iteration)));
    const spent = performance.now() - start;
    pace = Math.max(1, Math.min(2 * pace, Math.round((pace * SLICE) / Math.max(spent, 0.1))));
    sendDue();
  }
  if (iteration >= until && playing) {
    stop();
    sendAll();
  }
  goOn();
}

/** Does one iteration and sends its details. */
function detail() {
  const [found, images] = ask({ do: "step" });
  iteration = found.iteration;
  losses.push(found.loss_after);
  if (found.evaluation) evaluations.push(found.evaluation);
  send({ is: "detail", detail: found, images }, [images]);
  sendAll();
}

/** The iteration after which the next epoch is evaluated: floor(i * batch_size / train) grows with the one before it. */
function nextEpoch(perEpoch) {
  const begun = Math.floor(Math.max(0, iteration - 1) / perEpoch + 1e-9);
  return Math.max(iteration, Math.ceil((begun + 1) * perEpoch - 1e-9)) + 1;
}

function play(to, number) {
  until = to;
  command = number;
  if (playing) return;
  playing = true;
  pace = 1;
  sent.progress = 0; // show something after the first slice
  due = performance.now();
  goOn();
}

const ACTIONS = {
  async wasm({ gzip }) {
    send({ is: "awake" });
    const unpacked = new Blob([gzip]).stream().pipeThrough(new DecompressionStream("gzip"));
    const module = await WebAssembly.compileStreaming(new Response(unpacked, { headers: { "Content-Type": "application/wasm" } }));
    // a library in it imports random numbers for encrypting archives; nothing here encrypts
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      (imports[from] ??= {})[name] = () => {
        throw new Error(`${name} is not available`);
      };
    }
    program = (await WebAssembly.instantiate(module, imports)).exports;
  },
  digits({ train, test }) {
    send({ is: "data", ...ask({ do: "digits", train, test })[0] });
  },
  files({ files }) {
    const all = new Uint8Array(files.reduce((sum, file) => sum + file.bytes.byteLength, 0));
    let at = 0;
    const names = files.map(({ name, bytes }) => {
      all.set(new Uint8Array(bytes), at);
      at += bytes.byteLength;
      return { name, bytes: bytes.byteLength };
    });
    send({ is: "data", ...ask({ do: "files", files: names }, all)[0] });
  },
  start({ config, difference, order }) {
    const [reply] = ask({ do: "start", config });
    begin(difference);
    send({ is: "started", order, train: reply.train, parameters: reply.parameters });
    sendFirst();
  },
  load({ config, bytes, difference, order, name }) {
    const [reply] = ask({ do: "load", config }, new Uint8Array(bytes));
    begin(difference);
    send({ is: "loaded", order, name, ...reply });
    sendFirst();
  },
  play({ to, number }) {
    play(to, number);
  },
  epoch({ perEpoch, number }) {
    play(nextEpoch(perEpoch), number);
  },
  pause({ number }) {
    command = number;
    stop();
    sendAll();
  },
  step({ number }) {
    command = number;
    stop();
    detail();
  },
  rate({ rate }) {
    ask({ do: "learning_rate", learning_rate: rate });
    send({ is: "rate", rate, iteration });
  },
  speed({ perSecond }) {
    speed = perSecond;
    unschedule();
    due = performance.now();
    goOn();
  },
  draw({ image: drawn }) {
    image = drawn;
    sendAnswer();
  },
  picture({ rows, cols, grey }) {
    const [found, bytes] = ask({ do: "picture", rows, cols }, new Uint8Array(grey));
    send({ is: "picture", several: found.several, image: new Uint8Array(bytes) });
  },
  test_image({ index }) {
    const [reply, bytes] = ask({ do: "test_image", index });
    send({ is: "test_image", ...reply, image: new Uint8Array(bytes) });
  },
  save({ kind }) {
    const [, bytes] = ask({ do: "save", kind });
    send({ is: "file", kind, bytes }, [bytes]);
  },
};

/** A new run has begun; the rest of the previous one is sent to the page first. */
function begin(difference) {
  stop();
  if (iteration > 0) sendProgress();
  iteration = 0;
  wantsDifference = difference;
}

/** Reports a refused request; any other error means that the program failed, and the page starts a new worker. */
function told(error, about, order) {
  if (!(error instanceof Refusal)) {
    stop();
    send({ is: "broken", error: String(error) });
    return;
  }
  if (about === "run" || about === "step") {
    stop();
    sendProgress();
  }
  send({ is: "error", about, order, error: error.why });
}

function guarded(action) {
  try {
    action();
  } catch (error) {
    told(error, "run");
  }
}

self.onmessage = async ({ data }) => {
  try {
    if (data.do === "wasm") await (loading = ACTIONS.wasm(data));
    else {
      await loading;
      await ACTIONS[data.do](data);
    }
  } catch (error) {
    told(error, data.do, data.order);
  }
};
