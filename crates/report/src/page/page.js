"use strict";
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

  // An image is { pixels, rows, cols }, row by row; 0 is paper, 255 is ink.

  /** The parts of the ink that do not touch each other, and the number of its part for each pixel (-1 for paper). */
  function partsOf({ pixels, rows, cols }) {
    const partOf = new Int32Array(rows * cols).fill(-1);
    const parts = [];
    for (let start = 0; start < rows * cols; start++) {
      if (pixels[start] === 0 || partOf[start] >= 0) continue;
      const part = { ink: 0, top: rows, left: cols, bottom: 0, right: 0 };
      partOf[start] = parts.length;
      const waiting = [start];
      while (waiting.length > 0) {
        const pixel = waiting.pop();
        const [row, col] = [Math.floor(pixel / cols), pixel % cols];
        part.ink += pixels[pixel];
        [part.top, part.bottom] = [Math.min(part.top, row), Math.max(part.bottom, row + 1)];
        [part.left, part.right] = [Math.min(part.left, col), Math.max(part.right, col + 1)];
        for (let y = Math.max(0, row - 1); y < Math.min(rows, row + 2); y++) {
          for (let x = Math.max(0, col - 1); x < Math.min(cols, col + 2); x++) {
            const near = y * cols + x;
            if (pixels[near] === 0 || partOf[near] >= 0) continue;
            partOf[near] = parts.length;
            waiting.push(near);
          }
        }
      }
      parts.push(part);
    }
    const most = parts.reduce((most, part) => Math.max(most, part.ink), 0);
    parts.forEach((part) => (part.isSpeck = part.ink * 20 < most));
    return { parts, partOf };
  }

  function withoutSpecks(image) {
    const { parts, partOf } = partsOf(image);
    return { ...image, pixels: image.pixels.map((ink, k) => (ink === 0 || parts[partOf[k]].isSpeck ? 0 : ink)) };
  }

  /** Whether it looks like two digits or more, as `dataset::has_digits_side_by_side` says. */
  function hasDigitsSideBySide(image) {
    const parts = partsOf(image).parts.filter((part) => !part.isSpeck);
    const top = Math.min(...parts.map((part) => part.top));
    const bottom = Math.max(...parts.map((part) => part.bottom));
    const tall = parts.filter((part) => 2 * (part.bottom - part.top) >= bottom - top);
    const areApart = (a, b) => {
      const shared = Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left));
      return 2 * shared <= Math.min(a.right - a.left, b.right - b.left);
    };
    return tall.some((a, k) => tall.slice(k + 1).some((b) => areApart(a, b)));
  }

  /** Cropped to the ink and scaled into a square of `side` by averaging; null without ink. */
  function scaled({ pixels, rows, cols }, side) {
    let [top, left, bottom, right] = [rows, cols, 0, 0];
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        if (pixels[row * cols + col] === 0) continue;
        top = Math.min(top, row);
        bottom = row + 1;
        left = Math.min(left, col);
        right = Math.max(right, col + 1);
      }
    }
    if (bottom === 0) return null;
    const [cropHeight, cropWidth] = [bottom - top, right - left];
    const longer = Math.max(cropHeight, cropWidth);
    const toBox = (length) => Math.max(1, Math.floor((2 * side * length + longer) / (2 * longer)));
    const [height, width] = [toBox(cropHeight), toBox(cropWidth)];
    // lengths in parts of a pixel, `height` parts down and `width` across, so that all sums are whole numbers
    const parts = cropHeight * cropWidth;
    const small = new Uint8Array(height * width);
    for (let row = 0; row < height; row++) {
      const [from, to] = [row * cropHeight, (row + 1) * cropHeight];
      for (let col = 0; col < width; col++) {
        const [start, end] = [col * cropWidth, (col + 1) * cropWidth];
        let sum = 0;
        for (let y = Math.floor(from / height); y < Math.ceil(to / height); y++) {
          const down = Math.min(to, (y + 1) * height) - Math.max(from, y * height);
          for (let x = Math.floor(start / width); x < Math.ceil(end / width); x++) {
            const across = Math.min(end, (x + 1) * width) - Math.max(start, x * width);
            sum += down * across * pixels[(top + y) * cols + left + x];
          }
        }
        small[row * width + col] = Math.floor((2 * sum + parts) / (2 * parts));
      }
    }
    return { pixels: small, rows: height, cols: width };
  }

  /** The ink scaled so that three quarters of it are at most 255; null where there is none. */
  function levelled(image) {
    const inks = image.pixels.filter((ink) => ink > 0).sort();
    if (inks.length === 0) return null;
    const level = inks[Math.floor(((inks.length - 1) * 75) / 100)];
    return { ...image, pixels: image.pixels.map((ink) => Math.min(255, Math.floor((510 * ink + level) / (2 * level)))) };
  }

  /** The mean width of the strokes in pixels: all ink, over how much it changes from pixel to pixel. */
  function strokeWidth({ pixels, rows, cols }) {
    const at = (row, col) => (row >= 0 && row < rows && col >= 0 && col < cols ? pixels[row * cols + col] : 0);
    let [mass, variation] = [0, 0];
    for (let row = 0; row <= rows; row++) {
      for (let col = 0; col <= cols; col++) {
        mass += at(row, col);
        variation += Math.abs(at(row, col) - at(row, col - 1)) + Math.abs(at(row, col) - at(row - 1, col));
      }
    }
    return ((8 / Math.PI) * mass) / variation;
  }

  /** What a round pen of this radius, with a soft edge of 2 pixels to both sides, leaves where it goes over the ink. */
  function goneOver({ pixels, rows, cols }, radius) {
    const reach = radius + 2;
    const margin = Math.ceil(reach);
    const [height, width] = [rows + 2 * margin, cols + 2 * margin];
    const most = new Float64Array(height * width);
    for (let down = 0; down <= 2 * margin; down++) {
      for (let across = 0; across <= 2 * margin; across++) {
        const [y, x] = [down - margin, across - margin];
        const share = Math.min(1, (reach - Math.sqrt(y * y + x * x)) / 4);
        if (share <= 0) continue;
        for (let row = 0; row < rows; row++) {
          for (let col = 0; col < cols; col++) {
            const k = (row + down) * width + across + col;
            most[k] = Math.max(most[k], share * pixels[row * cols + col]);
          }
        }
      }
    }
    return { pixels: Uint8Array.from(most, (ink) => Math.floor(ink + 0.5)), rows: height, cols: width };
  }

  /** Shifted by whole pixels until its centre of mass is in the middle of 28 x 28. */
  function centred({ pixels, rows, cols }) {
    let [mass, byRow, byCol] = [0, 0, 0];
    pixels.forEach((ink, k) => {
      mass += ink;
      byRow += Math.floor(k / cols) * ink;
      byCol += (k % cols) * ink;
    });
    const place = (moment, side) => {
      const centre = Math.floor((2 * moment + mass) / (2 * mass));
      return Math.min(Math.max(14 - centre, 0), 28 - side);
    };
    const [y, x] = [place(byRow, rows), place(byCol, cols)];
    const image = new Uint8Array(28 * 28);
    for (let row = 0; row < rows; row++) {
      image.set(pixels.subarray(row * cols, (row + 1) * cols), (y + row) * 28 + x);
    }
    return image;
  }

  /** A digit as the net can read it, 28 x 28; null without ink. The same bytes as `dataset::digit_image`, step by step. */
  function digitImage(drawing) {
    const ink = withoutSpecks(drawing);
    const small = scaled(ink, 20);
    let image = small && levelled(small);
    if (image === null) return null;
    const width = strokeWidth(image);
    if (width < 2.2) {
      const small = scaled(goneOver(scaled(ink, 80), (4 * (2.2 - width)) / 2), 20);
      image = small && levelled(small);
    }
    return image && centred(image);
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

  /** What is on the paper, as the net takes it; null when there is nothing. */
  function seen() {
    if (sample !== null) return images.subarray(sample * inputs, (sample + 1) * inputs);
    return digitImage(drawing());
  }

  function show() {
    const image = seen();
    const view = byId("seen").getContext("2d");
    const grey = view.createImageData(28, 28);
    image?.forEach((value, k) => grey.data.set([value, value, value, 255], 4 * k));
    view.putImageData(grey, 0, 0);

    const { z, probabilities } = image ? forward(image) : { z: [], probabilities: [] };
    const most = probabilities.indexOf(Math.max(...probabilities));
    const about = sample === null ? "" : text().sample(indices[sample], labels[sample]);
    const say = probabilities[most] < 0.5 ? text().guess : text().answer;
    const several = sample === null && image && hasDigitsSideBySide(drawing()) ? text().several : "";
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
