// The net of this page, run on what is drawn. Shapes as in the book: x (D), W1 (D x H), b1 (H), W2 (H x K), b2 (K).
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const [w1, b1, w2, b2] = data.parameters.map((text) => new Float32Array(bytes(text).buffer));
  const { inputs, hidden, classes, labels, indices, samples } = data;
  const images = bytes(data.images);

  const TEXT = {
    en: {
      empty: "Draw something.",
      answer: (digit, share) => `This is ${/^8|^1[18]$/.test(digit) ? "an" : "a"} ${digit} (${share}).`,
      guess: (digit, share) => `Not sure: perhaps ${digit} (${share}).`,
      several: " There seem to be several digits. The net reads one at a time.",
      sample: (index, label) => `Test image ${index}, labelled ${label}. `,
    },
    ko: {
      empty: "무엇이든 그려 보세요.",
      answer: (digit, share) => `${digit}입니다 (${share}).`,
      guess: (digit, share) => `확실하지 않지만 ${digit}인 것 같습니다 (${share}).`,
      several: " 숫자가 여러 개 있는 것 같습니다. 신경망은 한 번에 하나만 읽습니다.",
      sample: (index, label) => `시험 이미지 ${index}번, 정답 ${label}. `,
    },
  };
  const text = () => TEXT[document.documentElement.lang] ?? TEXT.en;
  const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;

  const ACTIVATION = {
    sigmoid: (a) => 1 / (1 + Math.exp(-a)),
    tanh: Math.tanh,
    relu: (a) => Math.max(0, a),
  };

  /** pixels (0 to 255) -> the outputs of the hidden units, and a probability for each class. */
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

  const chosen = (navigator.languages ?? []).find((name) => /^(ko|en)/.test(name));
  document.documentElement.lang = chosen?.startsWith("ko") ? "ko" : "en";
  byId("language").addEventListener("click", () => {
    document.documentElement.lang = document.documentElement.lang === "ko" ? "en" : "ko";
    page.show?.();
  });
  const paper = byId("paper");
  if (!paper) return;

  const pen = paper.getContext("2d", { willReadFrequently: true });
  const side = paper.width;
  Object.assign(pen, { lineWidth: 20, lineCap: "round", lineJoin: "round", strokeStyle: "#fff", fillStyle: "#fff" });

  const make = (name, parent, className = "") => {
    const element = parent.appendChild(document.createElement(name));
    element.className = className;
    return element;
  };
  const bars = Array.from({ length: classes }, (_, digit) => {
    const row = make("li", byId("bars"));
    make("span", row).textContent = digit;
    const bar = make("div", make("div", row));
    return { row, bar, number: make("span", row, "number") };
  });
  const firing = Array.from({ length: hidden }, (_, unit) => {
    const cell = make("li", byId("firing"));
    const level = make("i", cell);
    make("b", cell).textContent = unit;
    return { cell, level };
  });

  let sample = null; // the test image on the paper, while nobody has drawn on it
  let next = 0;

  /** What is drawn on the paper. */
  function drawing() {
    const { data: colours } = pen.getImageData(0, 0, side, side);
    return { pixels: Uint8Array.from({ length: side * side }, (_, k) => colours[4 * k + 3]), rows: side, cols: side };
  }

  function show() {
    // what the net takes; null when there is nothing on the paper
    const drawn = sample === null ? drawing() : null;
    const image = drawn ? digitImage(drawn) : images.subarray(sample * inputs, (sample + 1) * inputs);
    const view = byId("seen").getContext("2d");
    const grey = view.createImageData(28, 28);
    image?.forEach((value, k) => grey.data.set([value, value, value, 255], 4 * k));
    view.putImageData(grey, 0, 0);

    const { z, probabilities } = image ? forward(image) : { z: [], probabilities: [] };
    const most = probabilities.indexOf(Math.max(...probabilities));
    const about = sample === null ? "" : text().sample(indices[sample], labels[sample]);
    const say = probabilities[most] < 0.5 ? text().guess : text().answer;
    const several = drawn && image && hasDigitsSideBySide(drawn) ? text().several : "";
    byId("answer").textContent = image ? about + say(most, percent(probabilities[most])) + several : text().empty;
    bars.forEach(({ row, bar, number }, digit) => {
      const share = probabilities[digit] ?? 0;
      bar.style.width = `${100 * share}%`;
      number.textContent = image ? percent(share) : "";
      row.className = digit === most ? "most" : "";
    });
    const loudest = Math.max(1e-9, ...Array.from(z, Math.abs));
    firing.forEach(({ cell, level }, unit) => {
      level.style.height = image ? `${(100 * Math.abs(z[unit])) / loudest}%` : "0";
      cell.title = image ? `${unit}: ${z[unit].toFixed(3)}` : "";
    });

    const votes = Array.from(z, (output, unit) => ({ unit, output, weight: w2[unit * classes + most] }));
    votes.sort((a, b) => Math.abs(b.output * b.weight) - Math.abs(a.output * a.weight));
    const rows = byId("votes").tBodies[0];
    rows.replaceChildren();
    for (const { unit, output, weight } of votes.slice(0, 6)) {
      const row = rows.insertRow();
      row.insertCell().textContent = unit;
      const picture = byId(`unit-${unit}`)?.cloneNode();
      if (picture) {
        picture.removeAttribute("id");
        picture.width = picture.height = 42;
        row.insertCell().append(picture);
      } else {
        row.insertCell();
      }
      row.insertCell().textContent = output.toFixed(2);
      row.insertCell().textContent = weight.toFixed(2);
      const vote = output * weight;
      row.insertCell().textContent = `${vote < 0 ? "\u2212" : "+"}${Math.abs(vote).toFixed(2)} \u2192 ${most}`;
    }
    return { image, probabilities, answer: most };
  }
  page.show = show;

  function clear() {
    pen.clearRect(0, 0, side, side);
    sample = null;
  }

  function line(from, to) {
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }

  /** Clears the paper and draws strokes, each a row of points [x, y] of the paper; for the tests. */
  page.draw = (strokes) => {
    clear();
    for (const stroke of strokes) stroke.forEach((point, k) => line(stroke[Math.max(0, k - 1)], point));
    return show();
  };

  let last = null;
  const place = (event) => {
    const box = paper.getBoundingClientRect();
    return [((event.clientX - box.left) * side) / box.width, ((event.clientY - box.top) * side) / box.height];
  };
  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    if (sample !== null) clear();
    last = place(event);
    line(last, last);
    show();
  });
  paper.addEventListener("pointermove", (event) => {
    if (last === null) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const step of between.length > 0 ? between : [event]) {
      const to = place(step);
      line(last, to);
      last = to;
    }
    show();
  });
  const lift = () => {
    last = null;
  };
  paper.addEventListener("pointerup", lift);
  paper.addEventListener("pointercancel", lift);

  byId("clear").addEventListener("click", () => {
    clear();
    show();
  });
  function take(index) {
    if (index >= labels.length) return;
    clear();
    sample = index;
    const picture = new ImageData(28, 28);
    const image = images.subarray(index * inputs, (index + 1) * inputs);
    image.forEach((value, k) => picture.data.set([255, 255, 255, value], 4 * k));
    const small = document.createElement("canvas");
    small.width = small.height = 28;
    small.getContext("2d").putImageData(picture, 0, 0);
    pen.drawImage(small, 0, 0, side, side);
  }
  byId("pen").addEventListener("input", () => {
    pen.lineWidth = Number(byId("pen").value);
  });
  for (const mistake of document.querySelectorAll("[data-sample]")) {
    mistake.addEventListener("click", () => {
      take(Number(mistake.dataset.sample));
      show();
      paper.scrollIntoView({ block: "center" });
    });
  }
  byId("next").addEventListener("click", () => {
    next = (next + 1) % samples;
    take(next);
    show();
  });
  // something to see before anybody draws
  take(0);
  show();
})();
