"""The types (mypy and its stubtest) and the docstrings, whose examples run."""

import doctest
import importlib
import inspect
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import HANGS

import two_layer_net
import two_layer_net_rs
from two_layer_net_rs import book, finite_difference

CRATE = Path(__file__).resolve().parents[1]


def run(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=CRATE, capture_output=True, text=True, timeout=5 * HANGS, env={**os.environ, "MYPYPATH": "python"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_mypy():
    assert "no issues found" in run("mypy", "--strict", "--config-file", "pyproject.toml")


def test_the_stubs_say_what_the_compiled_half_has():
    assert "no issues found" in run("mypy.stubtest", "two_layer_net_rs._native", "--mypy-config-file", "pyproject.toml")


def test_the_types_reach_users(tmp_path):
    """A program in the reader's hands, of which mypy knows the types and finds a mistake."""
    (tmp_path / "program.py").write_text(
        "import two_layer_net as tln\n"
        "net = tln.TwoLayerNet(4, 3, 2, seed=0)\n"
        "reveal_type(net.predict([0, 0, 0, 0]))\n"
        "reveal_type(tln.load('net.npz'))\n"
        "tln.TwoLayerNet('4', 3, 2)\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--config-file", os.devnull, "--cache-dir", os.devnull, str(tmp_path / "program.py")]
    environment = {**os.environ, "MYPYPATH": str(CRATE / "python")}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=5 * HANGS, env=environment)
    assert "float64" in done.stdout and "two_layer_net_rs._net.TwoLayerNet" in done.stdout
    assert "program.py:5: error" in done.stdout and "Found 1 error" in done.stdout


def test_both_names_are_marked_as_typed():
    for package in (two_layer_net, two_layer_net_rs):
        assert (Path(package.__file__).parent / "py.typed").is_file()


def public():
    """Everything public by its name: functions, classes and their methods, and properties."""
    for module in (two_layer_net, book, finite_difference):
        for name in module.__all__:
            value = getattr(module, name)
            if not (inspect.isclass(value) or inspect.isfunction(value)):
                continue
            yield f"{module.__name__}.{name}", value
            for method, of in vars(value).items() if inspect.isclass(value) else ():
                if not method.startswith("_") and (inspect.isfunction(of) or isinstance(of, property)):
                    yield f"{module.__name__}.{name}.{method}", of


PUBLIC = dict(public())


def test_all_of_it_is_found():
    assert {"two_layer_net.TwoLayerNet.numerical_gradient", "two_layer_net.History.plot", "two_layer_net.train"} <= set(PUBLIC)
    assert {"two_layer_net_rs.book.softmax", "two_layer_net_rs.finite_difference.hessian"} <= set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_with_an_example(name):
    of = PUBLIC[name]
    text = inspect.getdoc(of) or ""
    assert len(text.splitlines()[0]) > 10 if text else False, f"{name} has no docstring"
    if isinstance(of, property):
        return
    assert "Examples\n--------\n>>> " in text, f"{name} has no Examples section"
    if inspect.isfunction(of):
        parameters = [parameter for parameter in inspect.signature(of).parameters if parameter != "self"]
        if "Parameters\n----------" in text:
            missing = [parameter for parameter in parameters if not any(parameter in line.split(" : ")[0] for line in text.splitlines())]
            assert not missing, f"{name} leaves out {missing}"


def modules():
    for package in (two_layer_net, two_layer_net_rs):
        yield package.__name__
        for module in pkgutil.iter_modules(package.__path__):
            if module.name != "_native":
                yield f"{package.__name__}.{module.name}"


@pytest.mark.parametrize("name", list(modules()))
def test_the_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.random.seed(0)
    module = importlib.import_module(name)
    assert module.__doc__
    # an example may use whatever the package exports
    names = {**{name: getattr(two_layer_net, name) for name in two_layer_net.__all__}, **vars(module)}
    failed, tried = doctest.testmod(module, extraglobs=names)
    assert failed == 0
    if name.rpartition(".")[2] in ("_net", "_train", "_check", "book", "finite_difference"):
        assert tried > 3 or name.startswith("two_layer_net.")
