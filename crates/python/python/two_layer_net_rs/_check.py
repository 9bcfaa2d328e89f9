"""Gradient checks: compare your gradient with finite differences, and find out what is wrong with it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Callable

import numpy as np

from . import _native
from ._arrays import Float64Array, as_float64, real_array
from ._moving import moving, number, vector
from ._net import checked_seed, real, size

if TYPE_CHECKING:
    import pandas as pd

#: Up to so many numbers, all are compared unless `sample` says otherwise.
ALL_UP_TO = 2000
#: Else so many of each array.
DRAWN = 200


class BlockReport:
    """The comparison of one array.

    Attributes
    ----------
    name : str
        The name of the array; "" if there is only one.
    shape : tuple of int
        Its shape.
    compared, failed : int
        How many derivatives were compared, and how many of them are wrong.
    indices : list of tuple of int
        The indices in the array that were compared.
    numerical, analytic : ndarray
        The partial derivatives at these indices: by finite differences, and yours.
    excess : ndarray
        |numerical - analytic| divided by the tolerance: above 1, the derivative is wrong.
    ratio : float or None
        Analytic divided by numerical derivative: the median of the wrong ones.
    cause : str or None
        What is probably wrong, if something is.

    Examples
    --------
    >>> import numpy as np
    >>> block = gradient_check(lambda x: np.sum(x**2), np.array([1.0, 2.0]), np.array([2.0, 5.0])).blocks[0]
    >>> block.failed, block.indices[block.worst], block.analytic[block.worst].item()
    (1, (1,), 5.0)
    """

    def __init__(self, block: Any, shape: tuple[int, ...], variables: int) -> None:
        self.name: str = block["name"]
        self.shape = shape
        # for a Jacobian, whose rows are the outputs, `index` is the column
        flat = block["index"] + block["output"] * variables if block["output"].size else block["index"]
        self.indices: list[tuple[int, ...]] = [tuple(int(i) for i in np.unravel_index(int(k), shape)) for k in flat]
        self.numerical: Float64Array = block["numerical"]
        self.analytic: Float64Array = block["analytic"]
        self.excess: Float64Array = block["excess"]
        self.ratio: float | None = block["ratio"]
        self.cause: str | None = block["cause"]
        self.compared = len(self.indices)
        self.failed = int(np.count_nonzero(~(self.excess <= 1)))

    @property
    def holds(self) -> bool:
        """Whether every derivative that was compared is right."""
        return self.failed == 0

    @property
    def worst(self) -> int | None:
        """The derivative that exceeds its tolerance most, or comes closest to it."""
        if self.compared == 0:
            return None
        return int(np.argmax(np.where(np.isnan(self.excess), np.inf, self.excess)))

    def __repr__(self) -> str:
        of = f" of {int(np.prod(self.shape)):,}" if self.compared < np.prod(self.shape) else ""
        name = f"{self.name}: " if self.name else ""
        if self.worst is None:
            return f"{name}no derivatives were compared"
        if self.holds:
            return f"{name}{self.compared:,}{of} derivatives compared, all right"
        at = ", ".join(map(str, self.indices[self.worst]))
        text = (
            f"{name}{self.failed:,} of {self.compared:,} derivatives wrong, the worst at [{at}]: "
            f"numerical {self.numerical[self.worst]:.8g}, analytic {self.analytic[self.worst]:.8g}"
        )
        return f"{text}; {self.cause}" if self.cause else text


class GradientReport:
    """The result of :func:`gradient_check`; a notebook shows it as a table.

    Attributes
    ----------
    blocks : list of BlockReport
        One for each array.

    Examples
    --------
    >>> import numpy as np
    >>> report = gradient_check(lambda x: np.sum(x**2), np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    >>> report.holds
    False
    >>> report.blocks[0].cause
    'ratio 2 or 1/2: a factor 2, as from a square'
    """

    def __init__(self, blocks: list[BlockReport]) -> None:
        self.blocks = blocks

    @property
    def holds(self) -> bool:
        """Whether every derivative that was compared is right."""
        return all(block.holds for block in self.blocks)

    def __bool__(self) -> bool:
        return self.holds

    def assert_holds(self) -> None:
        """For tests: raise an AssertionError that shows the report, unless it holds.

        Raises
        ------
        AssertionError
            A derivative is wrong.

        Examples
        --------
        >>> import numpy as np
        >>> gradient_check(lambda x: np.sum(x**2), np.array([1.0, 2.0]), np.array([2.0, 4.0])).assert_holds()
        """
        if not self.holds:
            raise AssertionError(f"the gradient is wrong\n{self}")

    def to_pandas(self) -> pd.DataFrame:
        """Every derivative that was compared, as a table.

        Returns
        -------
        pandas.DataFrame
            Columns ``name``, ``index``, ``numerical``, ``analytic``, ``excess`` and ``holds``.

        Raises
        ------
        ImportError
            pandas is not installed.

        Examples
        --------
        >>> report.to_pandas().query("not holds")  # doctest: +SKIP
        """
        try:
            import pandas as pd
        except ImportError:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from None

        rows = [
            (block.name, index, numerical, analytic, excess, bool(excess <= 1))
            for block in self.blocks
            for index, numerical, analytic, excess in zip(block.indices, block.numerical, block.analytic, block.excess)
        ]
        return pd.DataFrame(rows, columns=["name", "index", "numerical", "analytic", "excess", "holds"])

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.blocks))

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th>{title}</th>"
            for title in ("", "compared", "wrong", "worst at", "numerical", "analytic", "probable cause")
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, self.blocks))}</tbody></table>"


def _row(block: BlockReport) -> str:
    cells = [block.name or "x", f"{block.compared:,} of {int(np.prod(block.shape)):,}", f"{block.failed:,}"]
    if block.worst is None:
        cells += [""] * 3
    else:
        cells.append(f"[{', '.join(map(str, block.indices[block.worst]))}]")
        cells += [f"{block.numerical[block.worst]:.8g}", f"{block.analytic[block.worst]:.8g}"]
    cells.append(block.cause or ("" if block.failed else "all right"))
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def gradient_check(
    f: Any,
    x: Any,
    gradient: Any,
    *,
    scheme: str = "central",
    h: float | None = None,
    sample: int | str | None = None,
    seed: int = 0,
    absolute: float = 1e-7,
    relative: float = 1e-4,
    batch_size: int | None = None,
) -> GradientReport:
    """Compare your gradient with finite differences, and report what is probably wrong with it.

    There are two ways to call it:

    ``gradient_check(f, x, gradient)``
        `f` is any function of an array, or of a dict of arrays, and `gradient` is your gradient of it at `x`: an array, a
        dict of arrays, or a function of x that returns one. If `f` returns an array, `gradient` is the Jacobian,
        with the shape of f(x) followed by that of x.
    ``gradient_check(net, x, t)``
        `net` is any object with ``params`` (a dict of arrays), ``loss(x, t)`` and ``gradient(x, t)``, like the book's
        classes. Each array of ``params`` is checked.

    A derivative is right if abs(n - a) <= absolute + relative * max(abs(n), abs(a)), where n is the numerical
    derivative and a is yours.

    Parameters
    ----------
    f, x, gradient
        See above. If x is a writable array of float64, x itself is changed and restored, so f may use x instead of its
        argument.
    scheme : {"central", "forward", "backward", "five_point"}, default "central"
        The kind of differences.
    h : float, optional
        The step; by default, one that suits the scheme.
    sample : int or "all", optional
        How many numbers of each array to compare, drawn at random. By default all of them, or 200 per array if there are
        more than 2,000 in total.
    seed : int, default 0
        The random seed.
    absolute, relative : float
        The tolerances.
    batch_size : int, optional
        The batch size, if f is a mean over a batch. With it, the check recognises a mean that was forgotten or taken twice.
        For a net it is known.

    Returns
    -------
    GradientReport
        Look at ``holds``, print it, or call ``assert_holds()`` in a test.

    Examples
    --------
    >>> import numpy as np
    >>> def loss(p):
    ...     return -np.log10(p[1])                   # log10 by mistake
    >>> p = np.array([0.3, 0.7])
    >>> report = gradient_check(loss, p, np.array([0, -1 / p[1]]))
    >>> report.holds
    False
    >>> report.blocks[0].cause
    'ratio ln 10 or its inverse: log10 in one, the natural logarithm in the other'
    """
    options = {
        "scheme": scheme,
        "h": h,
        "seed": checked_seed(seed),
        "absolute": _tolerance(absolute, "absolute"),
        "relative": _tolerance(relative, "relative"),
        "batch_size": None if batch_size is None else size(batch_size, "batch_size"),
    }
    if hasattr(f, "loss") and hasattr(f, "gradient") and hasattr(f, "params"):
        net, t = f, gradient
        options["batch_size"] = batch_size or len(np.atleast_2d(np.asarray(x)))
        return _of_blocks(lambda _: net.loss(x, t), net.params, net.gradient(x, t), sample, options)
    if not callable(f):
        missing = [name for name in ("params", "loss", "gradient") if not hasattr(f, name)]
        raise TypeError(
            f"f is a {type(f).__name__} without {', '.join(missing)}, expected a function, or a net with params, loss and gradient"
        )
    if callable(gradient):
        gradient = gradient(_floats(x))
    if isinstance(x, dict):
        return _of_blocks(f, x, gradient, sample, options)
    return _of_array(f, x, gradient, sample, options)


def _floats(x: Any) -> Any:
    """x, converted to floats if necessary: a list is not a vector, and integers would divide differently."""
    if isinstance(x, dict):
        return {name: _floats(value) for name, value in x.items()}
    return x if isinstance(x, np.ndarray) and x.dtype == np.float64 else as_float64(real_array(x, "x"))


def _tolerance(value: Any, name: str) -> float:
    number = real(value, name)
    if not number >= 0:
        raise ValueError(f"{name} is {number}, expected at least 0")
    return number


def _sample(sample: int | str | None, total: int) -> int | None:
    """How many numbers to compare per array; None means all."""
    if sample is None:
        return None if total <= ALL_UP_TO else DRAWN
    if isinstance(sample, str):
        if sample != "all":
            raise ValueError(f"sample is {sample!r}, expected a number or 'all'")
        return None
    return size(sample, "sample")


def _of_array(
    f: Callable[[Any], Any], x: Any, gradient: Any, sample: int | str | None, options: dict[str, Any]
) -> GradientReport:
    analytic = real_array(gradient, "gradient").astype(np.float64)
    inner = np.shape(x)
    with moving(f, x) as (call, start):
        options = {**options, "sample": _sample(sample, start.size)}
        outer = np.shape(call(start))
        expected = inner if np.prod(outer) == 1 and analytic.shape == inner else outer + inner
        if analytic.shape != expected:
            raise ValueError(f"gradient has shape {analytic.shape}, expected {expected}: f(x) has {outer}, x {inner}")
        if expected == inner:
            blocks: Any = [("", start.size)]
            found = _native.gradient_check(
                lambda values: number(call(values)), start, analytic.reshape(1, -1), blocks, options
            )
        else:
            found = _native.gradient_check(
                lambda values: vector(call(values)), start, analytic.reshape(-1, start.size), None, options
            )
    return GradientReport([BlockReport(found[0], expected, start.size)])


def _of_blocks(
    f: Callable[[Any], Any], x: dict[str, Any], gradient: Any, sample: int | str | None, options: dict[str, Any]
) -> GradientReport:
    missing = [name for name in x if name not in gradient]
    if missing:
        raise ValueError(f"gradient has no {missing[0]!r}, only {sorted(map(str, gradient))}")
    starts = {name: real_array(value, f"x[{name!r}]").astype(np.float64) for name, value in x.items()}
    slopes = {name: real_array(gradient[name], f"gradient[{name!r}]").astype(np.float64) for name in x}
    for name, start in starts.items():
        if slopes[name].shape != start.shape:
            raise ValueError(f"gradient[{name!r}] has shape {slopes[name].shape}, but x[{name!r}] has {start.shape}")
    # an array that cannot be changed in place is temporarily replaced by one that can
    held = dict(x)
    points = {
        name: value if isinstance(value, np.ndarray) and value.dtype == np.float64 and value.flags.writeable else start.copy()
        for (name, value), start in zip(x.items(), starts.values())
    }
    ends = np.cumsum([start.size for start in starts.values()])

    def call(values: Float64Array) -> float:
        for (name, point), part in zip(points.items(), np.split(values, ends[:-1])):
            point[...] = part.reshape(starts[name].shape)
        return number(f(x))

    def flat(arrays: dict[str, Float64Array]) -> Float64Array:
        return np.concatenate([array.reshape(-1) for array in arrays.values()]) if arrays else np.zeros(0)

    blocks = [(name, start.size) for name, start in starts.items()]
    try:
        x.update(points)
        options = {**options, "sample": _sample(sample, int(ends[-1]) if len(ends) else 0)}
        found = _native.gradient_check(call, flat(starts), flat(slopes).reshape(1, -1), blocks, options)
    finally:
        for name, start in starts.items():
            points[name][...] = start
        x.update(held)
    shapes = [start.shape for start in starts.values()]
    return GradientReport([BlockReport(block, shape, 0) for block, shape in zip(found, shapes)])
