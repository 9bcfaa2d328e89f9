"""load_mnist() and load_digits(): what they return, where the files are looked for, and how they are downloaded."""

import gzip
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from conftest import HANGS, clean_environment, run_python

import two_layer_net as tln

FILES = [f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]


def idx(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_tiny(folder, shade=7, zipped=False):
    """The four files with 3 training and 2 test images of 28 x 28."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = {"train": np.array([5, 0, 4], np.uint8), "t10k": np.array([7, 2], np.uint8)}
    for part, t in labels.items():
        x = np.full((len(t), 28, 28), shade, np.uint8)
        x[:, 3, 4] = 255
        for name, array in ((f"{part}-images-idx3-ubyte", x), (f"{part}-labels-idx1-ubyte", t)):
            if zipped:
                (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
            else:
                (folder / name).write_bytes(idx(array))


@pytest.fixture
def tiny(tmp_path):
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("flatten", [True, False])
@pytest.mark.parametrize("one_hot", [True, False])
@pytest.mark.parametrize("source", ["tiny", "digits"])
def test_what_the_flags_say(tiny, normalize, flatten, one_hot, source):
    if source == "tiny":
        data = tln.load_mnist(normalize, flatten, one_hot, data_dir=tiny)
        plain = tln.load_mnist(normalize=False, data_dir=str(tiny))
    else:
        data, plain = tln.load_digits(normalize, flatten, one_hot), tln.load_digits(normalize=False)
    for (x, t), (pixels, labels) in zip(data, plain):
        assert x.shape == ((len(pixels), 784) if flatten else (len(pixels), 1, 28, 28))
        assert x.dtype == (np.float32 if normalize else np.uint8) and x.flags.writeable
        expected = pixels.astype(np.float32) / 255.0 if normalize else pixels
        assert np.array_equal(x.reshape(pixels.shape), expected) and (not normalize or x.max() == 1)
        if one_hot:
            assert t.shape == (len(labels), 10) and np.array_equal(t.argmax(axis=1), labels) and np.array_equal(t.sum(axis=1), np.ones(len(t)))
        else:
            assert t.dtype == np.uint8 and np.array_equal(t, labels)


def test_the_tiny_files_are_as_written(tiny):
    (x, t), (x_test, t_test) = tln.load_mnist(False, data_dir=tiny)
    assert t.tolist() == [5, 0, 4] and t_test.tolist() == [7, 2] and x.shape == (3, 784) and x_test.shape == (2, 784)
    assert x[0, 3 * 28 + 4] == 255 and np.count_nonzero(x == 7) == 3 * 783


def test_mnist_itself(mnist_dir):
    (x, t), (x_test, t_test) = tln.load_mnist(data_dir=mnist_dir)
    assert x.shape == (60000, 784) and x_test.shape == (10000, 784) and t.shape == (60000,) and t_test.shape == (10000,)
    assert t[:5].tolist() == [5, 0, 4, 1, 9] and t_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(t).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert round(float(x.mean(dtype=np.float64)), 4) == 0.1307 and x.dtype == np.float32


def test_the_digits_are_always_the_same():
    (x, t), (x_test, t_test) = tln.load_digits(normalize=False)
    again = tln.load_digits(normalize=False)
    assert np.array_equal(x, again[0][0]) and np.array_equal(t_test, again[1][1])
    assert len(x) == 10000 and len(x_test) == 2000 and set(t) == set(t_test) == set(range(10))


FIND = "import two_layer_net as tln\n(x, t), _ = tln.load_mnist(normalize=False)\nprint(x[0, 0], len(x))\n"
NAMES = ["data/mnist", "data/MNIST/raw", "dataset"]
PLACES = [f"{above}{name}" for name in NAMES for above in ("up/here/", "up/", "")] + ["cache/two-layer-net/mnist"]


def test_where_the_files_are_looked_for(tmp_path):
    """From the last place to the first: whichever stands before the others wins."""
    (tmp_path / "up/here").mkdir(parents=True)
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TWO_LAYER_NET_MIRRORS": "http://127.0.0.1:9/"}
    for shade, place in reversed(list(enumerate(PLACES))):
        if sys.platform != "linux" and place.startswith("cache"):
            continue
        write_tiny(tmp_path / place, shade + 1, zipped=shade % 2 == 0)
        assert run_python(FIND, tmp_path / "up/here", **environment) == f"{shade + 1} 3\n"


def test_other_data_sets_have_their_own_folders(tmp_path):
    write_tiny(tmp_path / "dataset", 1)
    write_tiny(tmp_path / "data/fashion", 2)
    write_tiny(tmp_path / "data/kmnist", 3)
    code = FIND.replace("normalize=False", "normalize=False, dataset='fashion'")
    assert run_python(code, tmp_path) == "2 3\n"
    assert run_python(code.replace("fashion", "kmnist"), tmp_path) == "3 3\n"
    with pytest.raises(ValueError, match="'cifar', expected one of 'mnist', 'fashion', 'kmnist'"):
        tln.load_mnist(dataset="cifar")


@pytest.mark.parametrize(
    "place, given, dataset",
    [
        ("mnist", "", "mnist"),
        ("mnist", "mnist", "mnist"),
        ("MNIST/raw", "", "mnist"),
        ("MNIST/raw", "MNIST", "mnist"),
        ("FashionMNIST/raw", "", "fashion"),
        ("KMNIST/raw", "KMNIST/raw", "kmnist"),
    ],
)
def test_the_folder_may_be_the_one_of_the_files_or_the_one_above(tmp_path, place, given, dataset):
    write_tiny(tmp_path / place)
    (x, t), _ = tln.load_mnist(data_dir=tmp_path / given, dataset=dataset)
    assert x.shape == (3, 784) and t.tolist() == [5, 0, 4]


def test_a_folder_per_file_as_kaggle_has_it(tmp_path):
    write_tiny(tmp_path / "flat")
    for name in FILES:
        (tmp_path / "archive" / name).mkdir(parents=True)
        (tmp_path / "flat" / name).rename(tmp_path / "archive" / name / name)
    assert tln.load_mnist(data_dir=tmp_path / "archive")[0][1].tolist() == [5, 0, 4]


def test_the_archive_of_keras_and_the_lines_of_kaggle_are_read(tmp_path):
    x, t = np.arange(5 * 784).reshape(5, 28, 28).astype(np.uint8), np.array([5, 0, 4, 7, 2])
    (tmp_path / "keras").mkdir()
    np.savez(tmp_path / "keras/mnist.npz", x_train=x[:3], y_train=t[:3], x_test=x[3:], y_test=t[3:])
    (tmp_path / "kaggle").mkdir()
    lines = np.hstack([t[:, None], x.reshape(5, 784)])
    np.savetxt(tmp_path / "kaggle/mnist_train.csv", lines[:3], "%d", ",", header="label," + "p," * 783 + "p", comments="")
    np.savetxt(tmp_path / "kaggle/mnist_test.csv", lines[3:], "%d", ",")
    for folder in ("keras", "kaggle"):
        (x_train, t_train), (x_test, t_test) = tln.load_mnist(normalize=False, data_dir=tmp_path / folder)
        assert np.array_equal(x_train, x[:3].reshape(3, 784)) and t_train.tolist() == [5, 0, 4] and t_train.dtype == np.uint8
        assert np.array_equal(x_test, x[3:].reshape(2, 784)) and t_test.tolist() == [7, 2]
    write_tiny(tmp_path / "keras")
    with pytest.warns(UserWarning, match="reading the IDX files in .*keras, and not .*mnist.npz"):
        assert tln.load_mnist(normalize=False, data_dir=tmp_path / "keras")[0][0][0, 0] == 7


def test_a_pickle_is_not_loaded_and_the_error_says_how_to_convert_it(tmp_path):
    (tmp_path / "mnist.pkl").write_bytes(b"cos\nabort\n(tR.")
    with pytest.raises(ValueError, match="no MNIST in .*") as error:
        tln.load_mnist(data_dir=tmp_path)
    assert "the book's pickle" in str(error.value) and "np.savez(" in str(error.value)


def test_two_files_of_one_name_must_agree(tiny):
    whole = (tiny / FILES[1]).read_bytes()
    (tiny / f"{FILES[1]}.gz").write_bytes(gzip.compress(whole))
    assert len(tln.load_mnist(data_dir=tiny)[0][0]) == 3
    (tiny / f"{FILES[1]}.gz").write_bytes(gzip.compress(whole[:-1] + b"\1"))
    with pytest.raises(ValueError, match=f"{FILES[1]}.gz unpack to different content"):
        tln.load_mnist(data_dir=tiny)


@pytest.mark.parametrize("name", FILES)
def test_errors_name_the_file(tiny, name):
    whole = (tiny / name).read_bytes()
    for content in (whole[:-1], whole[:7], b"", b"\0\0\x09" + whole[3:], whole + b"\0", b"<html>not found</html>"):
        (tiny / name).write_bytes(content)
        with pytest.raises(ValueError, match=name):
            tln.load_mnist(data_dir=tiny)
    (tiny / name).unlink()
    with pytest.raises(ValueError, match=name):
        tln.load_mnist(data_dir=tiny)
    (tiny / f"{name}.gz").write_bytes(gzip.compress(whole)[:-9])
    with pytest.raises(ValueError, match=name):
        tln.load_mnist(data_dir=tiny)
    (tiny / f"{name}.gz").write_bytes(gzip.compress(whole))
    assert len(tln.load_mnist(data_dir=tiny)[0][0]) == 3


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(ValueError, match="train-images"):
        tln.load_mnist(data_dir=tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no folder .*none"):
        tln.load_mnist(data_dir=tmp_path / "none")
    with pytest.raises(TypeError):
        tln.load_mnist(data_dir=3)


def test_more_images_than_labels(tiny):
    (tiny / FILES[1]).write_bytes(idx(np.zeros(2, np.uint8)))
    with pytest.raises(ValueError, match="train"):
        tln.load_mnist(data_dir=tiny)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


linux = pytest.mark.skipif(sys.platform != "linux", reason="XDG_CACHE_HOME names the cache on Linux")


@linux
def test_a_download_fills_the_cache(mnist_dir, tmp_path):
    if not all((mnist_dir / f"{name}.gz").is_file() for name in FILES):
        pytest.skip("the MNIST folder has unpacked files, which no mirror serves")
    server, url = serve(partial(Quiet, directory=str(mnist_dir)))
    cache = tmp_path / "cache"
    code = "import two_layer_net as tln\n(x, t), _ = tln.load_mnist()\nprint(x.shape, t[:3])\n"
    try:
        said = run_python(code, tmp_path, XDG_CACHE_HOME=str(cache), TWO_LAYER_NET_MIRRORS=f"http://127.0.0.1:9/ {url}")
    finally:
        server.shutdown()
        server.server_close()
    folder = cache / "two-layer-net/mnist"
    assert said == f"Downloading MNIST to {folder}\n(60000, 784) [5 0 4]\n"
    for name in FILES:
        assert (folder / f"{name}.gz").read_bytes() == (mnist_dir / f"{name}.gz").read_bytes()
    # the server is gone, and the files are there
    assert run_python(code, tmp_path, XDG_CACHE_HOME=str(cache), TWO_LAYER_NET_MIRRORS=url) == "(60000, 784) [5 0 4]\n"


FAILS = """
import two_layer_net as tln
try:
    tln.load_mnist()
except OSError as error:
    print(type(error).__name__, error, error.__cause__, sep="|")
"""


@linux
def test_a_server_that_refuses(tmp_path):
    with socket.socket() as taken:  # bound but not listening: it refuses
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        said = run_python(FAILS, tmp_path, XDG_CACHE_HOME=str(tmp_path), TWO_LAYER_NET_MIRRORS=url)
    assert "OSError|cannot download MNIST: " in said and "t10k" in said or "train" in said
    assert "load_mnist(data_dir=...)" in said and said.endswith("|None\n")
    assert not any(tmp_path.rglob("*ubyte*.gz"))


@linux
def test_a_server_with_something_else(tmp_path):
    (tmp_path / "wrong").mkdir()
    for name in FILES:
        (tmp_path / "wrong" / f"{name}.gz").write_bytes(gzip.compress(b"not this"))
    server, url = serve(partial(Quiet, directory=str(tmp_path / "wrong")))
    try:
        said = run_python(FAILS, tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"), TWO_LAYER_NET_MIRRORS=url)
    finally:
        server.shutdown()
        server.server_close()
    assert "OSError|cannot download MNIST: " in said and "load_mnist(data_dir=...)" in said
    assert not any((tmp_path / "cache").rglob("*ubyte.gz"))


@linux
def test_an_address_that_is_none(tmp_path):
    code = FAILS.replace("OSError", "(OSError, ValueError)")
    said = run_python(code, tmp_path, XDG_CACHE_HOME=str(tmp_path), TWO_LAYER_NET_MIRRORS="ftp://example.org/")
    assert "http://" in said and "Error|" in said


@linux
def test_ctrl_c_ends_a_download_that_stalls(tmp_path):
    stalled, ends = threading.Event(), threading.Event()

    class Stalls(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "9912422")
            self.end_headers()
            self.wfile.write(b"\x1f\x8b\x08")
            self.wfile.flush()
            stalled.set()
            ends.wait(HANGS)

        def log_message(self, *_):
            pass

    server, url = serve(Stalls)
    code = """
import signal
import two_layer_net as tln
signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent may have it ignored
try:
    tln.load_mnist()
except KeyboardInterrupt:
    print("interrupted")
"""
    (tmp_path / "program.py").write_text(code, encoding="utf-8")
    environment = clean_environment(XDG_CACHE_HOME=str(tmp_path), TWO_LAYER_NET_MIRRORS=url)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    try:
        with subprocess.Popen([sys.executable, "program.py"], cwd=tmp_path, env=environment, **pipes) as child:
            try:
                assert stalled.wait(HANGS)
                os.kill(child.pid, signal.SIGINT)
                said, errors = child.communicate(timeout=HANGS)
            finally:
                child.kill()
    finally:
        ends.set()
        server.shutdown()
        server.server_close()
    # a download that gave up by itself would be an OSError
    assert child.returncode == 0, errors
    assert said.endswith("interrupted\n")
