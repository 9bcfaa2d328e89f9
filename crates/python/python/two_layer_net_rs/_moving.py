"""Turns Python functions of any array into functions of a vector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

import numpy as np

from ._arrays import Float64Array, real_array


@contextmanager
def moving(f: Callable[[Any], Any], x: Any) -> Iterator[tuple[Callable[[Float64Array], Any], Float64Array]]:
    """Return `f` as a function of a vector, and `x` as a vector.

    If `x` is a writable array of float64, `x` itself is changed, so that a function may use it instead of its argument, like
    the book's ``lambda W: self.loss(x, t)``. It is always restored.
    """
    real_array(x, "x")
    is_own = isinstance(x, np.ndarray) and x.dtype == np.float64 and x.dtype.isnative and x.flags.writeable
    point: Float64Array = x if is_own else np.array(x, dtype=np.float64)
    start = point.copy()

    def call(values: Float64Array) -> Any:
        point[...] = values.reshape(point.shape)
        return f(point)

    try:
        yield call, start.reshape(-1).copy()
    finally:
        point[...] = start


def number(value: Any) -> float:
    """Convert the result of `f` to one number."""
    array = np.asarray(value)
    if array.size != 1:
        raise TypeError(f"f returned an array of shape {array.shape}, expected one number; jacobian() takes vectors")
    if array.dtype.kind not in "buif":
        raise TypeError(f"f returned {value!r}, expected a real number")
    return float(array.reshape(-1)[0])


def vector(value: Any) -> list[float]:
    """Convert the result of `f` to a list of numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"f returned {value!r}, expected real numbers")
    values: list[float] = array.astype(np.float64).reshape(-1).tolist()
    return values
