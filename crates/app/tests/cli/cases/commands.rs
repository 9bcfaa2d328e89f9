//! Commands, as readers of the book type them.

use crate::support::{Place, Running, printed, runner};
use serde_json::Value;
use std::fs;

/// A command, its exit code, and what it prints to stderr.
struct Row(&'static str, i32, &'static [&'static str]);

#[track_caller]
fn refused(place: &Place, rows: &[Row]) {
    for Row(command, code, expected) in rows {
        let stderr = place.fails(*code, command);
        for text in *expected {
            assert!(stderr.contains(text), "{command}\nwithout {text:?}:\n{stderr}");
        }
        let tip = stderr.lines().skip_while(|line| !line.contains("tip:")).take(2);
        assert!(tip.into_iter().all(|line| line.chars().count() <= 80), "{stderr}");
    }
}

/// Two runs in `data/runs`: 0001 is done, 0002 was interrupted.
fn two_runs() -> Place {
    let place = Place::new();
    place.run(&Place::small("data/runs/0001", "--iterations 40 --gradient backprop"));
    let words = Place::small("data/runs/0002", "--iterations 100000000 --gradient backprop --precision f64 --seed 1");
    interrupt(&place, &words, "data/runs/0002");
    place
}

/// Runs `app` until it has saved something there, and ends it: one process cannot press Ctrl-C for another on Windows.
#[cfg(windows)]
fn interrupt(place: &Place, words: &str, run: &str) {
    let mut process: Running = place.start(words);
    let log = place.path(run).join("log.jsonl");
    process.wait_for(&log);
    while fs::read_to_string(&log).unwrap().lines().count() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    process.kill();
    process.end();
}

/// Runs `app` until it has saved something there, and presses Ctrl-C; returns what it says.
#[cfg(unix)]
fn interrupt(place: &Place, words: &str, run: &str) -> String {
    let mut process: Running = place.start(words);
    process.wait_for(&place.path(run).join("log.jsonl"));
    process.signal("-INT");
    let (status, stderr) = process.end();
    assert_eq!(status.code(), Some(130), "{stderr}");
    stderr
}

#[test]
fn what_cannot_be_is_told_in_plain_words_with_a_way_on() {
    refused(
        &two_runs(),
        &[
            Row("train --epochs 3", 2, &["--epochs", "--iterations 1800", "images / batch size"]),
            Row("train --learning-rate -1", 2, &["'-1' for '--learning-rate", "a finite number above 0"]),
            Row("train --weight-init-std -0.1", 2, &["'-0.1' for '--weight-init-std", "0 or above"]),
            Row("train --hidden 0", 2, &["'0' for '--hidden", "expected a whole number, 1 or more"]),
            Row("train --hidden -5", 2, &["'-5' for '--hidden", "expected a whole number, 1 or more"]),
            Row("train --seed -1", 2, &["'-1' for '--seed", "expected a whole number, 0 or more"]),
            Row("train --iterations 1e4", 2, &["'1e4' for '--iterations", "expected a whole number, 0 or more"]),
            Row("train --seed 99999999999999999999", 2, &["that is too large"]),
            Row("train --evaluate-every 0", 2, &["expected a whole number, 1 or more"]),
            Row("train --resume 1 --learning-rate 1", 2, &["--learning-rate", "--init-from DIR"]),
            Row("train --learning-rate 1 --resume", 2, &["--learning-rate", "--init-from DIR"]),
            Row("train --resume 1 --evaluate-every 5", 2, &["--evaluate-every", "--init-from DIR"]),
            Row("train --gradient numerical --precision f32", 2, &["f32", "f32 rounds the loss"]),
            Row("inspect 7", 1, &["no run 7 in data/runs: there are 2, from 0001 to 0002", "runs` lists them"]),
            Row("train --resume 0", 1, &["no run 0 in data/runs"]),
            Row("evaluate 1 --model 2", 2, &["cannot be used with"]),
            Row("gradcheck --activation relu", 2, &["MODEL"]),
            Row("compare 1", 2, &["<B>"]),
            Row("compare 1 3", 1, &["no run 3"]),
        ],
    );
}

#[test]
fn a_model_is_named_by_place_or_flag_by_number_or_path() {
    let place = two_runs();
    let names = ["1", "0001", "data/runs/0001", "data/runs/0001/model.ckpt"];
    for command in ["evaluate --json", "inspect --json", "gradcheck --json --samples 5 --batch-size 5"] {
        let expected = place.run(&format!("{command} {}", names[2]));
        for name in names {
            assert_eq!(place.run(&format!("{command} {name}")), expected, "{command} {name}");
            assert_eq!(place.run(&format!("{command} --model {name}")), expected, "{command} --model {name}");
        }
        assert_ne!(place.run(&format!("{command} 2")), expected, "{command}");
    }
    for (k, name) in ["1", "--model 1", "--model data/runs/0001"].into_iter().enumerate() {
        place.run(&format!("report {name} -o page{k}.html"));
        place.run(&format!("export net{k}.npz {name}"));
        assert_eq!(fs::read(place.path(&format!("net{k}.npz"))).unwrap(), fs::read(place.path("net0.npz")).unwrap());
    }
    // a start from it, and a file of that name, which is no number then
    place.run("train --quiet --init-from 0001 --dataset digits --iterations 0 --out data/runs/9");
    assert_eq!(place.inspect("9")["parameters"], place.inspect("1")["parameters"]);
    fs::create_dir(place.path("2")).unwrap();
    fs::copy(place.path("data/runs/0001/model.ckpt"), place.path("2/model.ckpt")).unwrap();
    assert_eq!(place.inspect("2"), place.inspect("0001"));
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_prints_a_line_that_can_be_pasted() {
    let place = Place::new();
    let words = "train --dataset digits --no-report --gradient backprop --iterations 100000000 --out";
    for (run, pasted) in [("run", "run"), ("it's", r"'it'\''s'")] {
        let stderr = interrupt(&place, &format!("{words} {run}"), run);
        let line = stderr.lines().last().unwrap().trim().to_owned();
        assert!(line.ends_with(&format!("app train --resume {pasted}")), "{stderr}");
        let mut shell = std::process::Command::new("sh");
        let reached = place.inspect(run)["iteration"].as_u64().unwrap();
        let line = format!("{} {line} --quiet --iterations {}", runner(), reached + 1);
        let status = shell.current_dir(place.path("")).args(["-c", &line]).status().unwrap();
        assert!(status.success(), "{line}");
        assert_eq!(place.inspect(run)["iteration"], reached + 1);
    }
}

#[test]
fn in_a_checkout_that_cargo_runs_it_names_the_alias() {
    let place = Place::new();
    fs::create_dir_all(place.path("crates/app")).unwrap();
    fs::write(place.path("crates/app/Cargo.toml"), "").unwrap();
    let told = |package: &str| {
        let mut app = place.app("evaluate");
        app.env("CARGO_PKG_NAME", package);
        printed(&app.assert().code(1).get_output().stderr)
    };
    assert!(told("app").contains("train one with `cargo app train`"), "{}", told("app"));
    assert!(!told("other").contains("cargo app"), "{}", told("other"));
    // and there is one
    let aliases = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.cargo/config.toml")).unwrap();
    assert!(aliases.contains("\napp = \"run --package app --\"\n"), "{aliases}");
}

#[test]
fn export_says_what_it_writes_and_replaces_nothing_unasked() {
    let place = two_runs();
    let export = |words: &str| {
        let output = place.app(words).assert().success().get_output().clone();
        assert_eq!(output.stdout, b"");
        printed(&output.stderr)
    };
    let told = export("export net.npz");
    for text in ["data/runs/0002/model.ckpt", " of 100,000,000 iterations", "net.npz", "W1 (784, 6)", "in f64"] {
        assert!(told.contains(text), "{told}");
    }
    assert!(
        told.contains("note: the most recent run is not finished") && told.contains("train --resume data/runs/0002")
    );
    let before = fs::read(place.path("net.npz")).unwrap();

    refused(&place, &[Row("export net.npz 1", 2, &["net.npz already exists", "--force"])]);
    assert_eq!(fs::read(place.path("net.npz")).unwrap(), before);
    let told = export("export net.npz 1 --force");
    assert!(told.contains("after 40 iterations") && told.contains("in f32") && !told.contains("note:"), "{told}");
    assert_ne!(fs::read(place.path("net.npz")).unwrap(), before);
}

#[test]
fn runs_are_listed() {
    let empty = Place::new();
    assert!(empty.run("runs").starts_with("no run in data/runs yet; train a network"));
    assert_eq!(empty.run("runs --json"), "[]\n");

    let place = two_runs();
    fs::create_dir_all(place.path("data/runs/0003")).unwrap();
    fs::write(place.path("data/runs/0003/model.ckpt"), "what is this").unwrap();
    fs::create_dir_all(place.path("data/runs/0004")).unwrap();
    let text = place.run("runs");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[..4].iter().all(|line| line.chars().count() <= 80), "{text}");
    assert!(lines[1].starts_with("0001") && lines[1].contains("784-6-10") && lines[1].contains(" 40 "), "{text}");
    assert!(lines[2].starts_with("0002") && lines[2].contains("/100,000,000"), "{text}");
    assert!(lines[3].starts_with("0003") && lines[3].contains("damaged"), "{text}");
    assert!(text.contains("1 run is not finished") && text.contains("--resume 2\n"), "{text}");
    let last = place.log("data/runs/0001").last().unwrap().clone();
    let columns: Vec<&str> = lines[1].split_whitespace().collect();
    for (from_the_end, name) in [(4, "train_accuracy"), (3, "test_accuracy")] {
        let expected = format!("{:.4}", last[name].as_f64().unwrap());
        assert_eq!(columns[columns.len() - from_the_end], expected, "{name}: {text}");
    }
    assert!(lines[0].ends_with("train   test    time") && lines[1].ends_with('s'), "{text}");
    let (_, differences) = text.split_once("Settings that differ:\n").unwrap();
    assert!(differences.starts_with("0001  precision f32, seed 0\n0002  "), "{text}");
    assert!(differences.contains("seed 1") && !differences.contains("learning rate"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(lines.last().unwrap().ends_with("inspect 3"), "{text}");

    let json: Value = serde_json::from_str(&place.run("runs --json")).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 3);
    assert_eq!((&json[0]["run"], &json[0]["finished"], &json[0]["iteration"]), (&1.into(), &true.into(), &40.into()));
    assert_eq!(json[0]["test_accuracy"], place.log("data/runs/0001").last().unwrap()["test_accuracy"]);
    assert_eq!((&json[1]["finished"], &json[1]["config"]["seed"]), (&false.into(), &1.into()));
    assert!(json[2]["error"].as_str().unwrap().contains("model.ckpt"), "{json}");
}

#[test]
fn two_runs_are_compared() {
    let place = two_runs();
    let words = Place::small("data/runs/0003", "--iterations 40 --gradient backprop");
    place.run(&words.replace("--hidden 6", "--hidden 5"));
    let text = place.run("compare 1 2");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for row in [["seed", "0", "1"], ["precision", "f32", "f64"], ["iterations", "40", "100000000"]] {
        assert!(text.lines().any(|line| line.split_whitespace().eq(row)), "{row:?}\n{text}");
    }
    assert!(!text.contains("learning rate") && text.contains("All other settings are the same."), "{text}");
    let log = place.log("data/runs/0001");
    let last = format!("{:.4}", log.last().unwrap()["test_accuracy"].as_f64().unwrap());
    let line = text.lines().find(|line| line.trim_start().starts_with("40 ")).unwrap();
    assert_eq!(line.split_whitespace().nth(3), Some(last.as_str()), "{text}");

    for (run, words) in [("0004", "--iterations 40"), ("0005", "--iterations 20")] {
        place.run(&Place::small(
            &format!("data/runs/{run}"),
            &format!("{words} --gradient backprop --evaluate-every 10"),
        ));
    }
    let text = place.run("compare 4 5");
    let chart: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("loss, smoothed")).collect();
    assert_eq!((chart.len(), chart.last()), (12, Some(&"*: 4, o: 5")), "{text}");
    assert!(chart[0].ends_with("test accuracy") && chart[10].ends_with("iteration 40"), "{text}");
    assert!(["*", "o"].iter().all(|mark| chart[1..10].concat().contains(mark)), "{text}");
    assert!(text.is_ascii() && text.lines().all(|line| line.chars().count() <= 80), "{text}");

    let same = place.run("compare 1 data/runs/0001");
    assert!(same.contains("All settings are the same.") && same.contains("The parameters are the same."), "{same}");
    assert!(place.run("compare 1 3").contains("The networks have different sizes."));
    let json: Value = serde_json::from_str(&place.run("compare 1 2 --json")).unwrap();
    assert_eq!(json["differences"]["seed"], serde_json::json!([0, 1]));
    assert_eq!(json["histories"][0]["losses"].as_array().unwrap().len(), 40);

    place.run("export net.npz 1");
    refused(&place, &[Row("compare 1 net.npz", 2, &["net.npz contains only a network", "name a run"])]);
}

#[test]
fn accuracies_are_taken_as_often_as_asked_and_resuming_keeps_that() {
    let place = Place::new();
    let words = "--gradient backprop --evaluate-every 7";
    let iterations = |run: &str| -> Vec<u64> {
        place.log(run)[1..].iter().map(|line| line["iteration"].as_u64().unwrap()).collect()
    };
    place.run(&Place::small("whole", &format!("{words} --iterations 30")));
    assert_eq!(iterations("whole"), [1, 8, 15, 22, 29, 30]);
    place.run(&Place::small("half", &format!("{words} --iterations 11")));
    place.run("train --quiet --resume half --iterations 30");
    place.same("half", "whole");
    assert_eq!(place.inspect("whole")["config"]["evaluate_every"], 7);
    assert!(place.run("inspect whole").contains("every 7 iterations"));

    // without it nothing of it is saved, so that an older program reads the checkpoint
    place.run(&Place::small("epochs", "--gradient backprop --iterations 3"));
    assert!(place.inspect("epochs")["config"].get("evaluate_every").is_none());
}

#[test]
fn a_run_of_many_epochs_prints_some_twenty_lines_and_logs_all() {
    let place = Place::new();
    let words = |out: &str, more: &str| {
        let words = Place::small(out, &format!("--gradient backprop --iterations 2900 {more}"));
        words.replace("--quiet", "")
    };
    let output = place.app(&words("run", "")).assert().success().get_output().clone();
    let told = printed(&output.stderr);
    let lines = printed(&output.stdout);
    assert_eq!(place.log("run").len(), 1 + 102 + 1, "29 iterations are an epoch of 200 images, in batches of 7");
    assert_eq!(lines.lines().count(), 21 + 1, "{lines}");
    assert!(told.contains("one for every 5 epochs"), "{told}");
    let every = place.run(&words("every", "--evaluate-every 29"));
    assert_eq!(every.lines().count(), 101, "asked for");
    assert_eq!(lines.lines().next(), every.lines().next());
}

#[test]
fn what_a_run_says_of_itself_is_grammatical_and_said_where_it_is_seen() {
    let place = Place::new();
    let told = |words: &str| {
        let output = place.app(words).assert().success().get_output().clone();
        printed(&output.stderr)
    };
    let one = told("train --gradient backprop --iterations 1 --batch-size 1");
    for text in ["1 iteration of 1 image (", "done after 1 iteration;", "1 evaluation of"] {
        assert!(one.contains(text), "{text}\n{one}");
    }
    assert!(one.lines().last().unwrap().contains("built-in digits, not on MNIST"), "{one}");
    let asked_for = told("train --gradient backprop --iterations 1 --dataset digits");
    assert!(!asked_for.contains("not on MNIST"), "{asked_for}");
    assert!(place.run("evaluate").contains("after 1 iteration\n"));

    let lost = told("train --dataset digits --train-limit 50 --batch-size 5 --hidden 3 --iterations 3 --step 1e-50");
    assert!(lost.contains("note: p + h = p in f64 for most parameters p at h = 1e-50"), "{lost}");
    let book = told("train --dataset digits --train-limit 50 --batch-size 5 --hidden 3 --iterations 3");
    assert!(!book.contains("note: p + h"), "{book}");
}

#[test]
fn a_gradient_check_of_relu_names_the_kink_as_a_cause() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 60 --gradient backprop --activation relu --learning-rate 0.5"));
    let output = place.app("gradcheck run --step 0.3 --samples 5000").assert().code(1).get_output().clone();
    let text = printed(&output.stdout);
    assert!(text.contains("or a hidden neuron of relu crosses 0 within h"), "{text}");
}
