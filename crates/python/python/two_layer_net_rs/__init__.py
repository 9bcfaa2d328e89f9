"""The package two-layer-net, under a name that none of your files hides.

Import it as ``two_layer_net``. If your notebook is next to a file ``two_layer_net.py``, such as the book's, that name
means the file. Then use ``import two_layer_net_rs`` for this package.
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
