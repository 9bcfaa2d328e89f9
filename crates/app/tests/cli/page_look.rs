//! `report.html` for its readers: both languages, narrow and dark screens, keyboard, and the dialog of a neuron.

use crate::korean::is_korean;
use crate::page::{TRAINED, asked, asked_of, browser, page};
use crate::support::Place;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A browser, and a place with a run named `run`.
fn ready() -> Option<(PathBuf, Place)> {
    let browser = browser()?;
    let place = Place::new();
    place.run(&format!("{TRAINED} --out run"));
    Some((browser, place))
}

#[track_caller]
fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn an_answer_is_a_sentence_in_either_language() {
    let Some((browser, place)) = ready() else { return };
    let script =
        "const of = (digit, share) => Array.from({ length: 20 }, (_, k) => k === digit ? share : (1 - share) / 19);
                  const all = [of(8, 0.971), of(3, 0.9), of(3, 0.41), of(11, 0.5), of(18, 1), of(10, 1), null];
                  return ['en', 'ko'].map((language) => all.map((one) => answerText(one, language)));";
    let answers = asked(&browser, &place, "run", script);
    let english = [
        "This is an 8 (97.1\u{a0}%).",
        "This is a 3 (90.0\u{a0}%).",
        "Not sure: perhaps 3 (41.0\u{a0}%).",
        "This is an 11 (50.0\u{a0}%).",
        "This is an 18 (100.0\u{a0}%).",
        "This is a 10 (100.0\u{a0}%).",
        "Draw something.",
    ];
    assert_eq!(texts(&answers[0]), english);
    assert_eq!(texts(&answers[1])[..2], ["8입니다 (97.1\u{a0}%).", "3입니다 (90.0\u{a0}%)."]);
    assert_eq!(answers[1][6], "무엇이든 그려 보세요.");
}

#[test]
fn the_arrow_keys_and_the_space_bar_draw_and_escape_clears() {
    let Some((browser, place)) = ready() else { return };
    let script = "const byId = (id) => document.getElementById(id), says = () => byId('answer').textContent;
                  const press = (key, times = 1) => {
                    for (let k = 0; k < times; k++) byId('paper').dispatchEvent(new KeyboardEvent('keydown', { key }));
                  };
                  const first = says();
                  press('ArrowUp', 10); const moved = says();
                  press(' '); const dot = Array.from(page.show().image), down = says();
                  press('ArrowDown', 20); const stroke = Array.from(page.show().image);
                  press(' '); press('ArrowLeft', 5); const lifted = Array.from(page.show().image);
                  press('ArrowLeft', 40); press('ArrowUp', 40); press(' '); press('ArrowDown', 40); const edge = Array.from(page.show().image);
                  press('Escape'); const cleared = says();
                  press('x'); press('Tab');
                  const drawn = [[[140, 60]], [[140, 60], [140, 220]]].map((stroke) => Array.from(page.draw([stroke]).image));
                  return { first, moved, down, dot, stroke, lifted, edge, cleared, drawn, tab: byId('paper').tabIndex };";
    let found = asked(&browser, &place, "run", script);
    assert_eq!(found["first"], found["moved"], "a cursor that only moves leaves the test image: {found}");
    assert!(!found["down"].as_str().unwrap().contains("Test image"), "the pen clears the test image: {found}");
    assert_eq!(found["dot"], found["drawn"][0], "nothing but a dot is left");
    assert_eq!(found["stroke"], found["drawn"][1]);
    assert_eq!(found["stroke"], found["lifted"], "a lifted pen draws nothing");
    assert_ne!(found["edge"], found["lifted"]);
    assert_eq!((&found["cleared"], &found["tab"]), (&json!("Draw something."), &json!(0)));
    let page = page(&place, "run");
    assert!(page.contains("arrow keys") && page.contains("화살표 키"), "the caption tells of the keys");
}

#[test]
fn a_neuron_opens_large_with_its_numbers() {
    let Some((browser, place)) = ready() else { return };
    let script = "const byId = (id) => document.getElementById(id), dialog = byId('neuron');
                  const closed = dialog.open;
                  const buttons = document.querySelectorAll('button[data-neuron]');
                  const look = () => {
                    buttons[7].click();
                    return [dialog.open, ...['neuron-name', 'neuron-bias'].map((id) => byId(id).textContent),
                      Array.from(byId('neuron-weights').tBodies[0].rows, (row) => row.innerText.replace(/\\s+/g, ' ').trim()),
                      byId('neuron-picture').firstChild.alt, byId('neuron-picture').firstChild.offsetWidth];
                  };
                  const english = look(); byId('neuron-close').click(); const after = dialog.open;
                  byId('language').click(); const korean = look();
                  const { W2, b1 } = (() => {
                    const { parameters } = JSON.parse(byId('data').textContent);
                    const floats = (k) => new Float32Array(Uint8Array.from(atob(parameters[k]), (c) => c.charCodeAt(0)).buffer);
                    return { W2: Array.from(floats(2).subarray(70, 80)), b1: floats(1)[7] };
                  })();
                  return { closed, buttons: buttons.length, english, after, korean, W2, b1 };";
    let found = asked(&browser, &place, "run", script);
    assert_eq!((&found["closed"], &found["buttons"], &found["after"]), (&json!(false), &json!(50), &json!(false)));
    let signed = |value: &Value| {
        let value = value.as_f64().unwrap();
        format!("{}{:.3}", if value < 0.0 { '\u{2212}' } else { '+' }, value.abs())
    };
    let english = &found["english"];
    assert_eq!((&english[0], &english[1]), (&json!(true), &json!("Hidden neuron 7")));
    assert_eq!(english[2], format!("Bias b1: {}", signed(&found["b1"])));
    let rows: Vec<String> = (0..10).map(|k| format!("{k} {}", signed(&found["W2"][k]))).collect();
    assert_eq!(texts(&english[3]), rows);
    assert_eq!(english[4], "weights of hidden neuron 7");
    assert!(english[5].as_u64().unwrap() >= 200, "{english}");
    let korean = &found["korean"];
    assert_eq!((&korean[1], &korean[4]), (&json!("은닉 뉴런 7"), &json!("은닉 뉴런 7의 가중치")));
    assert!(korean[2].as_str().unwrap().starts_with("편향 b1: "), "{korean}");
}

#[test]
fn the_korean_page_has_no_english_words_and_both_languages_have_alternative_texts() {
    let Some((browser, place)) = ready() else { return };
    let script = "const alts = () => Array.from(document.images, (image) => image.alt);
                  const english = [alts(), document.title];
                  document.getElementById('language').click();
                  const shown = document.body.innerText;
                  const named = Array.from(document.querySelectorAll('[lang=ko][aria-label]'), (one) => one.ariaLabel);
                  const korean = [alts(), document.title];
                  document.getElementById('language').click();
                  return { english, korean, shown, named, again: [alts(), document.title] };";
    let found = asked(&browser, &place, "run", script);
    for k in [0, 1] {
        assert_eq!(found["english"][k], found["again"][k], "back in English");
    }
    assert!(!texts(&found["english"][0]).iter().any(|alt| alt.is_empty() || is_korean(alt)));
    assert!(texts(&found["korean"][0]).iter().all(|alt| is_korean(alt)), "{}", found["korean"][0]);
    assert!(is_korean(found["korean"][1].as_str().unwrap()));
    assert!(texts(&found["named"]).iter().all(|name| is_korean(name)), "{}", found["named"]);
    // names, and words to type
    let names = ["MNIST", "Esc", "UTC", "app", "English", "cargo", "xtask", "web", "open", "export", "net", "npz"];
    let shown = found["shown"].as_str().unwrap();
    let words = shown.split(|c: char| !c.is_ascii_alphabetic());
    let strange: Vec<&str> = words.filter(|word| word.len() > 1 && !names.contains(word)).collect();
    assert!(strange.is_empty(), "{strange:?} in {shown}");
    assert!(shown.contains("시그모이드") && shown.contains("초"), "{shown}");
}

#[test]
fn no_heading_changes_its_height_with_the_language_and_nothing_is_wider_than_a_phone() {
    let Some((browser, place)) = ready() else { return };
    let script = "document.body.style.width = '390px';
                  const heights = () => Array.from(document.querySelectorAll('h1, h2, h3, .lead, figcaption'))
                    .filter((one) => !one.closest('dialog')).map((one) => one.offsetHeight);
                  const before = heights();
                  document.getElementById('language').click();
                  const after = heights();
                  const body = document.body.getBoundingClientRect().right;
                  const wide = Array.from(document.querySelectorAll('table, svg, canvas, p, ol, ul'))
                    .filter((one) => !one.closest('.wide') && one.getBoundingClientRect().right > body + 1)
                    .map((one) => one.outerHTML.slice(0, 80));
                  const frame = getComputedStyle(document.querySelector('.confusion').parentElement);
                  return { before, after, wide, scrolls: frame.overflowX, sign: frame.backgroundImage };";
    let found = asked(&browser, &place, "run", script);
    assert!(found["before"].as_array().unwrap().len() > 8);
    assert_eq!(found["before"], found["after"]);
    assert_eq!(found["wide"], json!([]));
    // where the matrix does not fit, it scrolls, and a shadow tells of it
    assert_eq!(found["scrolls"], "auto");
    assert!(found["sign"].as_str().unwrap().matches("linear-gradient").count() == 4, "{}", found["sign"]);
}

#[test]
fn the_charts_stand_out_from_a_light_and_from_a_dark_page() {
    let Some((browser, place)) = ready() else { return };
    let light = page(&place, "run");
    let dark = light.replace("(prefers-color-scheme: dark)", "all");
    assert_ne!(light, dark);
    let script = "const luminance = (colour) => {
                    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                  };
                  const paper = luminance(getComputedStyle(document.body).backgroundColor);
                  const contrast = (colour) => {
                    const of = luminance(colour);
                    return (Math.max(of, paper) + 0.05) / (Math.min(of, paper) + 0.05);
                  };
                  const all = (what) => Array.from(document.querySelectorAll('[lang=en] ' + what), (one) => getComputedStyle(one));
                  const texts = all('svg text').map((style) => contrast(style.fill));
                  const lines = all('svg polyline[stroke-width=\"2\"]').map((style) => contrast(style.stroke));
                  const bars = all('svg rect[fill=\"#0072B2\"]').map((style) => contrast(style.fill));
                  return { paper, texts, lines, bars };";
    for (page, is_dark) in [(light, false), (dark, true)] {
        let found = asked_of(&browser, &place, &page, script);
        assert_eq!(found["paper"].as_f64().unwrap() < 0.1, is_dark, "{found}");
        for (what, least) in [("texts", 4.5), ("lines", 3.0), ("bars", 3.0)] {
            let contrasts = found[what].as_array().unwrap();
            assert!(contrasts.len() > 2, "{what}: {found}");
            let lowest = contrasts.iter().map(|one| one.as_f64().unwrap()).fold(f64::INFINITY, f64::min);
            assert!(lowest >= least, "{what}: {lowest} where the page is dark: {is_dark}");
        }
    }
}

#[test]
fn the_page_names_things_as_the_field_does_and_says_how_to_watch_its_net() {
    let place = Place::new();
    place.run(&format!("{TRAINED} --out run"));
    let page = page(&place, "run");
    for words in ["classified correctly", "Most confident mistakes", "Confusion matrix", "What each neuron adds"] {
        assert!(page.contains(words), "{words}");
    }
    for words in ["hidden unit", "surest", "read right", "vote"] {
        assert!(!page.contains(words), "{words}");
    }
    let (_, footer) = page.split_once("<footer>").unwrap();
    for words in
        ["watch this net in your browser", "브라우저에서 보려면", "cargo xtask web --open", "app export net.npz"]
    {
        assert!(footer.contains(words), "{words}");
    }
}
