//! What a run does and writes.

use crate::support::{Place, printed, write_mnist};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn zero_iterations_evaluate_and_save_the_start() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 0"));
    let inspected = place.inspect("run");
    assert_eq!(inspected["iteration"], 0);
    assert_eq!(inspected["history"]["evaluations"].as_array().unwrap().len(), 1);
    assert_eq!(inspected["history"]["losses"].as_array().unwrap().len(), 0);
    assert_eq!(inspected["parameters"][1]["max"], 0.0, "biases start at 0");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let place = Place::new();
    // large enough for a step to be shared, and batches that cross the end of an epoch
    let sizes = "--dataset digits --train-limit 250 --test-limit 100 --batch-size 100";
    for way in [
        "--gradient backprop --precision f32 --iterations 40",
        "--gradient backprop --precision f64 --sampling shuffle --iterations 40",
        "--gradient backprop --activation tanh --hidden 130 --sampling sequential --iterations 20",
        "--gradient numerical --iterations 12",
    ] {
        let (mut parameters, mut logs) = (Vec::new(), Vec::new());
        for threads in [1, 2, 7] {
            place.run(&format!("train --quiet {sizes} {way} --threads {threads} --out run"));
            parameters.push(place.inspect("run")["parameters_sha256"].clone());
            logs.push(place.log("run")[1..].to_vec());
            fs::remove_dir_all(place.path("run")).unwrap();
        }
        assert!(parameters.iter().all(|p| *p == parameters[0]), "{way}: {parameters:?}");
        assert!(logs.iter().all(|log| *log == logs[0]), "{way}: {logs:?}");
    }
}

/// `app` in the other profile, dev or release, from the target folder of this one; built first.
fn app_of_the_other_profile() -> PathBuf {
    let this = assert_cmd::cargo::cargo_bin!("app");
    let folder = this.parent().unwrap();
    let (other, profile) = match folder.file_name().unwrap().to_str().unwrap() {
        "debug" => ("release", "release"),
        "release" => ("debug", "dev"),
        folder => panic!("{folder}: neither the dev profile nor release"),
    };
    let target = folder.parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--package", "app", "--profile", profile, "--target-dir"]).arg(target);
    assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    target.join(other).join(this.file_name().unwrap())
}

#[test]
#[ignore = "builds the program once more, in the profile that the tests do not run in"]
fn dev_and_release_give_the_same_bits() {
    let place = Place::new();
    let other = app_of_the_other_profile();
    assert_ne!(other, assert_cmd::cargo::cargo_bin!("app"));
    let common = "train --quiet --dataset digits --train-limit 250 --test-limit 50 --iterations 20";
    for sampling in ["replacement", "shuffle", "sequential"] {
        for way in ["numerical --precision f64", "backprop --precision f32", "backprop --precision f64"] {
            let words = format!("{common} --sampling {sampling} --gradient {way} --out");
            place.run(&format!("{words} this"));
            assert!(place.command(&other, &format!("{words} other")).status().unwrap().success());
            place.same("this", "other");
            for run in ["this", "other"] {
                fs::remove_dir_all(place.path(run)).unwrap();
            }
        }
    }
}

#[test]
fn stdout_holds_the_epoch_lines_alone_and_the_log_the_same_figures() {
    let place = Place::new();
    let flags =
        "--iterations 60 --dataset digits --train-limit 200 --test-limit 50 --hidden 6 --batch-size 7 --out run";
    let stdout = place.run(&format!("train {flags}"));
    let log = place.log("run");
    // 200 / 7: epochs begin with iterations 1, 30, 59, and the end is evaluated too
    let iterations: Vec<u64> = log[1..].iter().map(|line| line["iteration"].as_u64().unwrap()).collect();
    assert_eq!(iterations, [1, 30, 59, 60]);
    let expected: Vec<String> = log[1..]
        .iter()
        .map(|line| format!("train acc, test acc | {},{}", line["train_accuracy"], line["test_accuracy"]))
        .collect();
    assert_eq!(stdout.lines().collect::<Vec<_>>(), expected);

    let losses: usize = log[1..].iter().map(|line| line["losses"].as_array().unwrap().len()).sum();
    assert_eq!(losses, 60);
    assert_eq!(log[0]["config"]["batch_size"], 7);
    assert_eq!(log[0]["data"]["train"]["images"], 200);
    let logged: Vec<_> = log[1..].iter().flat_map(|line| line["losses"].as_array().unwrap().clone()).collect();
    assert_eq!(place.inspect("run")["history"]["losses"].as_array().unwrap(), &logged);
}

#[test]
fn what_a_run_will_do_and_cost_is_said_before_it_starts() {
    let place = Place::new();
    let assert = place.app("--dataset digits --iterations 1 --train-limit 300 --test-limit 50").assert().success();
    let stderr = printed(&assert.get_output().stderr);
    for word in [
        "300 train and 50 test images of 28x28",
        "784-50-10",
        "W1 (784, 50) b1 (50,) W2 (50, 10) b2 (10,): 39,760 parameters",
        "central differences, h = 1e-4\n",
        "(equivalent to 79,520 loss evaluations per iteration)",
        "per iteration, plus ",
        "data/runs/0001",
    ] {
        assert!(stderr.contains(word), "{stderr}\nwithout: {word}");
    }
    assert!(stderr.lines().all(|line| line.chars().count() <= 80), "{stderr}");
}

#[test]
fn quiet_prints_nothing() {
    let place = Place::new();
    place.app(&Place::small("run", "--iterations 10")).assert().success().stdout("").stderr("");
}

#[test]
fn runs_are_numbered_and_the_newest_is_the_default_model() {
    let place = Place::new();
    for seed in 1..=2 {
        place.run(&format!("train --quiet --dataset digits --train-limit 20 --batch-size 5 --iterations {seed}"));
    }
    assert!(place.path("data/runs/0001/model.ckpt").is_file());
    assert_eq!(place.inspect("")["iteration"], 2);
    assert_eq!(place.inspect("data/runs/0001")["iteration"], 1);
    assert_eq!(place.inspect("data/runs/0001/model.ckpt")["iteration"], 1);
}

#[test]
fn the_numerical_gradient_trains_as_backpropagation_does() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9, 2, 6], &[5, 3]);
    for activation in ["sigmoid", "tanh"] {
        let flags = format!(
            "train --quiet --batch-size 3 --hidden 5 --iterations 20 --precision f64 --weight-init-std 0.5 --activation {activation}"
        );
        place.run(&format!("{flags} --gradient numerical --out n-{activation}"));
        place.run(&format!("{flags} --gradient backprop --out b-{activation}"));
        let losses = |run: String| -> Vec<f64> {
            let inspected = place.inspect(&run);
            inspected["history"]["losses"].as_array().unwrap().iter().map(|loss| loss.as_f64().unwrap()).collect()
        };
        let (numerical, backprop) = (losses(format!("n-{activation}")), losses(format!("b-{activation}")));
        assert_eq!(numerical.len(), 20);
        assert_ne!(numerical, backprop, "central differences differ in the last digits");
        for (n, b) in numerical.iter().zip(&backprop) {
            assert!((n - b).abs() < 1e-7, "{n} against {b}");
        }
    }
}

#[test]
fn a_numerical_run_says_how_many_loss_evaluations_it_is_equivalent_to() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1], &[5, 3]);
    let command = "train --gradient numerical --batch-size 3 --iterations 1 --hidden 5";
    let stderr = place.app(command).assert().success().get_output().stderr.clone();
    let stderr = printed(&stderr);
    // 12 * 5 + 5 + 5 * 10 + 10 parameters, two losses each
    assert!(stderr.contains("equivalent to 250 loss evaluations per iteration"), "{stderr}");
}

#[test]
fn init_from_starts_with_the_parameters_of_another_run() {
    let place = Place::new();
    place.run(&Place::small("first", "--iterations 20 --activation tanh"));
    place.run("train --quiet --dataset digits --train-limit 100 --init-from first --iterations 0 --out second");
    let (first, second) = (place.inspect("first"), place.inspect("second"));
    assert_eq!(second["iteration"], 0);
    assert_eq!(second["config"]["activation"], "tanh");
    assert_eq!(second["config"]["hidden"], 6);
    assert_eq!(first["parameters_sha256"], second["parameters_sha256"]);
}

#[test]
fn a_run_that_diverges_stops_and_names_the_iteration_and_keeps_the_last_good_checkpoint() {
    let place = Place::new();
    let flags = "--gradient backprop --activation relu --learning-rate 1e18 --precision f32 --checkpoint-every 1";
    let stderr = place.fails(1, &format!("train --quiet --dataset digits --out run {flags}"));
    let iteration: u64 =
        stderr.split_once("stopped at iteration ").unwrap().1.split(':').next().unwrap().parse().unwrap();
    assert!(stderr.contains("the loss is NaN, while W2 reaches "), "{stderr}");
    assert!(stderr.contains("try a --learning-rate below 1e18"), "{stderr}");
    // saved after each iteration, the last finite one too
    assert_eq!(place.inspect("run")["iteration"], iteration - 1);
}

/// What a run that must succeed says on stderr beginning with "warning: ".
#[track_caller]
fn warnings(place: &Place, command: &str) -> Vec<String> {
    let stderr = place.app(command).assert().success().get_output().stderr.clone();
    let stderr = printed(&stderr);
    assert!(stderr.lines().all(|line| line.chars().count() <= 100), "{stderr}");
    stderr.split("warning: ").skip(1).map(str::to_owned).collect()
}

#[test]
fn a_loss_ten_times_the_first_and_saturated_neurons_are_warned_of_once() {
    let place = Place::new();
    let flags = "train --dataset digits --gradient backprop --iterations 500";
    for (activation, end) in
        [("sigmoid", "are close to 0 or 1 after"), ("tanh", "are close to -1 or 1 after"), ("relu", "are 0 after")]
    {
        let rate = if activation == "relu" { "1e2" } else { "1e6" };
        let warnings =
            warnings(&place, &format!("{flags} --activation {activation} --learning-rate {rate} --out {activation}"));
        let [loss, saturation] = &warnings[..] else { panic!("{activation}: {warnings:?}") };
        assert!(loss.contains("from 2.") && loss.contains("--learning-rate"), "{loss}");
        assert!(!saturation.contains("no more"), "{saturation}"); // it learns slowly, and with a large W2 not even that
        assert!(saturation.contains(end) && saturation.contains("--learning-rate"), "{saturation}");
        assert_eq!(place.inspect(activation)["iteration"], 500, "the run went on");
    }
    assert_eq!(warnings(&place, &format!("{flags} --out good")), Vec::<String>::new());
    place.app(&format!("{flags} --learning-rate 1e6 --quiet --out quiet")).assert().success().stderr("");
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "a minute: a million iterations"]
fn memory_does_not_grow_over_a_million_iterations() {
    use std::io::BufRead;

    let place = Place::new();
    let words = "train --dataset digits --train-limit 1000 --test-limit 10 --hidden 4 --batch-size 4 --out run \
                 --gradient backprop --iterations 1000000";
    let mut process = place.start(words);
    let status = format!("/proc/{}/status", process.id());
    // an evaluation every 250 iterations, of which every 200th is printed
    let mut peaks = Vec::new();
    for (k, line) in process.stdout().lines().enumerate() {
        assert!(line.unwrap().starts_with("train acc"));
        if k == 5 || k == 19 {
            let status = fs::read_to_string(&status).unwrap();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
            peaks.push(peak.trim_end_matches("kB").trim().parse::<u64>().unwrap());
        }
    }
    assert!(process.end().0.success());
    let history = &place.inspect("run")["history"];
    assert_eq!((history["stride"].as_u64(), history["losses"].as_array().unwrap().len()), (Some(16), 62_500));
    eprintln!("peak after 250,000 and 950,000 iterations, in KiB: {peaks:?}");
    // 2,800 evaluations of 32 bytes are in it; every loss kept would be 5,600 KiB more
    assert!(peaks[1] <= peaks[0] + 1024, "{peaks:?}");
}

#[test]
fn almost_empty_batches_are_warned_of_once() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9], &[5, 3]);
    let command = "train --batch-size 2 --sampling sequential --iterations 9 --out";
    assert_eq!(warnings(&place, &format!("{command} whole")), Vec::<String>::new());
    let images = place.path("data/mnist/train-images-idx3-ubyte");
    let mut bytes = fs::read(&images).unwrap();
    bytes[16 + 2 * 12..16 + 4 * 12].fill(0); // images 2 and 3, the second batch
    fs::write(&images, bytes).unwrap();
    let warnings = warnings(&place, &format!("{command} blank"));
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    assert!(warning.contains("2 of the 2 images of iteration 2 are almost empty"), "{warning}");
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let place = Place::new();
    let digests: Vec<String> = ["1", "2", "7"]
        .iter()
        .map(|threads| {
            place.run(&Place::small(&format!("t{threads}"), &format!("--iterations 40 --threads {threads}")));
            place.inspect(&format!("t{threads}"))["parameters_sha256"].to_string()
        })
        .collect();
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
    assert_eq!(place.log("t1")[1..], place.log("t7")[1..]);
}

#[test]
fn another_seed_gives_another_net_and_the_same_seed_the_same() {
    let place = Place::new();
    for (out, seed) in [("a", 0), ("b", 0), ("c", 1)] {
        place.run(&Place::small(out, &format!("--iterations 3 --seed {seed}")));
    }
    let digest = |run| place.inspect(run)["parameters_sha256"].clone();
    assert_eq!(digest("a"), digest("b"));
    assert_ne!(digest("a"), digest("c"));
}

#[test]
fn a_reader_that_leaves_does_not_stop_the_run() {
    let place = Place::new();
    let words = "train --dataset digits --train-limit 50 --batch-size 10 --iterations 100 --out run";
    let mut process = place.start(words);
    assert!(process.first_line().starts_with("train acc, test acc | ")); // and the pipe is closed
    assert!(process.end().0.success());
    assert_eq!(place.inspect("run")["iteration"], 100);
}

#[test]
fn the_run_folder_holds_checkpoint_log_and_page_and_nothing_half_written() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 10 --checkpoint-every 3"));
    assert_eq!(place.names("run"), [".lock", "log.jsonl", "model.ckpt", "report.html"]);
}
