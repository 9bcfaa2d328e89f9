"""save() and load(): files that NumPy and safetensors read, files of `app`, and damaged files."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from book_oracle import NAMES, BookNet
from conftest import HANGS, small_case
from safetensors import safe_open

import two_layer_net as tln

KINDS = ("npz", "safetensors")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh"])
def test_saved_and_loaded_it_is_the_same_net(tmp_path, kind, activation):
    net, _, _ = small_case(activation)
    path = tmp_path / f"net.{kind}"
    for name in (path, str(path)):
        assert tln.save(net, name) is None
        again = tln.load(name)
        assert again == net == tln.load(name, activation) and again.history is None
        assert all(array.flags.writeable for array in again.params.values())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_numpy_and_safetensors_read_them(tmp_path, small):
    net, x, _ = small
    tln.save(net, tmp_path / "net.npz")
    tln.save(net, tmp_path / "net.safetensors")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        by_numpy = dict(file)
    assert by_numpy.pop("activation") == "sigmoid"
    by_safetensors = safetensors.numpy.load_file(tmp_path / "net.safetensors")
    for found in (by_numpy, by_safetensors):
        assert set(found) == set(NAMES)
        assert all(np.array_equal(found[name], net.params[name]) and found[name].dtype == np.float64 for name in NAMES)
    with safe_open(tmp_path / "net.safetensors", "numpy") as file:
        assert file.metadata()["activation"] == "sigmoid"


def test_files_that_others_wrote(tmp_path, small):
    net, x, _ = small
    path = tmp_path / "net.npz"
    for change in (
        lambda array: array,
        np.asfortranarray,
        lambda array: array.astype(">f8"),
        lambda array: array.astype(np.float32),
    ):
        params = {name: change(array) for name, array in net.params.items()}
        for write in (np.savez, np.savez_compressed):
            write(path, **params)
            assert all(np.array_equal(tln.load(path).params[name], params[name].astype(float)) for name in NAMES)
    np.savez(path, **net.params)
    assert tln.load(path).activation == "sigmoid" and tln.load(path, "relu").activation == "relu"
    for name in ("relu", np.array(["relu"]), np.bytes_("relu"), np.array("relu", ">U9")):
        np.savez(path, activation=name, **net.params)
        assert tln.load(path).activation == "relu"
    np.savez(path, **net.params)
    np.testing.assert_allclose(tln.load(path).predict(x), BookNet.like(net).predict(x))
    safetensors.numpy.save_file(net.params, tmp_path / "net.safetensors")
    assert tln.load(tmp_path / "net.safetensors", "tanh").activation == "tanh"


def test_another_activation_than_the_files(tmp_path):
    net, _, _ = small_case("tanh")
    path = tmp_path / "net.safetensors"
    tln.save(net, path)
    assert tln.load(path, "tanh") == net
    with pytest.raises(ValueError, match="net.safetensors has the activation 'tanh', not 'relu'"):
        tln.load(path, "relu")
    tln.save(net, tmp_path / "net.npz")
    with pytest.raises(ValueError, match="net.npz has the activation 'tanh', not 'relu'"):
        tln.load(tmp_path / "net.npz", "relu")
    np.savez(tmp_path / "net.npz", **net.params)
    with pytest.raises(ValueError, match="'softplus'"):
        tln.load(tmp_path / "net.npz", "softplus")


@pytest.mark.parametrize("precision", ["f64", "f32"])
def test_a_run_and_a_checkpoint_of_app(app, tmp_path, digits, precision):
    command = [app, "train", "--dataset", "digits", "--out", tmp_path / "run", "--no-report", "--quiet", "--iterations", "6"]
    command += ["--gradient", "backprop", "--activation", "tanh", "--hidden", "7", "--precision", precision]
    subprocess.run(command, check=True, timeout=HANGS)
    net = tln.load(tmp_path / "run")
    assert repr(net) == "TwoLayerNet(784, 7, 10, activation='tanh')"
    assert tln.load(tmp_path / "run/model.ckpt") == net == tln.load(str(tmp_path / "run"), "tanh")
    with pytest.raises(ValueError, match="'tanh', not 'relu'"):
        tln.load(tmp_path / "run", "relu")
    (x, t), _ = digits
    tln.train(net, x[:200], t[:200], iterations=2, progress=False)  # it goes on
    # and back: app starts from a file that was saved here
    tln.save(net, tmp_path / "net.safetensors")
    command = [app, "train", "--dataset", "digits", "--out", tmp_path / "again", "--no-report", "--quiet", "--iterations", "0"]
    command += ["--hidden", "7", "--activation", "tanh", "--init-from", tmp_path / "net.safetensors", "--precision", "f64"]
    subprocess.run(command, check=True, timeout=HANGS)
    assert tln.load(tmp_path / "again") == net


@pytest.mark.parametrize("name", ["none.npz", "none.safetensors", "none.ckpt", "none", "none/net.npz"])
def test_no_such_file(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=rf"no such file: .*{name}; name the folder of a run, a checkpoint"):
        tln.load(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="model.ckpt"):
        tln.load(tmp_path)  # a folder, but of no run


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_cut_or_changed(tmp_path, small, kind):
    net, _, _ = small
    path = tmp_path / f"net.{kind}"
    tln.save(net, path)
    whole = path.read_bytes()
    for length in sorted({0, 1, 7, 8, 9, 40, len(whole) // 2, len(whole) - 1, *range(60, len(whole), 97)}):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=path.name):
            tln.load(path)
    for content in (b"\x00" * 64, b"PK\x03\x04" + b"\xff" * 60, b"<html></html>", struct.pack("<Q", 2**63) + b"{}", whole[::-1]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=path.name):
            tln.load(path)
    random = np.random.RandomState(0)
    for at in random.randint(0, len(whole), 200):  # a byte that flipped: an error, or numbers
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << random.randint(8))]) + whole[at + 1 :])
        try:
            assert isinstance(tln.load(path), tln.TwoLayerNet)
        except ValueError:
            pass


FOREIGN = {
    "a missing array": (lambda p: p.pop("b2"), "b2"),
    "other names": (lambda p: p.update(V1=p.pop("W1")), "W1"),
    "a shape": (lambda p: p.update(b1=np.zeros(5)), "b1"),
    "dimensions": (lambda p: p.update(W1=np.zeros((5, 2, 2))), "W1"),
    "integers": (lambda p: p.update(b1=np.zeros(4, int)), "b1"),
    "NaN": (lambda p: p["W2"].__setitem__((0, 0), np.nan), "W2"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("change", "says"), FOREIGN.values(), ids=FOREIGN)
def test_a_file_of_something_else(tmp_path, small, kind, change, says):
    params = small[0].params
    change(params)
    path = tmp_path / f"net.{kind}"
    np.savez(path, **params) if kind == "npz" else safetensors.numpy.save_file(params, path)
    with pytest.raises(ValueError, match=says):
        tln.load(path)


def write(path, arrays):
    np.savez(path, **arrays) if path.suffix == ".npz" else safetensors.numpy.save_file(arrays, path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [("fc1", "fc2"), ("0", "2"), ("module.net.9", "module.net.10")])
def test_a_state_dict_of_pytorch(tmp_path, small, capsys, kind, names):
    net, _, _ = small
    W1, b1, W2, b2 = (net.params[name] for name in NAMES)
    state = {}
    for name, weight, bias in zip(names, (W1, W2), (b1, b2)):
        state |= {f"{name}.weight": np.ascontiguousarray(weight.T), f"{name}.bias": bias}
    path = tmp_path / f"net.{kind}"
    write(path, state)
    assert tln.load(path) == net
    (D, H), K = W1.shape, b2.size
    assert capsys.readouterr().out.splitlines() == [
        f"load: {names[0]}.weight is {H}x{D}, as PyTorch keeps it; read as W1 of {D}x{H}, transposed",
        f"load: {names[1]}.weight is {K}x{H}, as PyTorch keeps it; read as W2 of {H}x{K}, transposed",
    ]


def test_biases_of_rows_and_columns(tmp_path, small):
    net, _, _ = small
    for shape in ((1, -1), (-1, 1)):
        params = {name: array.reshape(shape) if name[0] == "b" else array for name, array in net.params.items()}
        np.savez(tmp_path / "net.npz", **params)
        assert tln.load(tmp_path / "net.npz") == net


CHANGES = {
    "transposed": lambda p: {name: np.ascontiguousarray(array.T) for name, array in p.items()},
    "lists": lambda p: {"weights.0": p["W1"], "biases.0": p["b1"], "weights.1": p["W2"], "biases.1": p["b2"]},
    "unordered": lambda p: {"h.weight": p["W1"].T, "h.bias": p["b1"], "out.weight": p["W2"].T, "out.bias": p["b2"]},
    "an extra": lambda p: {**p, "loss": np.zeros(3)},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_line_of_an_error_mends_the_file(tmp_path, small, monkeypatch, kind, change):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"net.{kind}"
    write(path, {name: np.ascontiguousarray(array) for name, array in change(small[0].params).items()})
    with pytest.raises(ValueError) as error:
        tln.load(path.name)
    exec(str(error.value).split("in Python: ")[1], {"np": np, "safetensors": safetensors})
    assert tln.load("net-mended.npz") == small[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_pickle_is_read_by_the_line_of_the_error(tmp_path, small, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        (tmp_path / "sample.pkl").write_bytes(pickle.dumps(small[0].params, protocol))
        with pytest.raises(ValueError, match="sample.pkl is a Python pickle, not a checkpoint") as error:
            tln.load("sample.pkl")
        exec(str(error.value).split("in Python: ")[1], {"np": np, "pickle": pickle})
        assert tln.load("sample.npz") == small[0]
    np.save("params.npy", small[0].params)
    with pytest.raises(ValueError, match=r"a single NumPy array.*np.load\(\"params.npy\", allow_pickle=True\)"):
        tln.load("params.npy")


def test_a_net_of_three_layers(tmp_path, small):
    np.savez(tmp_path / "net.npz", W3=np.zeros((3, 3)), b3=np.zeros(3), **small[0].params)
    with pytest.raises(ValueError, match="holds W3, b3 too: a net of three layers, expected only W1, b1, W2 and b2"):
        tln.load(tmp_path / "net.npz")


def test_a_pickle_is_never_run(tmp_path, small):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "ran"),))

    path = tmp_path / "net.npz"
    np.savez(path, **{**small[0].params, "b2": np.array([Evil()], dtype=object)})
    with pytest.raises(ValueError):
        tln.load(path)
    assert not (tmp_path / "ran").exists()


def test_a_zip_that_says_it_is_huge(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2**31, 2**31)})
    with zipfile.ZipFile(tmp_path / "net.npz", "w") as file:
        for name in NAMES:
            file.writestr(f"{name}.npy", header.getvalue())
    with pytest.raises(ValueError):
        tln.load(tmp_path / "net.npz")
    text = json.dumps({"W1": {"dtype": "F64", "shape": [2**31, 2**31], "data_offsets": [0, 2**62]}}).encode()
    (tmp_path / "net.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
    with pytest.raises(ValueError):
        tln.load(tmp_path / "net.safetensors")


def test_a_failed_save_leaves_the_old_file(tmp_path, small, monkeypatch):
    net, _, _ = small
    path = tmp_path / "net.npz"
    tln.save(net, path)
    old = path.read_bytes()
    net.params["W1"][1, 1] = np.inf
    with pytest.raises(ValueError, match=r"params\['W1'\] holds inf"):
        tln.save(net, path)
    net.params["W1"][1, 1] = 0

    def fails(*_):
        raise OSError(28, "No space left on device")

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, fails)
            with pytest.raises(OSError, match="No space left"):
                tln.save(net, path)
    assert path.read_bytes() == old and [file.name for file in tmp_path.iterdir()] == ["net.npz"]


def test_where_nothing_can_be_saved(tmp_path, small):
    net, _, _ = small
    for name in ("net", "net.txt", "net.npy", ".npz/net"):
        with pytest.raises(ValueError, match=r"expected a name that ends in .npz or .safetensors"):
            tln.save(net, tmp_path / name)
    with pytest.raises(FileNotFoundError, match="there is no folder .*none"):
        tln.save(net, tmp_path / "none/net.npz")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(OSError):
        tln.save(net, tmp_path / "folder.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.npz"]


def test_names_of_any_script_and_relative(tmp_path, small, monkeypatch):
    net, _, _ = small
    monkeypatch.chdir(tmp_path)
    tln.save(net, "신경망 1.npz")
    assert tln.load("신경망 1.npz") == net == tln.load(Path("신경망 1.npz"))


@pytest.mark.skipif(sys.platform == "win32", reason="rights as on Unix")
def test_the_file_has_the_rights_of_any_new_file(tmp_path, small):
    (tmp_path / "other").write_text("")
    tln.save(small[0], tmp_path / "net.npz")
    assert (tmp_path / "net.npz").stat().st_mode == (tmp_path / "other").stat().st_mode
