"""Finite differences of any Python function.

========== =================================================== ================ =====================
scheme     derivative                                          error            calls for n variables
========== =================================================== ================ =====================
central    (f(x+h) - f(x-h)) / 2h                              h² f‴/6          2n
forward    (f(x+h) - f(x)) / h                                 h f″/2           n + 1
backward   (f(x) - f(x-h)) / h                                 h f″/2           n + 1
five_point (f(x-2h) - 8f(x-h) + 8f(x+h) - f(x+2h)) / 12h       h⁴ f⁽⁵⁾/30       4n
========== =================================================== ================ =====================

Without h, the step suits the scheme and the size of each variable. If x is a writable array of float64, x itself is changed
and restored, so f may use x instead of its argument.

>>> import numpy as np
>>> from two_layer_net import finite_difference as fd
>>> x = np.array([1.0, 2.0])
>>> fd.gradient(lambda x: x[0] ** 2 * x[1], x).round(6)
array([4., 1.])
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import numpy as np

from . import _native
from ._arrays import Float64Array
from ._moving import moving, number, vector

__all__ = ["Derivative", "derivative", "extrapolate", "gradient", "hessian", "jacobian"]


class Derivative(NamedTuple):
    """A derivative with an estimate of its absolute error.

    Attributes
    ----------
    value : float
        The derivative.
    error : float
        An estimate of its absolute error.

    Examples
    --------
    >>> value, error = extrapolate(np.sin, 0.0)
    >>> round(value, 12), error < 1e-9
    (1.0, True)
    """

    value: float
    error: float


def derivative(f: Callable[[float], Any], x: float, *, scheme: str = "central", h: float | None = None) -> float:
    """The derivative of a function of one number.

    Parameters
    ----------
    f : callable
        Takes a float and returns one.
    x : float
        The point at which to differentiate.
    scheme : {"central", "forward", "backward", "five_point"}, default "central"
        The kind of differences.
    h : float, optional
        The step.

    Returns
    -------
    float

    Examples
    --------
    >>> round(derivative(np.sin, 0.0), 9)
    1.0
    """
    slopes = _native.gradient_of(lambda x: number(f(float(x[0]))), np.array([float(x)]), scheme, h)
    return float(slopes[0])


def extrapolate(f: Callable[[float], Any], x: float, *, scheme: str = "central", h: float | None = None) -> Derivative:
    """The derivative of a function of one number to almost full precision, by Richardson extrapolation.

    Parameters
    ----------
    f : callable
        Takes a float and returns one.
    x : float
        The point at which to differentiate.
    scheme : {"central", "forward", "backward", "five_point"}, default "central"
        The kind of differences.
    h : float, optional
        The first step; it is halved repeatedly. f should change noticeably over it, but stay smooth.

    Returns
    -------
    Derivative
        The value and an estimate of its error.

    Raises
    ------
    ValueError
        The extrapolation does not converge.

    Examples
    --------
    >>> slope = extrapolate(np.exp, 1.0)
    >>> abs(slope.value - np.e) <= slope.error < 1e-11
    True
    """
    return Derivative(*_native.extrapolated(lambda x: number(f(x)), float(x), scheme, h))


def gradient(f: Callable[[Any], Any], x: Any, *, scheme: str = "central", h: float | None = None) -> Float64Array:
    """The gradient of a function of any array.

    Parameters
    ----------
    f : callable
        Takes an array with the shape of x and returns a number.
    x : array_like
        The point at which to differentiate; of any shape.
    scheme : {"central", "forward", "backward", "five_point"}, default "central"
        The kind of differences.
    h : float, optional
        The step.

    Returns
    -------
    ndarray
        The partial derivatives, in the shape of x.

    Examples
    --------
    >>> gradient(lambda x: np.sum(x**2), np.array([[1.0, 2.0], [3.0, 4.0]])).round(6)
    array([[2., 4.],
           [6., 8.]])
    """
    with moving(f, x) as (call, start):
        slopes = _native.gradient_of(lambda values: number(call(values)), start, scheme, h)
    return slopes.reshape(np.shape(x))


def jacobian(f: Callable[[Any], Any], x: Any, *, scheme: str = "central", h: float | None = None) -> Float64Array:
    """The Jacobian of a function that returns an array.

    Parameters
    ----------
    f : callable
        Takes an array with the shape of x and returns an array, always of the same shape.
    x : array_like
        The point at which to differentiate; of any shape.
    scheme : {"central", "forward", "backward", "five_point"}, default "central"
        The kind of differences.
    h : float, optional
        The step.

    Returns
    -------
    ndarray
        The shape of f(x), followed by the shape of x. Element [i, j] is the derivative of f(x)[i] with respect to x[j].

    Examples
    --------
    >>> jacobian(lambda x: x[0] * x, np.array([2.0, 3.0])).round(6)
    array([[4., 0.],
           [3., 2.]])
    """
    with moving(f, x) as (call, start):
        shape = np.shape(call(start))
        slopes = _native.jacobian_of(lambda values: vector(call(values)), start, scheme, h)
    return slopes.reshape(shape + np.shape(x))


def hessian(f: Callable[[Any], Any], x: Any, *, h: float | None = None) -> Float64Array:
    """The second derivatives of a function of any array, by central differences.

    Parameters
    ----------
    f : callable
        Takes an array with the shape of x and returns a number. It is called 2n² + 1 times for n variables.
    x : array_like
        The point at which to differentiate; of any shape.
    h : float, optional
        The step.

    Returns
    -------
    ndarray
        The shape of x, twice; symmetric.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0])).round(4)
    array([[4., 2.],
           [2., 0.]])
    """
    with moving(f, x) as (call, start):
        matrix = _native.hessian_of(lambda values: number(call(values)), start, h)
    return matrix.reshape(np.shape(x) * 2)
