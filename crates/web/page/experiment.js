// An experiment: its settings, its address (the part after #), its name on the chart.

/** The settings of a run, each with the book's symbol and section, and the chapter's value. */
const SETTINGS = [
  { key: "train_limit", kind: "integer", from: 1, to: 60000, book: "", optional: true, symbol: "train_size", section: "4.5.2" },
  { key: "hidden", kind: "integer", from: 1, to: 1000, book: 50, symbol: "hidden_size", section: "4.5.1" },
  { key: "activation", kind: "choice", choices: ["sigmoid", "tanh", "relu"], book: "sigmoid", symbol: "h(a)", section: "3.2" },
  { key: "weight_init_std", kind: "number", from: 0, to: 100, book: 0.01, symbol: "weight_init_std", section: "4.5.1" },
  { key: "learning_rate", kind: "log", from: 1e-3, to: 100, book: 0.1, symbol: "\u03b7", section: "4.4.1", isLive: true },
  { key: "batch_size", kind: "integer", from: 1, to: 60000, book: 100, symbol: "batch_size", section: "4.2.3" },
  { key: "sampling", kind: "choice", choices: ["replacement", "shuffle", "sequential"], book: "replacement", symbol: "batch_mask", section: "4.2.3" },
  { key: "seed", kind: "integer", from: 0, to: Number.MAX_SAFE_INTEGER, book: 0, symbol: "np.random.seed", section: "" },
  { key: "gradient", kind: "choice", choices: ["numerical", "backprop", "both"], book: "numerical", symbol: "\u2202L/\u2202W", section: "4.4, 5.7" },
  { key: "h", kind: "number", from: 1e-15, to: 10, book: 1e-4, symbol: "h", section: "4.3.1" },
];

const BOOK = Object.fromEntries(SETTINGS.map(({ key, book }) => [key, book]));

/** The value of a text; undefined if the setting does not accept it. */
function valueOf(setting, text) {
  if (setting.optional && text === "") return "";
  if (setting.kind === "choice") return setting.choices.includes(text) ? text : undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  const fits = value >= setting.from && value <= setting.to && (setting.kind !== "integer" || Number.isInteger(value));
  return fits ? value : undefined;
}

/** The settings and the data in an address; missing settings have the book's values. Unknown words are listed. */
function fromAddress(hash) {
  const config = { ...BOOK };
  const wrong = [];
  let data = "digits";
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const setting = SETTINGS.find((setting) => setting.key === key);
    const value = setting && valueOf(setting, text);
    if (key === "data" && ["digits", "mnist"].includes(text)) data = text;
    else if (value === undefined) wrong.push(`${key}=${text}`.slice(0, 60));
    else config[key] = value;
  }
  return { config, data, wrong };
}

/** The address of an experiment: the settings that differ from the book's. */
function toAddress(config, data) {
  const words = new URLSearchParams();
  if (data !== "digits") words.set("data", data);
  for (const { key, book } of SETTINGS) if (config[key] !== book) words.set(key, config[key]);
  return `#${words}`;
}

/** The settings in the form that the WebAssembly program takes. */
function toRequest(config) {
  const request = { ...config, gradient: config.gradient === "backprop" ? "backprop" : "numerical" };
  if (request.train_limit === "") delete request.train_limit;
  return request;
}

/** The settings with a batch size that is at most the number of images. */
function fitted(config, images) {
  const train = config.train_limit === "" ? images : Math.min(config.train_limit, images);
  return { ...config, batch_size: Math.min(config.batch_size, Math.max(1, train)) };
}

/** The questions of the notebook, each as an address. */
const PRESETS = [
  {
    address: "",
    en: ["The chapter", "The loss falls slowly at first, then fast: with weights near 0 all neurons begin alike."],
    ko: ["책 그대로", "손실이 처음에는 천천히, 이어서 빠르게 줄어듭니다. 가중치가 0에 가까워 모든 뉴런이 비슷하게 출발하기 때문입니다."],
  },
  {
    address: "weight_init_std=0",
    en: ["Weights 0", "All hidden neurons stay equal: watch their pictures. The net learns as if it had a single neuron."],
    ko: ["가중치 0", "은닉 뉴런이 모두 똑같이 움직입니다. 그림을 보세요. 뉴런이 하나뿐인 신경망처럼 배웁니다."],
  },
  {
    address: "weight_init_std=1",
    en: ["Weights 1", "The activations pile up at 0 and 1. Saturated neurons pass on hardly any gradient, and their pictures stay noise."],
    ko: ["가중치 1", "활성화 값이 0과 1에 몰립니다. 포화된 뉴런은 기울기를 거의 전하지 못해 그림이 잡음으로 남습니다."],
  },
  {
    address: "learning_rate=10",
    en: ["Learning rate 10", "The loss jumps up and down: each step goes too far. Lower \u03b7 while it runs and see it recover."],
    ko: ["학습률 10", "걸음이 너무 커서 손실이 출렁입니다. 실행 중에 \u03b7를 낮추면 회복하는지 보세요."],
  },
  {
    address: "batch_size=1&gradient=backprop",
    en: ["Batch of 1", "The raw loss is all noise, yet the mean falls: single images point roughly the right way."],
    ko: ["배치 크기 1", "손실은 잡음투성이지만 평균은 줄어듭니다. 이미지 하나의 기울기도 대체로 옳은 쪽을 가리킵니다."],
  },
  {
    address: "batch_size=60000&gradient=backprop", // or all, if there are fewer
    en: ["Batch of all", "The curve is smooth, and a step costs a hundred times as much. Compare after equal time."],
    ko: ["전체 배치", "곡선은 매끄럽지만 한 걸음에 백 배의 계산이 듭니다. 같은 시간 뒤에 비교해 보세요."],
  },
  {
    address: "h=1e-12&gradient=both",
    en: ["h = 1e-12", "Take one step: the two losses differ only in their last digits, where rounding errors are. The net learns all the same, because it computes each difference without subtracting two losses. Compare both gradients."],
    ko: ["h = 1e-12", "한 번만 반복해 보세요. 두 손실은 반올림 오차가 있는 마지막 자리에서만 다릅니다. 그래도 학습이 되는 까닭은 손실끼리 빼지 않고 그 차이를 바로 구하기 때문입니다. 두 기울기를 비교해 보세요."],
  },
  {
    address: "h=1&gradient=both",
    en: ["h = 1", "So wide a difference is no derivative any more. See how far it is from backpropagation, and that the net learns all the same."],
    ko: ["h = 1", "간격이 이렇게 넓으면 더는 미분이 아닙니다. 오차역전파법과 얼마나 다른지, 그래도 배우는지 보세요."],
  },
  {
    address: "train_limit=300",
    en: ["300 images", "Overfitting: the net soon knows its 300 training images by heart, and the test accuracy stays behind."],
    ko: ["이미지 300장", "오버피팅: 훈련 이미지 300장은 곧 외우지만 시험 정확도는 뒤처집니다."],
  },
];

/** Formats a number for people: 0.01, 1e-12. */
function short(value) {
  return typeof value === "number" && value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential().replace("e+", "e")
    : String(value);
}

/** The name of a run: the settings that differ from the chapter's. */
function nameOf(config, data, loaded, language) {
  const words = { en: { chapter: "the chapter", all: "all" }, ko: { chapter: "책 그대로", all: "전체" } }[language];
  const changed = SETTINGS.filter(({ key, book }) => config[key] !== book);
  const parts = changed.map(({ key }) => `${key} ${config[key] === "" ? words.all : short(config[key])}`);
  if (data !== "digits") parts.unshift("MNIST");
  if (loaded) parts.unshift(loaded);
  return parts.join(", ") || words.chapter;
}
