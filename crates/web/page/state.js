// The state of the page, and the notices about it.

const state = {
  config: { ...BOOK }, // the values in the form
  data: "digits", // what the next run trains on
  opensWith: null, // the data that the address names, until they are loaded
  images: { train: 0, test: 0 },
  files: [], // the files of the current MNIST: a new worker needs them again
  coming: [], // the files received for the next MNIST
  sent: [], // lists of files that the worker has not answered yet
  asked: new Map(), // requested runs that have not begun, by the number of the message
  messages: 0,
  commands: 0, // presses of Start, Pause, One step and One epoch
  ready: false, // a run can be trained
  canRun: true, // until we know better: the browser can run the program
  playing: false,
  playsAtOnce: false, // plays as soon as the run has begun
  iteration: 0,
  current: newRun({ config: BOOK, data: "digits", loaded: null, train: 0, parameters: 0 }),
  earlier: [],
  detail: null, // the last iteration in detail, with its images
  view: null,
  answer: null, // a probability for each class
  isAnswerFinite: true,
  several: false,
  testImage: null, // { index, label } of the one on the paper
  nextTestImage: 0,
  speeds: [1, 2, 5, 10, 30, 100, 300, Infinity],
  rate: { at: 0, iteration: 0, perSecond: 0 },
  breaks: 0, // failures of the program since it last trained
  spokenAt: 0,
  largest: null, // the neuron in the dialog
  notice: null, // a function of the language
  missing: null, // the notice of files that are missing, if there was one
  /** Whether a requested run has not begun yet. */
  get pending() {
    return this.asked.size > 0;
  },
};
/** For tests and pictures: the state of the page. */
globalThis.page = state;

function perSecond() {
  return state.speeds[byId("speed").value];
}

/** Shows a text, given as a function so that it can change its language; null removes it. */
function notify(text) {
  state.notice = text;
  showNotice();
}

function showNotice() {
  byId("notice").hidden = state.notice === null;
  byId("notice").textContent = state.notice?.() ?? "";
}
