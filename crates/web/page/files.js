// Loading and saving files: MNIST, networks, pictures.

const MOST_MB = { picture: 30, other: 64, all: 160 };
const PICTURE = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;

/** The numbers of digits to draw. */
const DIGITS = { train: 10_000, test: 2_000 };

/** Draws the digits, and requests a run on them without waiting for a reply: a busy page would handle it late. */
function useDigits() {
  tell({ do: "digits", ...DIGITS });
  Object.assign(state, { data: "digits", images: DIGITS, opensWith: null });
  requestRun();
  replaceLater(30); // a slow device takes its time to draw them
}

/** The images of MNIST that were built in. */
function builtIn() {
  return [...document.querySelectorAll("script.mnist")];
}

/** Uses the MNIST that was dropped or built in; if there is none, shows a notice. */
async function useMnist() {
  const files =
    state.files.length > 0 ? state.files : builtIn().map((block) => new File([decode(block.textContent)], block.dataset.name));
  if (files.length > 0 && (await sendFiles(files))) return;
  if (files.length === 0) notify(() => words().noMnist);
  if (state.ready || state.pending) startRun();
  else useDigits();
}

/** Returns whether they could be read. */
async function sendFiles(files) {
  let sent;
  try {
    sent = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })));
  } catch {
    notify(() => words().unreadable(files.map((file) => file.name).join(", ")));
    return false;
  }
  state.sent.push(files);
  tell({ do: "files", files: sent }, sent.map(({ bytes }) => bytes));
  return true;
}

/** Files that were dropped, pasted or chosen: pictures, nets, or MNIST. */
async function take(files) {
  const data = [];
  notify(null);
  if (files.reduce((sum, file) => sum + file.size, 0) > MOST_MB.all * 1e6) {
    notify(() => words().tooMuch(MOST_MB.all));
    return;
  }
  for (const file of files) {
    const isPicture = file.type.startsWith("image/") || PICTURE.test(file.name);
    const most = isPicture ? MOST_MB.picture : MOST_MB.other;
    if (file.size > most * 1e6) notify(() => words().tooLarge(file.name, most));
    else if (!(await isReadable(file))) notify(() => words().unreadable(file.name));
    else if (isPicture) await takePicture(file);
    else if (await isNet(file)) await takeNet(file);
    else data.push(file);
  }
  if (data.length > 0) await sendFiles(data);
}

/** A dropped folder looks like a file without bytes; so does a file that no longer exists. */
async function isReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** A .npz is a network unless it contains Keras's arrays of MNIST. */
async function isNet(file) {
  if (/\.safetensors$/i.test(file.name)) return true;
  if (!/\.npz$/i.test(file.name)) return false;
  const end = await file.slice(Math.max(0, file.size - 4096)).arrayBuffer();
  return !new TextDecoder("latin1").decode(end).includes("x_train");
}

async function takeNet(file) {
  const bytes = await file.arrayBuffer();
  const run = { config: { ...state.config }, data: state.data, loaded: file.name };
  askForRun(run, { do: "load", name: file.name, bytes }, [bytes]);
}

/** The greys of a picture, at most 1000 pixels wide and high; if it is partly transparent, the opaque parts are ink. */
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
