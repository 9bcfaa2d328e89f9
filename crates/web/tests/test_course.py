"""What a run may come to: MNIST that was built in, a loss that is no longer finite, a worker that is stuck or broken."""

import base64

import pytest

import made


@pytest.fixture
def page_with_mnist(web_page, tmp_path):
    """The page with images in it, as `cargo xtask web --with-mnist` writes them."""
    blocks = "".join(
        f'<script type="text/plain" class="mnist" data-name="{name}" data-attribution="By somebody." '
        f'data-attribution-ko="누군가 만들었습니다.">'
        f"{base64.b64encode(content).decode()}</script>\n"
        for name, content in made.gzipped(made.mnist(train=300, test=60)).items()
    )
    text = web_page.read_text(encoding="utf-8")
    place = '<script type="text/plain" id="worker">'
    assert text.count(place) == 1
    path = tmp_path / "with-mnist.html"
    path.write_text(text.replace(place, blocks + place), encoding="utf-8")
    return path


def test_mnist_that_was_built_in_is_a_button_and_an_address_and_presets_keep_it(open_page, page_with_mnist):
    web = open_page(url=page_with_mnist.as_uri())
    assert web.get("page.data") == "digits"
    assert web.text("#attribution") == "By somebody."
    web.click("#language")
    assert web.text("#attribution") == "누군가 만들었습니다."
    web.click("#language")
    web.click("#use-mnist")
    web.until("page.data === 'mnist' && page.current.data === 'mnist' && page.ready && !page.pending")
    assert web.get("[page.images.train, page.images.test]") == [300, 60]
    assert web.get("location.hash") == "#data=mnist"
    batch_of_all = web.tab.locator("#presets a").nth(5)
    batch_of_all.click()
    web.until("page.playing && page.iteration > 2")
    assert web.get("[page.current.data, page.current.config.batch_size]") == ["mnist", 300]
    assert batch_of_all.get_attribute("aria-current") == "true"
    web.click("#use-digits")
    web.until("page.current.data === 'digits' && page.ready && !page.pending")
    other = open_page("data=mnist&seed=4&nonsense=1", url=page_with_mnist.as_uri(), ready=False)
    other.until("page.current.data === 'mnist' && page.current.config.seed === 4")
    assert "nonsense=1" in other.notice


def test_a_run_that_diverges_shows_its_last_losses_and_says_what_to_do(open_page):
    web = open_page("gradient=backprop&activation=relu")
    web.get("(page.config.learning_rate = 1e300, startRun())")  # beyond what the form takes
    web.until("page.current.config.learning_rate === 1e300 && page.ready && !page.pending")
    web.click("#play")
    web.until("!page.playing && page.notice !== null")
    assert "Try a lower learning rate" in web.notice and "stopped at iteration" in web.notice
    # the loss of the last iteration is no number; all before it are on the chart
    assert web.get("page.current.ys.length === page.iteration - 1 && page.current.done === page.iteration - 1")
    web.click("#language")
    assert "학습률을 낮춰 보세요" in web.notice
    web.set("learning_rate", "0.01")
    web.click("#reset")
    web.until("page.iteration === 0 && page.current.config.learning_rate === 0.01 && page.ready && !page.pending")
    web.play()
    web.until("page.iteration > 20")


def test_both_gradients_are_compared_while_it_plays_and_no_longer_afterwards(open_page):
    web = open_page("gradient=both&hidden=10")
    web.play()
    web.until("page.iteration > 20 && document.getElementById('p-gradient').textContent.includes('Largest difference')")
    web.set("gradient", "backprop")
    web.until("page.current.config.gradient === 'backprop' && page.view?.iteration > 0")
    assert "Largest difference" not in web.text("#p-gradient")


def test_a_program_that_breaks_is_started_again_and_earlier_runs_stay(web):
    web.play()
    web.until("page.iteration > 20")
    web.get("tell({ do: 'something that no worker knows' })")
    web.until("page.notice !== null && page.ready && page.iteration === 0")
    assert "has failed" in web.notice
    assert web.get("page.earlier.length === 1 && page.earlier[0].done > 20")
    web.click("#step")
    web.until("page.iteration === 1")


def test_a_reset_in_the_middle_of_a_long_iteration_is_heard(open_page):
    web = open_page("hidden=1000&batch_size=10000")
    web.click("#step")
    web.get("set('hidden', 10)")
    web.get("set('batch_size', 100)")
    web.until("page.ready && page.current.config.hidden === 10 && page.current.config.batch_size === 100")
    assert "took too long" in web.notice
    web.click("#step")
    web.until("page.iteration === 1")
