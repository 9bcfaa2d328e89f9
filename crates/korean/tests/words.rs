//! Every error of the libraries has Korean words, and what they say of files is translated to its end.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod english;

use dataset::{MnistFolder, MnistKind};
use english::has_english;
use net_file::{FileType, Kind};
use picture::{MOST_PIXELS, Pictures};
use std::path::Path;

/// The variants of an error, by the source of its crate.
fn variants(file: &str, of: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap();
    let (_, after) = text.split_once(&format!("pub enum {of} {{")).expect(of);
    let (body, _) = after.split_once("\n}").unwrap();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    names.map(|line| line.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
}

#[test]
fn every_error_has_korean_words() {
    let korean = ["arrays", "folders", "images", "nets", "pictures", "runs"].map(|name| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/{name}.rs"));
        std::fs::read_to_string(path).unwrap()
    });
    let korean = korean.concat();
    let mut count = 0;
    for (file, of) in [
        ("training/src/config.rs", "ConfigError"),
        ("dataset/src/sampling.rs", "SamplingError"),
        ("dataset/src/idx_error.rs", "IdxError"),
        ("dataset/src/image_set.rs", "ImageSetError"),
        ("dataset/src/image_set/files.rs", "ImageFileError"),
        ("dataset/src/mnist.rs", "MnistError"),
        ("dataset/src/mnist/csv.rs", "CsvError"),
        ("dataset/src/mnist/npz.rs", "NpzSetError"),
        ("npy/src/error.rs", "NpyError"),
        ("npy/src/error.rs", "NpzError"),
        ("net/src/parameters.rs", "ShapeError"),
        ("net-file/src/error.rs", "NetFileError"),
        ("net-file/src/file_type.rs", "FileType"),
        ("picture/src/error.rs", "PictureError"),
    ] {
        for variant in variants(file, of) {
            let name = format!("{of}::{variant}");
            let is_there = korean.split(&name).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric));
            assert!(is_there, "{name} has no Korean words");
            count += 1;
        }
    }
    assert!(count > 120, "{count} variants were found");
}

#[track_caller]
fn check(korean: &str) {
    let first = korean.lines().next().unwrap();
    assert!(first.contains(|c: char| ('가'..='힣').contains(&c)) && !has_english(first), "{korean}");
}

#[test]
fn what_is_said_of_files_that_are_not_read_is_korean_and_its_python_stays() {
    let folder = tempfile::tempdir().unwrap();
    let names =
        ["mnist.pkl", "mnist.pkl.gz", "emnist-digits-train-images-idx3-ubyte.gz", "qmnist-train-images-idx3-ubyte.gz"];
    names.iter().for_each(|name| std::fs::write(folder.path().join(name), b"").unwrap());
    let unread = MnistFolder::look(folder.path(), MnistKind::Mnist).unread();
    assert_eq!(unread.len(), 4);
    for english in &unread {
        let korean = korean::note(english);
        check(&korean);
        assert_eq!(korean.split_once('\n').unwrap().1, english.split_once('\n').unwrap().1);
    }
    check(&korean::note("reading the IDX files in data/mnist, and not data/mnist/mnist.npz"));

    let error = MnistFolder::look(folder.path(), MnistKind::Mnist).open().unwrap_err();
    let korean = korean::sentence(&error).unwrap();
    check(&korean);
    assert!(korean.contains("train-images-idx3-ubyte") && korean.lines().count() > 8, "{korean}");
}

#[test]
fn every_advice_is_korean_around_its_line_of_python() {
    let files = [
        FileType::Npz,
        FileType::Safetensors,
        FileType::Checkpoint,
        FileType::Pickle,
        FileType::Torch,
        FileType::Keras,
        FileType::Hdf5,
        FileType::Onnx,
        FileType::Numpy,
        FileType::GitLfs,
    ];
    for file in files {
        let english = file.advice("net.pt").unwrap();
        let korean = korean::advice(&english);
        check(&korean);
        let code = english.find("np.savez").map(|start| &english[start..=english.rfind(')').unwrap()]);
        let code = code.map_or("", |code| code.split(", where").next().unwrap());
        assert!(korean.contains(code), "{english}\n{korean}");
    }
    for english in [
        "only a net of two layers (one hidden layer, one output layer) is read",
        "if the net does not need them, in Python: np.savez()",
    ] {
        check(&korean::advice(english));
    }
    // a .npz under another name
    let params = net::Parameters::<f64>::zeros(net::Sizes { inputs: 2, hidden: 2, classes: 2 });
    let bytes = Kind::Npz.write(&net_file::AnyParameters::F64(params), net::Activation::Sigmoid).unwrap();
    check(&korean::sentence(&Kind::Safetensors.read(&bytes).unwrap_err()).unwrap());
}

#[cfg(target_os = "linux")] // the numbers of its errors
#[test]
fn what_the_system_refuses_is_korean() {
    use std::io::Error;
    for number in [2, 13, 17, 20, 21, 28, 30, 36] {
        check(&korean::sentence(&Error::from_raw_os_error(number)).unwrap());
    }
    let with_a_text = Error::new(std::io::ErrorKind::NotFound, "the server has no such file");
    assert_eq!(korean::sentence(&with_a_text), None, "what it says would be lost");
}

#[test]
fn pictures_that_are_none_are_refused_in_korean() {
    for (bytes, says) in [
        (&b"1,2,3,4"[..], "글자로 시작하는 파일입니다(\"1,2,\")"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\x08\x03\0\0\0\x01", "IDX"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
    ] {
        let korean = korean::sentence(&Pictures::read(bytes, MOST_PIXELS).unwrap_err()).unwrap();
        assert!(korean.contains(says), "{korean}");
        // without what the decoder says
        check(korean.split(": ").next().unwrap());
    }
    assert_eq!(korean::sentence(&std::fmt::Error), None);
}
