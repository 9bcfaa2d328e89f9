"""A run: start, pause, single steps, epochs, reset, and the runs that stay on the chart."""

import re
import time

import pytest


def numbers_of(text):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e[-+]\d+)?", text.replace("\u2212", "-"))]


def test_the_accuracy_is_seen_to_rise_above_four_fifths_while_it_plays(open_page):
    web = open_page("gradient=backprop&learning_rate=1")
    web.play()
    web.until("page.playing && parseFloat(document.getElementById('n-test').textContent) > 80")
    shown = web.get("Number(document.getElementById('n-iteration').textContent.replaceAll(',', ''))")
    web.until(f"page.iteration > {shown}")
    assert web.get("document.querySelectorAll('#loss-chart path').length") == 2, "the losses and their mean"
    assert web.get("document.querySelectorAll('#accuracy-chart path').length") == 2, "train and test"


def test_the_loss_falls_by_numerical_gradients(open_page):
    web = open_page("hidden=20&learning_rate=0.5")
    assert web.get("page.current.config.gradient") == "numerical"
    web.play()
    web.until("page.current.last < 2.1")
    assert web.losses[0] == pytest.approx(2.3, abs=0.05)
    assert re.search(r"(hours|days|min)\D* per iteration|s per iteration", web.text("#n-numpy")), web.text("#n-numpy")


def test_start_can_be_pressed_before_there_is_a_run(open_page):
    web = open_page("gradient=backprop", ready=False)
    pressed = web.get(
        """new Promise((done) => {
          const button = document.getElementById("play");
          const press = (times) => {
            for (let k = 0; k < times; k++) button.click();
            done([page.ready, button.textContent]);
          };
          const look = () => (button.disabled ? setTimeout(look, 1) : press(3));
          look();
        })"""
    )
    assert pressed == [False, "Pause"], "pressed three times: start, not yet, start"
    web.until("page.iteration > 20")
    web.pause()
    web.until("page.view !== null && page.answer !== null")


def test_nothing_moves_while_it_is_paused_and_it_goes_on_from_there(web):
    web.play()
    web.until("page.iteration > 20")
    web.pause()
    before = web.get("[page.iteration, page.current.ys]")
    time.sleep(1)
    assert web.get("[page.iteration, page.current.ys]") == before
    assert before[0] == len(before[1])
    web.play()
    web.until(f"page.iteration > {before[0]}")
    assert web.losses[: before[0]] == before[1]


def test_one_step_is_one_iteration_and_the_strip_shows_how_its_slope_comes_about(open_page):
    web = open_page("learning_rate=0.5")
    assert "One step" in web.text("#p-batch")
    for count in (1, 2):
        web.click("#step")
        web.until(f"page.detail?.detail.iteration === {count}")
        assert web.get("[page.iteration, page.current.done]") == [count, count]
    assert web.text("#n-iteration") == "2"
    above, below, slope = [numbers_of(line.split("=")[-1])[0] for line in web.text("#p-gradient").split("\n")[1:4]]
    # the losses are shown with 12 digits, and the difference of two leaves fewer
    assert (above - below) / 2e-4 == pytest.approx(slope, abs=2e-11 / 2e-4)
    assert slope != 0
    by_backprop = numbers_of(web.text("#p-gradient").split("\n")[4])[0]
    assert by_backprop == pytest.approx(slope, rel=1e-4)
    before, after = numbers_of(re.search(r"\n(.*→.*)\n", web.text("#p-update")).group(1))
    assert after == pytest.approx(before - 0.5 * slope, abs=1e-9)
    assert web.text("#p-batch").startswith("100 images")
    assert len(numbers_of(web.tab.get_attribute("#batch", "aria-label"))) == 40, "their labels, for a screen reader"
    time.sleep(0.5)
    assert web.iteration == 2


def test_one_epoch_stops_after_the_evaluation_that_opens_the_next(web):
    for end in (101, 201):
        web.click("#epoch")
        web.until(f"page.iteration === {end} && !page.playing")
        # the book takes the accuracies after the first iteration of an epoch
        assert web.get("page.current.evaluations.at(-1).iteration") == end
        assert float(web.text("#n-epoch")) == end / 100
    web.click("#step")
    web.until("page.iteration === 202")
    web.click("#epoch")
    web.until("page.iteration === 301 && !page.playing")


def test_one_epoch_while_it_plays_stops_at_the_end_of_an_epoch(web):
    web.play()
    web.until("page.iteration > 30")
    for _ in range(3):
        web.click("#epoch")
    web.until("!page.playing")
    assert web.iteration % 100 == 1 and web.notice == ""


def test_reset_starts_over_and_the_earlier_run_stays_on_the_chart_by_name(open_page):
    web = open_page("gradient=backprop&hidden=20")
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    losses = web.losses
    web.click("#reset")
    web.until("page.earlier.length === 1")
    assert web.get("[page.iteration, page.current.done, page.playing]") == [0, 0, False]
    assert web.get("page.earlier[0].ys") == losses
    assert web.text("#runs li:nth-child(2)").startswith("hidden 20, gradient backprop")
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    assert web.losses == losses, "the same seed, the same run"


def test_five_earlier_runs_stay_at_most_and_each_can_be_removed(web):
    for count in range(1, 8):
        web.click("#step")
        web.until("page.iteration === 1")
        web.set("seed", count)
        web.until(f"page.iteration === 0 && page.current.config.seed === {count} && page.ready")
    assert web.get("page.earlier.map((run) => run.config.seed)") == [6, 5, 4, 3, 2]
    assert sorted(web.get("page.earlier.map((run) => run.colour)")) == [1, 2, 3, 4, 5], "no colour twice"
    web.tab.get_by_role("button", name='Remove the run "seed 4, gradient backprop"').click()
    assert web.get("page.earlier.map((run) => run.config.seed)") == [6, 5, 3, 2]
    assert web.tab.locator("#runs li").count() == 5
    assert "seed 4" not in web.text("#runs")


def test_an_earlier_run_is_removed_by_keyboard_while_another_one_plays(web):
    web.click("#step")
    web.until("page.iteration === 1")
    web.click("#reset")
    web.until("page.earlier.length === 1")
    web.play()
    web.tab.locator("#runs button").focus()
    at = web.iteration
    web.until(f"page.iteration > {at + 50}")
    assert web.get("document.activeElement.closest('#runs') !== null"), "the list has kept the focus"
    web.tab.keyboard.press("Enter")
    web.until("page.earlier.length === 0")


def test_at_one_iteration_per_second_every_iteration_is_shown_in_detail(web):
    web.speed(0)
    assert web.text("#speed-text") == "1 iteration per second"
    web.play()
    web.until("page.detail?.detail.iteration >= 2")
    assert web.text("#p-repeat").startswith("2 iterations") or web.iteration > 2
    web.pause()
    assert web.iteration == web.get("page.detail.detail.iteration") < 30


def test_the_fastest_speed_while_it_plays_goes_on_with_one_chain_of_slices(web):
    """Two chains would leave a step to come after a pause, and lose the order of the losses."""
    web.speed(3)
    web.play()
    for position in (7, 3, 7, 0, 7, 5, 7):
        web.speed(position)
    web.until("page.iteration > 50")
    web.speed(0)
    web.settled()
    now = "[performance.now() / 1000, page.iteration]"
    began, from_here = web.get(now)
    time.sleep(2.5)
    ended, to_here = web.get(now)
    # a timeout is never early, however slow the machine is
    assert to_here - from_here <= ended - began + 1, "one iteration per second, not two chains of them"
    web.pause()
    xs = web.get("page.current.xs")
    assert xs == list(range(1, len(xs) + 1))
