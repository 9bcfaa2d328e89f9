"""The book's class in NumPy (sections 4.5 and 5.7), written for clearness: what the package is compared with."""

import numpy as np

NAMES = ("W1", "b1", "W2", "b2")


def sigmoid(a):
    with np.errstate(over="ignore"):  # exp of 1000 is infinite, and 1 over it is 0
        return 1 / (1 + np.exp(-a))


ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda a, z: z * (1 - z)),
    "relu": (lambda a: np.maximum(0, a), lambda a, z: (a > 0).astype(float)),
    "tanh": (np.tanh, lambda a, z: 1 - z**2),
}


def softmax(a):
    powers = np.exp(a - a.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class BookNet:
    """`inside` is what the loss adds within its logarithm: 1e-7 in the book, 0 in the exact cross-entropy."""

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01, *, activation="sigmoid", inside=1e-7):
        self.params = {}
        self.params["W1"] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)
        self.activation, self.inside = activation, inside

    @classmethod
    def like(cls, net, inside=0.0):
        """A net with the parameters of one of two_layer_net, and with its exact loss unless told otherwise."""
        other = cls(1, 1, 1, activation=net.activation, inside=inside)
        other.params = {name: np.array(net.params[name], dtype=float) for name in NAMES}
        return other

    def hidden(self, x):
        a1 = x @ self.params["W1"] + self.params["b1"]
        return a1, ACTIVATIONS[self.activation][0](a1)

    def predict(self, x):
        return softmax(self.hidden(x)[1] @ self.params["W2"] + self.params["b2"])

    def loss(self, x, t):
        y = self.predict(x)
        return float(-np.log(y[np.arange(len(t)), t] + self.inside).mean())

    def accuracy(self, x, t):
        return float((self.predict(x).argmax(axis=1) == t).mean())

    def numerical_gradient(self, x, t, h=1e-4):
        """The definition: two losses for each parameter."""
        return {name: self._slopes(self.params[name], lambda: self.loss(x, t), h) for name in NAMES}

    @staticmethod
    def _slopes(array, loss, h):
        slopes = np.zeros_like(array)
        for at in np.ndindex(array.shape):
            value = array[at]
            array[at] = value + h
            above = loss()
            array[at] = value - h
            below = loss()
            array[at] = value
            slopes[at] = (above - below) / (2 * h)
        return slopes

    def gradient(self, x, t):
        """Backpropagation of the exact cross-entropy."""
        a1, z1 = self.hidden(x)
        dy = self.predict(x)
        dy[np.arange(len(t)), t] -= 1
        dy /= len(t)
        da1 = (dy @ self.params["W2"].T) * ACTIVATIONS[self.activation][1](a1, z1)
        return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ dy, "b2": dy.sum(axis=0)}


def assert_gradients(found, expected, *, rtol=1e-7, atol=1e-10):
    """Two dicts of arrays agree. Rounding alone moves a difference of losses of size 1 by about 1e-16 / 1e-4 = 1e-12."""
    assert list(found) == list(NAMES)
    for name in NAMES:
        assert found[name].dtype == np.float64 and found[name].shape == expected[name].shape
        np.testing.assert_allclose(found[name], expected[name], rtol=rtol, atol=atol, err_msg=name)
