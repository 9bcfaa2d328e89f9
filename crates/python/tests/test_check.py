"""gradient_check(): what holds, what is wrong and why, on functions, dicts, Jacobians and nets."""

import numpy as np
import pandas as pd
import pytest
from book_oracle import NAMES, BookNet
from conftest import small_case

import two_layer_net as tln
from two_layer_net import gradient_check

X = np.array([0.7, -1.3, 2.1, 0.4])


def cube(x):
    return float(np.sum(np.asarray(x) ** 3))


def slopes_of_cube(x):
    return 3 * np.asarray(x) ** 2


def test_a_right_gradient_holds():
    report = gradient_check(cube, X.copy(), slopes_of_cube(X))
    assert report.holds and bool(report) and report.assert_holds() is None
    (block,) = report.blocks
    assert (block.compared, block.failed, block.cause, block.ratio) == (4, 0, None, None)
    assert block.indices == [(0,), (1,), (2,), (3,)] and block.shape == (4,)
    np.testing.assert_allclose(block.numerical, slopes_of_cube(X), rtol=1e-8)
    assert repr(report) == "4 derivatives compared, all right" and "all right" in report._repr_html_()


@pytest.mark.parametrize("scheme", ["central", "forward", "backward", "five_point"])
@pytest.mark.parametrize("x", [X, X.reshape(2, 2), X.reshape(2, 1, 2), np.array(0.7), X.tolist(), X.astype(np.float32), [1, 2], 3])
def test_any_array_by_any_scheme(scheme, x):
    array = np.array(x, float)
    for gradient in (slopes_of_cube(array), slopes_of_cube, slopes_of_cube(array).tolist()):
        options = {"scheme": scheme, "relative": 1e-4 if scheme in ("central", "five_point") else 1e-2}
        gradient_check(cube, x, gradient, **options).assert_holds()
        assert not gradient_check(cube, x, 1.5 * slopes_of_cube(array), **options).holds


def gradient_by(wrong):
    return lambda x: wrong(x, slopes_of_cube(x))


CAUSES = [
    ("a sign is wrong", cube, lambda x, g: -g, {}),
    ("log10", cube, lambda x, g: g / np.log(10), {}),
    ("log10", lambda x: cube(x) / np.log(10), lambda x, g: g, {}),
    ("ratio 50, the batch size: the gradient is of the sum", cube, lambda x, g: 50 * g, {"batch_size": 50}),
    ("ratio 1/50, the batch size: the mean is taken twice", cube, lambda x, g: g / 50, {"batch_size": 50}),
    ("a factor 2", cube, lambda x, g: 2 * g, {}),
    ("a factor 2", cube, lambda x, g: g / 2, {}),
    ("ratio 0: the gradient leaves this variable out", cube, lambda x, g: g * [1, 0, 1, 0], {}),
    ("ratio 1.7000 everywhere", cube, lambda x, g: 1.7 * g, {}),
    ("in another order: transposed", cube, lambda x, g: g[::-1], {}),
    ("a constant is added", cube, lambda x, g: g + 0.25, {}),
    ("weight decay is missing", lambda x: cube(x) + 0.05 * np.sum(x**2), lambda x, g: g, {}),
    ("weight decay that the function lacks", cube, lambda x, g: g + 0.1 * x, {}),
    ("a kink", lambda x: float(np.sum(np.maximum(x - X, 0))), lambda x, g: np.ones(4), {}),
    ("rounding", lambda x: 1e9 + cube(x), lambda x, g: g, {"h": 1e-9}),
    ("the step is too large", cube, lambda x, g: g, {"h": 1.0}),
    ("NaN or an infinity", cube, lambda x, g: g * [1, np.nan, 1, 1], {}),
    ("NaN or an infinity", lambda x: float("nan"), lambda x, g: g, {}),
    ("no common ratio", cube, lambda x, g: g + np.sin(7 * np.arange(4) + 1), {}),
]


@pytest.mark.parametrize(("cause", "f", "wrong", "options"), CAUSES, ids=[f"{i}-{case[0][:20]}" for i, case in enumerate(CAUSES)])
def test_causes(cause, f, wrong, options):
    report = gradient_check(f, X.copy(), gradient_by(wrong), **options)
    assert not report.holds and not report
    assert cause in report.blocks[0].cause and cause in repr(report) and cause in report._repr_html_()
    with pytest.raises(AssertionError, match="the gradient is wrong\n"):
        report.assert_holds()


def test_a_matrix_that_is_transposed():
    w, v = np.random.RandomState(0).randn(2, 3, 3)
    report = gradient_check(lambda w: np.sum(v * w), w, v.T)
    assert "transposed" in report.blocks[0].cause and report.blocks[0].failed == 6


def test_where_it_is_wrong():
    x = np.arange(1.0, 7.0).reshape(2, 3)
    slopes = slopes_of_cube(x)
    slopes[1, 2] += 5
    block = gradient_check(cube, x, slopes).blocks[0]
    assert (block.compared, block.failed, block.shape) == (6, 1, (2, 3))
    assert block.indices[block.worst] == (1, 2)
    assert block.analytic[block.worst] == 113 and block.numerical[block.worst] == pytest.approx(108)
    assert "1 of 6 derivatives wrong, the worst at [1, 2]: numerical 108" in repr(block)


def test_the_tolerances_are_as_written():
    x = np.array([2.0])
    assert gradient_check(cube, x, [12 * (1 + 0.9e-3)], relative=1e-3).holds
    assert not gradient_check(cube, x, [12 * (1 + 1.2e-3)], relative=1e-3).holds
    assert gradient_check(cube, x, [12.09], absolute=0.1, relative=0).holds
    assert not gradient_check(cube, x, [12.11], absolute=0.1, relative=0).holds


def test_a_sample_is_drawn_from_what_is_large():
    x = np.linspace(-1, 1, 3000).reshape(50, 60)
    block = gradient_check(cube, x, slopes_of_cube).blocks[0]
    assert block.compared == 200 == len(set(block.indices)) and block.holds
    assert repr(block) == "200 of 3,000 derivatives compared, all right" and "200 of 3,000" in gradient_check(cube, x, slopes_of_cube)._repr_html_()
    assert gradient_check(cube, x, slopes_of_cube, seed=1).blocks[0].indices != block.indices
    assert gradient_check(cube, x, slopes_of_cube, sample=7).blocks[0].compared == 7
    assert gradient_check(cube, x, slopes_of_cube, sample="all").blocks[0].compared == 3000
    assert gradient_check(cube, x[:40, :50], slopes_of_cube).blocks[0].compared == 2000


def test_a_jacobian():
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    a = np.random.RandomState(0).randn(4, 3)
    exact = np.zeros((4, 2, 3, 2))  # (a x)[i, j] depends on x[k, j] by a[i, k]
    for j in range(2):
        exact[:, j, :, j] = a
    report = gradient_check(lambda x: a @ x, x, exact)
    assert report.holds and report.blocks[0].shape == (4, 2, 3, 2) and report.blocks[0].compared == 48
    wrong = exact.copy()
    wrong[2, 1, 0, 1] += 1
    block = gradient_check(lambda x: a @ x, x, wrong).blocks[0]
    assert block.failed == 1 and block.indices[block.worst] == (2, 1, 0, 1)
    assert gradient_check(lambda x: x**2, X.copy(), lambda x: np.diag(2 * x)).holds
    assert gradient_check(lambda x: np.array([cube(x)]), X.copy(), slopes_of_cube(X)).holds
    assert gradient_check(lambda x: np.array([cube(x)]), X.copy(), slopes_of_cube(X)[None]).holds


def pair(p):
    return float(np.sum(p["a"] ** 2) + np.sum(p["b"] * 3))


def test_a_dict_of_arrays():
    x = {"a": np.array([[1.0, 2.0]]), "b": [1, 2, 3], "c": np.float32(2)}
    before = dict(x)
    right = {"a": 2 * x["a"], "b": np.full(3, 3.0), "c": 0.0, "more": 7}
    report = gradient_check(pair, x, right)
    assert report.holds and [block.name for block in report.blocks] == ["a", "b", "c"]
    assert [block.shape for block in report.blocks] == [(1, 2), (3,), ()]
    wrong = gradient_check(pair, x, lambda p: {"a": 2 * p["a"], "b": np.zeros(3), "c": 0})
    assert [block.failed for block in wrong.blocks] == [0, 3, 0] and "b: 3 of 3 derivatives wrong" in repr(wrong)
    assert all(x[name] is before[name] for name in before)


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh"])
def test_nets(activation):
    net, x, t = small_case(activation)
    for checked in (net, BookNet.like(net)):
        before = {name: array.copy() for name, array in checked.params.items()}
        report = gradient_check(checked, x, t)
        report.assert_holds()
        assert [block.name for block in report.blocks] == list(NAMES)
        assert [block.compared for block in report.blocks] == [20, 4, 12, 3]
        assert all(np.array_equal(checked.params[name], before[name]) for name in NAMES)


def test_a_net_of_a_reader_with_mistakes(small):
    net, x, t = small

    class Forgets(BookNet):
        def gradient(self, x, t):
            return {name: (len(x) if name == "W1" else 1) * slopes for name, slopes in super().gradient(x, t).items()}

    report = gradient_check(Forgets.like(net), x, t)
    assert [block.holds for block in report.blocks] == [False, True, True, True]
    assert "ratio 7, the batch size" in report.blocks[0].cause  # known without being told

    class Missing(BookNet):
        def gradient(self, x, t):
            return {name: slopes for name, slopes in super().gradient(x, t).items() if name != "b2"}

    with pytest.raises(ValueError, match="gradient has no 'b2', only .*'W1', 'W2', 'b1'"):
        gradient_check(Missing.like(net), x, t)


def test_the_books_1e_7_shows_only_where_probabilities_are_small(small):
    net, x, t = small
    assert not gradient_check(BookNet.like(net, inside=1e-7), x, t, absolute=1e-9).holds
    net.params = {name: 0.1 * array for name, array in net.params.items()}
    assert gradient_check(BookNet.like(net, inside=1e-7), x, t).holds


@pytest.mark.parametrize("error", [RuntimeError("mine"), KeyboardInterrupt(), SystemExit(3), ValueError("also mine")])
def test_an_exception_passes_unchanged_and_x_is_restored(error):
    calls = []

    def f(x):
        calls.append(1)
        if len(calls) == 4:
            raise error
        return float(sum(np.sum(part) for part in x.values()) if isinstance(x, dict) else np.sum(x))

    x = X.copy()
    together = {"a": X.copy(), "b": X.astype(np.float32), "c": [1.0, 2.0]}
    held = dict(together)
    ones = {name: np.ones(np.shape(value)) for name, value in together.items()}
    for point, gradient in ((x, np.ones(4)), (together, ones)):
        calls.clear()
        with pytest.raises(type(error)) as caught:
            gradient_check(f, point, gradient)
        assert caught.value is error
    assert np.array_equal(x, X) and np.array_equal(held["a"], X)
    assert all(together[name] is held[name] for name in held)


def test_f_may_look_at_x_instead_of_its_argument():
    x, p = X.copy(), {"w": X.copy(), "v": 2 * X}
    assert gradient_check(lambda _: cube(x), x, slopes_of_cube(X)).holds
    both = gradient_check(lambda _: cube(p["w"]) + cube(p["v"]), p, {name: slopes_of_cube(value) for name, value in p.items()})
    assert both.holds and np.array_equal(x, X) and np.array_equal(p["w"], X)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        ((3, X, X), {}, TypeError, "f is a int"),
        ((cube, X, X[:3]), {}, ValueError, r"gradient has shape \(3,\), expected \(4,\)"),
        ((lambda x: x, X, X), {}, ValueError, r"\(4,\), expected \(4, 4\)"),
        ((pair, {"a": X, "b": X}, {"a": X}), {}, ValueError, "gradient has no 'b'"),
        ((pair, {"a": X, "b": X}, {"a": X, "b": X[:2]}), {}, ValueError, r"gradient\['b'\] has shape \(2,\)"),
        ((cube, X + 0j, X), {}, TypeError, "complex"),
        ((lambda x: "a", X, X), {}, TypeError, "f returned 'a'"),
        ((lambda x: None, X, X), {}, TypeError, "f returned None"),
        ((cube, np.array([1.0, np.inf]), X[:2]), {}, ValueError, "inf"),
        ((cube, X, X), {"scheme": "centre"}, ValueError, "'centre', expected 'central'"),
        ((cube, X, X), {"h": 0.0}, ValueError, "step"),
        ((cube, X, X), {"h": 1e-30}, ValueError, "step"),
        ((cube, X, X), {"sample": 0}, ValueError, "sample is 0"),
        ((cube, X, X), {"sample": "some"}, ValueError, "'some', expected a number or 'all'"),
        ((cube, X, X), {"seed": -1}, ValueError, "seed is -1"),
        ((cube, X, X), {"batch_size": 0}, ValueError, "batch_size is 0"),
        ((cube, X, X), {"absolute": -1}, ValueError, "absolute is -1"),
        ((cube, X, X), {"relative": float("nan")}, ValueError, "relative is nan"),
    ],
)
def test_what_does_not_fit(arguments, options, error, says):
    with pytest.raises(error, match=says):
        gradient_check(*arguments, **options)


def test_nothing_to_compare():
    for report in (gradient_check(cube, np.zeros(0), np.zeros(0)), gradient_check(lambda _: 0.0, {}, {})):
        assert report.holds and report._repr_html_() and len(report.to_pandas()) == 0
    assert gradient_check(lambda _: 1.0, {"a": np.zeros((0, 3))}, {"a": np.zeros((0, 3))}).holds


def test_to_pandas():
    table = gradient_check(pair, {"a": X.copy(), "b": X.copy()}, {"a": 2 * X, "b": [3, 3, 0, 3]}).to_pandas()
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == ["name", "index", "numerical", "analytic", "excess", "holds"]
    wrong = table.query("not holds")
    assert wrong[["name", "index", "analytic"]].values.tolist() == [["b", (2,), 0.0]] and (wrong["excess"] > 1).all()


def test_the_table_of_a_notebook_is_escaped():
    name = "<script>alert('&')</script>"
    html = gradient_check(lambda p: cube(p[name]), {name: X.copy()}, {name: X})._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html and "&amp;" in html
    assert html.startswith("<table>") and html.endswith("</table>")


def test_the_front_and_the_package_are_the_same():
    import two_layer_net_rs

    assert all(getattr(tln, name) is getattr(two_layer_net_rs, name) for name in two_layer_net_rs.__all__)
