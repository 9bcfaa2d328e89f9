// The common part of pages with drawn digits: paper to draw on, pictures of 28 x 28, bars, and the text of an answer.
// The style is in base.css: .paper, .bars, .seen, .answer.

/** A share as "97.1 %". */
function percentText(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/** A new element at the end of `parent`. */
function append(name, parent, className = "") {
  const element = parent.appendChild(document.createElement(name));
  element.className = className;
  return element;
}

/** Shows an image of 28 x 28 bytes in a canvas of 28 x 28, 0 black and 255 white; null makes it black. */
function showImage(canvas, image) {
  const grey = new ImageData(28, 28);
  for (let k = 0; k < 28 * 28; k++) {
    const value = image?.[k] ?? 0;
    grey.data.set([value, value, value, 255], 4 * k);
  }
  canvas.getContext("2d").putImageData(grey, 0, 0);
}

/** Fills a list with one bar per class; returns a function that sets the bars to probabilities, or clears them (null). */
function barsOf(list, classes) {
  const bars = Array.from({ length: classes }, (_, digit) => {
    const row = append("li", list);
    append("span", row).textContent = digit;
    const bar = append("div", append("div", row));
    return { row, bar, number: append("span", row, "number") };
  });
  return (probabilities) => {
    const most = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    bars.forEach(({ row, bar, number }, digit) => {
      bar.style.width = `${100 * (probabilities?.[digit] ?? 0)}%`;
      number.textContent = probabilities ? percentText(probabilities[digit]) : "";
      row.className = digit === most ? "most" : "";
    });
  };
}

/** The answer as a sentence in English or in Korean ("ko"); without probabilities it asks for a drawing. */
function answerText(probabilities, language, several = false) {
  const isKorean = language === "ko";
  if (!probabilities) return isKorean ? "무엇이든 그려 보세요." : "Draw something.";
  const largest = Math.max(...probabilities);
  const [digit, share] = [probabilities.indexOf(largest), percentText(largest)];
  const isSure = largest >= 0.5;
  if (isKorean) {
    const says = isSure ? `${digit}입니다 (${share}).` : `확실하지 않지만 ${digit}인 것 같습니다 (${share}).`;
    return several ? `${says} 숫자가 여러 개 있는 것 같습니다. 신경망은 한 번에 하나만 읽습니다.` : says;
  }
  const article = /^8|^1[18]$/.test(digit) ? "an" : "a";
  const says = isSure ? `This is ${article} ${digit} (${share}).` : `Not sure: perhaps ${digit} (${share}).`;
  return several ? `${says} There seem to be several digits. The net reads one at a time.` : says;
}

/**
 * Turns a canvas into paper to draw on, with mouse, pen, finger and keyboard; calls `changed()` after each change that
 * the user makes. Points are [x, y] in pixels of the canvas.
 *
 * It returns an object with
 * - `clear()`, `line(from, to)`, `penWidth(pixels)`;
 * - `put(image)`: puts 28 x 28 bytes on the paper as a picture;
 * - `picture()`: the image that was put, or null once the paper is cleared or the user draws, which clears it first;
 * - `drawing()`: { pixels, rows, cols } of the paper, 0 to 255, as `digitImage` takes them;
 * - `isEmpty()`.
 *
 * The arrow keys move a cursor, space lowers and lifts the pen, Escape or Delete clears.
 */
function drawingPaper(canvas, changed) {
  const { width, height } = canvas;
  const view = canvas.getContext("2d");
  // only the ink; the canvas shows it with the cursor
  const sheet = document.createElement("canvas");
  Object.assign(sheet, { width, height });
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  Object.assign(pen, { lineWidth: 20, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });

  let picture = null;
  let isMarked = false; // something was drawn or put on it
  let last = null; // the last position of a drawing pointer
  let cursor = [width / 2, height / 2];
  let isCursorShown = false;
  let isPenDown = false; // the pen of the cursor

  function refresh() {
    view.clearRect(0, 0, width, height);
    view.drawImage(sheet, 0, 0);
    if (!isCursorShown) return;
    const radius = pen.lineWidth / 2;
    for (const [colour, lineWidth] of [["#000", 6], ["#f80", 3]]) {
      Object.assign(view, { strokeStyle: colour, lineWidth });
      view.beginPath();
      view.arc(...cursor, radius, 0, 2 * Math.PI);
      view.stroke();
    }
    if (isPenDown) {
      view.fillStyle = "#f80";
      view.beginPath();
      view.arc(...cursor, 3, 0, 2 * Math.PI);
      view.fill();
    }
  }

  function clear() {
    pen.clearRect(0, 0, width, height);
    picture = null;
    isMarked = false;
    refresh();
  }

  function line(from, to) {
    isMarked = true;
    pen.beginPath();
    pen.moveTo(...from);
    // a line without length would draw nothing, but a tap should leave a dot
    const isDot = from[0] === to[0] && from[1] === to[1];
    pen.lineTo(to[0] + (isDot ? 0.01 : 0), to[1]);
    pen.stroke();
    refresh();
  }

  /** Draws for the user, on paper without a picture. */
  function drawLine(from, to) {
    if (picture) clear();
    line(from, to);
  }

  function put(image) {
    clear();
    const ink = new ImageData(28, 28);
    image.forEach((value, k) => ink.data.set([255, 255, 255, value], 4 * k));
    const small = document.createElement("canvas");
    small.width = small.height = 28;
    small.getContext("2d").putImageData(ink, 0, 0);
    pen.drawImage(small, 0, 0, width, height);
    picture = image;
    isMarked = true;
    refresh();
  }

  function drawing() {
    const pixels = new Uint8Array(width * height);
    if (isMarked) {
      const { data } = pen.getImageData(0, 0, width, height);
      for (let k = 0; k < pixels.length; k++) pixels[k] = data[4 * k + 3];
    }
    return { pixels, rows: height, cols: width };
  }

  function pointOf(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    isCursorShown = isPenDown = false;
    last = pointOf(event);
    drawLine(last, last);
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last === null) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const step of between.length > 0 ? between : [event]) {
      const to = pointOf(step);
      if (to[0] === last[0] && to[1] === last[1]) continue;
      drawLine(last, to);
      last = to;
    }
    changed();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      last = null;
    });
  }

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.tabIndex = 0;
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    let hasChanged = isPenDown;
    if (event.key in MOVES) {
      const inside = (value, most) => Math.min(most, Math.max(0, value));
      const [x, y] = MOVES[event.key].map((step, k) => cursor[k] + 8 * step);
      const to = [inside(x, width), inside(y, height)];
      if (isPenDown) drawLine(cursor, to);
      cursor = to;
    } else if (event.key === " ") {
      if (!event.repeat) isPenDown = !isPenDown;
      if (isPenDown) drawLine(cursor, cursor);
      hasChanged = isPenDown;
    } else if (["Escape", "Delete", "Backspace"].includes(event.key)) {
      isPenDown = false;
      clear();
      hasChanged = true;
    } else {
      return;
    }
    event.preventDefault();
    isCursorShown = true;
    refresh();
    if (hasChanged) changed();
  });
  canvas.addEventListener("focus", () => {
    isCursorShown = canvas.matches(":focus-visible");
    refresh();
  });
  canvas.addEventListener("blur", () => {
    isCursorShown = isPenDown = false;
    refresh();
  });

  return {
    clear,
    line,
    put,
    drawing,
    picture: () => picture,
    isEmpty: () => !isMarked || drawing().pixels.every((ink) => ink === 0),
    penWidth(pixels) {
      pen.lineWidth = pixels;
      refresh();
    },
  };
}

