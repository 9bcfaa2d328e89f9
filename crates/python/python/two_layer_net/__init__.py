"""The two-layer net of "Deep Learning from Scratch", chapter 4.5, and what belongs to it.

>>> import numpy as np
>>> import two_layer_net as tln
>>> (x_train, t_train), (x_test, t_test) = tln.load_digits()
>>> net = tln.TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=0)
>>> history = tln.train(net, x_train, t_train, x_test, t_test, iterations=1000, seed=0, progress=False)
>>> history.test_acc_list[-1] > 0.5
True

``import two_layer_net.book`` makes the book's own imports work: ``from common.functions import *`` and so on.
"""

from two_layer_net_rs import *  # noqa: F403
from two_layer_net_rs import __all__ as __all__
from two_layer_net_rs import __version__ as __version__
