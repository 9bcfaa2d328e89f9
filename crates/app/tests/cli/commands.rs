//! `evaluate`, `inspect`, `show` and the help.

use crate::support::{Place, printed, write_mnist};
use serde_json::Value;

#[test]
fn evaluate_agrees_with_the_log_and_its_matrix_with_its_accuracy() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 60"));
    let evaluated: Value = serde_json::from_str(&place.run("evaluate run --json")).unwrap();
    let log = place.log("run");
    let last = log.last().unwrap();
    assert_eq!(evaluated["train"]["accuracy"], last["train_accuracy"]);
    assert_eq!(evaluated["test"]["accuracy"], last["test_accuracy"]);

    let test = &evaluated["test"];
    let cell = |i: usize, j: usize| test["confusion"][i][j].as_u64().unwrap();
    let total: u64 = (0..100).map(|k| cell(k / 10, k % 10)).sum();
    let correct: u64 = (0..10).map(|k| cell(k, k)).sum();
    assert_eq!(total, 50);
    assert_eq!(correct as f64 / 50.0, test["accuracy"].as_f64().unwrap());
    assert_eq!(test["surest_mistakes"].as_array().unwrap().len() as u64, total - correct);
}

#[test]
fn evaluate_draws_within_80_columns_and_ascii_is_ascii() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 60"));
    for flag in ["", "--ascii"] {
        let text = place.run(&format!("evaluate run {flag}"));
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.contains("recall") && text.contains("precision") && text.contains("read as"), "{text}");
        assert_eq!(text.is_ascii(), flag == "--ascii");
    }
}

#[test]
fn evaluate_reads_the_data_of_the_run_unless_told_otherwise() {
    let place = Place::new();
    write_mnist(&place.path("one/mnist"), &[1, 2, 3, 4], &[5]);
    write_mnist(&place.path("two/mnist"), &[1, 2, 3, 4, 5], &[5, 6]);
    place.run("train --quiet --data-dir one --batch-size 2 --iterations 4 --out run");
    let images = |text: String| serde_json::from_str::<Value>(&text).unwrap()["train"]["images"].clone();
    assert_eq!(images(place.run("evaluate run --json")), 4);
    let assert = place.app("evaluate run --json --data-dir two").assert().success();
    assert_eq!(images(printed(&assert.get_output().stdout)), 5);
    assert!(printed(&assert.get_output().stderr).contains("not the images"));
}

#[test]
fn inspect_shows_what_the_checkpoint_holds() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 60 --learning-rate 0.30000000000000004"));
    let text = place.run("inspect run");
    for word in ["60 of 60", "digits", "0.30000000000000004", "(784, 6)", "(6,)", "(6, 10)", "(10,)", "SHA-256"] {
        assert!(text.contains(word), "{text}\nwithout: {word}");
    }
    let inspected = place.inspect("run");
    assert_eq!(inspected["config"]["learning_rate"], 0.1 + 0.2);
    assert_eq!(inspected["history"]["losses"].as_array().unwrap().len(), 60);
}

#[test]
fn show_draws_the_image_with_its_label() {
    let place = Place::new();
    let text = place.run("show --dataset digits --index 7 --ascii");
    let mut lines = text.lines();
    let caption = lines.next().unwrap();
    assert!(caption.starts_with("digits, train image 7 of 10,000: "), "{caption}");
    let image: Vec<&str> = lines.collect();
    assert_eq!(image.len(), 14);
    assert!(image.iter().all(|line| line.len() == 28) && image.concat().contains(['+', '*', '#', '@']), "{text}");
}

#[test]
fn drawings_keep_within_a_narrow_terminal() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 20"));
    let narrow = |words: &str, columns: &str| {
        let output = place.app(words).env("COLUMNS", columns).assert().success().get_output().clone();
        printed(&output.stdout)
    };
    let shown = narrow("show --dataset digits --ascii", "20");
    assert!(shown.lines().next().unwrap().ends_with(" (drawn at 1/2 of its size)"), "{shown}");
    assert_eq!(shown.lines().skip(1).map(str::len).collect::<Vec<_>>(), [14; 7]);

    let mistakes = |columns: &str| -> Vec<String> {
        let text = narrow("evaluate run --ascii", columns);
        let (_, mistakes) = text.split_once("most confident mistakes on the test images").unwrap();
        mistakes.lines().map(str::to_owned).collect()
    };
    let (wide, single, small) = (mistakes("64"), mistakes("63"), mistakes("20"));
    assert_eq!((wide.len(), single.len(), small.len()), (1 + 2 * 16, 1 + 4 * 16, 1 + 4 * 9));
    let widest = |lines: &[String]| lines.iter().filter(|line| !line.contains("read")).map(String::len).max().unwrap();
    assert!(widest(&wide) <= 64 && widest(&single) <= 28 && small[0] == ", drawn at 1/2 of their size", "{small:#?}");
}

#[test]
fn the_chart_of_a_run_is_for_terminals_alone() {
    let words = "train --dataset digits --gradient backprop --iterations 300 --out run";
    let output = Place::new().app(words).assert().success().get_output().clone();
    let told = printed(&output.stderr);
    assert!(told.contains("done after 300 iterations") && !told.contains("smoothed"), "{told}");
}

#[test]
fn auto_takes_mnist_once_it_is_there() {
    let place = Place::new();
    assert!(place.run("show").starts_with("digits, "));
    write_mnist(&place.path("data/mnist"), &[7, 2], &[5]);
    assert!(place.run("show").starts_with("mnist, train image 0 of 2: 7"));
}

#[test]
fn gradcheck_holds_on_a_fresh_net_and_on_a_trained_one() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 60 --activation tanh --precision f32 --gradient backprop"));
    for command in ["gradcheck --dataset digits --batch-size 10", "gradcheck --model run --batch-size 10"] {
        let text = place.run(command);
        assert!(text.contains("The gradients agree"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let json: Value = serde_json::from_str(&place.run(&format!("{command} --json --samples 7"))).unwrap();
        assert_eq!(json["holds"], true);
        let compared: Vec<_> = json["parameters"].as_array().unwrap().iter().map(|p| p["compared"].as_u64()).collect();
        assert!(compared.iter().all(|n| n.is_some_and(|n| n == 7 || n == 6)), "{compared:?}");
    }
}

#[test]
fn gradcheck_exits_1_where_the_gradients_differ_and_says_why() {
    let place = Place::new();
    let output = place.app("gradcheck --dataset digits --batch-size 10 --step 3").assert().code(1).get_output().clone();
    let text = printed(&output.stdout);
    assert!(text.contains("The gradients differ") && text.contains("step is too large"), "{text}");
    let output =
        place.app("gradcheck --dataset digits --batch-size 10 --step 1e-13").assert().code(1).get_output().clone();
    let text = printed(&output.stdout);
    assert!(text.contains("rounding"), "{text}");
}

#[test]
fn an_exported_net_is_the_same_net_wherever_a_model_is_taken() {
    let place = Place::new();
    for (run, precision) in [("single", "--precision f32"), ("double", "--precision f64")] {
        place.run(&Place::small(run, &format!("--gradient backprop --activation tanh --iterations 60 {precision}")));
        for (file, activation) in [("net.npz", "--activation tanh"), ("net.safetensors", "")] {
            assert_eq!(place.run(&format!("export {file} --force --model {run}")), "");
            let exported: Value =
                serde_json::from_str(&place.run(&format!("inspect {file} --json {activation}"))).unwrap();
            let inspected = place.inspect(run);
            for field in ["parameters_sha256", "parameters", "activation"] {
                assert_eq!(exported[field], inspected[field], "{file} {field}");
            }
            let limits = "--dataset digits";
            let of = |model: &str| -> Value {
                serde_json::from_str(&place.run(&format!("evaluate {model} {limits} --json"))).unwrap()
            };
            // the run remembers its limits, the file has none
            let whole = format!("whole-{run}-{file}");
            place.run(&format!(
                "train --quiet --dataset digits --iterations 0 --init-from {file} {activation} {precision} --gradient backprop --out {whole}"
            ));
            let (file, whole) = (of(&format!("{file} {activation}")), of(&whole));
            assert_eq!((&file["train"], &file["test"]), (&whole["train"], &whole["test"]));
            assert_eq!(whole["iteration"], 0);
        }
    }
    let text = place.run("inspect net.safetensors");
    assert!(text.contains("activation     tanh") && text.contains("(784, 6)"), "{text}");
    assert!(place.run("gradcheck --model net.safetensors --dataset digits --batch-size 5").contains("agree"));
}

#[test]
fn every_help_fits_80_columns() {
    let place = Place::new();
    let questions = ["init-std", "step", "batch-size", "learning-rate", "loss-or-accuracy", "epochs", "overfitting"]
        .map(|question| format!("lab {question}"));
    let commands = [
        "",
        "train",
        "evaluate",
        "export",
        "gradcheck",
        "inspect",
        "lab",
        "report",
        "predict",
        "show",
        "runs",
        "compare",
    ]
    .map(str::to_owned);
    for command in commands.iter().chain(&questions) {
        let help = place.app(&format!("{command} --help")).env("COLUMNS", "80").assert().success().get_output().clone();
        let help = printed(&help.stdout);
        assert!(help.contains("Usage: app"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
}
