"""Data sets, in the form of the book's `load_mnist`."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Union

import numpy as np
import platformdirs

from . import _native
from ._arrays import AnyArray, UInt8Array

Pair = tuple[AnyArray, AnyArray]
PathLike = Union[str, "os.PathLike[str]"]

DATASETS = {"mnist": "MNIST", "fashion": "Fashion-MNIST", "kmnist": "KMNIST"}
TORCHVISION = {"mnist": "MNIST", "fashion": "FashionMNIST", "kmnist": "KMNIST"}


def load_mnist(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    *,
    dataset: str = "mnist",
    data_dir: PathLike | None = None,
) -> tuple[Pair, Pair]:
    """Load MNIST, in the form of the book's function with this name.

    Parameters
    ----------
    normalize : bool, default True
        Return pixels as float32 from 0 to 1, otherwise as uint8 from 0 to 255.
    flatten : bool, default True
        Return images as rows of 784 pixels, otherwise as 1 x 28 x 28.
    one_hot_label : bool, default False
        Return labels as rows of ten numbers with a single 1, otherwise as digits.
    dataset : {"mnist", "fashion", "kmnist"}, default "mnist"
        Which data set; all three have the same format.
    data_dir : path-like, optional
        The folder with the four files, raw or .gz, or a folder that contains it under the name ``mnist`` or, as with
        torchvision, ``MNIST/raw``. Keras's ``mnist.npz`` and Kaggle's ``mnist_train.csv`` and ``mnist_test.csv`` are
        read, too. Without it, the function looks for ``data/mnist``, ``data/MNIST`` and for the book's ``dataset`` in the
        current folder and in the two above, then in the user's cache. If none has the files, it downloads them (12 MB)
        into the cache and verifies them.

    Returns
    -------
    (x_train, t_train), (x_test, t_test)
        60,000 training images and 10,000 test images with their labels.

    Raises
    ------
    FileNotFoundError
        There is no such folder.
    ValueError
        A file is missing or damaged.
    OSError
        The files cannot be downloaded.

    Examples
    --------
    >>> (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True)  # doctest: +SKIP
    >>> x_train.shape, t_train.shape                                           # doctest: +SKIP
    ((60000, 784), (60000, 10))
    """
    if dataset not in DATASETS:
        raise ValueError(f"dataset is {dataset!r}, expected one of {', '.join(map(repr, DATASETS))}")
    if data_dir is not None and not Path(data_dir).exists():
        raise FileNotFoundError(f"data_dir: there is no folder {data_dir}")
    folder = Path(data_dir) if data_dir is not None else _folder(dataset)
    images, note = _native.read_images(folder, dataset)
    if note is not None:
        warnings.warn(note, stacklevel=2)
    return _converted(images, normalize, flatten, one_hot_label)


def load_digits(normalize: bool = True, flatten: bool = True, one_hot_label: bool = False) -> tuple[Pair, Pair]:
    """Draw digits that look handwritten; this needs no files and no network.

    Parameters
    ----------
    normalize, flatten, one_hot_label
        As for :func:`load_mnist`.

    Returns
    -------
    (x_train, t_train), (x_test, t_test)
        10,000 training images and 2,000 test images of 28 x 28 pixels, with their labels from 0 to 9.

    Examples
    --------
    >>> (x_train, t_train), (x_test, t_test) = load_digits()
    >>> x_train.shape, t_train.shape
    ((10000, 784), (10000,))
    """
    return _converted(_native.digits(), normalize, flatten, one_hot_label)


def _folder(dataset: str) -> Path:
    """The folder with the files; if they are in none of the usual places, they are downloaded."""
    names = [Path("data", dataset), Path("data", TORCHVISION[dataset])]
    if dataset == "mnist":
        names.append(Path("dataset"))
    for name in names:
        for folder in (name, Path("..", name), Path("..", "..", name)):
            if _native.has_images(folder, dataset):
                return folder
    cache = Path(platformdirs.user_cache_dir("two-layer-net", appauthor=False), dataset)
    if not _native.has_images(cache, dataset):
        _download(dataset, cache)
    return cache


def _download(dataset: str, folder: Path) -> None:
    mirrors = os.environ.get("TWO_LAYER_NET_MIRRORS", "").split()
    title = DATASETS[dataset]
    print(f"Downloading {title} to {folder}")
    with ExitStack() as stack:
        try:
            _native.fetch_images(dataset, folder, mirrors, _bars(stack))
        except OSError as error:
            raise OSError(
                f"cannot download {title}: {error}\nIf you have the four files, pass their folder: load_mnist(data_dir=...)"
            ) from None


def _bars(stack: ExitStack) -> Callable[[str, int, int], None]:
    """A progress bar for each file, if tqdm is installed."""
    from ._progress import bar

    bars: dict[str, Any] = {}

    def report(file: str, done: int, total: int) -> None:
        if file not in bars:
            bars[file] = stack.enter_context(bar(total=total, desc=file, unit="B", unit_scale=True))
        bars[file].update(done - bars[file].n)

    return report


def _converted(images: Any, normalize: bool, flatten: bool, one_hot_label: bool) -> tuple[Pair, Pair]:
    x_train, t_train, x_test, t_test, (rows, columns) = images

    def pixels(x: UInt8Array) -> AnyArray:
        values: AnyArray = x.astype(np.float32) / np.float32(255) if normalize else x
        return values if flatten else values.reshape(-1, 1, rows, columns)

    def targets(t: UInt8Array) -> AnyArray:
        return np.eye(10)[t] if one_hot_label else t

    return (pixels(x_train), targets(t_train)), (pixels(x_test), targets(t_test))
