"""Draws the pictures of the page for README and docs, docs/figures/web.gif and web.png:

    cargo xtask web
    pip install -r crates/web/tests/requirements.txt pillow
    python crates/web/tests/record.py target/web/two-layer-net.html

CHROMIUM may name the browser; otherwise it is the one that `playwright install chromium` fetched.
"""

import io
import math
import sys
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from browser import launch

FIGURES = Path(__file__).parents[3] / "docs/figures"
# a 3 in parts of the paper: two arcs
THREE = [(0.48 + 0.18 * math.sin(a), 0.31 - 0.17 * math.cos(a)) for a in (math.pi * k / 20 for k in range(-7, 17))]
THREE += [(0.48 + 0.21 * math.sin(a), 0.66 - 0.2 * math.cos(a)) for a in (math.pi * k / 20 for k in range(3, 28))]
# after so many iterations a frame is taken
FRAMES = [0, 0, 40, 80, 130, 180, 240, 300, 360, 430, 500, 580, 660, 760, 880, 1000, 1150, 1300, 1500, 1750, 2000, 2400, 2800]


def frame(page, clip):
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")


def main(path):
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1180, "height": 1300}, locale="en-US", device_scale_factor=1)
        page.goto(Path(path).resolve().as_uri())
        while not page.evaluate("globalThis.page.ready"):
            time.sleep(0.05)
        page.click("#clear")
        box = page.locator("#paper").bounding_box()
        for k, (x, y) in enumerate(THREE):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if k == 0:
                page.mouse.down()
        page.mouse.up()
        page.mouse.move(0, 0)
        top, left = (page.locator(".bar").bounding_box()[key] for key in ("y", "x"))
        curves = page.locator(".curves").bounding_box()
        drawing = page.locator(".try").bounding_box()
        right = drawing["x"] + drawing["width"]
        clip = {"x": left, "y": top - 8, "width": right - left, "height": curves["y"] + curves["height"] - top}
        frames = []
        for wanted in FRAMES:
            while page.evaluate("globalThis.page.iteration") < wanted:
                page.evaluate("to => play(to)", wanted)
                while page.evaluate("globalThis.page.playing"):
                    time.sleep(0.02)
            time.sleep(0.15)
            frames.append(frame(page, clip))
        page.click("#step")
        time.sleep(2.5)
        page.set_viewport_size({"width": 1400, "height": 1300})
        time.sleep(0.5)
        page.screenshot(path=FIGURES / "web.png", full_page=False)
        browser.close()
    small = [image.resize((840, round(image.height * 840 / image.width)), Image.LANCZOS) for image in frames]
    palette = small[-1].quantize(64, method=Image.Quantize.MEDIANCUT)
    drawn = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in small]
    drawn[0].save(FIGURES / "web.gif", save_all=True, append_images=drawn[1:], duration=[900] + [330] * (len(drawn) - 2) + [3000], loop=0, optimize=True)
    for name in ("web.gif", "web.png"):
        print(name, (FIGURES / name).stat().st_size, "bytes")


main(sys.argv[1])
