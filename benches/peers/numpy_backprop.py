"""The chapter's run by backpropagation in NumPy: python numpy_backprop.py MNIST_FOLDER f32|f64"""
import sys

import numpy as np

import chapter

precision = sys.argv[2]
dtype = {"f32": np.float32, "f64": np.float64}[precision]
x_train, t_train, x_test, t_test = chapter.load(dtype)
rows, rate = np.arange(chapter.BATCH), dtype(chapter.RATE)


def forward(p, x):
    z1 = 1 / (1 + np.exp(-(x @ p[0] + p[1])))
    return z1, z1 @ p[2] + p[3]


def log_softmax(a):
    a = a - a.max(axis=1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=1, keepdims=True))


def step(p, batch):
    x, t = x_train[batch], t_train[batch]
    z1, a2 = forward(p, x)
    dy = np.exp(log_softmax(a2))
    dy[rows, t] -= 1
    dy /= dtype(chapter.BATCH)
    da1 = dy @ p[2].T * z1 * (1 - z1)
    p[2] -= rate * (z1.T @ dy)
    p[3] -= rate * dy.sum(axis=0)
    p[0] -= rate * (x.T @ da1)
    p[1] -= rate * da1.sum(axis=0)
    return p, -log_softmax(forward(p, x)[1])[rows, t].mean()


def accuracy(p, x, t):
    return float((forward(p, x)[1].argmax(axis=1) == t).mean())


def accuracies(p):
    return accuracy(p, x_train, t_train), accuracy(p, x_test, t_test)


chapter.run("NumPy", np.__version__, precision, lambda: chapter.weights(dtype), step, accuracies)
