"""Files that come and go: MNIST, nets in two formats."""

import base64
import io
import json

import numpy as np

import made
from opened import GIVE


def is_mnist(web):
    web.until("page.data === 'mnist' && page.current.data === 'mnist' && page.ready")
    assert web.get("page.images") == {"train": 300, "test": 100}
    assert web.tab.url.split("#")[1].split("&")[0] == "data=mnist"
    assert "300 training and 100 test images" in web.text("#data-text")


def test_mnist_comes_file_by_file_and_the_page_says_what_is_missing(open_page):
    web = open_page("gradient=backprop&learning_rate=1")
    files = made.mnist()
    names = ["t10k-labels-idx1-ubyte", "train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "train-labels-idx1-ubyte"]
    for name in names[:3]:
        web.choose((name, files[name]))
        web.until(f"page.notice?.().startsWith('Still missing') && !page.notice().includes('{name}')")
        assert web.get("page.data") == "digits" and web.get("page.ready")
    assert web.notice == "Still missing: train-labels-idx1-ubyte."
    web.choose((names[3], files[names[3]]))
    is_mnist(web)
    assert web.notice == "" and web.get("page.config.batch_size") == 100
    web.play()
    web.until("page.current.evaluations.at(-1)?.test_accuracy > 0.9")
    web.set("seed", "5")
    web.until("page.current.config.seed === 5 && page.current.data === 'mnist' && page.iteration > 0")
    assert web.get("page.earlier[0].data") == "mnist"
    web.click("#use-digits")
    web.until("page.data === 'digits' && page.current.data === 'digits'")
    assert "data=" not in web.tab.url
    web.choose(("holiday.txt", b"sun"))
    web.until("page.notice !== null")
    web.click("#use-mnist")
    is_mnist(web)
    assert web.get("page.files.map((file) => file.name)") == names, "nothing else is kept"


def test_mnist_comes_all_at_once_gzipped_by_a_drop(web):
    files = made.gzipped(made.mnist())
    drop = [[name, "application/gzip", base64.b64encode(content).decode()] for name, content in files.items()]
    web.tab.evaluate(GIVE, ["drop", drop])
    is_mnist(web)


def test_mnist_comes_as_a_zip_as_four_plain_files_and_as_the_arrays_of_keras(open_page):
    web = open_page("gradient=backprop&batch_size=1000")
    web.choose(("archive.zip", made.zipped(made.mnist())))
    is_mnist(web)
    assert web.get("page.current.config.batch_size") == 300, "no more than there are"
    web.choose(*made.mnist(train=200).items())
    web.until("page.images.train === 200 && page.ready && !page.pending")
    (x_train, t_train), (x_test, t_test) = made.shapes(250, 1), made.shapes(50, 2)
    arrays = {"x_train": x_train.astype(np.uint8), "y_train": t_train.astype(np.uint8)}
    arrays |= {"x_test": x_test.astype(np.uint8), "y_test": t_test.astype(np.uint8)}
    web.choose(("mnist.npz", made.npz(**arrays)))
    web.until("page.images.train === 250 && page.images.test === 50 && page.ready && !page.pending")


def test_digits_that_are_asked_for_while_mnist_is_read_are_what_the_run_is_on_and_called(web):
    files = made.mnist()
    sent = [[name, "", base64.b64encode(content).decode()] for name, content in files.items()]
    tells = "const before = tell; tell = (...message) => { before(...message); if (message[0].do === 'files') useDigits(); };"
    web.tab.evaluate(f"(files) => {{ {tells} ({GIVE})(['drop', files]); }}", sent)  # MNIST is answered after that
    web.until("page.files.length === 4 && page.ready && !page.pending")
    assert web.get("[page.data, page.current.data, page.images.train]") == ["digits", "digits", 10_000]
    web.play()
    web.until("page.current.evaluations.length > 0")
    assert web.get("page.current.perEpoch") == 100, "10,000 images in batches of 100"


def test_an_address_that_wants_mnist_without_any_says_what_to_drop(open_page):
    web = open_page("data=mnist&gradient=backprop")
    assert "MNIST is not in this page. Drop its four files here" in web.notice
    assert web.get("page.current.data") == "digits"
    web.choose(*made.mnist().items())
    is_mnist(web)


def test_a_net_is_saved_as_npz_and_loaded_again_with_the_same_accuracy(open_page):
    web = open_page("gradient=backprop&learning_rate=1&hidden=20&activation=tanh")
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    right = web.until("page.view?.iteration === 101 && page.view.confusion.reduce((sum, row, k) => sum + row[k], 0)")
    file = web.saved("#save-npz")
    with np.load(io.BytesIO(file)) as arrays:
        shapes = {name: arrays[name].shape for name in ("W1", "b1", "W2", "b2")}
        assert shapes == {"W1": (784, 20), "b1": (20,), "W2": (20, 10), "b2": (10,)}
        assert all(arrays[name].dtype == np.float64 for name in shapes)
        shown = np.array(web.get("[...page.view.weights]"), np.float32).reshape(20, 784)
        np.testing.assert_array_equal(arrays["W1"].T.astype(np.float32), shown)
    web.set("hidden", "50")
    web.until("page.current.config.hidden === 50")
    web.set("activation", "sigmoid")
    web.until("page.current.config.activation === 'sigmoid'")
    web.choose(("mine.npz", file))
    web.until("page.current.loaded === 'mine.npz' && page.view?.iteration === 0")
    assert "mine.npz is loaded" in web.notice
    assert web.get("[page.current.config.hidden, page.current.config.activation]") == [20, "tanh"]
    web.until(f"page.view.confusion.reduce((sum, row, k) => sum + row[k], 0) === {right}")
    assert web.text("#runs li:first-child").startswith("this run: mine.npz, hidden 20")


def test_a_net_is_saved_as_safetensors_and_loaded_again_while_it_plays(web):
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    file = web.saved("#save-safetensors")
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    tensors = {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}
    assert tensors == {"W1": [784, 50], "b1": [50], "W2": [50, 10], "b2": [10]}
    web.play()
    web.until("page.iteration > 100")
    web.choose(("mine.safetensors", file))
    web.until("page.current.loaded === 'mine.safetensors'")
    assert web.get("page.earlier[0].done") > 100
    web.click("#step")
    web.until("page.iteration === 1")
    assert web.get("page.current.last") < 2.3


def test_a_net_of_another_shape_is_refused_and_the_run_goes_on(web):
    web.play()
    web.until("page.iteration > 5")
    for shape, says in (({"inputs": 100}, "100"), ({"classes": 26}, "26"), ({"hidden": 1200}, "1200")):
        web.choose(("other.npz", made.npz(**made.net(**shape))))
        web.until(f"page.notice?.().includes('{says}')")
        assert web.notice.startswith("The net was not loaded.")
        at = web.iteration
        web.until(f"page.playing && page.iteration > {at}")
    assert web.get("[page.current.loaded, page.earlier.length, page.config.hidden]") == [None, 0, 50]


def test_a_net_without_its_activation_says_which_one_it_runs_with(open_page):
    web = open_page("gradient=backprop&activation=relu")
    web.choose(("book.npz", made.npz(**made.net(hidden=30))))
    web.until("page.current.loaded === 'book.npz'")
    assert "does not say which activation" in web.notice
    assert web.get("[page.current.config.hidden, page.current.config.activation]") == [30, "relu"]
