"""two_layer_net.book: the book's import names, beside folders of the reader's own, and the book's functions."""

import importlib.metadata
import importlib.util

import numpy as np
import pytest
from conftest import run_python

from two_layer_net import book

IMPORTS = """
from common.functions import *
from common.gradient import numerical_gradient
from dataset.mnist import load_mnist
"""
SHOW = "print(sigmoid.__module__, numerical_gradient.__module__, load_mnist.__module__)\n"


def own(folder, name, text="def MARK(): pass\n"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_books_imports(tmp_path):
    said = run_python(f"import two_layer_net.book{IMPORTS}{SHOW}import common, dataset\nprint(np.arange(2), common.functions.__doc__)", tmp_path)
    assert said == "two_layer_net_rs.book two_layer_net_rs.book two_layer_net_rs._data\n[0 1] The book's common.functions, by two_layer_net.book.\n"


def test_without_the_import_there_are_no_such_names(tmp_path):
    said = run_python(
        """
import two_layer_net
for name in ("common", "dataset", "common.functions"):
    try:
        __import__(name)
        print("found", name)
    except ModuleNotFoundError as error:
        print(error.name)
""",
        tmp_path,
    )
    assert said == "common\ndataset\ncommon\n"


def test_nothing_named_common_or_dataset_is_installed():
    assert importlib.util.find_spec("two_layer_net").origin
    files = importlib.metadata.files("two-layer-net") or []
    tops = {file.parts[0] for file in files}
    assert tops and not tops & {"common", "dataset"}
    names = importlib.metadata.distribution("two-layer-net").read_text("top_level.txt") or ""
    assert "common" not in names.split()


def test_other_names_are_not_ours(tmp_path):
    said = run_python(
        """
import two_layer_net.book
for name in ("common.optimizer", "dataset.cifar", "commons"):
    try:
        __import__(name)
        print("found", name)
    except ModuleNotFoundError as error:
        print(error)
""",
        tmp_path,
    )
    assert [line.split("'")[1] for line in said.splitlines()] == ["common.optimizer", "dataset.cifar", "commons"]


@pytest.mark.parametrize("package", [True, False], ids=["package", "folder"])
def test_the_readers_own_folders_win(tmp_path, package):
    own(tmp_path, "common/functions.py", "def sigmoid(x): return 'mine'\n")
    own(tmp_path, "common/gradient.py", "def numerical_gradient(f, x): return 'mine'\n")
    own(tmp_path, "dataset/mnist.py", "def load_mnist(): return 'mine'\n")
    if package:
        own(tmp_path, "common/__init__.py", "")
        own(tmp_path, "dataset/__init__.py", "")
    said = run_python(f"import two_layer_net.book{IMPORTS}{SHOW}print(sigmoid(0), load_mnist())", tmp_path)
    assert said == "common.functions common.gradient dataset.mnist\nmine mine\n"


@pytest.mark.parametrize("package", [True, False], ids=["package", "folder"])
def test_folders_that_hold_only_a_part(tmp_path, package):
    own(tmp_path, "common/functions.py", "def sigmoid(x): return 'mine'\n")
    own(tmp_path, "dataset/readme.txt", "no module\n")
    if package:
        own(tmp_path, "common/__init__.py", "MARK = 1\n")
    said = run_python(f"import two_layer_net.book{IMPORTS}{SHOW}", tmp_path)
    assert said == "common.functions two_layer_net_rs.book two_layer_net_rs._data\n"


def test_a_path_that_is_added_afterwards(tmp_path):
    """As `sys.path.append(os.pardir)` in the book's programs, below any import of ours."""
    own(tmp_path, "books/common/functions.py", "def sigmoid(x): return 'mine'\n")
    code = f"import two_layer_net.book, sys, os\nsys.path.append(os.path.abspath('books')){IMPORTS}{SHOW}"
    assert run_python(code, tmp_path) == "common.functions two_layer_net_rs.book two_layer_net_rs._data\n"


def test_the_folder_above_the_program(tmp_path):
    own(tmp_path, "common/gradient.py", "def numerical_gradient(f, x): return 'mine'\n")
    (tmp_path / "ch04").mkdir()
    code = f"import sys, os\nimport two_layer_net.book\nsys.path.append(os.pardir){IMPORTS}{SHOW}"
    assert run_python(code, tmp_path / "ch04") == "two_layer_net_rs.book common.gradient two_layer_net_rs._data\n"


def test_imports_in_any_order_and_twice(tmp_path):
    code = f"import two_layer_net_rs.book, two_layer_net.book, importlib, sys\nimportlib.reload(two_layer_net_rs.book){IMPORTS}"
    code += "finders = [f for f in sys.meta_path if type(f).__name__ == '_BookFinder']\nprint(len(finders), sys.meta_path[-1] is finders[-1])"
    assert run_python(code, tmp_path).endswith("True\n")


def test_a_file_of_the_reader_by_our_name(tmp_path):
    """The book's own two_layer_net.py lies beside the reader's programs."""
    own(tmp_path, "two_layer_net.py", "class TwoLayerNet: mine = True\n")
    said = run_python(
        f"""
import two_layer_net_rs as tln
import two_layer_net_rs.book{IMPORTS}
from two_layer_net import TwoLayerNet
print(TwoLayerNet.mine, hasattr(tln.TwoLayerNet, "mine"), tln.TwoLayerNet(4, 3, 2, seed=0), sigmoid(0.0))
""",
        tmp_path,
    )
    assert said == "True False TwoLayerNet(4, 3, 2, activation='sigmoid') 0.5\n"


LARGE = np.array([-1e308, -1000.0, -30.0, 0.0, 30.0, 1000.0, 1e308, np.inf, -np.inf])


def test_the_sigmoid_for_any_argument():
    with np.errstate(all="raise", under="ignore"):
        y = book.sigmoid(LARGE)
        slopes = book.sigmoid_grad(LARGE)
    np.testing.assert_allclose(y, [0, 0, np.exp(-30) / (1 + np.exp(-30)), 0.5, 1 / (1 + np.exp(-30)), 1, 1, 1, 0], rtol=1e-15)
    np.testing.assert_allclose(slopes[2], np.exp(-30), rtol=1e-12)
    assert slopes[3] == 0.25 and slopes[4] == slopes[2] and not slopes[[0, 1, 5, 6]].any()
    assert np.isnan(book.sigmoid(np.nan)) and book.sigmoid(0) == 0.5 and np.ndim(book.sigmoid(2.0)) == 0
    assert book.sigmoid(np.float32([1, 2])).dtype == np.float32 and book.sigmoid([0, 0]).shape == (2,)


def test_softmax_for_any_argument():
    with np.errstate(all="raise", under="ignore"):
        y = book.softmax(np.array([[1e308, 1e308, -1e308], [-1e5, -1e5, -1e5], [1000.0, 0.0, 1000.0]]))
    np.testing.assert_allclose(y, [[0.5, 0.5, 0], [1 / 3] * 3, [0.5, 0, 0.5]], rtol=1e-15)
    x = np.random.RandomState(0).randn(2, 3, 4)
    np.testing.assert_allclose(book.softmax(x), np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(book.softmax([1, 2]), book.softmax(np.array([1.0, 2.0])))


def test_the_other_functions():
    x = np.array([-2.0, 0.0, 3.0])
    assert book.identity_function(x) is x
    assert book.step_function(x).tolist() == [0, 0, 1] and book.step_function(x).dtype.kind == "i"
    assert book.relu(x).tolist() == [0, 0, 3] and book.relu_grad(x).tolist() == [0, 1, 1]
    assert book.sum_squared_error(np.array([0.1, 0.6]), np.array([0, 1])) == pytest.approx(0.085)


def test_the_cross_entropy_of_labels_and_one_hot():
    y = book.softmax(np.random.RandomState(0).randn(5, 3))
    labels = np.array([0, 2, 1, 1, 0])
    expected = -np.mean(np.log(y[np.arange(5), labels] + 1e-7))
    ways = [labels, labels.reshape(5, 1), np.eye(3)[labels], 0.8 * np.eye(3)[labels] + 0.1, np.eye(3, dtype=int)[labels].tolist()]
    for t in ways:
        assert book.cross_entropy_error(y, t) == pytest.approx(expected, rel=1e-14)
    assert book.cross_entropy_error(y[1], np.array([0, 0, 1])) == book.cross_entropy_error(y[1:2], labels[1:2])
    assert book.cross_entropy_error(y[1], 2) == book.cross_entropy_error(y[1:2], labels[1:2])
    assert book.cross_entropy_error(np.array([0.0, 1.0]), np.array([1, 0])) == pytest.approx(-np.log(1e-7))
    scores = np.random.RandomState(1).randn(5, 3)
    assert book.softmax_loss(scores, labels) == book.cross_entropy_error(book.softmax(scores), labels)


@pytest.mark.parametrize("x", [np.array(3.0), np.array([3.0, 4.0]), np.arange(12.0).reshape(2, 3, 2), np.arange(12.0).reshape(3, 4).T[::2]])
def test_numerical_gradient_of_any_array(x):
    before = x.copy()
    found = book.numerical_gradient(lambda x: np.sum(x**3), x)
    np.testing.assert_allclose(found, 3 * before**2, atol=1e-6)
    assert found.shape == x.shape and np.array_equal(x, before)
    np.testing.assert_allclose(book.numerical_gradient(lambda _: np.sum(x**2), x), 2 * before, atol=1e-6)


def test_numerical_gradient_is_the_books_central_difference():
    x = np.array([0.5, -2.0])
    f = lambda x: float(np.sum(np.exp(x)))
    expected = []
    for i in range(2):
        sides = [np.array(x), np.array(x)]
        sides[0][i], sides[1][i] = x[i] + 1e-4, x[i] - 1e-4
        expected.append((f(sides[0]) - f(sides[1])) / (2 * 1e-4))
    assert book.numerical_gradient(f, x).tolist() == expected


@pytest.mark.parametrize("error", [KeyError("mine"), KeyboardInterrupt(), SystemExit()])
@pytest.mark.parametrize("call", [1, 2, 5])
def test_numerical_gradient_restores_x_whatever_happens(error, call):
    x, calls = np.array([1.0, 2.0, 3.0]), []

    def f(x):
        calls.append(x.copy())
        if len(calls) == call:
            raise error
        return np.sum(x)

    with pytest.raises(type(error)) as caught:
        book.numerical_gradient(f, x)
    assert caught.value is error and x.tolist() == [1, 2, 3] and calls[-1].tolist() != [1, 2, 3]


@pytest.mark.parametrize("x", [np.array([3, 4]), [3.0, 4.0], 3.0, np.array([True]), np.array([1j]), np.array(["a"]), np.float16([3])])
def test_numerical_gradient_refuses_what_cannot_move(x):
    with pytest.raises(TypeError, match="x is"):
        book.numerical_gradient(np.sum, x)
    read_only = np.array([1.0])
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        book.numerical_gradient(np.sum, read_only)
