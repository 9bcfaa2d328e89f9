"""The compiled half; `two_layer_net` is what you import."""

from os import PathLike
from typing import Any, Callable, Optional, TypedDict, Union

import numpy as np
import numpy.typing as npt

__all__ = [
    "__version__",
    "initial_parameters",
    "probabilities",
    "classes",
    "loss",
    "gradient",
    "numerical_gradient",
    "train",
    "gradient_check",
    "gradient_of",
    "jacobian_of",
    "hessian_of",
    "extrapolated",
    "read_images",
    "has_images",
    "digits",
    "fetch_images",
    "read_net",
    "net_bytes",
    "read_picture",
    "picture_of_grey",
    "page",
]

__version__: str

_F64 = npt.NDArray[np.float64]
_U8 = npt.NDArray[np.uint8]
_Params = tuple[_F64, _F64, _F64, _F64]
_Images = tuple[_U8, _U8, _U8, _U8, tuple[int, int]]
_Path = Union[str, PathLike[str]]

class _Block(TypedDict):
    name: str
    cause: Optional[str]
    ratio: Optional[float]
    index: npt.NDArray[np.uint64]
    output: npt.NDArray[np.uint64]
    numerical: _F64
    analytic: _F64
    excess: _F64

def initial_parameters(
    inputs: int, hidden: int, classes: int, weight_init_std: float, seed: int
) -> _Params: ...
def probabilities(params: _Params, activation: str, x: npt.NDArray[Any]) -> _F64: ...
def classes(params: _Params, activation: str, x: npt.NDArray[Any]) -> _U8: ...
def loss(params: _Params, activation: str, x: npt.NDArray[Any], t: _U8) -> float: ...
def gradient(params: _Params, activation: str, x: npt.NDArray[Any], t: _U8) -> _Params: ...
def numerical_gradient(
    params: _Params, activation: str, x: npt.NDArray[Any], t: _U8, h: float
) -> _Params: ...
def train(
    params: _Params,
    activation: str,
    x_train: npt.NDArray[Any],
    t_train: _U8,
    x_test: npt.NDArray[Any],
    t_test: _U8,
    options: dict[str, Any],
    on_progress: Optional[Callable[[int, float], None]],
    on_evaluation: Optional[
        Callable[[int, Optional[float], float, float, float, _Params], object]
    ],
) -> tuple[
    _Params,
    list[float],
    int,
    list[tuple[int, float, float, float]],
    int,
    Optional[BaseException],
]: ...
def gradient_check(
    f: Callable[[_F64], Any],
    x: _F64,
    analytic: _F64,
    blocks: Optional[list[tuple[str, int]]],
    options: dict[str, Any],
) -> list[_Block]: ...
def gradient_of(f: Callable[[_F64], float], x: _F64, scheme: str, h: Optional[float]) -> _F64: ...
def jacobian_of(f: Callable[[_F64], Any], x: _F64, scheme: str, h: Optional[float]) -> _F64: ...
def hessian_of(f: Callable[[_F64], float], x: _F64, h: Optional[float]) -> _F64: ...
def extrapolated(
    f: Callable[[float], float], x: float, scheme: str, h: Optional[float]
) -> tuple[float, float]: ...
def has_images(folder: _Path, dataset: str) -> bool: ...
def read_images(folder: _Path, dataset: str) -> tuple[_Images, Optional[str]]: ...
def digits() -> _Images: ...
def fetch_images(
    dataset: str, folder: _Path, mirrors: list[str], report: Callable[[str, int, int], None]
) -> None: ...
def read_net(path: _Path) -> tuple[_Params, Optional[str], list[str]]: ...
def net_bytes(params: _Params, activation: str, path: _Path) -> bytes: ...
def read_picture(bytes: bytes) -> _U8: ...
def picture_of_grey(grey: _U8) -> _U8: ...
def page(
    params: _Params,
    activation: str,
    images: _U8,
    labels: _U8,
    shape: tuple[int, int],
    losses: list[float],
    stride: int,
    evaluations: list[tuple[int, float, float]],
    facts: list[tuple[str, str]],
) -> str: ...
