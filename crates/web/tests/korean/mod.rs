//! What is refused, in Korean: a sentence that tells as much as the English one.

#[path = "../../../korean/tests/english/mod.rs"]
mod english;
mod images;
mod made;
mod nets;

use super::{ask, ask_with, started};
use english::has_english;
use serde_json::{Value, json};
use web::Session;

/// Parts of a text that both languages must have: numbers, and names with a digit, an underscore or a point in them.
fn facts(text: &str) -> impl Iterator<Item = &str> {
    let words =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || "_.-".contains(c))).map(|word| word.trim_matches('.'));
    // the page has f64 alone, so it is no advice there
    words.filter(|word| *word != "f64" && word.contains(|c: char| c.is_ascii_digit() || c == '_' || c == '.'))
}

/// Checks a text of both languages; `others` is the beginning of what another crate says in it, in English, or nothing.
#[track_caller]
fn check(text: &Value, says: &str, others: &str) {
    let (Some(en), Some(ko)) = (text["en"].as_str(), text["ko"].as_str()) else { panic!("{says}: {text}") };
    assert!(en.contains(says), "{says}: {en}");
    let (own, cause) = if others.is_empty() { (ko, "") } else { ko.split_once(others).expect(ko) };
    assert!(own.contains(|c: char| ('가'..='힣').contains(&c)), "{en}: {ko}");
    assert!(!has_english(own), "{en}: {ko}");
    assert!(en.ends_with(cause), "{en}: {ko}");
    for fact in facts(en) {
        assert!(ko.contains(fact), "{fact} of {en}: {ko}");
    }
    assert!(!ko.ends_with('.'), "the page puts the text in brackets: {ko}");
}

/// What is refused: the request, the bytes behind it, what the English text says, what another crate says in it.
type Row<'a> = (Value, &'a [u8], &'a str, &'a str);

#[track_caller]
fn check_refused(session: &mut Session, rows: &[Row<'_>]) {
    for (request, bytes, says, others) in rows {
        let (reply, _) = ask_with(session, request, bytes);
        check(&reply["error"], says, others);
    }
}

#[test]
fn the_check_finds_english_and_what_is_missing() {
    assert!(has_english("읽지 못했습니다: the file is damaged"));
    assert!(!has_english("sigmoid, tanh, relu 가운데 하나"));
    let expected = ["W1", "784", "-1", "fc1.weight", "x_train"];
    assert_eq!(facts("W1 of (784) to -1, fc1.weight and x_train.").collect::<Vec<_>>(), expected);
    let poor = json!({"en": "hidden is 0, expected 1", "ko": "hidden이 0입니다"});
    assert!(std::panic::catch_unwind(|| check(&poor, "hidden is 0", "")).is_err());
}

#[test]
fn requests_and_settings_are_refused_in_korean() {
    let mut session = Session::default();
    check_refused(
        &mut session,
        &[
            (json!({"do": "step"}), b"", "there is no run yet", ""),
            (json!({"do": "start", "config": {}}), b"", "there are no images yet", ""),
            (json!({"do": "files", "files": [{"name": "a", "bytes": 9}]}), b"", "do not fit together", ""),
            (json!({"do": "files", "files": []}), b"", "do not fit together", ""),
            (json!({"do": "dance"}), b"", "do not fit together", "unknown variant"),
        ],
    );
    let start = |config: Value| json!({"do": "start", "config": config});
    check_refused(
        &mut started(&json!({})),
        &[
            (start(json!({"hidden": 0})), b"", "hidden is 0", ""),
            (start(json!({"hidden": 1001})), b"", "hidden is 1001, expected 1 to 1000", ""),
            (start(json!({"batch_size": 301})), b"", "batch size 301, expected 1 to 300", ""),
            (start(json!({"batch_size": 0})), b"", "batch size 0, expected 1 to 300", ""),
            (start(json!({"train_limit": 0})), b"", "no batch of 100 images can be drawn from 0 images", ""),
            (start(json!({"learning_rate": 0})), b"", "the learning rate is 0", ""),
            (start(json!({"weight_init_std": -1.5})), b"", "weight_init_std is -1.5", ""),
            (start(json!({"weight_init_std": 1e308})), b"", "W1 would start with", ""),
            (start(json!({"h": 0})), b"", "the step h is 0", ""),
            (start(json!({"activation": "gelu"})), b"", "unknown activation \"gelu\"", ""),
            (start(json!({"depth": 3})), b"", "do not fit together", "unknown field"),
            (json!({"do": "learning_rate", "learning_rate": -0.5}), b"", "the learning rate is -0.5", ""),
            (json!({"do": "classify"}), &[0; 783], "an image has 783 bytes, expected 784", ""),
            (json!({"do": "picture", "rows": 60, "cols": 41}), &[0; 9], "9 bytes for 60 x 41 pixels", ""),
            (json!({"do": "picture", "rows": 60, "cols": 40}), &[200; 2400], "nothing stands out from the paper", ""),
        ],
    );
}

#[test]
fn a_run_that_diverges_ends_in_korean_and_cannot_be_saved() {
    let config = |gradient: &str, activation: &str, rate: f64, std: f64| json!({"gradient": gradient, "activation": activation, "learning_rate": rate, "weight_init_std": std, "hidden": 3});
    let too_large = "too large for central differences with h = 1e-4";
    for (config, says, step_says) in [
        (config("backprop", "relu", 1e300, 0.01), "stopped at iteration ", "stopped at iteration "),
        (config("backprop", "relu", 1e300, 1e100), "W1 holds ", too_large), // a step in detail is by both methods
        (config("backprop", "sigmoid", 1e308, 1.0), "the loss is inf, while", "the loss is inf, while"),
        (config("numerical", "sigmoid", 1e17, 1.0), too_large, too_large),
    ] {
        let (reply, _) = ask(&mut started(&config), &json!({"do": "train", "iterations": 50}));
        check(&reply["diverged"], says, "");
        let mut session = started(&config);
        let mut replies = std::iter::repeat_with(|| ask(&mut session, &json!({"do": "step"})).0).take(9);
        let refused = replies.find(|reply| !reply["error"].is_null()).unwrap();
        check(&refused["error"], step_says, "");
    }
    let mut session = started(&config("backprop", "relu", 1e300, 1e100));
    ask(&mut session, &json!({"do": "train", "iterations": 50}));
    check_refused(&mut session, &[(json!({"do": "save", "kind": "npz"}), b"", "expected finite numbers", "")]);
}
