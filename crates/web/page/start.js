"use strict";
// The first script of the page, above its body: the worker unpacks its program while the browser reads the rest.

/** The bytes of base64. (A loop: Uint8Array.from with a function takes a tenth of a second for the program.) */
function decode(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let k = 0; k < letters.length; k++) bytes[k] = letters.charCodeAt(k);
  return bytes;
}

/** Starts a worker and sends it its program. */
function newWorker() {
  const [script, program] = ["worker", "wasm"].map((id) => document.getElementById(id).textContent);
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  const gzip = decode(program);
  worker.postMessage({ do: "wasm", gzip }, [gzip.buffer]);
  return worker;
}

let firstWorker = newWorker();
