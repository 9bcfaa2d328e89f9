"""The book's own import names, if you lack its folders ``common`` and ``dataset``.

After ``import two_layer_net.book`` these lines work in a notebook or program of yours::

    from common.functions import *
    from common.gradient import numerical_gradient
    from dataset.mnist import load_mnist

If you have these folders, yours are imported. Nothing named ``common`` or ``dataset`` is installed. These are
the book's functions, rewritten so that they are also correct for large arguments.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Callable

import numpy as np

from ._data import load_mnist

__all__ = [
    "cross_entropy_error",
    "identity_function",
    "load_mnist",
    "numerical_gradient",
    "relu",
    "relu_grad",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_loss",
    "step_function",
    "sum_squared_error",
]


def identity_function(x: Any) -> Any:
    """x itself (section 3.4.3).

    Examples
    --------
    >>> identity_function(2.0)
    2.0
    """
    return x


def step_function(x: Any) -> Any:
    """1 where x > 0, else 0 (section 3.2.2).

    Examples
    --------
    >>> step_function(np.array([-1.0, 0.0, 2.0]))
    array([0, 0, 1])
    """
    return np.array(np.asarray(x) > 0, dtype=int)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)) (section 3.2.4); no overflow for any x.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(x))  # at most 1
    return np.where(np.asarray(x) >= 0, 1 / (1 + small), small / (1 + small))[()]


def sigmoid_grad(x: Any) -> Any:
    """The derivative of the sigmoid, (1 - sigmoid(x)) sigmoid(x).

    Examples
    --------
    >>> sigmoid_grad(np.array([-1000.0, 0.0]))
    array([0.  , 0.25])
    """
    return sigmoid(-np.asarray(x)) * sigmoid(x)


def relu(x: Any) -> Any:
    """max(0, x) (section 3.2.7).

    Examples
    --------
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(0, x)


def relu_grad(x: Any) -> Any:
    """The derivative of relu: 1 where x >= 0, else 0, as in the book.

    Examples
    --------
    >>> relu_grad(np.array([-1.0, 2.0]))
    array([0., 1.])
    """
    return (np.asarray(x) >= 0).astype(float)


def softmax(x: Any) -> Any:
    """exp(x) / sum(exp(x)) along the last axis (section 3.5); no overflow for any x.

    Examples
    --------
    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    with np.errstate(over="ignore"):  # -1e308 is, below 1e308, infinitely far, and exp of that is 0
        moved = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return moved / np.sum(moved, axis=-1, keepdims=True)


def sum_squared_error(y: Any, t: Any) -> Any:
    """sum((y - t)²) / 2 (section 4.2.1).

    Examples
    --------
    >>> sum_squared_error(np.array([0.0, 1.0]), np.array([1.0, 1.0]))
    0.5
    """
    return float(0.5 * np.sum((np.asarray(y) - np.asarray(t)) ** 2))


def cross_entropy_error(y: Any, t: Any) -> Any:
    """-mean(log(y[n, t[n]] + 1e-7)) (section 4.2.4).

    Parameters
    ----------
    y : ndarray of shape (N, K) or (K,)
        Probabilities.
    t : ndarray of shape (N,) or (N, K)
        Labels, or rows of scores of which the largest counts, as in one-hot labels.

    Examples
    --------
    >>> round(float(cross_entropy_error(np.array([0.1, 0.9]), np.array([0, 1]))), 4)
    0.1054
    """
    y, t = np.asarray(y), np.asarray(t)
    if y.ndim == 1:
        y, t = y.reshape(1, y.size), t.reshape(1, t.size)
    if t.size == y.size:
        t = t.reshape(y.shape).argmax(axis=1)
    return -np.sum(np.log(y[np.arange(len(y)), t.reshape(-1)] + 1e-7)) / len(y)


def softmax_loss(X: Any, t: Any) -> Any:
    """The cross-entropy error of softmax(X).

    Examples
    --------
    >>> round(float(softmax_loss(np.array([0.0, 0.0]), np.array([0, 1]))), 4)
    0.6931
    """
    return cross_entropy_error(softmax(X), t)


def numerical_gradient(f: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of f at x by central differences of step 1e-4 (section 4.4).

    x itself moves, one element at a time, and is restored whatever happens. So f may look at x instead of at its argument.

    Parameters
    ----------
    f : callable
        Any Python function that takes x and returns a number.
    x : ndarray of floats
        Of any shape.

    Returns
    -------
    ndarray
        With the shape of x.

    Raises
    ------
    TypeError
        x is no array, or one of integers or float16, in which a step of 1e-4 would be lost.

    Examples
    --------
    >>> numerical_gradient(lambda x: np.sum(x**2), np.array([3.0, 4.0])).round(6)
    array([6., 8.])
    """
    if not isinstance(x, np.ndarray):
        raise TypeError(f"x is a {type(x).__name__}, expected an array, which can move: np.array(x)")
    if x.dtype.kind != "f" or x.dtype == np.float16:
        raise TypeError(f"x is of dtype {x.dtype}, in which a step of 1e-4 is lost; use x.astype(float)")
    h = 1e-4
    grad = np.zeros_like(x)
    for at in np.ndindex(x.shape):
        value = x[at]
        try:
            x[at] = value + h
            above = f(x)
            x[at] = value - h
            below = f(x)
        finally:
            x[at] = value
        grad[at] = (above - below) / (2 * h)
    return grad


_FUNCTIONS = tuple(name for name in __all__ if name not in ("load_mnist", "numerical_gradient"))

#: Names of modules, each with what it holds.
_MODULES: dict[str, dict[str, Any]] = {
    "common": {},
    "common.functions": {"np": np, **{name: globals()[name] for name in _FUNCTIONS}},
    "common.gradient": {"np": np, "numerical_gradient": numerical_gradient},
    "dataset": {},
    "dataset.mnist": {"load_mnist": load_mnist},
}


class _BookLoader(Loader):
    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update(_MODULES[module.__name__])
        module.__doc__ = f"The book's {module.__name__}, by two_layer_net.book."


class _BookFinder(MetaPathFinder):
    """Is asked last, so that the folders of the reader come first."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _MODULES:
            return None
        return ModuleSpec(fullname, _BookLoader(), origin="two_layer_net.book", is_package="." not in fullname)


if not any(isinstance(finder, _BookFinder) for finder in sys.meta_path):
    sys.meta_path.append(_BookFinder())
