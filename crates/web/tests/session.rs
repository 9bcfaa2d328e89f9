//! The requests of the page, without a browser.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod korean;

use dataset::Digits;
use net::GradientMethod;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use training::{Config, Data, Run};
use web::{Session, from_message, to_message};

/// The reply to a request, and the bytes behind it.
fn ask_with(session: &mut Session, request: &Value, bytes: &[u8]) -> (Value, Vec<u8>) {
    let reply = session.answer(&to_message(&request.to_string(), bytes));
    let (text, bytes) = from_message(&reply).unwrap();
    (serde_json::from_str(text).unwrap(), bytes.to_vec())
}

fn ask(session: &mut Session, request: &Value) -> (Value, Vec<u8>) {
    ask_with(session, request, &[])
}

/// 300 training and 100 test images, and a run on them.
fn started(config: &Value) -> Session {
    let mut session = Session::default();
    ask(&mut session, &json!({"do": "digits", "train": 300, "test": 100}));
    let (reply, _) = ask(&mut session, &json!({"do": "start", "config": config}));
    assert_eq!(reply["iteration"], 0, "{reply}");
    session
}

fn numbers(bytes: &[u8]) -> Vec<f64> {
    bytes.chunks_exact(8).map(|number| f64::from_le_bytes(number.try_into().unwrap())).collect()
}

/// The run that the page should be in.
fn run(config: Config) -> Run<f64> {
    let digits = Digits::with_sizes(0, 300, 100);
    Run::new(config, Arc::new(Data::of_images(&digits.train, &digits.test))).unwrap()
}

#[test]
fn a_run_of_the_page_is_the_run_of_the_library() {
    let mut session =
        started(&json!({"hidden": 7, "activation": "tanh", "batch_size": 30, "sampling": "shuffle", "seed": 3}));
    let mut run = run(Config {
        gradient: GradientMethod::CentralDifferences { h: 1e-4 },
        hidden: 7,
        activation: net::Activation::Tanh,
        batch_size: 30,
        sampling: dataset::Sampling::Shuffle,
        seed: 3,
        ..Config::default()
    });
    let (reply, losses) = ask(&mut session, &json!({"do": "train", "iterations": 12}));
    let expected: Vec<f64> = (0..12).map(|_| run.step().unwrap().loss).collect();
    assert_eq!(numbers(&losses), expected);
    assert_eq!(reply["evaluations"].as_array().unwrap().len(), 2, "after iterations 1 and 11");
    assert_eq!(reply["evaluations"][1]["test_accuracy"], run.history().evaluations[1].test_accuracy);
    let (reply, _) = ask(&mut session, &json!({"do": "train", "iterations": 1}));
    assert_eq!(reply["evaluations"], json!([]), "those that are known are not told again");
}

#[test]
fn a_loss_does_not_wait_for_the_accuracies_after_it() {
    let mut session = started(&json!({"batch_size": 30, "gradient": "backprop"}));
    let of = |reply: &Value| (reply["due"].clone(), reply["evaluations"].as_array().unwrap().len());
    let (reply, losses) = ask(&mut session, &json!({"do": "train", "iterations": 1}));
    assert_eq!((of(&reply), losses.len()), ((json!(true), 0), 8));
    let (reply, losses) = ask(&mut session, &json!({"do": "train", "iterations": 0}));
    assert_eq!((of(&reply), losses.len()), ((json!(false), 1), 0));
    let (reply, _) = ask(&mut session, &json!({"do": "train", "iterations": 10}));
    assert_eq!(of(&reply), (json!(true), 0), "after iteration 11");
    let (reply, _) = ask(&mut session, &json!({"do": "train", "iterations": 10}));
    assert_eq!(of(&reply), (json!(true), 1), "the one after iteration 21 is left again");
}

#[test]
fn a_step_in_detail_is_the_same_step_and_its_numbers_fit_together() {
    for gradient in ["numerical", "backprop"] {
        let config = json!({"batch_size": 20, "gradient": gradient, "h": 1e-3, "learning_rate": 0.5});
        let (mut plain, mut close) = (started(&config), started(&config));
        let (_, losses) = ask(&mut plain, &json!({"do": "train", "iterations": 2}));
        ask(&mut close, &json!({"do": "step"}));
        let (detail, images) = ask(&mut close, &json!({"do": "step"}));
        assert_eq!((detail["iteration"].as_u64(), detail["loss_after"].as_f64()), (Some(2), Some(numbers(&losses)[1])));
        assert_eq!((images.len(), detail["labels"].as_array().unwrap().len()), (20 * 784, 20));

        let weight = |name: &str| detail["weight"][name].as_f64().unwrap();
        let slope = (weight("loss_above") - weight("loss_below")) / (2.0 * weight("h"));
        assert!((slope - weight("numerical")).abs() < 1e-11, "{slope} {detail}");
        let followed = if gradient == "numerical" { "numerical" } else { "backpropagation" };
        assert!((weight("after") - (weight("before") - 0.5 * weight(followed))).abs() < 1e-15, "{detail}");
        assert!(detail["difference"]["largest"].as_f64().unwrap() < 1e-6, "{detail}");
        assert!(detail["loss_before"].as_f64() > detail["loss_after"].as_f64());
    }
}

#[test]
fn a_view_holds_the_weights_and_every_test_image() {
    let mut session = started(&json!({"hidden": 5, "gradient": "backprop"}));
    ask(&mut session, &json!({"do": "train", "iterations": 3}));
    let (view, weights) = ask(&mut session, &json!({"do": "view", "answers": true, "difference": true}));
    assert_eq!((view["neurons"].as_u64(), weights.len()), (Some(5), 5 * 784 * 4));
    let rows = view["confusion"].as_array().unwrap();
    let count: u64 = rows.iter().flat_map(|row| row.as_array().unwrap()).map(|n| n.as_u64().unwrap()).sum();
    assert_eq!((rows.len(), count), (10, 100));
    let shares: f64 = view["histogram"]["shares"].as_array().unwrap().iter().map(|share| share.as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-12);
    assert!(view["difference"]["largest"].as_f64().unwrap() < 1e-7, "{view}");
}

#[test]
fn a_saved_net_is_loaded_with_the_same_answers() {
    let mut session = started(&json!({"hidden": 6, "activation": "relu", "gradient": "backprop"}));
    ask(&mut session, &json!({"do": "train", "iterations": 50}));
    let (image, pixels) = ask(&mut session, &json!({"do": "test_image", "index": 103}));
    assert_eq!((image["index"].as_u64(), pixels.len()), (Some(3), 784), "the first again after the last");
    let (before, _) = ask_with(&mut session, &json!({"do": "classify"}), &pixels);
    for kind in ["npz", "safetensors"] {
        let (_, file) = ask(&mut session, &json!({"do": "save", "kind": kind}));
        let mut other = started(&json!({}));
        let (reply, _) = ask_with(&mut other, &json!({"do": "load", "config": {"hidden": 50}}), &file);
        assert_eq!(
            (&reply["config"]["hidden"], &reply["config"]["activation"]),
            (&json!(6), &json!("relu")),
            "{reply}"
        );
        assert_eq!(reply["activation_is_named"], true);
        assert_eq!(ask_with(&mut other, &json!({"do": "classify"}), &pixels).0, before);
    }
}

#[test]
fn a_picture_of_a_digit_becomes_28_by_28_pixels() {
    let mut session = Session::default();
    let grey: Vec<u8> = (0..60 * 40)
        .map(|k| if (10..50).contains(&(k / 40)) && (18..22).contains(&(k % 40)) { 20 } else { 230 })
        .collect();
    let (reply, image) = ask_with(&mut session, &json!({"do": "picture", "rows": 60, "cols": 40}), &grey);
    assert_eq!((reply, image), (json!({"several": false}), picture::as_mnist(&grey, 60, 40).unwrap().to_vec()));
    let (reply, _) = ask_with(&mut session, &json!({"do": "picture", "rows": 60, "cols": 41}), &grey);
    assert!(reply["error"]["en"].as_str().unwrap().contains("2400 bytes for 60 x 41 pixels"), "{reply}");
}

#[test]
fn the_learning_rate_changes_within_the_run() {
    let mut session = started(&json!({"gradient": "backprop"}));
    let mut run = run(Config::default());
    ask(&mut session, &json!({"do": "train", "iterations": 2}));
    run.step().unwrap();
    run.step().unwrap();
    ask(&mut session, &json!({"do": "learning_rate", "learning_rate": 2.5}));
    run.set_learning_rate(2.5).unwrap();
    let (reply, losses) = ask(&mut session, &json!({"do": "train", "iterations": 2}));
    assert_eq!(numbers(&losses), [run.step().unwrap().loss, run.step().unwrap().loss]);
    assert_eq!(reply["iteration"], 4);
}

#[test]
fn a_run_that_diverges_says_so_and_keeps_its_losses() {
    let mut session = started(&json!({"gradient": "backprop", "learning_rate": 1e300, "activation": "relu"}));
    let (reply, losses) = ask(&mut session, &json!({"do": "train", "iterations": 100}));
    assert!(reply["diverged"]["en"].as_str().unwrap().starts_with("stopped at iteration "), "{reply}");
    assert!(losses.len() < 100 * 8);
}

#[test]
fn a_run_that_has_diverged_or_outgrown_h_answers_at_once() {
    for config in [
        json!({"learning_rate": 100, "weight_init_std": 100, "activation": "relu"}),
        json!({"gradient": "backprop", "weight_init_std": 3e5, "activation": "relu"}),
        json!({"gradient": "backprop", "weight_init_std": 1e9, "activation": "tanh"}),
    ] {
        let mut session = started(&config);
        ask(&mut session, &json!({"do": "train", "iterations": 10}));
        // by the definition, each would take minutes
        let (reply, _) = ask(&mut session, &json!({"do": "step"}));
        assert!(reply["error"]["en"].as_str().unwrap().starts_with("stopped at iteration "), "{reply}");
        let (reply, _) = ask(&mut session, &json!({"do": "view", "answers": false, "difference": true}));
        assert!(reply["difference"].is_null() && reply["hidden"] == 50, "{reply}");
    }
}

#[test]
fn what_is_refused_is_named_and_changes_nothing() {
    let mut session = Session::default();
    let error = |session: &mut Session, request: Value, bytes: &[u8]| {
        let (reply, _) = ask_with(session, &request, bytes);
        reply["error"]["en"].as_str().unwrap_or_else(|| panic!("{request}: {reply}")).to_owned()
    };
    assert_eq!(error(&mut session, json!({"do": "step"}), &[]), "there is no run yet");
    assert_eq!(error(&mut session, json!({"do": "start", "config": {}}), &[]), "there are no images yet");

    let mut session = started(&json!({}));
    ask(&mut session, &json!({"do": "train", "iterations": 2}));
    for (config, expected) in [
        (json!({"hidden": 0}), "hidden is 0"),
        (json!({"hidden": 1001}), "hidden is 1001, expected 1 to 1000"),
        (json!({"batch_size": 301}), "batch size 301, expected 1 to 300"),
        (json!({"batch_size": 0}), "batch size 0"),
        (json!({"learning_rate": 0}), "the learning rate is 0"),
        (json!({"weight_init_std": -1}), "weight_init_std is -1"),
        (json!({"h": 0, "gradient": "backprop"}), "the step h is 0"),
        (json!({"activation": "gelu"}), "unknown activation \"gelu\""),
        (json!({"depth": 3}), "unknown field `depth`"),
        (json!({"train_limit": 0}), "0 images"),
    ] {
        let error = error(&mut session, json!({"do": "start", "config": config}), &[]);
        assert!(error.contains(expected), "{config}: {error}");
    }
    for (request, bytes, expected) in [
        (json!({"do": "classify"}), &[0; 783][..], "an image has 783 bytes, expected 784"),
        (json!({"do": "load", "config": {}}), b"no net", "cannot"),
        (json!({"do": "learning_rate", "learning_rate": -1}), b"", "the learning rate is -1"),
        (json!({"do": "dance"}), b"", "unknown variant `dance`"),
        (json!({"do": "files", "files": [{"name": "a", "bytes": 9}]}), b"", "do not fit together"),
    ] {
        let error = error(&mut session, request.clone(), bytes);
        assert!(error.contains(expected), "{request}: {error}");
    }
    let (reply, _) = ask(&mut session, &json!({"do": "train", "iterations": 1}));
    assert_eq!(reply["iteration"], 3, "the run of before goes on");
}

proptest! {
    #[test]
    fn no_message_makes_it_panic(bytes: Vec<u8>, text in ".*") {
        let mut session = Session::default();
        let _ = session.answer(&bytes);
        let _ = session.answer(&to_message(&text, &bytes));
    }

    /// Nets and archives with a byte changed.
    #[test]
    fn no_file_makes_it_panic(at in 0_usize..4000, value: u8, cut in 0_usize..4000) {
        let mut session = started(&json!({"hidden": 2}));
        let (_, mut file) = ask(&mut session, &json!({"do": "save", "kind": "npz"}));
        let at = at % file.len();
        file[at] = value;
        file.truncate(file.len() - cut.min(file.len() / 2) / 2);
        let length = file.len();
        let _ = ask_with(&mut session, &json!({"do": "load", "config": {}}), &file);
        let _ = ask_with(&mut session, &json!({"do": "files", "files": [{"name": "a.zip", "bytes": length}]}), &file);
        let (view, _) = ask(&mut session, &json!({"do": "view", "answers": false, "difference": false}));
        prop_assert!(view["error"].is_null());
    }
}
