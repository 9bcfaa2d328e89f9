"""The book's class."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import _native
from ._arrays import MOST_CLASSES, AnyArray, Float64Array, UInt8Array, labels, parameters, samples

if TYPE_CHECKING:
    from ._train import History

NAMES = ("W1", "b1", "W2", "b2")
ACTIVATIONS = ("sigmoid", "relu", "tanh")


class ImagePrediction(NamedTuple):
    """The answer of a net to a picture.

    Attributes
    ----------
    digit : int
        The class with the highest probability.
    probability : float
        This probability, from 0 to 1.
    probabilities : ndarray of shape (K,)
        The probability of each class.

    Examples
    --------
    >>> digit, probability, _ = net.predict_image("three.png")  # doctest: +SKIP
    >>> digit, round(probability, 2)                            # doctest: +SKIP
    (3, 0.98)
    """

    digit: int
    probability: float
    probabilities: Float64Array


def size(value: Any, name: str) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, expected an int") from None
    if number < 1:
        raise ValueError(f"{name} is {number}, expected at least 1")
    if number >= 2**63:
        raise ValueError(f"{name} is {number}, expected at most 2**63 - 1")
    return number


def real(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {value!r}, expected a number") from None


class TwoLayerNet:
    """The two-layer net of chapter 4.5: affine, sigmoid, affine, softmax.

    It has the interface of the book's class. Its numerical gradient takes about a millisecond where the book's code takes
    many seconds, and every number in it is still a central difference.

    Parameters
    ----------
    input_size : int
        D, the number of inputs; 784 for MNIST.
    hidden_size : int
        H, the number of hidden neurons; 50 in the book.
    output_size : int
        K, the number of classes, at most 256.
    weight_init_std : float, default 0.01
        The initial weights are this times N(0, 1), the initial biases 0.
    activation : {"sigmoid", "relu", "tanh"}, default "sigmoid"
        The activation function of the hidden layer.
    seed : int, optional
        The random seed of the weights, as in ``app train --seed``. Without it, the random numbers come from NumPy's global
        generator in the book's order, so that ``np.random.seed(0)`` gives the same weights as the book's class.

    Attributes
    ----------
    params : dict
        ``W1`` (D, H), ``b1`` (H,), ``W2`` (H, K) and ``b2`` (K,), arrays of float64. Change them in place or replace them.
    history : History or None
        The history of the last call of :func:`train`, even if it was interrupted.

    Notes
    -----
    The loss is the exact cross-entropy. The book adds 1e-7 inside its logarithm, so its loss differs from this one in about
    the seventh digit.

    A net stores every number in float64, even if x is float32.

    Examples
    --------
    >>> import numpy as np
    >>> from two_layer_net import TwoLayerNet
    >>> net = TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=0)
    >>> x, t = np.random.rand(100, 784), np.random.randint(0, 10, 100)
    >>> net.predict(x).shape
    (100, 10)
    >>> grads = net.numerical_gradient(x, t)
    >>> {name: grad.shape for name, grad in grads.items()}
    {'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}
    """

    params: dict[str, Float64Array]
    history: History | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 0.01,
        *,
        activation: str = "sigmoid",
        seed: int | None = None,
    ) -> None:
        sizes = size(input_size, "input_size"), size(hidden_size, "hidden_size"), size(output_size, "output_size")
        if sizes[2] > MOST_CLASSES:
            raise ValueError(f"output_size is {sizes[2]}, expected at most {MOST_CLASSES}")
        std = real(weight_init_std, "weight_init_std")
        if not (np.isfinite(std) and std >= 0):
            raise ValueError(f"weight_init_std is {std}, expected a finite number of at least 0")
        self.activation = activation
        self.history = None
        if seed is None:
            w1 = std * np.random.randn(sizes[0], sizes[1])
            w2 = std * np.random.randn(sizes[1], sizes[2])
            self.params = {"W1": w1, "b1": np.zeros(sizes[1]), "W2": w2, "b2": np.zeros(sizes[2])}
        else:
            self.params = dict(zip(NAMES, _native.initial_parameters(*sizes, std, checked_seed(seed))))

    @property
    def activation(self) -> str:
        """The activation function of the hidden layer: "sigmoid", "relu" or "tanh"."""
        return self._activation

    @activation.setter
    def activation(self, name: str) -> None:
        if name not in ACTIVATIONS:
            raise ValueError(f"activation is {name!r}, expected one of {', '.join(map(repr, ACTIVATIONS))}")
        self._activation = name

    @classmethod
    def _of(cls, params: Any, activation: str) -> TwoLayerNet:
        """A net with these arrays."""
        net = cls.__new__(cls)
        net.params = dict(zip(NAMES, params))
        net.activation = activation
        net.history = None
        return net

    def _batch(self, x: Any, t: Any) -> tuple[Any, AnyArray, UInt8Array]:
        """The parameters, the samples and a label for each."""
        arrays = parameters(self.params)
        x, _ = samples(x, arrays[0].shape[0])
        return arrays, x, labels(t, len(x), arrays[3].size)

    def predict(self, x: Any) -> Float64Array:
        """The probability of each class.

        Parameters
        ----------
        x : array_like of shape (N, D) or (D,)
            Samples, or one sample. Real numbers of any dtype and layout.

        Returns
        -------
        ndarray of shape (N, K) or (K,)
            softmax(activation(x W1 + b1) W2 + b2). Each row sums to 1.

        Examples
        --------
        >>> TwoLayerNet(4, 3, 2, weight_init_std=0).predict([0.0, 1.0, 2.0, 3.0])
        array([0.5, 0.5])
        """
        arrays = parameters(self.params)
        x, single = samples(x, arrays[0].shape[0])
        y = _native.probabilities(arrays, self._activation, x)
        return y[0] if single else y

    def loss(self, x: Any, t: Any) -> float:
        """The mean cross-entropy error.

        Parameters
        ----------
        x : array_like of shape (N, D) or (D,)
            Samples, or one sample.
        t : array_like of shape (N,) or (N, K)
            Labels, or a row of scores for each sample, such as one-hot labels: the largest score counts.

        Returns
        -------
        float
            -mean(log y[n, t[n]]), where y is the prediction.

        Examples
        --------
        >>> round(TwoLayerNet(4, 3, 2, weight_init_std=0).loss([[0, 1, 2, 3]], [1]), 4)
        0.6931
        """
        arrays, x, t = self._batch(x, t)
        return _native.loss(arrays, self._activation, x, t)

    def accuracy(self, x: Any, t: Any) -> float:
        """The accuracy: the share of the samples that the net classifies correctly.

        Parameters
        ----------
        x : array_like of shape (N, D) or (D,)
            Samples, or one sample.
        t : array_like of shape (N,) or (N, K)
            As for :meth:`loss`.

        Returns
        -------
        float
            From 0 to 1.

        Examples
        --------
        >>> TwoLayerNet(4, 3, 2, weight_init_std=0).accuracy([[0, 1, 2, 3], [3, 2, 1, 0]], [0, 1])
        0.5
        """
        arrays, x, t = self._batch(x, t)
        if len(t) == 0:
            raise ValueError("x has no samples, so there is no accuracy")
        return float(np.count_nonzero(_native.classes(arrays, self._activation, x) == t) / len(t))

    def numerical_gradient(self, x: Any, t: Any, h: float = 1e-4) -> dict[str, Float64Array]:
        """The gradient of the loss by central differences, (L(p + h) - L(p - h)) / 2h for each parameter p.

        Parameters
        ----------
        x : array_like of shape (N, D) or (D,)
            Samples, or one sample.
        t : array_like of shape (N,) or (N, K)
            As for :meth:`loss`.
        h : float, default 1e-4
            The step.

        Returns
        -------
        dict
            ``W1``, ``b1``, ``W2`` and ``b2``, arrays with the shapes of the parameters.

        Notes
        -----
        For any h, this is the central difference, not the derivative: with a large h you can see its error. An h far
        above 0.1 takes longer.

        Examples
        --------
        >>> net = TwoLayerNet(4, 3, 2, weight_init_std=0)
        >>> net.numerical_gradient([[0, 1, 2, 3]], [1])["b2"].round(4)
        array([ 0.5, -0.5])
        """
        arrays, x, t = self._batch(x, t)
        return dict(zip(NAMES, _native.numerical_gradient(arrays, self._activation, x, t, real(h, "h"))))

    def gradient(self, x: Any, t: Any) -> dict[str, Float64Array]:
        """The gradient of the loss by backpropagation.

        Parameters
        ----------
        x : array_like of shape (N, D) or (D,)
            Samples, or one sample.
        t : array_like of shape (N,) or (N, K)
            As for :meth:`loss`.

        Returns
        -------
        dict
            ``W1``, ``b1``, ``W2`` and ``b2``, arrays with the shapes of the parameters.

        Examples
        --------
        >>> net = TwoLayerNet(4, 3, 2, weight_init_std=0)
        >>> net.gradient([[0, 1, 2, 3]], [1])["b2"]
        array([ 0.5, -0.5])
        """
        arrays, x, t = self._batch(x, t)
        return dict(zip(NAMES, _native.gradient(arrays, self._activation, x, t)))

    def predict_image(self, picture: Any) -> ImagePrediction:
        """Classify the digit in a picture.

        Parameters
        ----------
        picture : str, path-like, bytes or array_like
            As for :func:`mnist_image`.

        Returns
        -------
        ImagePrediction
            The digit, its probability, and the probabilities of all classes.

        Examples
        --------
        >>> import numpy as np
        >>> picture = np.full((40, 40), 255)  # white paper
        >>> picture[8:32, 19:22] = 0          # a one
        >>> prediction = TwoLayerNet(784, 50, 10, seed=0).predict_image(picture)
        >>> prediction.probabilities.shape
        (10,)
        """
        from ._files import mnist_image

        y = self.predict(mnist_image(picture).reshape(-1) / 255.0)
        digit = int(np.argmax(y))
        return ImagePrediction(digit, float(y[digit]), y)

    def __repr__(self) -> str:
        w1, _, w2, _ = parameters(self.params)
        return f"TwoLayerNet({w1.shape[0]}, {w1.shape[1]}, {w2.shape[1]}, activation={self._activation!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TwoLayerNet):
            return NotImplemented
        return self._activation == other._activation and all(
            np.array_equal(a, b) for a, b in zip(parameters(self.params), parameters(other.params))
        )

    __hash__ = None  # type: ignore[assignment]  # it changes as it learns


def checked_seed(seed: Any) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(f"seed is {seed!r}, expected an int") from None
    if not 0 <= number < 2**64:
        raise ValueError(f"seed is {number}, expected 0 to 2**64 - 1")
    return number
