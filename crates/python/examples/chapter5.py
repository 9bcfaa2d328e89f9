"""Chapter 5 of the book: backpropagation by layers, checked against numerical gradients.

    python chapter5.py

Every layer has two methods. forward computes the output from the input.
backward takes the gradient of the loss with respect to the output, and
returns the gradient with respect to the input. Break one of them, and the
gradient check ends the program and says what is wrong. The program needs
neither the book's folders nor MNIST, and takes a few seconds.
"""

import two_layer_net.book  # noqa: F401  (the book's import names work from here on)

import numpy as np
from common.functions import cross_entropy_error, sigmoid, softmax
from two_layer_net import gradient_check, load_digits


# 5.4: layers of a computational graph
class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        return dout * self.y, dout * self.x  # each input gets the other one


class AddLayer:
    def forward(self, x, y):
        return x + y

    def backward(self, dout):
        return dout, dout


# 5.5: activation functions
class Relu:
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0.0)

    def backward(self, dout):
        return dout * self.mask


class Sigmoid:
    def forward(self, x):
        self.out = sigmoid(x)
        return self.out

    def backward(self, dout):
        return dout * self.out * (1.0 - self.out)


# 5.6: affine and softmax with loss
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b  # D x H and H

    def forward(self, x):  # N x D
        self.x = x
        return np.dot(x, self.W) + self.b  # N x H

    def backward(self, dout):  # N x H
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y, self.t = softmax(x), t  # t is one-hot
        return cross_entropy_error(self.y, self.t)

    def backward(self, dout=1.0):
        return dout * (self.y - self.t) / len(self.t)  # the loss is a mean over the batch


# 5.7.2: the two-layer network, made of layers
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, activation=Relu):
        self.params = {
            "W1": weight_init_std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": weight_init_std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }
        # the layers hold the arrays themselves, so they see every change that is made in place
        self.affine1 = Affine(self.params["W1"], self.params["b1"])
        self.affine2 = Affine(self.params["W2"], self.params["b2"])
        self.layers = [self.affine1, activation(), self.affine2]
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def accuracy(self, x, t):
        return np.mean(self.predict(x).argmax(axis=1) == t.argmax(axis=1))

    def gradient(self, x, t):
        self.loss(x, t)  # forward, so that every layer remembers what it needs
        dout = self.last_layer.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return {
            "W1": self.affine1.dW,
            "b1": self.affine1.db,
            "W2": self.affine2.dW,
            "b2": self.affine2.db,
        }


# 5.4: the price of 3 notebooks and 2 pens, with tax, and what it depends on
def price_and_gradient(values):
    notebook, notebooks, pen, pens, tax = values
    mul_notebooks, mul_pens, add, mul_tax = MulLayer(), MulLayer(), AddLayer(), MulLayer()
    total = add.forward(mul_notebooks.forward(notebook, notebooks), mul_pens.forward(pen, pens))
    price = mul_tax.forward(total, tax)

    dtotal, dtax = mul_tax.backward(1.0)
    dall_notebooks, dall_pens = add.backward(dtotal)
    return price, np.array([*mul_notebooks.backward(dall_notebooks), *mul_pens.backward(dall_pens), dtax])


values = np.array([1200.0, 3.0, 800.0, 2.0, 1.1])
price, gradient = price_and_gradient(values)
print(f"price {price:.0f}, its gradient {gradient.round(2).tolist()}")
gradient_check(lambda v: price_and_gradient(v)[0], values, gradient).assert_holds()

# 5.7.3: the gradient check, with each of the activation functions
np.random.seed(0)
(x_train, t_train), (x_test, t_test) = load_digits(normalize=True, one_hot_label=True)
for activation in (Sigmoid, Relu):
    network = TwoLayerNet(784, 50, 10, weight_init_std=0.1, activation=activation)
    report = gradient_check(network, x_train[:5], t_train[:5])
    print(f"gradient check with {activation.__name__}:\n{report}")
    report.assert_holds()

# 5.7.4: training by backpropagation
network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)
batch_size = 100
learning_rate = 0.5
iter_per_epoch = max(len(x_train) // batch_size, 1)

for i in range(3 * iter_per_epoch):
    batch_mask = np.random.choice(len(x_train), batch_size)
    grad = network.gradient(x_train[batch_mask], t_train[batch_mask])
    for key in ("W1", "b1", "W2", "b2"):
        network.params[key] -= learning_rate * grad[key]  # in place: the layers hold these arrays

    if (i + 1) % iter_per_epoch == 0:
        train_acc, test_acc = network.accuracy(x_train, t_train), network.accuracy(x_test, t_test)
        print(f"epoch {(i + 1) // iter_per_epoch}: train acc {train_acc:.4f}, test acc {test_acc:.4f}")
