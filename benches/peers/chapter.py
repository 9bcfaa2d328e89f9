"""The chapter's run, for the scripts beside this one: its data, its draws, its loop, and how it is timed.

Every peer does the same work as `app train --gradient backprop`: 10,000 minibatches of 100 drawn with replacement, a
step of plain gradient descent on each, the loss of the same batch again after it, and the accuracy on all 70,000 images
after iteration 1, 601, 1201, ... and at the end. Timed is the loop alone: data are loaded, and what a peer compiles is
compiled, before the clock starts.
"""
import gzip
import json
import sys
import time
from pathlib import Path

import numpy as np

ITERATIONS, BATCH, EPOCH, RATE = 10_000, 100, 600, 0.1


def images(name):
    pixels = np.frombuffer(gzip.open(Path(sys.argv[1]) / name).read(), np.uint8, offset=16)
    return pixels.reshape(-1, 784)


def labels(name):
    return np.frombuffer(gzip.open(Path(sys.argv[1]) / name).read(), np.uint8, offset=8).astype(np.int64)


def load(dtype):
    """x_train, t_train, x_test, t_test; pixels from 0 to 1."""
    x_train, x_test = images("train-images-idx3-ubyte.gz"), images("t10k-images-idx3-ubyte.gz")
    t_train, t_test = labels("train-labels-idx1-ubyte.gz"), labels("t10k-labels-idx1-ubyte.gz")
    return x_train.astype(dtype) / dtype(255), t_train, x_test.astype(dtype) / dtype(255), t_test


def weights(dtype):
    """W1 b1 W2 b2 as the book starts them."""
    rng = np.random.default_rng(0)
    w1, w2 = 0.01 * rng.standard_normal((784, 50)), 0.01 * rng.standard_normal((50, 10))
    return [w1.astype(dtype), np.zeros(50, dtype), w2.astype(dtype), np.zeros(10, dtype)]


def draws():
    """The images of each batch, ITERATIONS x BATCH."""
    return np.random.default_rng(1).integers(0, 60_000, (ITERATIONS, BATCH))


def run(peer, version, precision, start, step, accuracies):
    """Times the loop and prints a line of JSON.

    `start()` gives a fresh state, `step(state, batch)` the state after an iteration and the loss (a number, or what
    `float` makes one at the end), `accuracies(state)` those on the training and on the test images.
    """
    batches = draws()
    state, _ = step(start(), batches[0])  # whatever is compiled or allocated at first
    accuracies(state)

    state, losses = start(), []
    began = time.perf_counter()
    for i in range(ITERATIONS):
        state, loss = step(state, batches[i])
        losses.append(loss)
        if i % EPOCH == 0:
            accuracies(state)
    train, test = accuracies(state)
    losses = [float(loss) for loss in losses]
    report(peer, version, precision, time.perf_counter() - began, train, test, losses)


def report(peer, version, precision, seconds, train, test, losses):
    assert len(losses) == ITERATIONS and losses[-1] < 0.5 < test, "the net has learned nothing"
    line = {"peer": peer, "version": version, "precision": precision, "seconds": seconds, "train": train, "test": test}
    print(json.dumps(line), flush=True)
