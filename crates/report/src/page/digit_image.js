"use strict";
// Converts a drawing to the network's input, with the same steps and the same bytes as `dataset::digit_image`.

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

/** Whether it looks like two digits or more, as `dataset::has_digits_side_by_side`. */
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

/** The ink scaled so that three quarters of it are at most 255; null if there is none. */
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

/** Thickens the ink with a round pen of this radius, with a soft edge of 2 pixels to both sides. */
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

/** The network's input for a digit, 28 x 28; null without ink. The same bytes as `dataset::digit_image`, step by step. */
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

