"""What one numerical gradient of the chapter costs in NumPy: python numpy_definition.py

The definition evaluates the loss twice for each parameter. One evaluation is timed as the book writes it (float64,
784-50-10, batch 100), the best of five rounds of 200; the whole gradient is that times 79,520. --whole runs the whole
numerical gradient once, element by element, to show that this is what it takes.
"""
import sys
import time

import numpy as np

rng = np.random.default_rng(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x = x - np.max(x, axis=1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)


class TwoLayerNet:
    def __init__(self, inputs, hidden, classes):
        self.params = {
            "W1": 0.01 * rng.standard_normal((inputs, hidden)), "b1": np.zeros(hidden),
            "W2": 0.01 * rng.standard_normal((hidden, classes)), "b2": np.zeros(classes),
        }

    def predict(self, x):
        p = self.params
        return softmax(sigmoid(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])

    def loss(self, x, t):
        y = self.predict(x)
        return -np.mean(np.log(y[np.arange(len(x)), t] + 1e-7))


def numerical_gradient(f, w):
    grad = np.zeros_like(w)
    for i in np.ndindex(*w.shape):
        old = w[i]
        w[i] = old + 1e-4
        above = f()
        w[i] = old - 1e-4
        grad[i] = (above - f()) / 2e-4
        w[i] = old
    return grad


for what, hidden in [("784-50-10, batch 100", 50), ("784-100-10, batch 100 (the notebook's dense cell)", 100)]:
    net = TwoLayerNet(784, hidden, 10)
    x, t = rng.random((100, 784)), rng.integers(0, 10, 100)
    evaluations = 2 * sum(w.size for w in net.params.values())
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(200):
            net.loss(x, t)
        rounds.append((time.perf_counter() - start) / 200)
    print(f"{what}: {min(rounds) * 1e6:.0f} us a loss, {evaluations} losses: {min(rounds) * evaluations:.1f} s")
    if "--whole" in sys.argv:
        start = time.perf_counter()
        for w in net.params.values():
            numerical_gradient(lambda: net.loss(x, t), w)
        print(f"    the whole gradient, once: {time.perf_counter() - start:.1f} s")
print("numpy", np.__version__)
