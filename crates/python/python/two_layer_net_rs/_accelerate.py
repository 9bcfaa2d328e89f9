"""A fast numerical gradient for the class that you typed in."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from . import _native
from ._arrays import AnyArray, Float64Array, labels, parameters, samples
from ._net import ACTIVATIONS, NAMES

C = TypeVar("C", bound=type)

#: The nets that a class is tried on: inputs, hidden neurons, classes and samples.
TRIALS = ((5, 4, 3, 6), (3, 6, 2, 4), (7, 2, 5, 3))
#: The book adds this inside the logarithm.
INSIDE = 1e-7
#: Losses that differ by less, relative to 1 + |loss|, are equal.
ALIKE = 1e-9
#: The net is compared again at the first gradient and after so many more.
CHECK_EVERY = 100


class NotThisNet(ValueError):
    """The class is not the two-layer net of the book; the message names the difference.

    Examples
    --------
    >>> class Other:
    ...     def __init__(self, input_size, hidden_size, output_size):
    ...         self.params = {}
    >>> accelerate(Other)
    Traceback (most recent call last):
        ...
    two_layer_net_rs._accelerate.NotThisNet: the params of Other(5, 4, 3) are [], expected only W1, b1, W2 and b2
    """


def accelerate(cls: C) -> C:
    """Give the class that you typed in a numerical gradient that takes only milliseconds.

    It creates small nets of the class and compares their loss with the loss of the book's net on random numbers, for the
    activations sigmoid, relu and tanh. If one of them agrees, ``numerical_gradient`` is replaced, and a line says so. The one
    that you wrote is still there as ``numerical_gradient_by_definition``. Loss, accuracy and predict remain yours.

    Later, the first gradient of each net and every hundredth one compare the loss again, on your data. So if you changed the
    net in the meantime, you get an error and not a wrong gradient.

    Parameters
    ----------
    cls : type
        A class with the book's interface: ``cls(input_size, hidden_size, output_size)``, a dict ``params`` with W1, b1, W2
        and b2, and ``loss(x, t)``.

    Returns
    -------
    type
        The same class, so that it works as a decorator.

    Raises
    ------
    NotThisNet
        The class computes something else; the message gives the difference and the input.

    Notes
    -----
    This is the gradient of the exact cross-entropy. If your loss adds 1e-7 inside the logarithm, as in the book, the
    gradients differ by about 1e-7 / p relative to the gradient of a sample, where p is the probability of its label.

    Examples
    --------
    >>> @accelerate                                       # doctest: +SKIP
    ... class TwoLayerNet:
    ...     ...
    accelerate: TwoLayerNet is the book's net with sigmoid; numerical_gradient is the fast one now
    """
    if not isinstance(cls, type):
        raise TypeError(f"accelerate takes a class, not a {type(cls).__name__}")
    state = np.random.get_state()  # nets draw their weights from it
    try:
        activation, takes_scores = _recognised(cls)
    finally:
        np.random.set_state(state)

    def numerical_gradient(self: Any, x: Any, t: Any) -> dict[str, Float64Array]:
        """The gradient of the loss by central differences with step 1e-4, by two_layer_net."""
        arrays = parameters(self.params)
        rows, _ = samples(x, arrays[0].shape[0])
        classes = labels(t, len(rows), arrays[3].size)
        if not takes_scores and not _is_one_hot(t, classes):
            raise NotThisNet(
                f"t is neither one-hot nor labels, and the loss of {cls.__name__} weighs all of its numbers; "
                "the fast gradient is for one class per sample. Use numerical_gradient_by_definition"
            )
        calls = self.__dict__.get("_accelerated_calls", 0)
        if calls % CHECK_EVERY == 0:
            _check_again(self, x, t, rows, classes, activation)
        self._accelerated_calls = calls + 1
        return dict(zip(NAMES, _native.numerical_gradient(arrays, activation, rows, classes, 1e-4)))

    own: Any = cls
    written = getattr(cls, "numerical_gradient", None)  # here or in a class that this one inherits from
    if written is not None and not hasattr(written, "accelerated"):
        own.numerical_gradient_by_definition = written
    numerical_gradient.accelerated = True  # type: ignore[attr-defined]
    own.numerical_gradient = numerical_gradient
    print(f"accelerate: {cls.__name__} is the book's net with {activation}; numerical_gradient is the fast one now")
    return cls


def _losses(arrays: Any, activation: str, x: AnyArray, t: Any) -> tuple[float, float]:
    """The exact loss, and the one with 1e-7 inside the logarithm."""
    y = _native.probabilities(arrays, activation, x)
    return _native.loss(arrays, activation, x, t), float(-np.mean(np.log(y[np.arange(len(t)), t] + INSIDE)))


def _alike(found: float, expected: tuple[float, float]) -> bool:
    return any(abs(found - loss) <= ALIKE * (1 + abs(loss)) for loss in expected)


def _recognised(cls: type) -> tuple[str, bool]:
    """The activation for which `cls` is the book's net, and whether it accepts rows of scores and uses the largest as the label."""
    random = np.random.RandomState(45)
    possible = list(ACTIVATIONS)
    takes_scores = True
    for inputs, hidden, classes, count in TRIALS:
        net = _small_net(cls, inputs, hidden, classes)
        arrays = (
            random.randn(inputs, hidden),
            random.randn(hidden),
            random.randn(hidden, classes),
            random.randn(classes),
        )
        for name, array in zip(NAMES, arrays):
            net.params[name] = array.copy()
        x = random.randn(count, inputs)
        t = random.randint(0, classes, count).astype(np.uint8)
        found = _loss_of(net, x, np.eye(classes)[t])
        all_losses = {activation: _losses(arrays, activation, x, t) for activation in ACTIVATIONS}
        still = [activation for activation in possible if _alike(found, all_losses[activation])]
        if not still:
            raise NotThisNet(_difference(cls, found, {name: all_losses[name] for name in possible}, net, x, t))
        possible = still
        scores = random.rand(count, classes)
        try:
            with_scores = float(net.loss(x.copy(), scores))
        except Exception:  # whatever it raises, it does not take scores
            takes_scores = False
        else:
            label = np.argmax(scores, axis=1).astype(np.uint8)
            takes_scores &= _alike(with_scores, _losses(arrays, possible[0], x, label))
    return possible[0], takes_scores


def _small_net(cls: type, inputs: int, hidden: int, classes: int) -> Any:
    shown = f"{cls.__name__}({inputs}, {hidden}, {classes})"
    try:
        net = cls(inputs, hidden, classes)
    except Exception as error:
        raise NotThisNet(f"{shown} raised {type(error).__name__}: {error}") from error
    params = getattr(net, "params", None)
    if not isinstance(params, dict):
        raise NotThisNet(f"{shown} has no dict params, but {params!r}")
    if sorted(map(str, params)) != sorted(NAMES):
        raise NotThisNet(f"the params of {shown} are {sorted(map(str, params))}, expected only W1, b1, W2 and b2")
    for name, shape in zip(NAMES, ((inputs, hidden), (hidden,), (hidden, classes), (classes,))):
        if np.shape(params[name]) != shape:
            raise NotThisNet(f"params[{name!r}] of {shown} has shape {np.shape(params[name])}, expected {shape}")
    return net


def _loss_of(net: Any, x: AnyArray, t: AnyArray) -> float:
    try:
        return float(net.loss(x.copy(), t))
    except Exception as error:
        name = type(net).__name__
        raise NotThisNet(f"{name}.loss(x, t), x {x.shape} and t one-hot {t.shape}, raised {type(error).__name__}: {error}") from error


def _difference(cls: type, found: float, losses: dict[str, tuple[float, float]], net: Any, x: AnyArray, t: AnyArray) -> str:
    lines = [f"{cls.__name__} is not the book's net: its loss is {found:.10g}"]
    for activation, (exact, _) in losses.items():
        lines.append(f"  with {activation} it would be {exact:.10g}, which differs by {abs(found - exact):.3g}")
    lines.append("on this input:")
    shown = {**net.params, "x": x, "t": t}
    with np.printoptions(precision=4, suppress=True, threshold=40):
        lines += [f"  {name} = {np.array2string(np.asarray(value), prefix=' ' * (len(name) + 5))}" for name, value in shown.items()]
    return "\n".join(lines)


def _check_again(net: Any, x: Any, t: Any, rows: AnyArray, classes: AnyArray, activation: str) -> None:
    expected = _losses(parameters(net.params), activation, rows, classes)
    found = float(net.loss(x, t))
    # with float32 data, the reader's loss is less exact than ours
    tolerance = 1e-5 if rows.dtype == np.float32 else ALIKE
    if not any(abs(found - loss) <= tolerance * (1 + abs(loss)) for loss in expected):
        raise NotThisNet(
            f"the loss of this {type(net).__name__} is {found:.10g}, but the loss of the book's net with "
            f"{activation} and these params is {expected[0]:.10g}; did the net change since accelerate()? "
            "Use numerical_gradient_by_definition"
        )


def _is_one_hot(t: Any, classes: AnyArray) -> bool:
    """Whether t is labels or one-hot rows of these classes, not other scores."""
    array = np.asarray(t)
    if array.size == classes.size:
        return True
    rows = array.reshape(len(classes), -1)
    return bool(np.array_equal(rows, np.eye(rows.shape[1])[classes]))
