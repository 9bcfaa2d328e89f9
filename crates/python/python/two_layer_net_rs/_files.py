"""Nets in files, pictures, and the report of a run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Union

import numpy as np

from . import _native
from ._arrays import UInt8Array, labels, parameters, real_array, samples
from ._net import NAMES, TwoLayerNet
from ._train import History

PathLike = Union[str, "os.PathLike[str]"]


def save(net: TwoLayerNet, path: PathLike) -> None:
    """Write the parameters of a net to a file, completely or not at all.

    Parameters
    ----------
    net : TwoLayerNet
        The net.
    path : path-like
        A name that ends in .npz or in .safetensors. ``np.load`` reads a .npz: it contains W1, b1, W2, b2, and the name of the
        activation as a string, so skip "activation" if you loop over its arrays.

    Examples
    --------
    >>> net = TwoLayerNet(4, 3, 2, seed=0)
    >>> save(net, "net.npz")          # doctest: +SKIP
    >>> load("net.npz") == net        # doctest: +SKIP
    True
    """
    _write(Path(path), _native.net_bytes(parameters(net.params), net.activation, path))


def load(path: PathLike, activation: str | None = None) -> TwoLayerNet:
    """Read a net from a file.

    Parameters
    ----------
    path : path-like
        A .npz or .safetensors with W1, b1, W2 and b2, or a run folder or checkpoint of the command ``app train``. The
        names of a PyTorch state dict, such as fc1.weight and fc1.bias, are read, too; a printed line then says which arrays were
        transposed. A pickle is never opened.
    activation : {"sigmoid", "relu", "tanh"}, optional
        The activation, if the file does not name one; "sigmoid" by default. A .npz names it if it was written by
        :func:`save`, or by ``np.savez(path, activation="relu", **params)``.

    Returns
    -------
    TwoLayerNet

    Raises
    ------
    FileNotFoundError
        The file does not exist.
    ValueError
        The file is damaged, has no such net (but three layers, for example), or names another activation. If a line of
        Python can repair the file, the message shows it.

    Examples
    --------
    >>> net = load("data/runs/0001")  # doctest: +SKIP
    """
    params, known, notes = _native.read_net(path)
    if known is not None and activation is not None and known != activation:
        raise ValueError(f"{os.fspath(path)} has the activation {known!r}, not {activation!r}")
    for note in notes:
        print(f"load: {note}")
    return TwoLayerNet._of(params, known or activation or "sigmoid")


def mnist_image(picture: Any) -> UInt8Array:
    """Convert a picture of a digit to the 28 x 28 pixels of the network's input.

    The digit is scaled and centred by MNIST's rule. Specks are removed, pale ink becomes as dark as MNIST's, and the strokes of
    a thin pen become as thick.

    Parameters
    ----------
    picture : str, path-like, bytes or array_like
        An image file (PNG, JPEG, BMP, GIF, WebP or PNM), its bytes, or the pixels: rows x columns of grey, or with 3 or 4
        channels, from 0 (black) to 255 (white), or floats from 0 to 1. The digit may be darker or lighter than the paper.

    Returns
    -------
    ndarray of shape (28, 28)
        uint8: 0 is paper, 255 is ink. Divide by 255 for the net.

    Raises
    ------
    ValueError
        There is no digit, or the file is not a picture.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.full((40, 40), 255)
    >>> picture[8:32, 19:22] = 0
    >>> mnist_image(picture).shape
    (28, 28)
    """
    if isinstance(picture, (str, os.PathLike)):
        picture = Path(picture).read_bytes()
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return _native.read_picture(bytes(picture)).reshape(28, 28)
    return _native.picture_of_grey(_grey(picture)).reshape(28, 28)


def _grey(picture: Any) -> UInt8Array:
    array = real_array(picture, "picture")
    if array.ndim == 3 and array.shape[2] in (1, 3, 4):
        array = array.astype(np.float64) if array.dtype.kind == "f" else array / 255.0
        alpha = array[:, :, 3:] if array.shape[2] == 4 else 1.0
        colours = array[:, :, :3] * alpha + (1.0 - alpha)  # on white paper
        array = colours @ (np.array([0.299, 0.587, 0.114]) if array.shape[2] > 1 else np.ones(1))
    if array.ndim != 2:
        raise ValueError(f"picture has shape {array.shape}, expected rows x columns, or with 1, 3 or 4 channels")
    if array.dtype.kind == "b":
        array = array.astype(np.float64)
    if array.dtype.kind == "f":
        if not (np.isfinite(array).all() and array.min(initial=0.0) >= -1e-6 and array.max(initial=0.0) <= 1 + 1e-6):
            raise ValueError("picture holds floats beyond 0 to 1; for 0 to 255 pass integers: picture.astype(np.uint8)")
        array = np.rint(array * 255.0).clip(0, 255)
    elif array.size and (array.min() < 0 or array.max() > 255):
        raise ValueError(f"picture holds values from {array.min()} to {array.max()}, expected 0 to 255")
    return np.ascontiguousarray(array, dtype=np.uint8)


def report(
    net: TwoLayerNet, history: History | None, x_test: Any, t_test: Any, path: PathLike = "report.html"
) -> Path:
    """Write a report that shows what a net has learned: curves, weights, mistakes, and a canvas for drawing digits.

    The report is a single HTML file and needs no network access.

    Parameters
    ----------
    net : TwoLayerNet
        The net.
    history : History or None
        The result of :func:`train`; without it, the report has no curves.
    x_test : array_like of shape (N, D)
        Images: uint8 from 0 to 255, or floats from 0 to 1. They are shown as squares if D is a square number.
    t_test : array_like of shape (N,) or (N, K)
        Their labels.
    path : path-like, default "report.html"
        The file to write.

    Returns
    -------
    pathlib.Path
        The file.

    Examples
    --------
    >>> report(net, net.history, x_test, t_test, "report.html")  # doctest: +SKIP
    """
    arrays = parameters(net.params)
    inputs = arrays[0].shape[0]
    x, _ = samples(x_test, inputs, "x_test")
    t = labels(t_test, len(x), arrays[3].size, "t_test")
    if len(x) == 0:
        raise ValueError("x_test has no samples, so there is nothing to show")
    for name, array in zip(NAMES, arrays):
        if not np.isfinite(array).all():
            raise ValueError(f"params[{name!r}] holds numbers that are not finite, so there is nothing to show")
    if x.dtype != np.uint8:
        if not (np.isfinite(x).all() and x.min(initial=0.0) >= 0 and x.max(initial=0.0) <= 1):
            raise ValueError("x_test holds numbers beyond 0 to 1, which are no pixels; expected floats from 0 to 1, or uint8")
        x = np.rint(x * 255.0).astype(np.uint8)
    side = round(inputs**0.5)
    shape = (side, side) if side * side == inputs else (1, inputs)
    hidden, classes = arrays[2].shape
    facts = [("net", f"{inputs}-{hidden}-{classes}"), ("activation", net.activation)]
    if history is not None:
        names = {"gradient": "gradient", "batch_size": "batch size", "sampling": "sampling"}
        names |= {"learning_rate": "learning rate", "seed": "seed", "dtype": "precision"}
        facts.append(("iterations", f"{history.iterations:,}"))
        facts += [(title, str(history.settings[name])) for name, title in names.items()]
    losses, stride, evaluations = ([], 1, []) if history is None else (history.train_loss_list, history.stride, _pairs(history))
    page = _native.page(arrays, net.activation, x, t, shape, losses, stride, evaluations, facts)
    _write(Path(path), page.encode())
    return Path(path)


def _pairs(history: History) -> list[tuple[int, float, float]]:
    tests = history.test_acc_list or [float("nan")] * len(history.iteration_list)
    return list(zip(history.iteration_list, history.train_acc_list, tests))


def _write(path: Path, content: bytes) -> None:
    """Write to a new file in the same folder first, so that a failure leaves the old file unchanged."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # mkstemp makes private files
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
