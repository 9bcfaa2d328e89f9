"""What several test files need: data, the program `app`, and Python in a process of its own.

Some tests need what a checkout may lack. They skip without it, unless a variable says that it must be there:

=========== ==================================== ================ ==============================================
variable    names                                required by      without it
=========== ==================================== ================ ==============================================
MNIST_DIR   the folder with the four MNIST files REQUIRE_MNIST    data/mnist of the checkout
APP         the program `app`                    REQUIRE_APP      target/debug/app of the checkout
NOTEBOOK    a reader's notebook of chapter 4.5   REQUIRE_NOTEBOOK ../shared/notebook/chapter-4.5.ipynb
=========== ==================================== ================ ==============================================
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import two_layer_net as tln

ROOT = Path(__file__).resolve().parents[3]
#: Ends a child process that hangs; no test asserts how long anything takes.
HANGS = 120


def found_or_skip(variable, default, required, is_there):
    """The path in a variable, or the default; where it is not there the test skips, or fails if it must be there."""
    path = Path(os.environ.get(variable) or default).absolute()
    if is_there(path):
        return path
    text = f"{path} is not there; set {variable}"
    if os.environ.get(required) == "1":
        pytest.fail(f"{required}=1, but {text}")
    pytest.skip(text)


def has_mnist(folder):
    return any((folder / f"train-images-idx3-ubyte{suffix}").is_file() for suffix in ("", ".gz"))


@pytest.fixture(scope="session")
def mnist_dir():
    """The folder with the four files of MNIST."""
    return found_or_skip("MNIST_DIR", ROOT / "data/mnist", "REQUIRE_MNIST", has_mnist)


@pytest.fixture(scope="session")
def app():
    """The program `app` of this checkout."""
    name = "app.exe" if sys.platform == "win32" else "app"
    return found_or_skip("APP", ROOT / "target/debug" / name, "REQUIRE_APP", Path.is_file)


@pytest.fixture(scope="session")
def notebook():
    """A notebook of chapter 4.5 as a reader wrote it."""
    return found_or_skip("NOTEBOOK", ROOT.parent / "shared/notebook/chapter-4.5.ipynb", "REQUIRE_NOTEBOOK", Path.is_file)


@pytest.fixture(scope="session")
def digits():
    """(x_train, t_train), (x_test, t_test) of the built-in digits, as `app` takes them: bytes over 255."""
    (x_train, t_train), (x_test, t_test) = tln.load_digits(normalize=False)
    return (x_train / 255.0, t_train), (x_test / 255.0, t_test)


@pytest.fixture
def random():
    return np.random.RandomState(20)


@pytest.fixture
def small():
    """A net of 5 inputs, 4 hidden neurons and 3 classes whose parameters are all of ordinary size, 7 samples, labels."""
    return small_case("sigmoid")


def small_case(activation, seed=20):
    random = np.random.RandomState(seed)
    net = tln.TwoLayerNet(5, 4, 3, activation=activation, seed=1)
    for name, array in net.params.items():
        net.params[name] = random.randn(*array.shape)
    return net, random.randn(7, 5), random.randint(0, 3, 7)


def clean_environment(**changes):
    """The environment without what would change how a child prints, imports or downloads."""
    dropped = ("PYTHONPATH", "TWO_LAYER_NET_MIRRORS", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg", **changes}


def run_python(code, folder, *, name="program.py", **environment):
    """What a program in this folder prints; it must end well."""
    (folder / name).write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", name],
        cwd=folder,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=HANGS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
