"""Training, and its history."""

from __future__ import annotations

import html
import operator
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, cast

import numpy as np

from . import _native
from ._arrays import AnyArray, UInt8Array, labels, parameters, samples
from ._net import NAMES, TwoLayerNet, checked_seed, real, size
from ._progress import bar

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


#: More threads than cores gain nothing, and millions would stop the machine.
MOST_THREADS = 1024


class Evaluation(NamedTuple):
    """The progress of a run, for the callback of :func:`train`.

    Attributes
    ----------
    iteration : int
        The number of iterations done: 1, 601, 1201, ... where the book's ``i`` is 0, 600, 1200, ...
    loss : float
        The loss of the last minibatch; nan before the first.
    train_acc, test_acc : float
        The accuracies, from 0 to 1; ``test_acc`` is nan without test data.
    seconds : float
        Seconds of training and evaluating until now.

    Examples
    --------
    >>> from two_layer_net import TwoLayerNet, load_digits, train
    >>> (x, t), _ = load_digits()
    >>> def enough(evaluation):
    ...     return evaluation.iteration > 100  # True stops the training
    >>> net = TwoLayerNet(784, 20, 10, seed=0)
    >>> train(net, x, t, iterations=1000, seed=0, progress=False, callback=enough).iterations
    101
    """

    iteration: int
    loss: float
    train_acc: float
    test_acc: float
    seconds: float


class History:
    """The history of :func:`train`, in lists with the book's names.

    Attributes
    ----------
    train_loss_list : list of float
        The loss of the minibatch after each update. After 100,000 iterations every second one is kept, after 200,000 every
        fourth, and so on; ``stride`` says which.
    train_acc_list, test_acc_list : list of float
        The accuracies at the iterations of ``iteration_list``; ``test_acc_list`` is empty without test data.
    iteration_list : list of int
        The number of iterations done at each evaluation.
    seconds_list : list of float
        Seconds of training and evaluating up to each evaluation.
    iterations : int
        The number of iterations done.
    stride : int
        Element k of ``train_loss_list`` is the loss after iteration (k + 1) * stride.
    settings : dict
        The arguments of :func:`train`.

    Examples
    --------
    >>> from two_layer_net import TwoLayerNet, load_digits, train
    >>> (x, t), (x_test, t_test) = load_digits()
    >>> net = TwoLayerNet(784, 20, 10, seed=0)
    >>> history = train(net, x, t, x_test, t_test, iterations=200, seed=0, progress=False)
    >>> history
    <History: 200 iterations, loss 2.298, train acc 0.1616, test acc 0.1485>
    >>> history.iteration_list  # 100 iterations are an epoch of the 10,000 images
    [1, 101, 200]
    """

    train_loss_list: list[float]
    train_acc_list: list[float]
    test_acc_list: list[float]
    iteration_list: list[int]
    seconds_list: list[float]
    iterations: int
    stride: int
    settings: dict[str, Any]

    def __init__(
        self,
        losses: list[float],
        stride: int,
        evaluations: list[tuple[int, float, float, float]],
        iterations: int,
        settings: dict[str, Any],
    ) -> None:
        self.train_loss_list = losses
        self.stride = stride
        self.iteration_list = [iteration for iteration, _, _, _ in evaluations]
        self.train_acc_list = [train for _, train, _, _ in evaluations]
        self.test_acc_list = [test for _, _, test, _ in evaluations if not np.isnan(test)]
        self.seconds_list = [seconds for _, _, _, seconds in evaluations]
        self.iterations = iterations
        self.settings = settings

    def plot(self) -> Figure:
        """The chapter's two figures: the loss by iteration, and the accuracies by iteration.

        Returns
        -------
        matplotlib.figure.Figure
            Show it with ``plt.show()``; a notebook shows it if it is the last value of a cell.

        Raises
        ------
        ImportError
            matplotlib is not installed.

        Examples
        --------
        >>> history.plot().savefig("history.png")  # doctest: +SKIP
        """
        try:
            from ._figure import NotebookFigure
        except ImportError:
            raise ImportError("plot() needs matplotlib: pip install matplotlib") from None

        figure = NotebookFigure(figsize=(10, 4), layout="constrained")
        left, right = figure.subplots(1, 2)
        iterations = np.arange(1, len(self.train_loss_list) + 1) * self.stride
        left.plot(iterations, self.train_loss_list, linewidth=0.5, color="tab:blue")
        left.set(xlabel="iteration", ylabel="loss", ylim=(0, None))
        right.plot(self.iteration_list, self.train_acc_list, marker="o", label="train acc")
        if self.test_acc_list:
            right.plot(self.iteration_list, self.test_acc_list, "--", marker="s", label="test acc")
        right.set(xlabel="iteration", ylabel="accuracy", ylim=(0, 1))
        if self.train_acc_list:
            right.legend(loc="lower right")
        return figure

    def to_pandas(self) -> pd.DataFrame:
        """The evaluations as a table.

        Returns
        -------
        pandas.DataFrame
            One row per evaluation, with the columns ``train_acc``, ``test_acc``, ``loss`` (of the last minibatch) and
            ``seconds``; the index is the iteration.

        Raises
        ------
        ImportError
            pandas is not installed.

        Examples
        --------
        >>> history.to_pandas()["test_acc"].max()  # doctest: +SKIP
        0.9471
        """
        try:
            import pandas as pd
        except ImportError:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from None

        columns = {
            "train_acc": self.train_acc_list,
            "test_acc": self.test_acc_list or [float("nan")] * len(self.iteration_list),
            "loss": [self._loss_at(iteration) for iteration in self.iteration_list],
            "seconds": self.seconds_list,
        }
        return pd.DataFrame(columns, index=pd.Index(self.iteration_list, name="iteration"))

    def _loss_at(self, iteration: int) -> float:
        """The last recorded loss at or before an iteration."""
        kept = min(iteration // self.stride, len(self.train_loss_list))
        return self.train_loss_list[kept - 1] if kept else float("nan")

    def _facts(self) -> list[tuple[str, str]]:
        facts = [("iterations", f"{self.iterations:,}")]
        if self.train_loss_list:
            facts.append(("loss", f"{self.train_loss_list[-1]:.4g}"))
        if self.train_acc_list:
            facts.append(("train acc", f"{self.train_acc_list[-1]:.4f}"))
        if self.test_acc_list:
            facts.append(("test acc", f"{self.test_acc_list[-1]:.4f}"))
        return facts

    def __repr__(self) -> str:
        (_, iterations), *rest = self._facts()
        return "".join([f"<History: {iterations} iterations", *(f", {name} {value}" for name, value in rest), ">"])

    def _repr_html_(self) -> str:
        tests = [f"{test:.4f}" for test in self.test_acc_list] or [""] * len(self.iteration_list)
        rows = zip(self.iteration_list, self.train_acc_list, tests)
        body = "".join(
            f"<tr><td>{iteration:,}</td><td>{self._loss_at(iteration):.4g}</td><td>{train:.4f}</td>"
            f"<td>{test}</td></tr>"
            for iteration, train, test in rows
        )
        return (
            f"<p>{html.escape(repr(self)[1:-1])}</p><table><thead><tr><th>iteration</th><th>loss</th><th>train acc</th>"
            f"<th>test acc</th></tr></thead><tbody>{body}</tbody></table>"
        )


def train(
    net: TwoLayerNet,
    x_train: Any,
    t_train: Any,
    x_test: Any = None,
    t_test: Any = None,
    *,
    iterations: int = 10_000,
    batch_size: int = 100,
    learning_rate: float = 0.1,
    gradient: str = "numerical",
    h: float = 1e-4,
    sampling: str = "replacement",
    seed: int | None = None,
    dtype: str = "float64",
    evaluate: str | int | None = "epoch",
    threads: int | None = None,
    progress: bool = True,
    callback: Callable[[Evaluation], object] | None = None,
) -> History:
    """Train a net with minibatch SGD: the loop of section 4.5.2, in Rust.

    Ctrl-C, or the stop button of a notebook, ends it within one iteration. Then ``net.params`` has the values of that
    iteration, and ``net.history`` the history until then.

    Parameters
    ----------
    net : TwoLayerNet
        The net. Its parameters are updated in place.
    x_train : array_like of shape (N, D)
        The training samples.
    t_train : array_like of shape (N,) or (N, K)
        Labels, or a row of scores for each sample, such as one-hot labels: the largest score counts.
    x_test, t_test : array_like, optional
        Test samples with their labels, for the test accuracy.
    iterations : int, default 10000
        The number of minibatches.
    batch_size : int, default 100
        Samples per minibatch.
    learning_rate : float, default 0.1
        Each update subtracts this times the gradient.
    gradient : {"numerical", "backprop"}, default "numerical"
        Central differences, or backpropagation.
    h : float, default 1e-4
        The step of the central differences.
    sampling : {"replacement", "shuffle", "sequential"}, default "replacement"
        How to draw minibatches: every sample from the whole set, like ``np.random.choice`` in the book; every sample once per
        epoch, in random order; or in the order of the samples.
    seed : int, optional
        The random seed of the minibatches, as in ``app train --seed``. Without it, the seed itself is drawn from NumPy's
        global generator.
    dtype : {"float64", "float32"}, default "float64"
        The type of the numbers. float32 is only for backpropagation, and about twice as fast.
    evaluate : {"epoch"}, int or None, default "epoch"
        When to compute the accuracies: once per epoch, every so many iterations, or never.
    threads : int, optional
        The number of threads; by default, as many as there are cores. The result does not depend on it.
    progress : bool, default True
        Show a progress bar, if tqdm is installed.
    callback : callable, optional
        Called with an :class:`Evaluation` whenever the accuracies are computed; ``net.params`` then has the current values.
        If it returns True, training stops.

    Returns
    -------
    History
        Losses and accuracies; also in ``net.history``.

    Raises
    ------
    ArithmeticError
        A parameter or the loss is no longer finite, or the weights have become too large for the numerical gradient: the
        learning rate is too large. ``net.params`` and ``net.history`` have the values of that moment.

    Examples
    --------
    >>> from two_layer_net import TwoLayerNet, load_digits, train
    >>> (x_train, t_train), (x_test, t_test) = load_digits()
    >>> net = TwoLayerNet(784, 50, 10, seed=0)
    >>> history = train(net, x_train, t_train, x_test, t_test, iterations=500, seed=0, progress=False)
    >>> len(history.train_loss_list), history.iteration_list
    (500, [1, 101, 201, 301, 401, 500])
    """
    if not isinstance(net, TwoLayerNet):
        kind = f"{type(net).__module__}.{type(net).__qualname__}"
        raise TypeError(
            f"net is a {kind}, expected the TwoLayerNet of the package two_layer_net; make one and copy your parameters: "
            "net.params.update(yours.params). Or keep your class, use accelerate(), and write the loop yourself"
        )
    options = {
        "iterations": _count(iterations, "iterations"),
        "batch_size": size(batch_size, "batch_size"),
        "learning_rate": real(learning_rate, "learning_rate"),
        "gradient": _one_of(gradient, "gradient", ("numerical", "backprop")),
        "h": real(h, "h"),
        "sampling": _one_of(sampling, "sampling", ("replacement", "shuffle", "sequential")),
        "seed": checked_seed(np.random.randint(2**31) if seed is None else seed),
        "dtype": _one_of(np.dtype(dtype).name, "dtype", ("float64", "float32")),
        "evaluate": _every(evaluate),
        "threads": None if threads is None else size(threads, "threads"),
    }
    if threads is not None and threads > MOST_THREADS:
        raise ValueError(f"threads is {threads}, expected at most {MOST_THREADS}")
    if options["dtype"] == "float32" and gradient == "numerical":
        raise ValueError("dtype='float32' with gradient='numerical': rounding would hide the differences; use float64")
    arrays = parameters(net.params)
    inputs, classes = arrays[0].shape[0], arrays[3].size
    x, t = _data(x_train, t_train, inputs, classes, "train")
    if (x_test is None) != (t_test is None):
        raise ValueError("x_test and t_test belong together: pass both or neither")
    x_tested, t_tested = _data(np.zeros((0, inputs)), [], inputs, classes, "test")
    if x_test is not None:
        x_tested, t_tested = _data(x_test, t_test, inputs, classes, "test")

    with bar(show=progress, total=options["iterations"], unit="it") as shown:

        def on_progress(done: int, loss: float) -> None:
            shown.set_postfix(loss=f"{loss:.4f}", refresh=False)
            shown.update(done - shown.n)

        def on_evaluation(
            iteration: int, loss: float | None, train_acc: float, test_acc: float, seconds: float, params: Any
        ) -> object:
            _store(net, params)
            loss = float("nan") if loss is None else loss
            return cast(Any, callback)(Evaluation(iteration, loss, train_acc, test_acc, seconds))

        params, losses, stride, evaluations, done, error = _native.train(
            arrays,
            net.activation,
            x,
            t,
            x_tested,
            t_tested,
            options,
            on_progress if progress else None,
            None if callback is None else on_evaluation,
        )
        if losses:
            on_progress(done, losses[-1])
    _store(net, params)
    net.history = History(losses, stride, evaluations, done, options)
    if error is not None:
        raise error
    return net.history


def _data(x: Any, t: Any, inputs: int, classes: int, name: str) -> tuple[AnyArray, UInt8Array]:
    x, _ = samples(x, inputs, f"x_{name}")
    return x, labels(t, len(x), classes, f"t_{name}")


def _store(net: TwoLayerNet, params: Any) -> None:
    """Write into the arrays of the net if they can hold the values."""
    for name, new in zip(NAMES, params):
        old: Any = net.params[name]
        if isinstance(old, np.ndarray) and old.dtype == np.float64 and old.shape == new.shape and old.flags.writeable:
            old[...] = new
        else:
            net.params[name] = new


def _one_of(value: Any, name: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{name} is {value!r}, expected {' or '.join(map(repr, known))}")
    return cast(str, value)


def _count(value: Any, name: str) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, expected an int") from None
    if not 0 <= number < 2**63:
        raise ValueError(f"{name} is {number}, expected 0 to 2**63 - 1")
    return number


def _every(evaluate: Any) -> int | None:
    """The interval for Rust; 0 means once per epoch."""
    if evaluate is None:
        return None
    if isinstance(evaluate, str):
        return 0 if evaluate == _one_of(evaluate, "evaluate", ("epoch",)) else None
    return size(evaluate, "evaluate")
