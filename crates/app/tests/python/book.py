"""The net of section 4.5 and 5.7 in NumPy, beside `app`: same start, same images, same losses.

    python book.py start FOLDER    writes start-*.npz, start.safetensors and expected.json
    python book.py read FOLDER     prints what out.npz and out.safetensors say of the test images
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

BATCH, STEPS, RATE, HIDDEN = 7, 50, 0.1, 5


def load_idx(path):
    raw = path.read_bytes()
    shape = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def load(folder, name):
    images = load_idx(folder / f"data/mnist/{name}-images-idx3-ubyte")
    labels = load_idx(folder / f"data/mnist/{name}-labels-idx1-ubyte")
    return images.reshape(len(images), -1) / 255.0, labels


def predict(params, x):
    a1 = x @ params["W1"] + params["b1"]
    z1 = 1 / (1 + np.exp(-a1))
    a2 = z1 @ params["W2"] + params["b2"]
    powers = np.exp(a2 - a2.max(axis=1, keepdims=True))
    return z1, powers / powers.sum(axis=1, keepdims=True)


def loss(params, x, t):
    return float(-np.log(predict(params, x)[1][np.arange(len(t)), t]).mean())


def gradient(params, x, t):
    z1, y = predict(params, x)
    dy = y.copy()
    dy[np.arange(len(t)), t] -= 1
    dy /= len(t)
    da1 = (dy @ params["W2"].T) * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ dy, "b2": dy.sum(axis=0)}


def train(params, x, t):
    """The book's loop, images 0 to 6, 7 to 13, ... and round again; the loss after each step."""
    losses = []
    for i in range(STEPS):
        batch = np.arange(i * BATCH, (i + 1) * BATCH) % len(t)
        for key, grad in gradient(params, x[batch], t[batch]).items():
            params[key] = params[key] - RATE * grad
        losses.append(loss(params, x[batch], t[batch]))
    return losses


def start(folder):
    (x, t), (x_test, t_test) = load(folder, "train"), load(folder, "t10k")
    rng = np.random.default_rng(1)
    params = {
        "W1": rng.normal(size=(x.shape[1], HIDDEN)),
        "b1": rng.normal(size=HIDDEN),
        "W2": rng.normal(size=(HIDDEN, 10)),
        "b2": rng.normal(size=10),
    }
    single = {key: value.astype(np.float32) for key, value in params.items()}
    np.savez(folder / "start-c-f64.npz", **params)
    np.savez(folder / "start-f-f64.npz", **{key: np.asfortranarray(value) for key, value in params.items()})
    np.savez_compressed(folder / "start-big-endian.npz", **{key: value.astype(">f8") for key, value in params.items()})
    np.savez(folder / "start-f32.npz", **single)
    save_file(params, folder / "start.safetensors")
    double_of_single = {key: value.astype(np.float64) for key, value in single.items()}
    expected = {}
    for name, params in {"f64": params, "f32": double_of_single}.items():
        expected[name] = {
            "probabilities": predict(params, x_test)[1].tolist(),
            "loss": loss(params, x_test, t_test),
            "losses": train(dict(params), x, t),
        }
    (folder / "expected.json").write_text(json.dumps(expected))


def read(folder):
    x_test, t_test = load(folder, "t10k")
    nets = {"npz": dict(np.load(folder / "out.npz")), "safetensors": load_file(folder / "out.safetensors")}
    with safe_open(folder / "out.safetensors", "numpy") as file:
        found = {"activations": [str(nets["npz"].pop("activation")), file.metadata()["activation"]]}
    for name, params in nets.items():
        found[name] = {
            "shapes": {key: list(value.shape) for key, value in params.items()},
            "types": sorted({str(value.dtype) for value in params.values()}),
            "probabilities": predict(params, x_test)[1].tolist(),
            "loss": loss(params, x_test, t_test),
        }
    print(json.dumps(found))


{"start": start, "read": read}[sys.argv[1]](Path(sys.argv[2]))
