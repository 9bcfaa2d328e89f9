"""Chapter 4 of the book: from a numerical derivative to a network that learns.

    python chapter4.py

It needs neither the book's folders nor MNIST, and takes a few seconds.
"""

import two_layer_net.book  # noqa: F401  (the book's import names work from here on)

import numpy as np
from common.functions import cross_entropy_error, softmax
from common.gradient import numerical_gradient
from two_layer_net import TwoLayerNet, load_digits


# 4.3.3, 4.4: a function of two variables, and its gradient
def function_2(x):
    return np.sum(x**2)  # x0² + x1², whose gradient is (2 x0, 2 x1)


for point in ([3.0, 4.0], [0.0, 2.0]):
    print(f"gradient of x0² + x1² at {point}: {numerical_gradient(function_2, np.array(point)).round(6)}")


# 4.4.1: gradient descent takes small steps against the gradient, towards the lowest point
def gradient_descent(f, start, lr, steps=100):
    x = np.array(start)  # a copy, so that start stays where it is
    for _ in range(steps):
        x -= lr * numerical_gradient(f, x)
    return x


for lr, comment in ((0.1, "arrives"), (1e-6, "hardly moves"), (1.5, "flies away")):
    end = gradient_descent(function_2, [-3.0, 4.0], lr)
    print(f"gradient descent from [-3, 4] with lr={lr:g} {comment}: |x| = {np.linalg.norm(end):.2g}")


# 4.4.2: the gradient of a network's loss, here by a Python closure
class SimpleNet:
    def __init__(self):
        self.W = np.random.randn(2, 3)

    def predict(self, x):
        return np.dot(x, self.W)

    def loss(self, x, t):
        return cross_entropy_error(softmax(self.predict(x)), t)


np.random.seed(0)
net = SimpleNet()
x, t = np.array([0.6, 0.9]), np.array([0, 0, 1])

# numerical_gradient changes net.W in place, so the loss moves although the closure ignores its argument
dW = numerical_gradient(lambda W: net.loss(x, t), net.W)
print(f"gradient of simpleNet's loss with respect to its 2 x 3 weights:\n{dW.round(4)}")

# chapter 5 derives it: x times (y - t). They differ a little, because the book's loss takes the logarithm of y + 1e-7
by_hand = np.outer(x, softmax(net.predict(x)) - t)
print(f"largest difference from x (y - t): {np.abs(dW - by_hand).max():.1e}")


# 4.5: minibatch training of the two-layer network by its numerical gradient
(x_train, t_train), (x_test, t_test) = load_digits(normalize=True, one_hot_label=True)
network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)

iters_num = 400  # the book's 10,000 take about half a minute
batch_size = 100
learning_rate = 1.0  # ten times the book's, to see it learn in so few iterations
iter_per_epoch = max(len(x_train) // batch_size, 1)
train_loss_list = []

for i in range(iters_num):
    batch_mask = np.random.choice(len(x_train), batch_size)
    x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]

    grad = network.numerical_gradient(x_batch, t_batch)
    for key in ("W1", "b1", "W2", "b2"):
        network.params[key] -= learning_rate * grad[key]
    train_loss_list.append(network.loss(x_batch, t_batch))

    if (i + 1) % iter_per_epoch == 0:
        train_acc, test_acc = network.accuracy(x_train, t_train), network.accuracy(x_test, t_test)
        loss = np.mean(train_loss_list[-iter_per_epoch:])
        print(f"epoch {(i + 1) // iter_per_epoch}: loss {loss:.4f}, train acc {train_acc:.4f}, test acc {test_acc:.4f}")
