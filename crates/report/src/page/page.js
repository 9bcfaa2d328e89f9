// Runs the network of this page on the drawing. Shapes as in the book: x (D), W1 (D x H), b1 (H), W2 (H x K), b2 (K).
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const [w1, b1, w2, b2] = data.parameters.map((text) => new Float32Array(bytes(text).buffer));
  const { inputs, hidden, classes, labels, indices, samples } = data;
  const images = bytes(data.images);

  const isKorean = () => document.documentElement.lang === "ko";

  const ACTIVATION = {
    sigmoid: (a) => 1 / (1 + Math.exp(-a)),
    tanh: Math.tanh,
    relu: (a) => Math.max(0, a),
  };

  /** pixels (0 to 255) -> the outputs of the hidden neurons, and a probability for each class. */
  function forward(pixels) {
    const a1 = Float64Array.from(b1);
    for (let i = 0; i < inputs; i++) {
      if (pixels[i] === 0) continue;
      const x = pixels[i] / 255;
      for (let j = 0; j < hidden; j++) a1[j] += x * w1[i * hidden + j];
    }
    const z = a1.map(ACTIVATION[data.activation]);
    const scores = Float64Array.from(b2);
    for (let j = 0; j < hidden; j++) {
      for (let k = 0; k < classes; k++) scores[k] += z[j] * w2[j * classes + k];
    }
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    return { z, probabilities: powers.map((power) => power / sum) };
  }

  const page = { forward, digitImage, hasDigitsSideBySide };
  // for the tests of this page
  globalThis.page = page;

  function setLanguage(language) {
    document.documentElement.lang = language;
    const translate = (element, attribute) => {
      element.dataset.en ??= element[attribute];
      element[attribute] = element.dataset[language];
    };
    document.querySelectorAll("img[data-ko]").forEach((picture) => translate(picture, "alt"));
    translate(document.querySelector("title"), "textContent");
  }
  const chosen = (navigator.languages ?? []).find((name) => /^(ko|en)/.test(name));
  setLanguage(chosen?.startsWith("ko") ? "ko" : "en");
  byId("language").addEventListener("click", () => {
    setLanguage(isKorean() ? "en" : "ko");
    page.show?.();
  });
  if (!byId("paper")) return;

  const paper = drawingPaper(byId("paper"), show);
  const setBars = barsOf(byId("bars"), classes);
  const firing = Array.from({ length: hidden }, (_, neuron) => {
    const cell = append("li", byId("firing"));
    const level = append("i", cell);
    append("b", cell).textContent = neuron;
    return { cell, level };
  });

  let sample = 0; // the last test image on the paper
  let next = 0;

  /** "Test image 7, labelled 9. " while it is on the paper. */
  function sampleText() {
    if (!paper.picture()) return "";
    const [index, label] = [indices[sample], labels[sample]];
    return isKorean() ? `시험 이미지 ${index}번, 정답 ${label}. ` : `Test image ${index}, labelled ${label}. `;
  }

  const signed = (value, digits) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(digits)}`;

  /** A copy of the picture of a neuron's weights; nothing if it has none. */
  function pictureOf(neuron, side) {
    const picture = byId(`neuron-${neuron}`)?.cloneNode() ?? "";
    if (picture) {
      picture.removeAttribute("id");
      picture.width = picture.height = side;
    }
    return picture;
  }

  function show() {
    // the network's input; null if there is nothing on the paper
    const drawn = paper.picture() ? null : paper.drawing();
    const image = drawn ? digitImage(drawn) : paper.picture();
    showImage(byId("seen"), image);

    const { z, probabilities } = image ? forward(image) : { z: [], probabilities: null };
    const most = image ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    const several = drawn !== null && image !== null && hasDigitsSideBySide(drawn);
    byId("answer").textContent = sampleText() + answerText(probabilities, document.documentElement.lang, several);
    setBars(probabilities);
    const loudest = Math.max(1e-9, ...Array.from(z, Math.abs));
    firing.forEach(({ cell, level }, neuron) => {
      level.style.height = image ? `${(100 * Math.abs(z[neuron])) / loudest}%` : "0";
      cell.title = image ? `${neuron}: ${z[neuron].toFixed(3)}` : "";
    });

    const added = Array.from(z, (output, neuron) => {
      const weight = w2[neuron * classes + most];
      return { neuron, output, weight, adds: output * weight };
    });
    added.sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds));
    const rows = byId("added").tBodies[0];
    rows.replaceChildren();
    for (const { neuron, output, weight, adds } of added.slice(0, 6)) {
      const row = rows.insertRow();
      row.insertCell().textContent = neuron;
      row.insertCell().append(pictureOf(neuron, 42));
      row.insertCell().textContent = output.toFixed(2);
      row.insertCell().textContent = signed(weight, 2);
      row.insertCell().textContent = `${signed(adds, 2)} \u2192 ${most}`;
    }
    return { image, probabilities, answer: most };
  }
  page.show = show;

  /** For the tests: clears the paper and draws strokes, each a list of points [x, y] on the paper. */
  page.draw = (strokes) => {
    paper.clear();
    for (const stroke of strokes) stroke.forEach((point, k) => paper.line(stroke[Math.max(0, k - 1)], point));
    return show();
  };

  byId("clear").addEventListener("click", () => {
    paper.clear();
    show();
  });
  function take(index) {
    if (index >= labels.length) return;
    sample = index;
    paper.put(images.subarray(index * inputs, (index + 1) * inputs));
    show();
  }
  byId("pen").addEventListener("input", () => paper.penWidth(Number(byId("pen").value)));
  for (const mistake of document.querySelectorAll("[data-sample]")) {
    mistake.addEventListener("click", () => {
      take(Number(mistake.dataset.sample));
      byId("paper").scrollIntoView({ block: "center" });
    });
  }
  for (const button of document.querySelectorAll("[data-neuron]")) {
    button.addEventListener("click", () => showNeuron(Number(button.dataset.neuron)));
  }
  byId("neuron-close")?.addEventListener("click", () => byId("neuron").close());
  function showNeuron(neuron) {
    byId("neuron-name").textContent = isKorean() ? `은닉 뉴런 ${neuron}` : `Hidden neuron ${neuron}`;
    byId("neuron-picture").replaceChildren(pictureOf(neuron, 224));
    byId("neuron-bias").textContent = `${isKorean() ? "편향" : "Bias"} b1: ${signed(b1[neuron], 3)}`;
    const rows = byId("neuron-weights").tBodies[0];
    rows.replaceChildren();
    for (let k = 0; k < classes; k++) {
      const row = rows.insertRow();
      append("th", row).textContent = k;
      row.insertCell().textContent = signed(w2[neuron * classes + k], 3);
    }
    byId("neuron").showModal();
  }
  byId("next").addEventListener("click", () => {
    next = (next + 1) % samples;
    take(next);
  });
  // show something before the user draws
  take(0);
})();
