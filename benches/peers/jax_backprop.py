"""The chapter's run in JAX, compiled: python jax_backprop.py MNIST_FOLDER f32|f64

One compiled call an iteration; then one compiled call an epoch, the loop over its iterations inside (lax.scan).
"""
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import chapter

precision = sys.argv[2]
jax.config.update("jax_enable_x64", precision == "f64")
dtype = {"f32": np.float32, "f64": np.float64}[precision]
x_train, t_train, x_test, t_test = map(jnp.array, chapter.load(dtype))


def start():
    return [jnp.array(w) for w in chapter.weights(dtype)]


def logits(p, x):
    return jax.nn.sigmoid(x @ p[0] + p[1]) @ p[2] + p[3]


def loss(p, x, t):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits(p, x)), t[:, None], axis=1).mean()


def iteration(x_train, t_train, p, batch):
    x, t = x_train[batch], t_train[batch]
    p = [w - dtype(chapter.RATE) * gradient for w, gradient in zip(p, jax.grad(loss)(p, x, t))]
    return p, loss(p, x, t)


# the images are arguments: constants would be copied into the program
compiled = jax.jit(iteration, donate_argnums=2)
accuracy = jax.jit(lambda p, x, t: (logits(p, x).argmax(axis=1) == t).mean())


@jax.jit
def iterations(x_train, t_train, p, batches):
    return jax.lax.scan(partial(iteration, x_train, t_train), p, batches)


def accuracies(p):
    return float(accuracy(p, x_train, t_train)), float(accuracy(p, x_test, t_test))


chapter.run(
    "JAX, a call an iteration", jax.__version__, precision, start,
    lambda p, batch: compiled(x_train, t_train, p, batch), accuracies,
)  # fmt: skip

batches = chapter.draws()
cuts = [0, *range(1, chapter.ITERATIONS, chapter.EPOCH), chapter.ITERATIONS]
parts = [batches[a:b] for a, b in zip(cuts, cuts[1:])]
for part in parts[0], parts[1], parts[-1]:  # each length is compiled once
    iterations(x_train, t_train, start(), part)
p, losses = start(), []
began = time.perf_counter()
for part in parts:
    p, of_part = iterations(x_train, t_train, p, part)
    losses.append(of_part)
    train, test = accuracies(p)
losses = np.concatenate(losses).tolist()
chapter.report(
    "JAX, a call an epoch", jax.__version__, precision, time.perf_counter() - began, train, test, losses
)
