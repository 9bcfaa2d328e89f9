//! Kills, signals, full disks, and folders that vanish: no run is lost, and one that goes on ends as if nothing had
//! happened.

use crate::support::{Place, was_killed, write_mnist};
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A place with a data set so small that `app` spends its time in the loop.
fn place_with_tiny_images() -> Place {
    let place = Place::new();
    let labels: Vec<u8> = (0..60).map(|k| k * 3 % 10).collect();
    write_mnist(&place.path("data/mnist"), &labels, &labels[..20]);
    place
}

/// What a run folder holds whose run has come to its end, and what it holds before.
const WHOLE: [&str; 4] = [".lock", "log.jsonl", "model.ckpt", "report.html"];
#[cfg(unix)]
const BEFORE_ITS_END: [&str; 3] = [".lock", "log.jsonl", "model.ckpt"];

/// A run that is killed at random moments and resumed each time, then left alone; returns how many kills hit a save.
fn kill_again_and_again(flags: &str, seed: u64, kills: u32) -> u32 {
    use rand::{Rng, SeedableRng};

    // so many that the run hardly ends before the last kill, so few that every loss is kept
    const ITERATIONS: u64 = 90_000;

    let place = place_with_tiny_images();
    let common = format!("train --quiet --batch-size 7 --hidden 6 {flags}");
    let checkpoint = place.path("run/model.ckpt");
    let half_written = || {
        let names = fs::read_dir(place.path("run")).into_iter().flatten().map(|entry| entry.unwrap().file_name());
        names.filter_map(|name| name.into_string().ok()).find(|name| name.starts_with("model.ckpt.new."))
    };

    let clock = Instant::now();
    place.run(&format!("{common} --checkpoint-every 1 --iterations 50 --out first"));
    let latest = (5 * clock.elapsed()).min(Duration::from_secs(1));

    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let (mut reached, mut while_alive, mut inside_a_save) = (0, 0, 0);
    for kill in 1..=kills {
        // early moments more often than late ones
        let moment = latest.mul_f64((f64::from(random.next_u32()) / f64::from(u32::MAX)).powi(2));
        println!("{flags}, seed {seed}: kill {kill} after {moment:?}"); // shown when the test fails
        let before = half_written();
        let mut process = if checkpoint.exists() {
            place.start("train --quiet --resume run")
        } else {
            place.start(&format!("{common} --checkpoint-every 1 --iterations {ITERATIONS} --out run"))
        };
        sleep(moment);
        process.kill();
        let (status, stderr) = process.end();
        assert!(was_killed(status) || status.success(), "{status}: {stderr}");
        assert_eq!(stderr, "");

        while_alive += u32::from(was_killed(status));
        inside_a_save += u32::from(half_written().is_some_and(|now| Some(now) != before));
        if checkpoint.exists() {
            let iteration = place.inspect("run")["iteration"].as_u64().unwrap();
            assert!(iteration >= reached, "iteration {iteration}, after {reached} had been reached");
            reached = iteration;
        }
    }
    println!("{while_alive} of {kills} kills met a process, {inside_a_save} a save; iteration {reached} was reached");
    assert!(while_alive * 10 >= kills * 9, "{while_alive} of {kills} kills met a process that was still alive");
    assert!(reached > 0, "all kills came before the first iteration");

    let end = format!("--checkpoint-every 1000000 --iterations {}", reached + 50);
    place.run(&format!("train --quiet --resume run {end}"));
    place.run(&format!("{common} {end} --out whole"));
    place.same("whole", "run");
    assert_eq!(place.names("run"), WHOLE);
    inside_a_save
}

#[test]
fn ten_kills_at_random_moments_lose_nothing() {
    kill_again_and_again("--gradient backprop --sampling shuffle", 0, 10);
}

#[test]
#[ignore = "half a minute: a hundred processes that live for up to a second; ten kills are in the short tests"]
fn a_hundred_kills_at_random_moments_lose_nothing() {
    let inside_a_save = kill_again_and_again("--gradient backprop --precision f32 --sampling shuffle", 1, 34)
        + kill_again_and_again("--gradient numerical --sampling replacement", 2, 33)
        + kill_again_and_again("--gradient backprop --precision f64 --sampling sequential", 3, 33);
    assert!(inside_a_save > 0);
}

#[test]
fn a_folder_in_which_a_run_was_killed_before_its_first_checkpoint_is_as_good_as_empty() {
    let place = place_with_tiny_images();
    fs::create_dir(place.path("run")).unwrap();
    for name in [".lock", "model.ckpt.new.a1B2c3"] {
        fs::write(place.path("run").join(name), "").unwrap();
    }
    let stderr = place.fails(1, "train --resume run");
    assert!(stderr.contains("saved anything") && stderr.contains("app train --out run"), "{stderr}");

    place.run("train --quiet --batch-size 7 --iterations 5 --out run");
    place.run("train --quiet --batch-size 7 --iterations 5 --out other");
    place.same("run", "other");
    assert_eq!(place.names("run"), WHOLE);
}

#[test]
fn a_folder_whose_checkpoint_somebody_removed_keeps_its_log() {
    let place = place_with_tiny_images();
    place.run("train --quiet --batch-size 7 --iterations 5 --out run");
    fs::remove_file(place.path("run/model.ckpt")).unwrap();
    let log = place.log("run");
    let stderr = place.fails(2, "train --batch-size 7 --out run");
    assert!(stderr.contains("--out run is not empty"), "{stderr}");
    let stderr = place.fails(1, "train --resume run");
    assert!(stderr.contains("--resume run") && stderr.contains("no model.ckpt"), "{stderr}");
    assert_eq!(place.log("run"), log);
}

#[test]
#[cfg(unix)]
fn a_second_signal_ends_an_iteration_that_takes_half_a_minute() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let place = Place::new();
        // a signal that comes before the iteration has begun ends the run in good order; then again, a bit later
        let inside_the_iteration = (1..=5).find_map(|attempt| {
            let _ = fs::remove_dir_all(place.path("run"));
            // a step of 1000 leaves the gradient to the definition
            let mut process = place.start("train --quiet --dataset digits --step 1000 --out run");
            process.wait_for(&place.path("run/log.jsonl"));
            sleep(attempt * Duration::from_millis(100));
            process.signal(signal);
            sleep(Duration::from_millis(200));
            process.is_running().then_some(process)
        });
        let mut process = inside_the_iteration.expect("the first signal waits for the end of the iteration");
        while process.is_running() {
            process.signal(signal);
            sleep(Duration::from_millis(50)); // signals that wait to be delivered are one
        }
        assert_eq!(process.end().0.code(), Some(code));

        assert_eq!(place.inspect("run")["iteration"], 0, "the second signal waited for the end of the iteration");
        place.run("train --quiet --resume run --iterations 0");
        assert_eq!(place.names("run"), WHOLE);
    }
}

/// A script for [`Place::app_in_shell`]: no file may grow beyond `blocks` of 512 bytes, as if the disk were full then.
#[cfg(unix)]
fn with_room_for(blocks: u64) -> String {
    format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")
}

#[test]
#[cfg(unix)]
fn a_disk_that_fills_up_ends_the_run_and_keeps_its_last_checkpoint() {
    let common = "train --quiet --gradient backprop --batch-size 7 --checkpoint-every 10";
    // of the two files the log grows faster, and the checkpoint of a large net is larger from the start
    for (hidden, full) in [(1, "log.jsonl"), (200, "model.ckpt")] {
        let place = place_with_tiny_images();
        let common = format!("{common} --hidden {hidden}");
        place.run(&format!("{common} --iterations 0 --out start"));
        let start = fs::metadata(place.path("start/model.ckpt")).unwrap().len();
        let command = format!("{common} --iterations 2000 --out run");
        let stderr = place.fails_in_shell(&with_room_for(start / 512 + 8), &command);
        // there is room for another checkpoint as large as the first, and not for a larger one
        let kept = if full == "log.jsonl" { "Saved after" } else { "checkpoint is kept" };
        for words in [&format!("run/{full}"), kept, "free some space", "app train --resume run"] {
            assert!(stderr.contains(words), "{stderr}\nwithout: {words}");
        }
        assert_eq!(place.names("run"), BEFORE_ITS_END);
        let iteration = place.inspect("run")["iteration"].as_u64().unwrap();
        assert!(0 < iteration && iteration < 2000, "{iteration}");

        place.run("train --quiet --resume run");
        place.run(&format!("{common} --iterations 2000 --out whole"));
        place.same("whole", "run");
    }
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_from_the_start_is_noticed_before_the_run() {
    let place = place_with_tiny_images();
    let command = "train --quiet --batch-size 7 --iterations 5 --out";
    let stderr = place.fails_in_shell(&with_room_for(1), &format!("{command} run"));
    assert!(stderr.contains("run/model.ckpt") && stderr.contains("Nothing has been saved"), "{stderr}");
    assert_eq!(place.names("run"), [".lock"]);

    place.run(&format!("{command} run"));
    place.run(&format!("{command} other"));
    place.same("run", "other");
}

#[test]
#[cfg(target_os = "linux")]
fn results_that_cannot_be_written_end_the_run_and_keep_its_last_checkpoint() {
    let place = place_with_tiny_images();
    let common = "train --batch-size 7 --checkpoint-every 1 --iterations 5 --out";
    // at its first line: iteration 1 has been evaluated, and that evaluation is in the last checkpoint
    let stderr = place.fails_in_shell("exec \"$@\" > /dev/full", &format!("{common} run"));
    assert!(stderr.contains("cannot write to stdout") && stderr.contains("app train --resume run"), "{stderr}");
    assert_eq!(place.inspect("run")["history"]["evaluations"][0]["iteration"], 1);
    place.run("train --quiet --resume run");
    place.run(&format!("{common} whole"));
    place.same("whole", "run");
}

#[test]
#[cfg(unix)] // Windows renames no folder in which a file is open, such as the lock
fn a_folder_that_vanishes_during_the_run_is_named() {
    // noticed by the log, and by the checkpoint where the log has nothing to say
    for (flags, file) in [("", "log.jsonl"), ("--batch-size 1 --checkpoint-every 1", "model.ckpt")] {
        let place = Place::new();
        let digits = "train --dataset digits --hidden 6 --gradient backprop --iterations 100000000";
        let mut process = place.start(&format!("{digits} {flags} --out run"));
        process.first_line();
        fs::rename(place.path("run"), place.path("gone")).unwrap();
        fs::remove_dir_all(place.path("gone")).unwrap();
        let (status, stderr) = process.end();
        assert_eq!(status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(&format!("run/{file}")) && stderr.contains("The folder run is gone"), "{stderr}");
        assert!(!place.path("run").exists());
    }
}

#[test]
fn of_two_processes_that_start_in_one_folder_at_once_one_trains() {
    let place = place_with_tiny_images();
    let common = "train --quiet --batch-size 7 --iterations 200 --checkpoint-every 1";
    place.run(&format!("{common} --out alone"));
    for round in 0..10 {
        let run = format!("run{round}");
        let both = [(); 2].map(|()| place.start(&format!("{common} --out {run}")));
        let ends = both.map(|process| process.end());
        assert_eq!(ends.iter().filter(|(status, _)| status.success()).count(), 1, "{ends:?}");
        let (status, stderr) = ends.iter().find(|(status, _)| !status.success()).unwrap();
        match status.code() {
            Some(1) => assert!(stderr.contains(&format!("another process is training in {run}")), "{stderr}"),
            // the first had saved something before the second looked
            Some(2) => assert!(stderr.contains(&format!("--out {run} is not empty")), "{stderr}"),
            _ => panic!("{status}: {stderr}"),
        }
        place.same("alone", &run);
    }
}

#[test]
fn of_processes_that_start_at_once_without_a_folder_each_gets_its_own() {
    let place = place_with_tiny_images();
    // many names to read, so that all of them look before the first takes a number
    fs::create_dir_all(place.path("data/runs")).unwrap();
    (0..2000).for_each(|k| fs::write(place.path(&format!("data/runs/note {k}")), "").unwrap());
    for _ in 0..5 {
        let all = [(); 8].map(|()| place.start("train --quiet --batch-size 7 --iterations 20 --threads 1"));
        for process in all {
            let (status, stderr) = process.end();
            assert!(status.success(), "{stderr}");
        }
    }
    let numbers: Vec<String> = (1..=40).map(|number| format!("{number:04}")).collect();
    assert!(place.names("data/runs").starts_with(&numbers));
    numbers.iter().for_each(|number| place.same("data/runs/0001", &format!("data/runs/{number}")));
}

#[test]
#[cfg(unix)]
fn outputs_that_are_closed_or_whose_reader_is_gone_or_full_do_not_stop_the_run() {
    let place = place_with_tiny_images();
    let linux = if cfg!(target_os = "linux") { "2> /dev/full" } else { "" };
    for (k, redirection) in [">&-", "2>&-", ">&- 2>&- <&-", linux, "2>&1 | true"].into_iter().enumerate() {
        // a rate that is warned of
        let words =
            format!("train --gradient backprop --learning-rate 1e3 --iterations 50 --batch-size 7 --out run{k}");
        place.app_in_shell(&format!("\"$@\" {redirection}"), &words).assert().success();
        assert_eq!(place.inspect(&format!("run{k}"))["iteration"], 50, "{redirection}");
    }
}
