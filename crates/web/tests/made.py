"""Files for the tests, made in memory."""

import gzip
import io
import struct
import zipfile

import numpy as np
from PIL import Image

#: The names of the four files of MNIST.
MNIST = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx(array):
    """An array of bytes as an IDX file."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def shapes(count, seed):
    """Images that a net can learn: a bar whose row is the label, with some noise."""
    random = np.random.RandomState(seed)
    labels = random.randint(0, 10, count)
    images = random.randint(0, 30, (count, 28, 28))
    for image, label in zip(images, labels):
        image[2 * label + 3 : 2 * label + 6, 4:24] = 255
    return images, labels


def mnist(train=300, test=100):
    """The four files of a small MNIST, by name."""
    arrays = [*shapes(train, 1), *shapes(test, 2)]
    return {name: idx(array) for name, array in zip(MNIST, arrays)}


def gzipped(files):
    return {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in files.items()}


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"MNIST/raw/{name}", content)
    return out.getvalue()


def net(hidden=50, inputs=784, classes=10, seed=0):
    """The parameters of a net by name."""
    random = np.random.RandomState(seed)
    shapes_ = {"W1": (inputs, hidden), "b1": hidden, "W2": (hidden, classes), "b2": classes}
    return {name: 0.1 * random.standard_normal(shape) for name, shape in shapes_.items()}


def npz(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def png_of_one(side=120):
    """A picture of a 1 in dark ink on light paper."""
    grey = np.full((side, side), 235, np.uint8)
    grey[side // 6 : 5 * side // 6, side // 2 - side // 20 : side // 2 + side // 20] = 20
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "PNG")
    return out.getvalue()
