//! Whatever is wrong gets a sentence that names it, exit 1 or 2, and nothing is lost.

use crate::support::{Place, idx, write_mnist};
use std::fs;

/// Runs `app`, which must fail with `code`, say each of `words`, and leave no run folder.
#[track_caller]
fn refused(place: &Place, code: i32, command: &str, words: &[&str]) {
    let stderr = place.fails(code, command);
    for word in words {
        assert!(stderr.contains(word), "`app {command}` said: {stderr}\nwithout: {word}");
    }
    assert!(!place.path("data/runs").exists(), "`app {command}` left a run folder");
}

#[test]
fn values_out_of_range_are_usage_errors() {
    let place = Place::new();
    for (flag, value) in [
        ("--batch-size", "0"),
        ("--hidden", "0"),
        ("--step", "0"),
        ("--step", "-1"),
        ("--step", "inf"),
        ("--learning-rate", "nan"),
        ("--learning-rate", "0"),
        ("--weight-init-std", "-0.1"),
        ("--iterations", "-1"),
        ("--checkpoint-every", "0"),
        ("--train-limit", "0"),
        ("--threads", "0"),
        ("--dataset", "cifar"),
    ] {
        refused(&place, 2, &format!("train {flag}={value}"), &[flag, value]);
    }
}

#[test]
fn flags_that_contradict_each_other_are_usage_errors() {
    let place = Place::new();
    refused(
        &place,
        2,
        "train --gradient numerical --precision f32 --dataset digits",
        &["f32", "leave --precision out"],
    );
    refused(&place, 2, "train --dataset digits --batch-size 11 --train-limit 10", &["--batch-size 11", "only 10"]);
    refused(&place, 2, "train --dataset digits --hidden 99999999999", &["--hidden 99999999999", "100,000,000"]);
    refused(&place, 2, "train --resume --seed 1", &["--resume", "--seed"]);
}

#[test]
fn a_folder_without_mnist_says_how_to_fetch_it() {
    let place = Place::new();
    fs::create_dir_all(place.path("elsewhere")).unwrap();
    refused(&place, 1, "train --dataset mnist", &["data/mnist", "train-images-idx3-ubyte", "cargo xtask fetch-mnist"]);
    refused(&place, 1, "train --dataset fashion --data-dir elsewhere", &["fetch-mnist --dataset fashion"]);
    refused(&place, 1, "train --data-dir nowhere", &["--data-dir nowhere", "no such folder"]);
    refused(&place, 1, "show --dataset mnist", &["cargo xtask fetch-mnist"]);
}

#[test]
fn damaged_data_are_refused_and_never_replaced_by_the_built_in_digits() {
    let place = Place::new();
    let folder = place.path("data/mnist");
    let labels = [3, 1, 4, 1, 5, 9];

    write_mnist(&folder, &labels, &labels[..2]);
    let images = folder.join("train-images-idx3-ubyte");
    let whole = fs::read(&images).unwrap();
    fs::write(&images, &whole[..50]).unwrap();
    refused(&place, 1, "train", &["train-images-idx3-ubyte", "72", "34"]);

    fs::write(&images, [&whole[..], b"x"].concat()).unwrap();
    refused(&place, 1, "train", &["train-images-idx3-ubyte", "73", "expected 72"]);

    write_mnist(&folder, &[3, 1, 10], &labels);
    refused(&place, 1, "train", &["train-labels-idx1-ubyte", "label 10", "image 2"]);

    write_mnist(&folder, &labels, &labels[..2]);
    fs::copy(folder.join("train-labels-idx1-ubyte"), &images).unwrap();
    refused(&place, 1, "train", &["train-images-idx3-ubyte", "expected"]);

    write_mnist(&folder, &labels, &labels[..2]);
    fs::copy(folder.join("t10k-labels-idx1-ubyte"), folder.join("train-labels-idx1-ubyte")).unwrap();
    refused(&place, 1, "train", &["6 images", "2 labels"]);

    write_mnist(&folder, &[], &[]);
    refused(&place, 1, "train", &["empty", "cargo xtask fetch-mnist"]);

    write_mnist(&folder, &labels, &labels[..2]);
    fs::remove_file(folder.join("t10k-labels-idx1-ubyte")).unwrap();
    refused(&place, 1, "train", &["t10k-labels-idx1-ubyte", "cargo xtask fetch-mnist"]);

    write_mnist(&folder, &labels, &labels[..2]);
    fs::write(&images, idx(&[u32::MAX, u32::MAX, 3], &[1, 2, 3])).unwrap();
    refused(&place, 1, "train", &["train-images-idx3-ubyte"]);
}

#[test]
fn an_out_folder_that_holds_something_is_left_alone() {
    let place = Place::new();
    fs::create_dir(place.path("mine")).unwrap();
    fs::write(place.path("mine/thesis.txt"), "years of work").unwrap();
    refused(&place, 2, "train --dataset digits --out mine", &["--out mine", "not empty", "--resume mine"]);
    assert_eq!(fs::read_dir(place.path("mine")).unwrap().count(), 1);

    fs::write(place.path("file"), "").unwrap();
    refused(&place, 1, "train --dataset digits --out file", &["file"]);
    refused(&place, 1, "train --dataset digits --out file/below", &["file/below"]);
}

#[test]
fn a_run_folder_that_cannot_be_is_named() {
    let place = Place::new();
    if cfg!(target_os = "linux") {
        refused(&place, 1, "train --dataset digits --out /proc/run", &["/proc/run", "--out"]);
        refused(&place, 2, "train --dataset digits --out /proc", &["--out /proc is not empty"]);
    }
    place.run(&Place::small("run", "--iterations 3"));
    refused(&place, 1, "train --resume run/model.ckpt", &["--resume run/model.ckpt", "is a file", "run folder"]);
    refused(&place, 1, "train --dataset digits --out run/log.jsonl", &["run/log.jsonl"]);
    fs::create_dir(place.path("photos")).unwrap();
    fs::write(place.path("photos/cat.png"), "").unwrap();
    refused(&place, 1, "train --resume photos", &["--resume photos", "not a run folder", "model.ckpt"]);
    assert_eq!(place.names("photos"), ["cat.png"]);

    fs::write(place.path("data"), "").unwrap();
    refused(&place, 1, "train --dataset digits", &["data/runs", "--out"]);
}

#[test]
fn folders_in_the_place_of_files_are_named_and_nothing_is_left_beside_them() {
    let place = Place::new();
    for file in ["model.ckpt", "log.jsonl", "report.html"] {
        place.run(&Place::small(file, "--iterations 3"));
        fs::remove_file(place.path(file).join(file)).unwrap();
        fs::create_dir(place.path(file).join(file)).unwrap();
        refused(&place, 1, &format!("train --quiet --resume {file} --iterations 5"), &[&format!("{file}/{file}")]);
        assert_eq!(place.names(file), [".lock", "log.jsonl", "model.ckpt", "report.html"]);
    }
    refused(&place, 1, "inspect model.ckpt", &["model.ckpt/model.ckpt: it is a folder"]);

    // a run whose log cannot be written goes on once it can
    fs::remove_dir(place.path("log.jsonl/log.jsonl")).unwrap();
    place.run("train --quiet --resume log.jsonl --iterations 5");
    place.run(&Place::small("whole", "--iterations 5"));
    place.same("whole", "log.jsonl");
}

#[test]
fn a_checkpoint_that_is_none_is_named_as_what_it_is() {
    let place = Place::new();
    fs::write(place.path("cat.png"), b"\x89PNG\r\n\x1a\n...").unwrap();
    fs::write(place.path("empty.ckpt"), b"").unwrap();
    fs::create_dir(place.path("folder")).unwrap();
    for command in ["inspect", "evaluate", "train --dataset digits --init-from"] {
        let words = "cat.png is a PNG image, not a checkpoint; `app predict cat.png` reads pictures";
        refused(&place, 1, &format!("{command} cat.png"), &[words]);
        refused(&place, 1, &format!("{command} empty.ckpt"), &["empty.ckpt is empty"]);
        refused(&place, 1, &format!("{command} folder"), &["folder", "model.ckpt"]);
        refused(&place, 1, &format!("{command} nowhere.ckpt"), &["nowhere.ckpt"]);
    }
    refused(&place, 1, "inspect", &["data/runs", "app train"]);
    refused(&place, 1, "train --resume", &["data/runs", "app train"]);
    refused(&place, 1, "train --resume nowhere", &["--resume nowhere"]);
}

#[test]
fn arrays_that_make_no_net_are_refused_with_the_place_and_the_reason() {
    let place = Place::new();
    fs::write(place.path("page.npz"), "<html>Sign in</html>").unwrap();
    fs::write(place.path("page.safetensors"), "<html>Sign in</html>").unwrap();
    fs::write(place.path("empty.npz"), "").unwrap();
    fs::create_dir(place.path("folder.npz")).unwrap();
    for command in ["inspect", "evaluate --dataset digits", "train --dataset digits --init-from"] {
        refused(&place, 1, &format!("{command} page.npz"), &["page.npz", "the file is a web page, not a .npz"]);
        refused(&place, 1, &format!("{command} page.safetensors"), &["page.safetensors", "W1, b1, W2 and b2"]);
        refused(&place, 1, &format!("{command} empty.npz"), &["empty.npz", "it is empty"]);
        refused(&place, 1, &format!("{command} folder.npz"), &["folder.npz/model.ckpt"]);
        refused(&place, 1, &format!("{command} nowhere.npz"), &["no such file: nowhere.npz", "folder of a run"]);
    }
    place.run(&Place::small("run", "--iterations 3"));
    refused(&place, 2, "export net.pkl --model run", &["net.pkl", ".npz or .safetensors"]);
    refused(&place, 1, "export no/where.npz --model run", &["cannot write no/where.npz"]);
    refused(&place, 1, "export folder.npz --model run", &["cannot write folder.npz"]);
    refused(&place, 2, "evaluate run --activation relu", &["--activation relu", "sigmoid", "leave out --activation"]);
}

#[test]
fn a_damaged_checkpoint_is_refused_by_every_command() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 3"));
    let path = place.path("run/model.ckpt");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    for command in ["inspect run", "evaluate run", "train --resume run", "train --dataset digits --init-from run"] {
        refused(&place, 1, command, &["run/model.ckpt is damaged", "checksum"]);
    }
}

#[test]
fn an_image_beyond_the_last_is_a_usage_error() {
    refused(&Place::new(), 2, "show --dataset digits --split test --index 2000", &["--index 2000", "0 to 1999"]);
}

#[test]
fn a_net_for_other_images_is_refused() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 3"));
    write_mnist(&place.path("other/mnist"), &[1, 2, 3], &[4]);
    refused(&place, 1, "evaluate run --dataset mnist --data-dir other", &["784 inputs", "12 pixels"]);
    refused(
        &place,
        1,
        "train --dataset mnist --data-dir other --batch-size 2 --init-from run",
        &["784 inputs", "12 pixels"],
    );
    refused(&place, 2, "train --dataset digits --init-from run --hidden 50", &["--hidden", "run has 6 hidden neurons"]);
    refused(&place, 2, "train --dataset digits --init-from run --activation relu", &["--activation", "sigmoid"]);
}

#[test]
fn parameters_that_overflow_are_refused_before_the_run() {
    let place = Place::new();
    refused(&place, 2, "train --dataset digits --weight-init-std 1e308", &["W1 would start with", "--weight-init-std"]);
    place.run(&Place::small("run", "--iterations 0 --weight-init-std 1e100"));
    let command = "train --dataset digits --init-from run --gradient backprop --precision f32";
    refused(&place, 2, command, &["W1 would start with", "--precision f64"]);
}
