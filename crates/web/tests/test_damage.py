"""Files that are cut, changed, huge or something else: the page says so, and the run goes on."""

import base64
import gzip
import json
import zlib

import numpy as np
import pytest

import made

#: Drops files one drop after another. After each the page must have said something or taken it, and must answer and
#: train on; what became of each is returned. A drop is [[name, type, base64], ...].
DROP_EACH = """async (drops) => {
  const wait = async (what, isTrue) => {
    const end = performance.now() + 60_000;
    while (!isTrue()) {
      if (performance.now() > end) throw new Error(`${what} did not come`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const became = [];
  for (const drop of drops) {
    page.testImage = null;
    document.getElementById("test-image").click();
    await wait("a test image", () => page.testImage !== null);
    const [run, iteration, earlier] = [page.current, page.iteration, page.earlier.length];
    const transfer = new DataTransfer();
    for (const [name, type, text] of drop) {
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
    }
    dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    await wait("an answer", () => page.notice !== null || page.current !== run || page.testImage === null);
    const said = page.notice?.() ?? "";
    if (said.includes(words().broken) || said.includes(words().noWasm)) throw new Error(`the page broke: ${said}`);
    const isAccepted = page.current !== run;
    if (!isAccepted && (page.iteration < iteration || page.earlier.length !== earlier)) throw new Error("the run is lost");
    await wait("readiness", () => page.ready && !page.pending);
    if (!page.playing) {
      if (!isAccepted) throw new Error(`training has stopped: ${said}`);
      document.getElementById("play").click();
    }
    if (isAccepted || became.length % 10 === 0) {
      const at = page.iteration;
      await wait("training", () => page.playing && page.iteration > at);
    }
    became.push([isAccepted ? "run" : page.testImage === null ? "picture" : "refused", said]);
  }
  return became;
}"""


def mutations(content, random, count=60):
    """Copies of a file with bytes changed, cut off, repeated or added; the first are empty, one byte, and cut by one."""
    yield from (b"", content[:1], content[:-1])
    for _ in range(count - 3):
        changed = bytearray(content)
        kind = random.randint(5)
        at = random.randint(len(changed)) if random.randint(2) else random.randint(min(128, len(changed)))
        if kind == 0:
            changed = changed[:at]
        elif kind == 1:
            for where in random.randint(0, len(changed), random.randint(1, 20)):
                changed[where] = random.randint(256)
        elif kind == 2:
            changed[at : at + 4] = random.choice([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\x80\0\0\0"])
        elif kind == 3:
            changed[at:at] = changed[at : at + random.randint(1, 200)]
        else:
            changed[at] ^= 1 << random.randint(8)
        yield bytes(changed)


def safetensors_of(arrays):
    header, data = {}, b""
    for name, array in arrays.items():
        content = array.tobytes()
        header[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def files_of(kind):
    """The good files of one drop, and which of them is damaged."""
    files = made.mnist(train=40, test=20)
    if kind == "npz":
        return {"net.npz": made.npz(**made.net(hidden=5))}, "net.npz"
    if kind == "safetensors":
        return {"net.safetensors": safetensors_of(made.net(hidden=5))}, "net.safetensors"
    if kind == "png":
        return {"one.png": made.png_of_one(60)}, "one.png"
    if kind == "zip":
        return {"mnist.zip": made.zipped(files)}, "mnist.zip"
    if kind == "gz":
        return made.gzipped(files), "train-labels-idx1-ubyte.gz"
    return files, {"images": "train-images-idx3-ubyte", "labels": "t10k-labels-idx1-ubyte"}[kind]


@pytest.mark.parametrize("kind", ["npz", "safetensors", "images", "labels", "gz", "zip", "png"])
def test_a_damaged_file_is_refused_or_read_and_the_page_trains_on(open_page, kind):
    web = open_page("gradient=backprop&hidden=5&train_limit=100&batch_size=10")
    web.speed(5)
    web.play()
    web.until("page.iteration > 0")
    files, damaged = files_of(kind)
    random = np.random.RandomState(20)
    drops = []
    count = 30 if kind in ("images", "labels") else 60
    for content in mutations(files[damaged], random, count):
        drop = {**files, damaged: content}
        drops.append([[name, "", base64.b64encode(file).decode()] for name, file in drop.items()])
    became = web.tab.evaluate(DROP_EACH, drops)
    assert len(became) == count
    assert [what for what, _ in became[:2]] == ["refused"] * 2
    for what, said in became:
        assert what != "refused" or len(said) > 20, said


def test_what_is_huge_or_unpacks_to_much_is_refused(web):
    web.play()
    web.until("page.iteration > 0")
    size = web.get("page.images.train")
    zeros = bytes(70_000_000)
    bomb = {"t10k-images-idx3-ubyte": zeros}
    header = made.idx(np.zeros((0, 28, 28)))[:4] + b"\xff\xff\xff\xff" * 3
    small = {
        "bomb.zip": made.zipped(bomb),
        "t10k-images-idx3-ubyte.gz": gzip.compress(header + zeros[:65_000_000], 1),
        "train-images-idx3-ubyte": header,
        "net.safetensors": b"\xff" * 8 + b"{}",
    }
    drops = [[[name, "", base64.b64encode(content).decode()]] for name, content in small.items()]
    for (what, said), name in zip(web.tab.evaluate(DROP_EACH, drops), small):
        assert what == "refused" and said, (name, said)
    assert web.get("page.images.train") == size


def test_a_file_of_more_megabytes_than_the_page_reads_is_refused_before_it_is_read(web):
    for name, most in (("net.npz", 64), ("picture.png", 30)):
        web.get(
            f"""(() => {{
              const transfer = new DataTransfer();
              transfer.items.add(new File([new Uint8Array({most}e6 + 1)], "{name}"));
              dispatchEvent(new DragEvent("drop", {{ dataTransfer: transfer }}));
            }})()"""
        )
        web.until(f"page.notice?.() === '{name} is larger than {most} MB, the most that this page reads.'")
    web.click("#step")
    web.until("page.iteration === 1")


def test_a_picture_that_claims_to_be_enormous_is_refused(web):
    chunk = lambda kind, data: len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    head = chunk(b"IHDR", b"\0\0\xff\xff\0\0\xff\xff\x08\0\0\0\0")
    png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    web.choose(("huge.png", png))
    web.until("page.notice !== null")
    assert web.notice == "huge.png cannot be opened as a picture."


def test_files_that_are_nothing_of_the_kind_are_named(web):
    for name, says in {"holiday.txt": "holiday.txt is not a file of MNIST", "empty.zip": "empty.zip"}.items():
        web.choose((name, b""))
        web.until(f"page.notice?.().includes({says!r})")
        assert web.notice.startswith("The files were not used.")
    web.get(
        """(() => {
          const folder = new File([], "mnist");
          folder.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("a folder", "NotFoundError")) });
          const files = { files: [folder] };
          const event = new DragEvent("drop");
          Object.defineProperty(event, "dataTransfer", { value: files });
          dispatchEvent(event);
        })()"""
    )
    web.until("page.notice?.() === 'mnist cannot be read. If it is a folder, drop the files in it.'")
    web.choose(("blank.png", made.png_of_one(1)))
    web.until("page.notice?.().startsWith('No digit was found.')")
