"""Converts the arguments of users to the arrays that the Rust part takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]
UInt8Array = npt.NDArray[np.uint8]
AnyArray = npt.NDArray[Any]

#: Labels are bytes.
MOST_CLASSES = 256


def real_array(values: Any, name: str) -> AnyArray:
    """An array of real numbers: a NumPy array, or anything that converts to one."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} is no array: {error}") from None
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} is of dtype {array.dtype}, expected real numbers")
    return array


def as_float64(array: AnyArray) -> Float64Array:
    """Convert to float64; a number that is too large, such as a longdouble, becomes infinite."""
    with np.errstate(over="ignore"):
        return array.astype(np.float64, copy=False)


def samples(x: Any, inputs: int, name: str = "x") -> tuple[AnyArray, bool]:
    """N x D numbers in C order, and whether `x` was a single sample."""
    array = real_array(x, name)
    single = array.ndim == 1
    if single:
        array = array.reshape(1, -1)
    if array.ndim != 2:
        hint = f"; flatten it: {name}.reshape(len({name}), -1)" if array.ndim > 2 else ""
        raise ValueError(f"{name} has shape {array.shape}, expected (N, {inputs}){hint}")
    if array.shape[1] != inputs:
        raise ValueError(f"{name} has shape {array.shape}, but the net takes {inputs} inputs: expected (N, {inputs})")
    if array.dtype not in (np.float64, np.float32, np.uint8) or not array.dtype.isnative:
        array = as_float64(array)
    return _aligned(array), single


def _aligned(array: AnyArray) -> AnyArray:
    """Make an array C-ordered and aligned, as Rust needs it; one from a file or another process may not be."""
    return np.require(array, requirements=["C_CONTIGUOUS", "ALIGNED"])


def labels(t: Any, count: int, classes: int, name: str = "t") -> UInt8Array:
    """A class for each of `count` samples, from labels or from rows of scores; the largest score counts."""
    array = real_array(t, name)
    if array.shape == (count, classes) or (count == 1 and array.shape == (classes,) and classes > 1):
        scores = array.reshape(count, classes)
        if np.isnan(scores).any():
            raise ValueError(f"{name} holds nan")
        largest: UInt8Array = np.argmax(scores, axis=1).astype(np.uint8)
        return largest
    if array.shape not in ((count,), (count, 1)) and not (count == 1 and array.ndim == 0):
        raise ValueError(
            f"{name} has shape {array.shape}, expected ({count},) labels or ({count}, {classes}) scores, "
            f"for {count} {'sample' if count == 1 else 'samples'} and {classes} classes"
        )
    array = array.reshape(-1)
    if array.dtype.kind == "f":
        if not np.array_equal(array, np.floor(array)):
            raise TypeError(f"{name} is of dtype {array.dtype} and holds fractions, expected labels from 0 to {classes - 1}")
    wrong = np.flatnonzero((array < 0) | (array >= classes))
    if wrong.size:
        at = int(wrong[0])
        raise ValueError(f"{name}[{at}] is {array[at]}, expected a label from 0 to {classes - 1}")
    return array.astype(np.uint8)


def parameter(value: Any, ndim: int, name: str) -> Float64Array:
    """A matrix of float64 in C order, or a vector, which may be given as a row."""
    array = real_array(value, name)
    if ndim == 1 and array.ndim == 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != ndim:
        raise ValueError(f"{name} has shape {array.shape}, expected {ndim} dimension{'s' if ndim > 1 else ''}")
    return _aligned(as_float64(array))


def parameters(params: Any) -> tuple[Float64Array, Float64Array, Float64Array, Float64Array]:
    """W1, b1, W2 and b2 of a dict, after checking that their shapes fit together."""
    missing = [name for name in ("W1", "b1", "W2", "b2") if name not in params]
    if missing:
        raise ValueError(f"params has no {missing[0]!r}, only {sorted(map(str, params))}")
    w1 = parameter(params["W1"], 2, "params['W1']")
    b1 = parameter(params["b1"], 1, "params['b1']")
    w2 = parameter(params["W2"], 2, "params['W2']")
    b2 = parameter(params["b2"], 1, "params['b2']")
    hidden, classes = w1.shape[1], w2.shape[1]
    if b1.shape != (hidden,):
        raise ValueError(f"params['b1'] has shape {b1.shape}, but params['W1'] is {w1.shape}: expected ({hidden},)")
    if w2.shape[0] != hidden:
        raise ValueError(f"params['W2'] has shape {w2.shape}, but params['W1'] is {w1.shape}: expected ({hidden}, {classes})")
    if b2.shape != (classes,):
        raise ValueError(f"params['b2'] has shape {b2.shape}, but params['W2'] is {w2.shape}: expected ({classes},)")
    if classes > MOST_CLASSES:
        raise ValueError(f"params['W2'] is {w2.shape}: {classes} classes, expected at most {MOST_CLASSES}")
    return w1, b1, w2, b2
