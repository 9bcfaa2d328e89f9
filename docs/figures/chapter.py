"""The chapter's recipe in NumPy, for the curve in the README to be compared with: python chapter.py MNIST_FOLDER

784-50-10, sigmoid, softmax cross-entropy, weights 0.01 * N(0, 1), 10,000 minibatches of 100 drawn with replacement
within a batch as np.random.choice does, learning rate 0.1, backpropagation, float64. Prints CSV.
"""
import gzip, sys
from pathlib import Path

import numpy as np


def idx(name, header):
    return np.frombuffer(gzip.open(Path(sys.argv[1]) / name).read(), np.uint8, offset=header)


x_train = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 784) / 255.0
t_train = idx("train-labels-idx1-ubyte.gz", 8)
x_test = idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 784) / 255.0
t_test = idx("t10k-labels-idx1-ubyte.gz", 8)

rng = np.random.default_rng(0)
w1, b1 = 0.01 * rng.standard_normal((784, 50)), np.zeros(50)
w2, b2 = 0.01 * rng.standard_normal((50, 10)), np.zeros(10)


def forward(x):
    z1 = 1 / (1 + np.exp(-(x @ w1 + b1)))
    return z1, z1 @ w2 + b2


def accuracy(x, t):
    return (forward(x)[1].argmax(axis=1) == t).mean()


print("iteration,train_accuracy,test_accuracy")
for i in range(10_000):
    batch = rng.choice(len(x_train), 100)
    x, t = x_train[batch], t_train[batch]
    z1, a2 = forward(x)
    y = np.exp(a2 - a2.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    y[np.arange(100), t] -= 1
    dy = y / 100
    da1 = dy @ w2.T * z1 * (1 - z1)
    w2 -= 0.1 * z1.T @ dy
    b2 -= 0.1 * dy.sum(axis=0)
    w1 -= 0.1 * x.T @ da1
    b1 -= 0.1 * da1.sum(axis=0)
    if i % 600 == 0 or i == 9_999:
        print(f"{i + 1},{accuracy(x_train, t_train)},{accuracy(x_test, t_test)}", flush=True)
