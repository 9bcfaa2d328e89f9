// The state of the page, and what it tells the reader about it.

const state = {
  config: { ...BOOK }, // as the form shows it
  data: "digits", // what the next run trains on
  opensWith: null, // the data that the address asked for, until there are some
  images: { train: 0, test: 0 },
  files: [], // the files of MNIST in use: a new worker needs them again
  coming: [], // the files of the next MNIST so far
  sent: [], // lists of files that the worker has not answered yet
  asked: new Map(), // runs that the worker was asked for and has not begun, by the number of the message
  messages: 0,
  commands: 0, // presses of Start, Pause, One step and One epoch
  ready: false, // a run can be trained
  canRun: true, // as far as is known: the browser can run the program
  playing: false,
  playsAtOnce: false, // as soon as the run is there
  iteration: 0,
  current: newRun({ config: BOOK, data: "digits", loaded: null, train: 0, parameters: 0 }),
  earlier: [],
  detail: null, // the last iteration looked at, with its images
  view: null,
  answer: null, // a probability for each class
  isAnswerFinite: true,
  several: false,
  testImage: null, // { index, label } of the one on the paper
  nextTestImage: 0,
  speeds: [1, 2, 5, 10, 30, 100, 300, Infinity],
  rate: { at: 0, iteration: 0, perSecond: 0 },
  breaks: 0, // of the program, since it last trained
  spokenAt: 0,
  largest: null, // the neuron in the dialog
  notice: null, // a function of the language
  missing: null, // the notice of files that are missing, if there was one
  /** Whether a run is asked for that has not begun. */
  get pending() {
    return this.asked.size > 0;
  },
};
/** For the tests and for pictures: what the page knows. */
globalThis.page = state;

function perSecond() {
  return state.speeds[byId("speed").value];
}

/** Shows a text, given as a function so that it can change its language; null takes it away. */
function notify(text) {
  state.notice = text;
  showNotice();
}

function showNotice() {
  byId("notice").hidden = state.notice === null;
  byId("notice").textContent = state.notice?.() ?? "";
}
