"""The book's own import names: see :mod:`two_layer_net_rs.book`."""

from two_layer_net_rs.book import *  # noqa: F403
from two_layer_net_rs.book import __all__ as __all__
