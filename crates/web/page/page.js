// The controls of the page, and its start.

const paper = drawingPaper(byId("paper"), () => {
  const several = !paper.isEmpty() && hasDigitsSideBySide(paper.drawing());
  Object.assign(state, { testImage: null, several });
  sendDrawing();
});

function sendDrawing() {
  const image = paper.picture() ?? digitImage(paper.drawing());
  showImage(byId("seen"), image);
  if (state.ready) tell({ do: "draw", image });
}

function nextTestImage() {
  tell({ do: "test_image", index: state.nextTestImage++ });
}

function onClick(id, action) {
  byId(id).addEventListener("click", action);
}

onClick("play", () => {
  if (state.playing) return pause();
  notify(null);
  if (state.ready) return play();
  state.playsAtOnce = !state.playsAtOnce;
  showButtons();
});
onClick("step", step);
onClick("epoch", () => {
  notify(null);
  playEpoch();
});
onClick("reset", () => restart(false));
byId("speed").addEventListener("input", () => {
  tell({ do: "speed", perSecond: perSecond() });
  showFixed();
});
byId("presets").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  const preset = PRESETS[presetLinks.indexOf(link)];
  visit({ config: presetConfig(preset), data: state.data, wrong: [] }, true);
});
addEventListener("hashchange", () => visit(fromAddress(location.hash), state.playing));
onClick("language", () => {
  document.documentElement.lang = language() === "ko" ? "en" : "ko";
  showAll();
});
onClick("clear", () => {
  paper.clear();
  Object.assign(state, { testImage: null, several: false });
  sendDrawing();
});
onClick("test-image", nextTestImage);
onClick("use-digits", useDigits);
onClick("use-mnist", useMnist);
for (const id of ["open-files", "open-picture"]) onClick(id, () => byId("file").click());
byId("file").addEventListener("change", () => {
  take([...byId("file").files]);
  byId("file").value = "";
});
onClick("save-npz", () => tell({ do: "save", kind: "npz" }));
onClick("save-safetensors", () => tell({ do: "save", kind: "safetensors" }));
onClick("save-csv", () => {
  save("two-layer-net.csv", new Blob([toCsv([state.current, ...state.earlier])], { type: "text/csv" }));
});
onClick("save-svg", () => {
  save("two-layer-net.svg", new Blob([toSvg([state.current, ...state.earlier])], { type: "image/svg+xml" }));
});
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("drop");
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("drop");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("drop");
  take([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length > 0) take(files);
});
let shownWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === shownWidth) return;
  shownWidth = innerWidth;
  showCharts();
  showView();
});

const chosen = (navigator.languages ?? []).find((name) => /^(ko|en)/.test(name));
document.documentElement.lang = chosen?.startsWith("ko") ? "ko" : "en";
const asked = fromAddress(location.hash);
Object.assign(state, { config: asked.config, opensWith: asked.data });
notify(asked.wrong.length > 0 ? () => words().wrongAddress(asked.wrong.join(", ")) : null);
startWorker(); // showAll follows when it is ready
