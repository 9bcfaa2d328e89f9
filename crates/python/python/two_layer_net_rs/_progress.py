"""tqdm's progress bar, if tqdm is installed."""

from __future__ import annotations

import warnings
from typing import Any


class _NoBar:
    """Counts, and shows nothing."""

    n = 0

    def update(self, step: int) -> None:
        self.n += step

    def set_postfix(self, **_: Any) -> None:
        pass

    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *_: Any) -> None:
        pass


def bar(*, show: bool = True, **options: Any) -> Any:
    """A progress bar of tqdm; in a notebook, its bar for notebooks."""
    if not show:
        return _NoBar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tqdm warns where a notebook lacks ipywidgets, and shows text then
            from tqdm.auto import tqdm
    except ImportError:
        return _NoBar()
    return tqdm(**options)
