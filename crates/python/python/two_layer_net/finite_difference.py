"""Finite differences of any Python function: see :mod:`two_layer_net_rs.finite_difference`."""

from two_layer_net_rs.finite_difference import *  # noqa: F403
from two_layer_net_rs.finite_difference import __all__ as __all__
