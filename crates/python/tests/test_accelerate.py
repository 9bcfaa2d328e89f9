"""accelerate(): the class of section 4.5 as a reader typed it, and classes that are something else."""

import sys
import types

import numpy as np
import pytest
from book_oracle import NAMES, assert_gradients

from two_layer_net import NotThisNet, accelerate, gradient_check
from two_layer_net.book import cross_entropy_error, relu, sigmoid, softmax
from two_layer_net.book import numerical_gradient as by_definition


def typed():
    """A new class each time, as the book has it."""

    class TwoLayerNet:
        def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
            self.params = {}
            self.params["W1"] = weight_init_std * np.random.randn(input_size, hidden_size)
            self.params["b1"] = np.zeros(hidden_size)
            self.params["W2"] = weight_init_std * np.random.randn(hidden_size, output_size)
            self.params["b2"] = np.zeros(output_size)

        def activation(self, a):
            return sigmoid(a)

        def predict(self, x):
            W1, W2 = self.params["W1"], self.params["W2"]
            b1, b2 = self.params["b1"], self.params["b2"]
            a1 = np.dot(x, W1) + b1
            z1 = self.activation(a1)
            a2 = np.dot(z1, W2) + b2
            return softmax(a2)

        def loss(self, x, t):
            y = self.predict(x)
            return cross_entropy_error(y, t)

        def accuracy(self, x, t):
            y = np.argmax(self.predict(x), axis=1)
            t = np.argmax(t, axis=1)
            return np.sum(y == t) / float(x.shape[0])

        def numerical_gradient(self, x, t):
            loss_W = lambda W: self.loss(x, t)
            grads = {}
            for name in ("W1", "b1", "W2", "b2"):
                grads[name] = by_definition(loss_W, self.params[name])
            return grads

    return TwoLayerNet


def variant(**methods):
    return type("Variant", (typed(),), methods)


def samples(count=8, inputs=6, classes=3):
    random = np.random.RandomState(3)
    return random.rand(count, inputs), np.eye(classes)[random.randint(0, classes, count)]


#: The fast gradient is of the exact cross-entropy; the book's 1e-7 moves its own by about 1e-7 / p.
BUT_FOR_1E_7 = {"rtol": 1e-4, "atol": 1e-5}


def trained(cls, inputs=6, classes=3):
    np.random.seed(0)
    net = cls(inputs, 5, classes, 0.4)
    net.params["b1"] += 0.3
    return net


ACTIVATIONS = {"sigmoid": sigmoid, "relu": relu, "tanh": np.tanh}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_it_is_recognised_and_agrees_with_its_own_definition(name, capsys):
    cls = variant(activation=lambda self, a: ACTIVATIONS[name](a))
    own = cls.numerical_gradient
    assert accelerate(cls) is cls
    assert capsys.readouterr().out == f"accelerate: Variant is the book's net with {name}; numerical_gradient is the fast one now\n"
    net = trained(cls)
    x, t = samples()
    fast = net.numerical_gradient(x, t)
    assert type(fast) is dict
    assert_gradients(fast, own(net, x, t), **BUT_FOR_1E_7)
    assert_gradients(net.numerical_gradient(x, t.argmax(axis=1)), fast, rtol=0, atol=0)
    gradient_check(lambda _: net.loss(x, t), net.params, fast, absolute=1e-5).assert_holds()


def test_with_an_exact_loss_the_gradients_are_equal_but_for_rounding():
    cls = accelerate(variant(loss=lambda self, x, t: -np.mean(np.log(self.predict(x)[t == 1]))))
    net = trained(cls)
    x, t = samples()
    assert_gradients(net.numerical_gradient(x, t), net.numerical_gradient_by_definition(x, t))


def test_as_a_decorator_and_what_it_keeps(capsys):
    plain = typed()
    loss, predict, own = plain.loss, plain.predict, plain.numerical_gradient

    @accelerate
    class Decorated(plain):
        numerical_gradient = own

    assert Decorated.numerical_gradient_by_definition is own
    assert Decorated.loss is loss and Decorated.predict is predict and plain.numerical_gradient is own
    assert capsys.readouterr().out.count("\n") == 1
    net = trained(Decorated)
    x, t = samples()
    assert_gradients(net.numerical_gradient_by_definition(x, t), net.numerical_gradient(x, t), **BUT_FOR_1E_7)


def test_the_definition_is_kept_where_it_is_inherited():
    cls = accelerate(variant())
    x, t = samples()
    net = trained(cls)
    assert_gradients(net.numerical_gradient_by_definition(x, t), net.numerical_gradient(x, t), **BUT_FOR_1E_7)


def test_twice_is_once():
    cls = accelerate(typed())
    own = cls.numerical_gradient_by_definition
    assert accelerate(cls).numerical_gradient_by_definition is own


def test_a_class_without_a_numerical_gradient_gets_one():
    cls = typed()
    del cls.numerical_gradient
    x, t = samples()
    assert set(trained(accelerate(cls)).numerical_gradient(x, t)) == set(NAMES)


def test_the_books_training_learns(digits):
    (x, t), _ = digits
    t = np.eye(10)[t]
    np.random.seed(1)
    net = accelerate(typed())(784, 20, 10)
    first = net.loss(x[:200], t[:200])
    for _ in range(120):
        batch = np.random.choice(200, 50)
        grad = net.numerical_gradient(x[batch], t[batch])
        for key in ("W1", "b1", "W2", "b2"):
            net.params[key] -= 1.0 * grad[key]
    assert net.loss(x[:200], t[:200]) < 0.8 * first
    x32 = x[:50].astype(np.float32)
    assert_gradients(net.numerical_gradient(x32, t[:50]), net.numerical_gradient(x32.astype(float), t[:50]), rtol=1e-12, atol=0)


def test_scores_of_which_the_loss_takes_the_largest():
    """The dummy data of the book: t = np.random.rand(100, 10)."""
    cls = accelerate(typed())
    x, _ = samples()
    t = np.random.RandomState(0).rand(8, 3)
    net = trained(cls)
    assert_gradients(net.numerical_gradient(x, t), net.numerical_gradient_by_definition(x, t), **BUT_FOR_1E_7)


def weighed(self, x, t):
    y = self.predict(x)
    if t.ndim != y.ndim:
        raise IndexError("one-hot only")
    return -np.sum(t * np.log(y + 1e-7)) / len(y)


def test_a_loss_that_weighs_soft_labels_takes_one_hot_only():
    cls = accelerate(variant(loss=weighed))
    net = trained(cls)
    x, t = samples()
    fast = net.numerical_gradient(x, t)
    assert_gradients(fast, net.numerical_gradient_by_definition(x, t), **BUT_FOR_1E_7)
    soft = t * 0.9 + 0.1 / 3
    with pytest.raises(NotThisNet, match="neither one-hot nor labels.*Variant weighs.*numerical_gradient_by_definition"):
        net.numerical_gradient(x, soft)


def base_loss(net, x, t):
    return cross_entropy_error(net.predict(x), t)


def decayed(self, x, t):
    return base_loss(self, x, t) + 0.05 * sum(np.sum(self.params[name] ** 2) for name in ("W1", "W2"))


def without_b1(self, x):
    return softmax(np.dot(sigmoid(np.dot(x, self.params["W1"])), self.params["W2"]) + self.params["b2"])


def three_layers(self, input_size, hidden_size, output_size, weight_init_std=0.01):
    typed().__init__(self, input_size, hidden_size, output_size, weight_init_std)
    self.params["W3"], self.params["b3"] = np.eye(output_size), np.zeros(output_size)


def no_params(self, *sizes):
    self.weights = sizes


def other_shape(self, input_size, hidden_size, output_size):
    typed().__init__(self, input_size, hidden_size + 1, output_size)


def raises(self, *_):
    raise RuntimeError("not today")


DIFFERENT = {
    "bias left out": ({"predict": without_b1}, "its loss is .*with sigmoid it would be .*which differs by .*on this input"),
    "weight decay": ({"loss": decayed}, "its loss is .*\n.*with sigmoid"),
    "mean squared error": ({"loss": lambda self, x, t: float(np.mean((self.predict(x) - t) ** 2))}, "its loss is"),
    "summed, not the mean": ({"loss": lambda self, x, t: len(x) * base_loss(self, x, t)}, "differs by"),
    "log10": ({"loss": lambda self, x, t: base_loss(self, x, t) / np.log(10)}, "differs by"),
    "another activation": ({"activation": lambda self, a: np.log1p(np.exp(a))}, "with tanh it would be"),
    "leaky relu": ({"activation": lambda self, a: np.where(a > 0, a, 0.01 * a)}, "with relu it would be"),
    "nearly a sigmoid": ({"activation": lambda self, a: sigmoid(a * 1.0001)}, "with sigmoid it would be"),
    "three layers": ({"__init__": three_layers}, r"params of Variant\(5, 4, 3\) are .*'W3'.*expected only W1, b1, W2 and b2"),
    "no params": ({"__init__": no_params}, r"Variant\(5, 4, 3\) has no dict params, but None"),
    "another shape": ({"__init__": other_shape}, r"params\['W1'\] of Variant\(5, 4, 3\) has shape \(5, 5\), expected \(5, 4\)"),
    "a loss that raises": ({"loss": raises}, r"Variant.loss\(x, t\).* raised RuntimeError: not today"),
    "a start that raises": ({"__init__": raises}, r"Variant\(5, 4, 3\) raised RuntimeError: not today"),
    "a loss that is NaN": ({"loss": lambda self, x, t: float("nan")}, "its loss is nan"),
    "no number": ({"loss": lambda self, x, t: "low"}, "raised ValueError"),
}


@pytest.mark.parametrize(("methods", "says"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_something_else_is_left_alone(methods, says, capsys):
    cls = variant(**methods)
    before = {name: vars(cls)[name] for name in vars(cls)}
    state = np.random.get_state()
    with pytest.raises(NotThisNet, match=f"(?s){says}"):
        accelerate(cls)
    assert dict(vars(cls)) == before and capsys.readouterr().out == ""
    assert issubclass(NotThisNet, ValueError)
    same_state(state)


def same_state(before):
    after = np.random.get_state()
    assert before[0] == after[0] and np.array_equal(before[1], after[1]) and before[2:] == after[2:]


def test_the_message_shows_the_input():
    with pytest.raises(NotThisNet) as caught:
        accelerate(variant(loss=decayed))
    text = str(caught.value)
    assert all(f"\n  {name} = [" in text for name in ("W1", "b1", "W2", "b2", "x", "t"))


def test_numpys_random_state_is_untouched():
    np.random.seed(4)
    state = np.random.get_state()
    accelerate(typed())
    same_state(state)


def test_a_net_that_was_changed_afterwards_is_noticed():
    def loss(self, x, t):
        return base_loss(self, x, t) + getattr(self, "decay", 0) * np.sum(self.params["W1"] ** 2)

    cls = accelerate(variant(loss=loss))
    x, t = samples()
    early, late = trained(cls), trained(cls)
    early.decay = 0.1
    with pytest.raises(NotThisNet, match="(?s)the loss of this Variant is .*book's net with sigmoid.*did the net change"):
        early.numerical_gradient(x, t)
    late.numerical_gradient(x, t)
    late.decay = 0.1
    with pytest.raises(NotThisNet, match="did the net change"):
        for _ in range(100):  # every hundredth gradient looks again
            late.numerical_gradient(x, t)


def test_what_does_not_fit():
    for other in (trained(typed()), typed, "TwoLayerNet", None):
        with pytest.raises(TypeError, match="accelerate takes a class, not a"):
            accelerate(other)
    net = trained(accelerate(typed()))
    x, t = samples()
    with pytest.raises(ValueError, match=r"\(8, 7\).*6 inputs"):
        net.numerical_gradient(np.ones((8, 7)), t)
    with pytest.raises(ValueError, match=r"\(7, 3\)"):
        net.numerical_gradient(x, t[:7])
    net.params["b1"] = np.ones(9)
    with pytest.raises(ValueError, match=r"params\['b1'\]"):
        net.numerical_gradient(x, t)


def test_a_class_of_a_module_of_the_reader():
    module = types.ModuleType("two_layer_net_of_mine")
    module.Net = accelerate(typed())
    sys.modules[module.__name__] = module
    try:
        assert trained(module.Net).numerical_gradient(*samples())["b2"].shape == (3,)
    finally:
        del sys.modules[module.__name__]
