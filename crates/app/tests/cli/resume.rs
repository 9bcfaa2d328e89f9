//! A run that was stopped and goes on ends as the one that was not, bit for bit.

use crate::support::{Place, printed};
use std::fs;

#[test]
fn half_a_run_resumed_equals_the_whole_with_every_sampling_gradient_and_precision() {
    let place = Place::new();
    for (k, flags) in [
        "--sampling replacement",
        "--sampling shuffle",
        "--sampling sequential",
        "--gradient backprop --sampling shuffle",
        "--gradient backprop --precision f64 --activation tanh",
        "--gradient numerical --activation relu",
        "--checkpoint-every 10",
    ]
    .iter()
    .enumerate()
    {
        let (whole, half) = (format!("whole{k}"), format!("half{k}"));
        place.run(&Place::small(&whole, &format!("{flags} --iterations 60")));
        // 37 is no iteration at which an epoch begins: the evaluation at the end of the half is an extra one
        place.run(&Place::small(&half, &format!("{flags} --iterations 37")));
        place.run(&format!("train --quiet --resume {half} --iterations 60"));
        place.same(&whole, &half);
    }
}

#[test]
fn a_run_stopped_where_an_epoch_begins_keeps_that_evaluation() {
    let place = Place::new();
    place.run(&Place::small("whole", "--iterations 60"));
    place.run(&Place::small("half", "--iterations 30")); // the second epoch begins with iteration 30
    place.run("train --quiet --resume half --iterations 60");
    place.same("whole", "half");
}

#[test]
fn a_log_that_ran_ahead_of_the_checkpoint_is_cut_back() {
    let place = Place::new();
    place.run(&Place::small("whole", "--iterations 60"));
    place.run(&Place::small("half", "--iterations 37"));
    let log = place.path("half/log.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    let ahead = r#"{"iteration":59,"train_accuracy":1,"test_accuracy":1,"seconds":9,"loss_stride":1,"losses":[]}"#;
    fs::write(&log, format!("{text}{ahead}\n{{\"iterat")).unwrap();
    place.run("train --quiet --resume half --iterations 60");
    place.same("whole", "half");
}

#[test]
fn the_number_of_threads_may_change_on_resuming_and_changes_no_bit() {
    let place = Place::new();
    // large enough for a step to be shared
    let sizes = "--dataset digits --train-limit 250 --test-limit 50 --batch-size 100";
    for sampling in ["replacement", "shuffle", "sequential"] {
        for way in ["numerical", "backprop --precision f32", "backprop --precision f64"] {
            let start = format!("train --quiet {sizes} --sampling {sampling} --gradient {way}");
            place.run(&format!("{start} --threads 1 --iterations 12 --out whole"));
            for (first, then) in [(2, 7), (7, 1)] {
                place.run(&format!("{start} --threads {first} --iterations 7 --out half"));
                place.run(&format!("train --quiet --resume half --threads {then} --iterations 12"));
                place.same("whole", "half");
                fs::remove_dir_all(place.path("half")).unwrap();
            }
            fs::remove_dir_all(place.path("whole")).unwrap();
        }
    }
}

#[test]
fn a_finished_run_can_be_resumed_and_stays_as_it_is() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 20"));
    let before = (place.inspect("run"), place.log("run"));
    place.run("train --quiet --resume run");
    assert_eq!((place.inspect("run"), place.log("run")), before);
    let note = "already finished; to train on, resume it with a larger number of --iterations";
    let said = |words: &str| printed(&place.app(words).output().unwrap().stderr);
    assert!(said("train --resume run").contains(note));
    assert_eq!((place.inspect("run"), place.log("run")), before);
    assert!(!said("train --resume run --iterations 30").contains(note));
    let new = "train --dataset digits --train-limit 20 --batch-size 2 --iterations 0 --out new";
    assert!(!said(new).contains(note), "a new run of no iterations");
}

#[test]
fn fewer_iterations_than_were_reached_are_a_usage_error() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 20"));
    let stderr = place.fails(2, "train --resume run --iterations 19");
    assert!(stderr.contains("--iterations 19") && stderr.contains("reached iteration 20"), "{stderr}");
    assert_eq!(place.inspect("run")["iteration"], 20);
}

#[test]
fn other_data_than_those_of_the_run_are_refused() {
    let place = Place::new();
    let folder = place.path("data/mnist");
    crate::support::write_mnist(&folder, &[1, 2, 3, 4], &[5]);
    place.run("train --quiet --batch-size 2 --iterations 4 --out run");
    crate::support::write_mnist(&folder, &[1, 2, 3, 5], &[5]);
    let stderr = place.fails(1, "train --resume run --iterations 8");
    assert!(stderr.contains("not the one that run was trained on"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_and_sigterm_save_and_the_run_goes_on_from_there() {
    use std::io::BufRead;

    let place = Place::new();
    let common = "--dataset digits --train-limit 1000 --test-limit 100 --batch-size 10 --hidden 20";
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (run, whole) = (format!("run{code}"), format!("whole{code}"));
        let mut process = place.start(&format!("train {common} --iterations 100000000 --out {run}"));
        let mut lines = process.stdout().lines();
        lines.next().unwrap().unwrap(); // it trains
        process.signal(signal);
        lines.for_each(drop);
        let (status, stderr) = process.end();
        assert_eq!(status.code(), Some(code));
        assert!(stderr.contains(&format!("app train --resume {run}")), "{stderr}");

        assert!(place.path(&run).join("report.html").is_file());
        let reached = place.inspect(&run)["iteration"].as_u64().unwrap();
        assert!(reached > 0);
        let end = reached + 150;
        place.run(&format!("train --quiet --resume {run} --iterations {end}"));
        place.run(&format!("train --quiet {common} --iterations {end} --out {whole}"));
        place.same(&whole, &run);
    }
}

#[test]
fn a_second_process_on_the_same_run_is_refused_until_the_first_ends() {
    let place = Place::new();
    let words = "train --dataset digits --train-limit 100 --test-limit 10 --iterations 100000000 --out run";
    let mut first = place.start(words);
    first.first_line();
    let stderr = place.fails(1, "train --resume run");
    assert!(stderr.contains("another process is training in run"), "{stderr}");
    first.kill();
    first.end();
    let reached = place.inspect("run")["iteration"].as_u64().unwrap();
    place.app("train --quiet --resume run --iterations 5").assert().success();
    assert!(reached <= 5);
}
