"""finite_difference beside exact derivatives."""

import math

import numpy as np
import pytest

from two_layer_net import finite_difference as fd

SCHEMES = {"central": 1e-8, "forward": 1e-5, "backward": 1e-5, "five_point": 1e-10}
POINTS = [np.array(0.3), np.array([0.3, -1.2, 2.0]), np.linspace(-1, 1, 12).reshape(2, 3, 2), np.float32(0.5), [0.5, 1], 2]


@pytest.mark.parametrize(("scheme", "error"), SCHEMES.items())
def test_gradients(scheme, error):
    for x in POINTS:
        found = fd.gradient(lambda x: np.sum(np.sin(x)), x, scheme=scheme)
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, np.cos(np.array(x, float)), rtol=0, atol=error)


@pytest.mark.parametrize(("scheme", "error"), SCHEMES.items())
def test_a_derivative(scheme, error):
    for x in (-1.0, 0, 0.3, np.float32(0.5)):
        found = fd.derivative(math.exp, x, scheme=scheme)
        assert type(found) is float and found == pytest.approx(math.exp(x), abs=10 * error)


@pytest.mark.parametrize(("scheme", "error"), SCHEMES.items())
def test_jacobians(scheme, error):
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    found = fd.jacobian(lambda x: np.sin(x).T, x, scheme=scheme)
    exact = np.zeros((3, 2, 2, 3))
    for i in range(2):
        for j in range(3):
            exact[j, i, i, j] = np.cos(x[i, j])
    np.testing.assert_allclose(found, exact, rtol=0, atol=error)
    assert fd.jacobian(lambda x: np.sum(x), x, scheme=scheme).shape == (2, 3)
    assert fd.jacobian(lambda x: [1.0, float(x)], np.array(2.0), scheme=scheme).shape == (2,)


def test_hessians():
    x = np.array([[0.3, -1.2], [2.0, 0.7]])
    found = fd.hessian(lambda x: np.prod(x), x)
    exact = np.prod(x) / np.multiply.outer(x, x)
    exact[[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1]] = 0
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-5)
    assert np.array_equal(found, found.transpose(2, 3, 0, 1))
    np.testing.assert_allclose(fd.hessian(lambda x: x**3, np.array(2.0)), 12, rtol=1e-5)
    np.testing.assert_allclose(fd.hessian(lambda x: np.sum(x**3), [1.0, 2.0], h=1e-3), np.diag([6, 12]), atol=1e-4)


def test_extrapolation_knows_its_error():
    for f, slope, x in ((math.sin, math.cos, 0.7), (math.exp, math.exp, -2.0), (lambda x: 1 / x, lambda x: -1 / x**2, 3.0)):
        found = fd.extrapolate(f, x)
        assert isinstance(found, fd.Derivative)
        assert abs(found.value - slope(x)) <= found.error < 1e-9
    assert fd.extrapolate(math.sin, 0.7, scheme="forward", h=0.1).value == pytest.approx(math.cos(0.7), abs=1e-8)


def test_the_step_is_the_one_asked_for():
    assert fd.derivative(lambda x: x**3, 1.0, h=0.5) == pytest.approx(3 + 0.25)
    assert fd.derivative(lambda x: x**2, 1.0, scheme="forward", h=0.5) == pytest.approx(2.5)
    assert fd.derivative(lambda x: x**2, 1.0, scheme="backward", h=0.5) == pytest.approx(1.5)
    assert fd.derivative(lambda x: x**4, 1.0, scheme="five_point", h=0.5) == pytest.approx(4)


@pytest.mark.parametrize("differentiate", [fd.gradient, fd.jacobian, fd.hessian])
@pytest.mark.parametrize("error", [KeyError("mine"), KeyboardInterrupt(), ValueError("mine"), GeneratorExit()])
def test_an_exception_passes_unchanged_and_x_is_restored(differentiate, error):
    x, calls = np.array([1.0, 2.0, 3.0]), []

    def f(x):
        calls.append(x.copy())
        if len(calls) == 3:
            raise error
        return np.sum(x)

    with pytest.raises(type(error)) as caught:
        differentiate(f, x)
    assert caught.value is error
    assert np.array_equal(x, [1, 2, 3]) and not np.array_equal(calls[-1], x)


def test_an_exception_of_a_function_of_one_number():
    for differentiate in (fd.derivative, fd.extrapolate):
        with pytest.raises(ZeroDivisionError):
            differentiate(lambda x: 1 / 0, 1.0)


def test_x_itself_moves_and_others_do_not():
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(fd.gradient(lambda _: x[0] ** 2 * x[1], x), [4, 1], rtol=1e-8)
    assert np.array_equal(x, [1, 2])
    for other in (x.astype(np.float32), x.astype(">f8"), np.frombuffer(x.tobytes()), (1, 2)):
        np.testing.assert_allclose(fd.gradient(lambda x: x[0] ** 2 * x[1], other), [4, 1], rtol=1e-8)
        assert np.array_equal(other, [1, 2])


def test_views_and_other_layouts():
    table = np.arange(24.0).reshape(4, 6)
    before = table.copy()
    for x in (table[::2, ::-3], table.T, np.asfortranarray(table), table[1:, 2:5]):
        np.testing.assert_allclose(fd.gradient(lambda x: np.sum(x**2), x), 2 * x, rtol=1e-7, atol=1e-7)
    assert np.array_equal(table, before)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: fd.gradient(lambda x: x, [1.0, 2.0]), TypeError, r"shape \(2,\), expected one number; jacobian"),
        (lambda: fd.gradient(lambda x: 1j, [1.0]), TypeError, "expected a real number"),
        (lambda: fd.gradient(lambda x: None, [1.0]), TypeError, "f returned None"),
        (lambda: fd.jacobian(lambda x: ["a"], [1.0]), TypeError, "expected real numbers"),
        (lambda: fd.jacobian(lambda x: np.ones(2 if x[0] == 1 else 3), np.array([1.0])), ValueError, "2|3"),
        (lambda: fd.gradient(np.sum, ["a"]), TypeError, "x is of dtype <U1"),
        (lambda: fd.gradient(np.sum, [np.nan]), ValueError, "NaN|nan"),
        (lambda: fd.gradient(np.sum, [1.0], scheme="up"), ValueError, "'up', expected 'central'"),
        (lambda: fd.gradient(np.sum, [1.0], h=-1.0), ValueError, "step"),
        (lambda: fd.gradient(np.sum, [1e20], h=1e-3), ValueError, "step"),
        (lambda: fd.extrapolate(lambda x: abs(x) ** 0.5, 0.0, scheme="forward"), ValueError, "converge"),
        (lambda: fd.derivative(math.sin, "x"), ValueError, "x"),
    ],
)
def test_what_does_not_fit(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_a_function_that_is_not_finite_has_no_finite_slope():
    assert np.isnan(fd.gradient(lambda x: np.inf, [1.0])).all() and np.isnan(fd.jacobian(lambda x: [np.nan, 1.0], [1.0])[0]).all()


def test_no_variables():
    assert fd.gradient(np.sum, []).shape == (0,)
    assert fd.jacobian(lambda x: [1.0, 2.0], np.zeros((0, 3))).shape == (2, 0, 3)
    assert fd.hessian(np.sum, np.zeros(0)).shape == (0, 0)
