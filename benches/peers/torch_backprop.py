"""The chapter's run in PyTorch: python torch_backprop.py MNIST_FOLDER f32|f64

By hand, in place and without autograd; then by autograd as most people would write it.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

import chapter

precision = sys.argv[2]
dtype = {"f32": np.float32, "f64": np.float64}[precision]
x_train, t_train, x_test, t_test = map(torch.from_numpy, chapter.load(dtype))
rows = torch.arange(chapter.BATCH)


def start():
    return [torch.from_numpy(w) for w in chapter.weights(dtype)]


def forward(p, x):
    z1 = torch.sigmoid(torch.addmm(p[1], x, p[0]))
    return z1, torch.addmm(p[3], z1, p[2])


@torch.inference_mode()
def accuracies(p):
    accuracy = lambda x, t: (forward(p, x)[1].argmax(dim=1) == t).double().mean().item()
    return accuracy(x_train, t_train), accuracy(x_test, t_test)


@torch.inference_mode()
def by_hand(p, batch):
    batch = torch.from_numpy(batch)
    x, t = x_train[batch], t_train[batch]
    z1, a2 = forward(p, x)
    dy = torch.softmax(a2, dim=1)
    dy[rows, t] -= 1
    dy /= chapter.BATCH
    da1 = dy @ p[2].T * z1 * (1 - z1)
    p[2].addmm_(z1.T, dy, alpha=-chapter.RATE)
    p[3].sub_(dy.sum(dim=0), alpha=chapter.RATE)
    p[0].addmm_(x.T, da1, alpha=-chapter.RATE)
    p[1].sub_(da1.sum(dim=0), alpha=chapter.RATE)
    return p, F.cross_entropy(forward(p, x)[1], t)


def by_autograd(p, batch):
    batch = torch.from_numpy(batch)
    x, t = x_train[batch], t_train[batch]
    for w in p:
        w.requires_grad_(True)
    gradients = torch.autograd.grad(F.cross_entropy(forward(p, x)[1], t), p)
    with torch.no_grad():
        for w, gradient in zip(p, gradients):
            w.sub_(gradient, alpha=chapter.RATE)
        return p, F.cross_entropy(forward(p, x)[1], t)


for name, step in [("PyTorch, by hand", by_hand), ("PyTorch, autograd", by_autograd)]:
    chapter.run(name, torch.__version__, precision, start, step, accuracies)
