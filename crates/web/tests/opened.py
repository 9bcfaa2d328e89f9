"""An opened page, as the tests use it."""

import time

#: Ends the wait for something that does not come; no test asserts how long anything takes.
PATIENCE = 60

#: Gives files to the page as a drop (on the whole page) or a paste; each is [name, type, base64].
GIVE = """([how, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, text] of files) {
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
  }
  const event = how === "drop"
    ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


class Opened:
    """The page in a tab. Its script keeps what it knows in `page`, which `get` and `until` evaluate."""

    def __init__(self, tab):
        self.tab = tab

    def get(self, expression):
        return self.tab.evaluate(expression)

    def until(self, expression):
        """Waits until this is true; what it is then."""
        end = time.monotonic() + PATIENCE
        while not (value := self.tab.evaluate(expression)):
            if time.monotonic() > end:
                raise AssertionError(f"{expression} did not come true; the page says {self.notice!r}, state {self.state}")
            time.sleep(0.05)
        return value

    @property
    def state(self):
        return self.get("({ ready: page.ready, playing: page.playing, iteration: page.iteration, last: page.current.last })")

    @property
    def iteration(self):
        return self.get("page.iteration")

    @property
    def losses(self):
        return self.get("page.current.ys")

    @property
    def notice(self):
        return self.text("#notice")

    def text(self, selector):
        return self.tab.locator(selector).inner_text()

    def click(self, selector):
        self.tab.click(selector)

    def play(self):
        self.click("#play")
        self.until("page.playing")

    def pause(self):
        self.click("#play")
        self.until("!page.playing")

    def settled(self):
        """Waits until all that was asked of the worker is done: it answers in order, and a test image is an answer."""
        self.get("page.testImage = null")
        self.click("#test-image")
        self.until("page.testImage !== null")

    def set(self, key, value):
        """Sets a setting as a user does: choose, or type and leave the field."""
        field = self.tab.locator(f"#s-{key}")
        if field.evaluate("(field) => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))
            field.press("Enter")

    def speed(self, position):
        """The slider of the speed: 0 is one iteration per second, 7 as fast as it goes."""
        self.tab.locator("#speed").evaluate(
            "(slider, at) => { slider.value = at; slider.dispatchEvent(new Event('input', { bubbles: true })); }", position
        )

    def choose(self, *files):
        """Gives files by the file dialog: paths, or (name, bytes)."""
        payloads = [
            {"name": file[0], "mimeType": "application/octet-stream", "buffer": file[1]} if isinstance(file, tuple) else file
            for file in files
        ]
        self.tab.set_input_files("#file", payloads)

    def saved(self, button):
        """The bytes of the file that a button saves."""
        with self.tab.expect_download() as download:
            self.click(button)
        with open(download.value.path(), "rb") as file:
            return file.read()

    def stroke(self, points):
        """Draws on the paper with the mouse; points are shares of its width and height."""
        paper = self.tab.locator("#paper")
        paper.evaluate("(paper) => paper.scrollIntoView({ block: 'center' })")
        box = paper.bounding_box()
        spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
        self.tab.mouse.move(*spots[0])
        self.tab.mouse.down()
        for spot in spots[1:]:
            self.tab.mouse.move(*spot, steps=6)
        self.tab.mouse.up()
