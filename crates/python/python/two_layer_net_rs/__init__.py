"""The package two-layer-net, by a name that no file of yours hides.

Import it as ``two_layer_net``. If a file ``two_layer_net.py`` of yours lies beside your notebook, as the book's does, that
name means your file. Then ``import two_layer_net_rs`` is this package.
"""

from . import finite_difference
from ._accelerate import NotThisNet, accelerate
from ._check import BlockReport, GradientReport, gradient_check
from ._data import load_digits, load_mnist
from ._files import load, mnist_image, report, save
from ._native import __version__
from ._net import ImagePrediction, TwoLayerNet
from ._train import Evaluation, History, train

__all__ = [
    "BlockReport",
    "Evaluation",
    "GradientReport",
    "History",
    "ImagePrediction",
    "NotThisNet",
    "TwoLayerNet",
    "__version__",
    "accelerate",
    "finite_difference",
    "gradient_check",
    "load",
    "load_digits",
    "load_mnist",
    "mnist_image",
    "report",
    "save",
    "train",
]
