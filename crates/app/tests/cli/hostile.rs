//! What somebody who means ill, or a system at its limits, can put in the way of `app`: no hang, no panic, nothing lost.

use crate::support::{Place, idx, printed, write_mnist};
use std::fs;
use std::time::Duration;

/// Runs `app`, which must fail with this exit code and say each of `words`. What hangs is killed and fails the test.
#[track_caller]
fn refused(place: &Place, code: i32, command: &str, words: &[&str]) {
    let output = place.app(command).timeout(Duration::from_secs(60)).assert().code(code).get_output().clone();
    let stderr = printed(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "`app {command}` said: {stderr}\nwithout: {word}");
    }
}

#[cfg(unix)]
fn pipe(place: &Place, name: &str) {
    assert!(std::process::Command::new("mkfifo").arg(place.path(name)).status().unwrap().success());
}

#[test]
#[cfg(unix)]
fn what_is_no_regular_file_is_named_and_not_opened() {
    let place = Place::new();
    for name in ["x.npz", "x.safetensors", "x.ckpt"] {
        pipe(&place, name);
        for command in ["inspect", "evaluate", "report", "train --dataset digits --init-from", "gradcheck --model"] {
            refused(&place, 1, &format!("{command} {name}"), &[name, "it is a named pipe"]);
        }
    }
    let _socket = std::os::unix::net::UnixListener::bind(place.path("socket.npz")).unwrap();
    refused(&place, 1, "inspect socket.npz", &["socket.npz", "it is a socket"]);

    place.run(&Place::small("run", "--iterations 3"));
    pipe(&place, "digit.png");
    refused(&place, 1, "predict digit.png --model run", &["digit.png", "it is a named pipe"]);
    refused(&place, 1, "predict /dev/zero --model run", &["/dev/zero", "it is a device"]);
    refused(&place, 1, "predict run --model run", &["run", "it is a folder"]);

    for file in ["model.ckpt", ".lock", "log.jsonl", "report.html"] {
        place.run(&Place::small(file, "--iterations 3"));
        fs::remove_file(place.path(file).join(file)).unwrap();
        pipe(&place, &format!("{file}/{file}"));
        let resume = format!("train --quiet --resume {file} --iterations 5");
        refused(&place, 1, &resume, &[&format!("{file}/{file}"), "it is a named pipe"]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_the_kernel_makes_up_is_not_read() {
    let place = Place::new();
    for name in ["kmsg.npz", "kmsg.ckpt", "kmsg.png"] {
        std::os::unix::fs::symlink("/proc/kmsg", place.path(name)).unwrap();
    }
    refused(&place, 1, "inspect kmsg.npz", &["kmsg.npz"]);
    refused(&place, 1, "inspect kmsg.ckpt", &["kmsg.ckpt"]);
    place.run(&Place::small("run", "--iterations 3"));
    refused(&place, 1, "predict kmsg.png --model run", &["kmsg.png"]);
}

#[test]
#[cfg(unix)]
fn a_named_pipe_among_the_data_does_not_hang() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4], &[1]);
    fs::remove_file(place.path("data/mnist/train-images-idx3-ubyte")).unwrap();
    pipe(&place, "data/mnist/train-images-idx3-ubyte");
    refused(&place, 1, "train --batch-size 2", &["no train-images-idx3-ubyte", "cargo xtask fetch-mnist"]);
}

#[test]
fn a_picture_may_come_by_standard_input() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 3"));
    let mut pixels = vec![0; 784];
    (5..23).for_each(|row| pixels[row * 28 + 13..row * 28 + 16].fill(255));
    let output = place.app("predict - --model run").write_stdin(idx(&[1, 28, 28], &pixels)).assert().success();
    assert!(printed(&output.get_output().stdout).contains("standard input"));
    let output = place.app("predict - --model run").assert().code(1);
    let stderr = printed(&output.get_output().stderr);
    assert!(stderr.contains("cannot read standard input: it is empty"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn only_a_regular_file_is_replaced_and_nothing_is_written_through_a_link() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 3"));
    fs::write(place.path("precious"), "years of work").unwrap();
    std::os::unix::fs::symlink("precious", place.path("link.html")).unwrap();
    std::os::unix::fs::symlink("precious", place.path("link.npz")).unwrap();
    pipe(&place, "pipe.html");
    let _socket = std::os::unix::net::UnixListener::bind(place.path("socket.html")).unwrap();
    refused(&place, 1, "report run -o link.html", &["cannot write link.html", "it is a symbolic link"]);
    refused(&place, 1, "report run -o pipe.html", &["cannot write pipe.html", "it is a named pipe"]);
    refused(&place, 1, "report run -o socket.html", &["cannot write socket.html", "it is a socket"]);
    refused(&place, 1, "export link.npz --force --model run", &["cannot write link.npz", "it is a symbolic link"]);

    // nor is a file that another program wrote
    let thesis = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><p>years of work";
    fs::write(place.path("thesis.html"), thesis).unwrap();
    let words = "already exists and was not written by this command";
    for file in ["thesis.html", "run/model.ckpt", "run/log.jsonl"] {
        refused(&place, 2, &format!("report run -o {file}"), &[file, words]);
        refused(&place, 2, &format!("lab step --dataset digits --svg {file}"), &[file, words]);
    }
    assert_eq!(fs::read_to_string(place.path("thesis.html")).unwrap(), thesis);
    fs::create_dir(place.path("figures")).unwrap();
    let drawing = "<svg width=\"700\" height=\"400\"></svg>";
    fs::write(place.path("figures/loss.svg"), drawing).unwrap();
    refused(&place, 2, "report run -o page.html --figures figures", &["figures/loss.svg", words]);
    assert_eq!(place.names("figures"), ["loss.svg"]);
    assert_eq!(fs::read_to_string(place.path("figures/loss.svg")).unwrap(), drawing);
    fs::remove_file(place.path("figures/loss.svg")).unwrap();
    for _ in 0..2 {
        place.run("report run -o page.html --figures figures");
        place.run("lab step --dataset digits --svg chart.svg");
    }
    refused(
        &place,
        1,
        "report run -o nowhere/page.html",
        &["cannot write nowhere/page.html", "there is no folder nowhere"],
    );

    // of the run itself: before it begins, not at its end
    std::os::unix::fs::symlink("../precious", place.path("run/report.html.link")).unwrap();
    fs::rename(place.path("run/report.html.link"), place.path("run/report.html")).unwrap();
    refused(&place, 1, "train --quiet --resume run --iterations 5", &["run/report.html", "it is a symbolic link"]);
    assert_eq!(place.inspect("run")["iteration"], 3);
    assert_eq!(fs::read_to_string(place.path("precious")).unwrap(), "years of work");
    assert!(["link.html", "link.npz"].iter().all(|link| place.path(link).is_symlink()));
}

#[test]
#[cfg(unix)]
fn a_planted_link_has_its_target_left_alone_and_what_crashes_left_is_tidied_up() {
    let place = Place::new();
    fs::write(place.path("precious"), "years of work").unwrap();
    place.run(&Place::small("run", "--iterations 3"));
    for name in ["model.ckpt.new", "log.jsonl.new", "report.html.new"] {
        std::os::unix::fs::symlink("../precious", place.path("run").join(name)).unwrap();
        fs::write(place.path("run").join(format!("{name}.a1B2c3")), "half").unwrap();
    }
    place.run("train --quiet --resume run --iterations 5");
    assert_eq!(fs::read_to_string(place.path("precious")).unwrap(), "years of work");
    let planted = ["log.jsonl.new", "model.ckpt.new", "report.html.new"];
    let names: Vec<_> = place.names("run").into_iter().filter(|name| name.contains(".new")).collect();
    assert_eq!(names, planted);
}

#[test]
fn more_threads_than_any_machine_has_are_refused() {
    let place = Place::new();
    for threads in ["1025", "65535", "100000", "18446744073709551615", "18446744073709551616"] {
        let words = ["--threads", threads, "expected a whole number from 1 to 1,024"];
        refused(&place, 2, &format!("train --dataset digits --threads {threads}"), &words);
    }
    let output = place.app("show --dataset digits").env("RAYON_NUM_THREADS", "100000").assert().code(2);
    let stderr = printed(&output.get_output().stderr);
    assert!(stderr.contains("RAYON_NUM_THREADS is 100000, expected at most 1,024"), "{stderr}");
}

#[test]
#[cfg(unix)]
fn where_no_thread_can_be_started_one_does_the_work() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9], &[2, 6]);
    // a stack for which no address space is left: a limit on processes does the same, but not to root
    let app = |words: &str| {
        let mut app = place.app(words);
        app.env("RUST_MIN_STACK", "1000000000000000").env("RAYON_NUM_THREADS", "2");
        app
    };
    let train = "train --quiet --gradient backprop --batch-size 3 --iterations 5";
    app(&format!("{train} --out one --threads 1")).assert().success().stderr("");
    let output = app(&format!("{train} --out two --threads 2")).assert().code(1);
    let stderr = printed(&output.get_output().stderr);
    assert!(stderr.contains("cannot start 2 threads (") && stderr.contains("ask for fewer with --threads"), "{stderr}");
    let output = app("evaluate one").assert().success();
    let stderr = printed(&output.get_output().stderr);
    assert!(stderr.contains("note: cannot start 2 threads"), "{stderr}");
    app(&format!("{train} --out three")).assert().success();
    place.same("one", "three");
}

#[test]
fn the_last_number_that_a_run_folder_can_have_is_an_error_and_no_panic() {
    let place = Place::new();
    fs::create_dir_all(place.path("data/runs/18446744073709551615")).unwrap();
    let words = ["data/runs", "18446744073709551615", "there is no larger number", "--out"];
    refused(&place, 1, "train --quiet --dataset digits --iterations 1", &words);
}

#[test]
fn losses_near_the_largest_number_have_a_page() {
    let place = Place::new();
    let huge = "--gradient backprop --precision f64 --weight-init-std 1e303 --learning-rate 1e-9 --iterations 9";
    let train = place.app(&Place::small("run", huge)).timeout(Duration::from_secs(60)).assert().success();
    assert_eq!(printed(&train.get_output().stderr), "");
    let losses = place.inspect("run")["history"]["losses"].clone();
    assert!(losses.as_array().unwrap().iter().any(|loss| loss.as_f64().unwrap() > 1e300), "{losses}");
    place.app("report run --figures figures").timeout(Duration::from_secs(60)).assert().success();
}

#[test]
fn weights_that_outgrow_the_step_of_a_numerical_gradient_end_the_run_at_once() {
    let place = Place::new();
    let command = Place::small("run", "--gradient numerical --learning-rate 1e300");
    let words = ["stopped at iteration 2", "too large for central differences with h = 1e-4", "--learning-rate below"];
    refused(&place, 1, &command, &words);
}

#[test]
fn the_name_of_a_folder_above_a_model_never_reaches_the_page() {
    let place = Place::new();
    fs::create_dir_all(place.path("secret")).unwrap();
    place.run(&Place::small("secret/mine", "--iterations 3"));
    fs::create_dir(place.path("secret/mine/inner")).unwrap();
    for (k, name) in ["secret/mine/inner/..", "secret/mine/.", "secret/mine/model.ckpt/../inner/.."].iter().enumerate()
    {
        let start = format!("train --quiet --dataset digits --iterations 1 --gradient backprop --init-from {name}");
        if place.app(&format!("{start} --out run{k}")).output().unwrap().status.success() {
            let page = fs::read_to_string(place.path(&format!("run{k}/report.html"))).unwrap();
            assert!(page.contains("from mine") && !page.contains("secret") && !page.contains("inner"));
        } else {
            assert_eq!(k, 2, "a path through a file leads nowhere");
        }
    }
}

/// A run of small steps.
const SMALL: &str = "train --dataset digits --train-limit 200 --test-limit 50 --hidden 6 --batch-size 7 \
                     --gradient backprop --no-report";

/// It never ends by itself.
const ENDLESS: &str = "--iterations 100000000";

#[test]
fn a_log_that_vanishes_in_the_middle_of_a_run_loses_nothing() {
    let place = Place::new();
    let mut process = place.start(&format!("{SMALL} {ENDLESS} --out run"));
    process.first_line();
    fs::remove_file(place.path("run/log.jsonl")).unwrap();
    let (status, stderr) = process.end();
    assert_eq!(status.code(), Some(1), "{stderr}");
    let reached = place.inspect("run")["iteration"].as_u64().unwrap();
    assert!(reached > 0 && stderr.contains("cannot write the log run/log.jsonl"), "{stderr}");
    assert!(stderr.contains("so nothing is lost") && stderr.contains("app train --resume run"), "{stderr}");

    let end = format!("--iterations {}", reached + 20);
    place.run(&format!("train --quiet --no-report --resume run {end}"));
    place.run(&format!("{SMALL} {end} --out whole"));
    place.same("whole", "run");
}

#[test]
#[cfg(unix)] // Windows keeps the name of an open file
fn two_runs_in_a_folder_whose_lock_somebody_removed_leave_a_whole_checkpoint() {
    for _ in 0..5 {
        let place = Place::new();
        let mut first = place.start(&format!("{SMALL} --checkpoint-every 1 {ENDLESS} --out run"));
        first.first_line();
        fs::remove_file(place.path("run/.lock")).unwrap();
        let mut second = place.start("train --no-report --resume run");
        std::thread::sleep(Duration::from_millis(300)); // both save after every iteration by then
        // either may have ended over a file that the other moved away
        first.kill();
        second.kill();
        let _ = (first.end(), second.end());
        assert!(place.inspect("run")["iteration"].as_u64().unwrap() > 0);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_that_closes_ends_a_run_in_good_order() {
    let place = Place::new();
    let mut process = place.start(&format!("{SMALL} {ENDLESS} --out run"));
    process.first_line();
    process.signal("-HUP");
    let (status, stderr) = process.end();
    assert_eq!(status.code(), Some(129), "{stderr}");
    assert!(stderr.contains("app train --resume run"), "{stderr}");
    assert!(place.inspect("run")["iteration"].as_u64().unwrap() > 0);
}

#[test]
#[cfg(target_os = "linux")]
fn nohup_keeps_a_run_going_when_the_terminal_closes() {
    let place = Place::new();
    let mut process = place.start_in_shell("trap '' HUP; exec \"$@\"", &format!("{SMALL} {ENDLESS} --out run"));
    process.first_line();
    process.signal("-HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert!(process.is_running());
    process.signal("-INT");
    let (status, stderr) = process.end();
    assert_eq!(status.code(), Some(130), "{stderr}");
}

#[test]
fn the_log_of_a_run_that_goes_on_beyond_its_thinning_is_that_of_one_that_never_stopped() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9, 2, 6, 5, 3], &[5, 8]);
    let train = "train --quiet --gradient backprop --batch-size 1 --hidden 1 --checkpoint-every 1000000";
    let train = format!("{train} --sampling sequential");
    place.run(&format!("{train} --iterations 102003 --out run"));
    place.run("train --quiet --resume run --iterations 102020");
    place.run(&format!("{train} --iterations 102020 --out whole"));
    place.same("whole", "run");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_or_a_net_that_memory_cannot_hold_is_an_error() {
    let place = Place::new();
    fs::File::create(place.path("large.npz")).unwrap().set_len(1 << 30).unwrap();
    let stderr = place.fails_in_shell("ulimit -v 900000; exec \"$@\"", "inspect large.npz");
    assert!(stderr.contains("cannot read large.npz: no memory for its 1073741824 bytes"), "{stderr}");
    let large = "train --quiet --dataset digits --hidden 100000 --iterations 0";
    let stderr = place.fails_in_shell("ulimit -v 900000; exec \"$@\"", large);
    assert!(stderr.contains("not enough memory for a net of 79,500,010 parameters: about 2,545 MB"), "{stderr}");
}
