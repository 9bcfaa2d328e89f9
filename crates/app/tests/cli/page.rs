//! `report.html`, as a file and in a browser.

use crate::support::{Place, real_mnist};
use dataset::{Digits, ImageSet, Mnist, digit_image, has_digits_side_by_side};
use net::{Activation, Parameters, Predictor, Rows, Sizes, TwoLayerNet};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TRAINED: &str = "train --quiet --dataset digits --gradient backprop --iterations 2000";

pub(crate) fn page(place: &Place, run: &str) -> String {
    fs::read_to_string(place.path(run).join("report.html")).unwrap()
}

#[test]
fn a_run_leaves_a_page_that_asks_the_network_for_nothing_and_tells_nothing_of_the_machine() {
    let place = Place::new();
    place.run(&format!("{TRAINED} --out run"));
    let page = page(&place, "run");
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
    for address in ["http:", "https:", "www.", "src=\"/", "url(", "href", "@import", "<link", "<iframe"] {
        assert!(!page.contains(address), "{address}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert_eq!(page.matches("<script").count(), 2, "one that runs, one of data");
    assert_eq!(page.matches("<style").count(), 1);
    assert!(!page.contains(" style=") && !page.contains(" onclick"), "the policy would refuse them");
    let folder = place.path("");
    for private in [folder.to_str().unwrap(), "/tmp", "/home", "/root"] {
        assert!(!page.contains(private), "{private}");
    }
    for fact in [
        "784-50-10",
        "39,760",
        "backpropagation",
        "2,000 of 2,000",
        "0.01 * N(0, 1)",
        "built-in digits",
        "at most once per 10 s",
    ] {
        assert!(page.contains(fact), "{fact}");
    }
}

#[test]
fn no_report_leaves_none_and_app_report_writes_it_with_its_figures() {
    let place = Place::new();
    place.run(&format!("{TRAINED} --no-report --out run"));
    assert!(!place.path("run/report.html").exists());
    place.run("report run --figures figures");
    assert!(page(&place, "run").contains("How it learned"));
    let figures = ["accuracy.svg", "activations.svg", "confusion.svg", "loss.svg", "mistakes.svg", "neurons.svg"]
        .map(str::to_owned);
    assert_eq!(place.names("figures"), figures);
    for figure in figures {
        let svg = fs::read_to_string(place.path("figures").join(figure)).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    }

    place.run("export net.npz --model run");
    place.run("report net.npz --dataset digits -o arrays.html");
    let arrays = fs::read_to_string(place.path("arrays.html")).unwrap();
    assert!(arrays.contains("Draw a digit") && !arrays.contains("How it learned"), "arrays know of no run");
    let stderr = place.fails(1, "report run -o no/where.html");
    assert!(stderr.contains("cannot write no/where.html"), "{stderr}");
}

#[test]
#[ignore = "waits the ten seconds after which a checkpoint brings a page with it"]
fn a_run_that_is_killed_leaves_the_page_of_a_checkpoint() {
    let place = Place::new();
    let words = "train --quiet --dataset digits --gradient backprop --checkpoint-every 1000 --iterations 100000000";
    let mut process = place.start(&format!("{words} --out run"));
    process.wait_for(&place.path("run/report.html"));
    process.kill();
    process.end();
    let page = page(&place, "run");
    assert!(page.contains(" of 100,000,000") && page.ends_with("</html>"), "a whole page");
}

#[test]
fn a_page_of_other_images_than_28_x_28_does_without_a_canvas() {
    let place = Place::new();
    crate::support::write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9, 2, 6], &[5, 3]);
    place.run("train --quiet --batch-size 3 --iterations 20 --out run");
    let page = page(&place, "run");
    assert!(page.contains("does not run in the page") && !page.contains("id=\"paper\""));
    assert!(page.contains("Yann LeCun, Corinna Cortes and Christopher J.C. Burges, under CC BY-SA 3.0"));
}

#[test]
#[cfg(unix)] // Windows has no such names
fn text_in_names_cannot_inject_anything() {
    let place = Place::new();
    place.run(&format!("{TRAINED} --no-report --out run"));
    let evil = "<img src=x onerror=alert(1)>&\"'";
    fs::copy(place.path("run/model.ckpt"), place.path(evil)).unwrap();
    let mut command = place.app("train --quiet --dataset digits --gradient backprop --iterations 1 --out evil");
    command.arg("--init-from").arg(evil).assert().success();
    let page = page(&place, "evil");
    assert!(!page.contains("<img src=x") && page.contains("from &lt;img src=x onerror=alert(1)&gt;&amp;"));
}

#[test]
fn the_page_warns_of_what_went_wrong_with_its_run() {
    let place = Place::new();
    let words = "--gradient backprop --iterations 60";
    place.run(&Place::small("good", words));
    place.run(&Place::small("wild", &format!("{words} --learning-rate 200")));
    place.run(&Place::small("flat", &format!("{words} --weight-init-std 1000")));
    let built_in = "the built-in digits, which the program draws itself";
    for (run, loss, flat) in [("good", false, false), ("wild", true, true), ("flat", false, true)] {
        let page = page(&place, run);
        assert!(page.contains(built_in) && page.contains("프로그램이 직접 그린"), "{run}");
        assert_eq!(page.contains("The loss rose to"), loss, "{run}");
        assert_eq!(page.contains("All hidden neurons are saturated"), flat, "{run}");
        assert!(!page.contains("is not finished"), "{run}");
    }
    crate::support::write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9, 2, 6], &[5, 3]);
    place.run("train --quiet --batch-size 3 --iterations 20 --out run");
    assert!(!page(&place, "run").contains("class=\"warning\""));
}

#[test]
fn the_page_tells_its_facts_in_korean_too() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 20 --evaluate-every 5"));
    let page = page(&place, "run");
    for fact in ["20회 중 20회", "수치 미분, 중심 차분, h = 1e-4", "5회마다", "복원 추출", "내장 숫자, 훈련 200장"]
    {
        assert!(page.contains(fact), "{fact}");
    }
}

/// Chromium, or nothing, with a word. Where `REQUIRE_BROWSER=1`, as in CI, it must be there.
pub(crate) fn browser() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    let found = found.into_iter().find(|program| program.is_file());
    if found.is_none() {
        let required = std::env::var("REQUIRE_BROWSER").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_BROWSER=1, but there is none of {names:?}");
        eprintln!("skipped: none of {names:?} in PATH");
    }
    found
}

/// The document that a page has become once its scripts have run, and what they wrote to the console.
fn opened(browser: &Path, page: &Path) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-first-run", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let console: Vec<String> =
        text(&output.stderr).lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    (text(&output.stdout), console.join("\n"))
}

/// What `script`, run after those of the page, returns.
#[track_caller]
pub(crate) fn asked(browser: &Path, place: &Place, run: &str, script: &str) -> Value {
    asked_of(browser, place, &page(place, run), script)
}

/// The same of a page that is given as text.
#[track_caller]
pub(crate) fn asked_of(browser: &Path, place: &Place, page: &str, script: &str) -> Value {
    // the policy of the page would refuse a second script, as it should
    let page = page.replace("http-equiv=\"Content-Security-Policy\"", "");
    // in ASCII without < > and &, so that it stands in the document as it is
    let asking = format!(
        r"<pre id='asked'></pre><script>document.getElementById('asked').textContent =
          JSON.stringify((() => {{ {script} }})()).replace(/[^ -~]|[<>&]/g,
            (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));</script></body>"
    );
    let file = place.path("asked.html");
    fs::write(&file, page.replace("</body>", &asking)).unwrap();
    let (document, console) = opened(browser, &file);
    let answer = document.split_once("<pre id=\"asked\">").unwrap().1.split_once("</pre>").unwrap().0;
    serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer:?}\n{console}"))
}

#[test]
fn the_page_runs_under_its_own_policy_and_reads_a_test_image() {
    let Some(browser) = browser() else { return };
    let place = Place::new();
    place.run(&format!("{TRAINED} --out run"));
    let (document, console) = opened(&browser, &place.path("run/report.html"));
    assert_eq!(console, "");
    assert_eq!(
        document.split_once("id=\"bars\">").unwrap().1.split_once("</ol>").unwrap().0.matches("<li").count(),
        10
    );
    let label = |index: usize| Digits::new(0).test.labels()[index];
    assert!(document.contains(&format!(
        "Test image 0, labelled {}. This is a{} {} (",
        label(0),
        if label(0) == 8 { "n" } else { "" },
        label(0)
    )));

    let script = "const byId = (id) => document.getElementById(id), says = () => byId('answer').textContent;
                  byId('next').click(); const next = says();
                  byId('language').click(); const korean = says();
                  const rows = byId('added').tBodies[0].rows.length;
                  byId('clear').click(); const cleared = says();
                  byId('language').click(); return [next, korean, rows, cleared, says()];";
    let answer = asked(&browser, &place, "run", script);

    // a mistake is laid on the canvas, a wider pen leaves more ink, and the language moves nothing
    let script = "const byId = (id) => document.getElementById(id);
                  const mistake = document.querySelector('[data-sample]'); mistake.click();
                  const says = byId('answer').textContent, caption = mistake.querySelector('b').textContent;
                  const ink = (width) => {
                    byId('pen').value = width; byId('pen').dispatchEvent(new Event('input'));
                    return page.draw([[[140, 40], [140, 240]]]).image.reduce((sum, value) => sum + value);
                  };
                  const inks = [ink(10), ink(30)];
                  const height = () => document.querySelector('header').offsetHeight, before = height();
                  byId('language').click();
                  return [says, caption, inks, before, height()];";
    let more = asked(&browser, &place, "run", script);
    let (is, read) = more[1].as_str().unwrap().split_once(" \u{2192} ").unwrap();
    let said = more[0].as_str().unwrap();
    assert!(said.contains(&format!(", labelled {is}. This is a")) && said.contains(&format!(" {read} (")), "{more}");
    assert!(more[2][0].as_u64().unwrap() < more[2][1].as_u64().unwrap(), "{more}");
    assert_eq!(more[3], more[4]);
    assert!(
        answer[0].as_str().unwrap().starts_with(&format!("Test image 1, labelled {}. This is a", label(1))),
        "{answer}"
    );
    assert!(answer[1].as_str().unwrap().starts_with(&format!("시험 이미지 1번, 정답 {}. ", label(1))), "{answer}");
    assert_eq!(answer[2], 6);
    assert_eq!((&answer[3], &answer[4]), (&json!("무엇이든 그려 보세요."), &json!("Draw something.")));
}

/// The net of a run, from `app export`.
fn exported(place: &Place, run: &str) -> TwoLayerNet<f64> {
    place.run(&format!("export net.safetensors --model {run}"));
    let bytes = fs::read(place.path("net.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let array = |name: &str| -> Vec<f64> {
        let data = tensors.tensor(name).unwrap().data().to_vec();
        data.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
    };
    let [w1, b1, w2, b2] = ["W1", "b1", "W2", "b2"].map(array);
    let sizes = Sizes { inputs: 784, hidden: b1.len(), classes: b2.len() };
    TwoLayerNet {
        params: Parameters::from_row_major(sizes, [&w1, &b1, &w2, &b2]).unwrap(),
        activation: Activation::Sigmoid,
    }
}

/// A net trained in f64, MNIST where it is at hand, and its test images.
fn trained(place: &Place) -> ImageSet {
    match real_mnist() {
        Some(data_dir) => {
            let mut command = place.app("train --quiet --gradient backprop --precision f64 --dataset mnist --out run");
            command.arg("--data-dir").arg(&data_dir).assert().success();
            Mnist::open(data_dir.join("mnist")).unwrap().test
        }
        None => {
            place.run(&format!("{TRAINED} --precision f64 --out run"));
            Digits::new(0).test
        }
    }
}

/// Three upright lines of one to eight pixels, some faint, and a speck.
fn lines(random: &mut ChaCha8Rng, rows: usize, cols: usize) -> (Vec<u8>, usize, usize) {
    let mut ink = vec![0; rows * cols];
    let mut below = |most: usize| random.next_u32() as usize % most;
    for _ in 0..3 {
        let (left, width, grey) = (below(cols - 8), 1 + below(8), 1 + below(255));
        let (top, height) = (below(rows / 2), 1 + below(rows / 2));
        for row in top..top + height {
            ink[row * cols + left..][..width].fill(u8::try_from(grey).unwrap());
        }
    }
    ink[below(rows * cols)] = 200;
    (ink, rows, cols)
}

#[test]
fn the_page_reads_a_thousand_images_as_the_program_does_and_digits_drawn_by_hand() {
    let Some(browser) = browser() else { return };
    let place = Place::new();
    let test = trained(&place);
    let images: Vec<&[u8]> = (0..1000).map(|index| test.image(index)).collect();
    let strokes = include_str!("../strokes.json");
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut inks: Vec<(Vec<u8>, usize, usize)> = (1..60)
        .map(|k| {
            let (rows, cols) = (k, 1 + k * 7 % 40);
            let ink = (0..rows * cols)
                .map(|_| if random.next_u32() % 3 == 0 { random.next_u32().to_le_bytes()[0] } else { 0 });
            (ink.collect(), rows, cols)
        })
        .collect();
    inks.extend((0..60).map(|k| lines(&mut random, 20 + 3 * k, 90)));
    let script = format!(
        "const probabilities = {}.map((image) => Array.from(page.forward(image).probabilities));\
         const drawn = {strokes}.map((digit) => page.draw(digit).answer);\
         const paper = document.getElementById('paper'), box = paper.getBoundingClientRect();\
         paper.setPointerCapture = () => {{}};\
         const move = (name, [x, y]) => paper.dispatchEvent(new PointerEvent(name, {{ button: 0, pointerId: 1,\
           clientX: box.left + x * box.width / 280, clientY: box.top + y * box.height / 280 }}));\
         const stroke = {strokes}[3][0];\
         document.getElementById('clear').click();\
         move('pointerdown', stroke[0]); stroke.forEach((point) => move('pointermove', point)); move('pointerup', stroke[0]);\
         const byHand = Array.from(page.show().image);\
         const byScript = Array.from(page.draw([stroke]).image);\
         const inks = {}.map(([pixels, rows, cols]) => ({{ pixels: Uint8Array.from(pixels), rows, cols }}));\
         const digits = inks.map((ink) => Array.from(page.digitImage(ink) ?? []));\
         const several = inks.map(page.hasDigitsSideBySide);\
         const digit = {strokes}[4], shifted = (by) => digit.map((stroke) => stroke.map(([x, y]) => [x / 2 + by, y]));\
         page.draw([...shifted(0), ...shifted(140)]);\
         const two = document.getElementById('answer').textContent;\
         return {{ probabilities, drawn, byHand, byScript, digits, several, two }};",
        json!(images),
        json!(inks)
    );
    let answer = asked(&browser, &place, "run", &script);

    let logits = Predictor::new(&exported(&place, "run")).logits(&Rows::from_bytes(test.pixels(), 784), 0..1000);
    let expected = core_math::softmax(&logits);
    let mut largest = 0.0_f64;
    for n in 0..1000 {
        for k in 0..10 {
            let found = answer["probabilities"][n][k].as_f64().unwrap();
            largest = largest.max((found - expected[(n, k)]).abs());
        }
    }
    println!("the page and `predict` differ by at most {largest:e}");
    assert!(largest < 1e-5, "{largest:e}");

    for (k, (ink, rows, cols)) in inks.iter().enumerate() {
        let expected = digit_image(ink, *rows, *cols).map(|image| image.to_vec()).unwrap_or_default();
        assert_eq!(answer["digits"][k], json!(expected), "{rows} x {cols}");
        assert_eq!(answer["several"][k], has_digits_side_by_side(ink, *rows, *cols).unwrap(), "{rows} x {cols}");
    }

    assert!(answer["several"].as_array().unwrap().contains(&json!(true)));
    assert!(answer["two"].as_str().unwrap().contains("several digits"), "{}", answer["two"]);

    assert!(answer["byHand"].as_array().unwrap().iter().any(|pixel| *pixel != 0));
    assert_eq!(answer["byHand"], answer["byScript"], "what a pointer draws");

    let drawn: Vec<u64> = answer["drawn"].as_array().unwrap().iter().map(|digit| digit.as_u64().unwrap()).collect();
    let right = drawn.iter().zip(0..).filter(|(read, digit)| *read == digit).count();
    println!("the drawn digits 0 to 9 are read as {drawn:?}");
    assert!(right >= 9, "0 to 9 were read as {drawn:?}");
}
