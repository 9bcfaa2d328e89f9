"""Why 0.01? Scales the initial W1 and W2 separately, and trains by backpropagation.

    python init_scale.py [ITERATIONS]

It takes half a minute on MNIST, which `load_mnist` finds or downloads. Without
an argument it trains for 3,000 iterations, and prints a table.
"""

import sys

import numpy as np
from two_layer_net import TwoLayerNet, load_mnist, train

iterations = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
(x_train, t_train), (x_test, t_test) = load_mnist()

print("| std of W1 | std of W2 | test accuracy | distance that W1 moved |")
print("| --- | --- | --- | --- |")
for std1, std2 in [(0.01, 0.01), (10, 0.01), (0.01, 10), (10, 10)]:
    net = TwoLayerNet(784, 50, 10, weight_init_std=0.01, seed=0)
    net.params["W1"] = net.params["W1"] * (std1 / 0.01)
    net.params["W2"] = net.params["W2"] * (std2 / 0.01)
    start = np.array(net.params["W1"])
    train(net, x_train, t_train, x_test, t_test, iterations=iterations, gradient="backprop", seed=0, progress=False)
    moved = np.linalg.norm(net.params["W1"] - start)
    print(f"| {std1} | {std2} | {net.accuracy(x_test, t_test):.4f} | {moved:.1f} |")
