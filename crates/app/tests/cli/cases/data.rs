//! Data sets, as people have them on their disks.

use crate::python::python;
use crate::support::{Place, idx, printed, real_mnist, write_mnist};
use flate2::{Compression, write::GzEncoder};
use npy::{Npy, NpyData};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::{ZipWriter, write::SimpleFileOptions};

/// Six training and three test images of 4 x 3.
const TRAIN: [u8; 6] = [5, 0, 4, 1, 9, 2];
const TEST: [u8; 3] = [7, 2, 1];

const TRAIN_SIX: &str = "train -q --batch-size 2 --iterations 2 --hidden 3 --out run";

const NOT_LECUNS: &str = "note: these are not LeCun's MNIST files (their checksums differ)";

const FILES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The four files as `name` says, raw or packed.
fn write_as(folder: &Path, name: impl Fn(&str) -> String, packed: bool) {
    let raw = tempfile::tempdir().unwrap();
    write_mnist(raw.path(), &TRAIN, &TEST);
    for file in FILES {
        let bytes = fs::read(raw.path().join(file)).unwrap();
        let path = folder.join(name(file));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, if packed { gzip(&bytes) } else { bytes }).unwrap();
    }
}

/// Data set and number of training images of the run in `run`.
fn trained_on(place: &Place) -> (String, u64) {
    let run = place.inspect("run");
    (run["config"]["dataset"].as_str().unwrap().to_owned(), run["data"]["train"]["images"].as_u64().unwrap())
}

#[test]
fn the_files_are_read_wherever_and_however_they_lie() {
    let dotted = |file: &str| file.replace("-idx", ".idx");
    let of_its_own = |file: &str| format!("{file}/{file}");
    for (what, folder, given, flags) in [
        ("a folder that holds mnist/", "data/mnist", "data", ""),
        ("the folder of the files itself", "data/mnist", "data/mnist", ""),
        ("a folder of any name", "Downloads/archive", "Downloads/archive", ""),
        ("what torchvision made", "data/MNIST/raw", "data", ""),
        ("torchvision's folder", "data/MNIST/raw", "data/MNIST", ""),
        ("torchvision's raw folder", "data/MNIST/raw", "data/MNIST/raw", ""),
        ("Fashion-MNIST of torchvision", "data/FashionMNIST/raw", "data", "--dataset fashion"),
        ("KMNIST of torchvision", "data/KMNIST/raw", "data/KMNIST", "--dataset kmnist"),
    ] {
        let place = Place::new();
        write_as(&place.path(folder), str::to_owned, what.contains("torchvision"));
        place.run(&format!("{TRAIN_SIX} --data-dir {given} {flags}"));
        assert_eq!(trained_on(&place).1, 6, "{what}");
        // the run remembers its folder
        place.run("evaluate run");
        place.run("train -q --resume run --iterations 3");
    }
    for (what, name, packed) in [
        ("dots in the names", &dotted as &dyn Fn(&str) -> String, false),
        ("dots, packed, without .gz", &dotted, true),
        ("dots and .gz", &|file: &str| dotted(file) + ".gz", true),
        ("raw under .gz", &|file: &str| format!("{file}.gz"), false),
        ("a folder per file", &of_its_own, false),
        ("a folder per file, packed", &|file: &str| of_its_own(file) + ".gz", true),
    ] {
        let place = Place::new();
        write_as(&place.path("archive"), name, packed);
        place.run(&format!("{TRAIN_SIX} --data-dir archive"));
        assert_eq!(trained_on(&place), ("mnist".to_owned(), 6), "{what}");
    }
}

#[test]
fn a_folder_per_file_beside_the_files_is_the_archive_as_it_unpacks() {
    let place = Place::new();
    write_as(&place.path("archive"), |file| format!("{file}/{file}"), false);
    write_as(&place.path("archive"), |file| file.replace("-idx", ".idx"), false);
    place.run(&format!("{TRAIN_SIX} --data-dir archive"));
    assert_eq!(trained_on(&place), ("mnist".to_owned(), 6));
}

#[test]
fn a_folder_that_is_named_and_has_no_mnist_never_means_the_built_in_digits() {
    let place = Place::new();
    place.run(&Place::small("run", ""));
    place.run("export net.npz --model run");
    fs::create_dir_all(place.path("empty")).unwrap();
    write_mnist(&place.path("data/fashion"), &TRAIN, &TEST);
    for command in [
        "train -q --data-dir empty",
        "train --data-dir empty",
        "train --data-dir empty --dataset auto",
        "evaluate net.npz --data-dir empty",
        "evaluate run --data-dir empty --dataset auto",
        "gradcheck --data-dir empty",
        "show --data-dir empty",
        "lab epochs --data-dir empty",
    ] {
        let stderr = place.fails(1, command);
        for word in ["no MNIST in ", "empty", "looked for train-images-idx3-ubyte", "fetch-mnist", "--dataset digits"] {
            assert!(stderr.contains(word), "`app {command}` said: {stderr}\nwithout: {word}");
        }
    }
    let stderr = place.fails(1, "train --data-dir data/fashion");
    assert!(stderr.contains("data/fashion: Fashion-MNIST, which is another data set"), "{stderr}");

    // where the digits are asked for, nobody looks at the folder
    place.run("evaluate net.npz --data-dir empty --dataset digits");
    place.run("evaluate net.npz --data-dir nowhere --dataset digits");
    // and without a folder there is a word about it
    let output = place.app("train --train-limit 20 --batch-size 2 --iterations 1 --out other").output().unwrap();
    assert!(printed(&output.stderr).starts_with("No MNIST in data: training on the built-in"));

    // where the usual folder has the files, there is nothing to download
    write_mnist(&place.path("data/mnist"), &TRAIN, &TEST);
    let stderr = place.fails(1, "train --data-dir empty");
    assert!(stderr.contains("data has it, so leave out --data-dir") && !stderr.contains("fetch-mnist"), "{stderr}");
}

#[test]
fn images_of_one_data_set_are_not_paired_with_the_labels_of_another() {
    let place = Place::new();
    let folder = place.path("data/mnist");
    write_as(&folder, |file| format!("{file}.gz"), true);
    fs::write(folder.join("train-images-idx3-ubyte"), idx(&[6, 4, 3], &[9; 72])).unwrap();
    let stderr = place.fails(1, "train -q");
    for word in ["train-images-idx3-ubyte and ", "train-images-idx3-ubyte.gz unpack to different content", "remove"] {
        assert!(stderr.contains(word), "{stderr}\nwithout: {word}");
    }
    // unpacked beside the packed one, as `gzip -dk` leaves it
    write_as(&folder, str::to_owned, false);
    place.run(TRAIN_SIX);
    assert_eq!(trained_on(&place), ("mnist".to_owned(), 6));
}

#[test]
fn what_has_the_name_of_an_idx_file_and_is_none_is_called_what_it_is() {
    let images = idx(&[6, 4, 3], &[9; 72]);
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:440fcabf73cc546f\nsize 9912422\n";
    let npz = b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b\0\0\0x_train.npy";
    for (what, content, words) in [
        ("a Git LFS pointer", pointer.to_vec(), ["Git LFS pointer", "git lfs pull"]),
        ("an error page", b"<!DOCTYPE html><title>404</title>".to_vec(), ["found 3c 21 44 4f", "a web page"]),
        ("packed twice", gzip(&gzip(&images)), ["compressed twice", "gzip -d"]),
        ("a ZIP archive", b"PK\x03\x04archive.zip".to_vec(), ["a ZIP archive", "unpack it"]),
        ("Keras's archive", npz.to_vec(), ["a .npz archive", "under another name"]),
        ("a cut download", gzip(&images)[..20].to_vec(), ["corrupt gzip data, noticed after", "cannot read"]),
        ("an empty file", Vec::new(), ["IDX header ends at byte 0", "fetch-mnist"]),
        ("one byte too many", [&images[..], &[0]].concat(), ["the file is too long", "expected 72"]),
        ("labels", idx(&[6], &TRAIN), ["holds labels (u8 of rank 1)", "expected images"]),
        ("fewer images", idx(&[5, 4, 3], &[9; 60]), ["holds 5 images", "6 labels"]),
    ] {
        let place = Place::new();
        write_mnist(&place.path("data/mnist"), &TRAIN, &TEST);
        fs::write(place.path("data/mnist/train-images-idx3-ubyte"), content).unwrap();
        let stderr = place.fails(1, "train -q");
        for word in words.iter().chain(&["data/mnist/train-images-idx3-ubyte"]) {
            assert!(stderr.contains(word), "{what}: {stderr}\nwithout: {word}");
        }
    }
    for (what, labels, words) in [
        ("letters", idx(&[6], &[5, 0, 4, 16, 9, 2]), ["holds label 16 for image 3 (byte 11)", "expected 0 to 9"]),
        (
            "labels of QMNIST",
            [&[0, 0, 12, 2, 0, 0, 0, 1, 0, 0, 0, 1][..], &[0; 4]].concat(),
            ["i32 of rank 2", "u8 of rank 1"],
        ),
    ] {
        let place = Place::new();
        write_mnist(&place.path("data/mnist"), &TRAIN, &TEST);
        fs::write(place.path("data/mnist/train-labels-idx1-ubyte"), labels).unwrap();
        let stderr = place.fails(1, "train -q");
        assert!(words.iter().all(|word| stderr.contains(word)), "{what}: {stderr}");
    }
}

/// KMNIST, or MNIST transposed, under MNIST's names: nothing else tells.
#[test]
fn files_that_are_not_lecuns_are_noted_once() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &TRAIN, &TEST);
    write_mnist(&place.path("data/kmnist"), &TRAIN, &TEST);
    let stderr = |command: &str| {
        let output = place.app(command).assert().success().get_output().clone();
        printed(&output.stderr)
    };
    for (command, notes) in [
        ("train --batch-size 2 --iterations 2 --out run", 1),
        ("evaluate run", 1),
        ("evaluate run --json", 1),
        ("train -q --batch-size 2 --iterations 2 --out quiet", 0),
        ("train --dataset kmnist --batch-size 2 --iterations 2 --out other", 0),
        ("evaluate other", 0),
        ("show", 0),
    ] {
        let said = stderr(command);
        assert_eq!(said.matches(NOT_LECUNS).count(), notes, "`app {command}`: {said}");
    }
    let Some(data_dir) = real_mnist() else { return };
    let command = "train --gradient backprop --iterations 1 --out lecun --train-limit 200 --test-limit 50 --data-dir";
    let output = place.app(command).arg(data_dir).assert().success().get_output().clone();
    assert!(!printed(&output.stderr).contains("note:"));
}

/// Keras's archive of six training and three test images of 4 x 3, labels in int64.
fn keras() -> Vec<u8> {
    let pixels = |n: u8| NpyData::U8((0..12 * n).collect());
    let labels = |labels: &[u8]| NpyData::I64(labels.iter().map(|label| i64::from(*label)).collect());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, shape, data) in [
        ("x_train.npy", vec![6, 4, 3], pixels(6)),
        ("y_train.npy", vec![6], labels(&TRAIN)),
        ("x_test.npy", vec![3, 4, 3], pixels(3)),
        ("y_test.npy", vec![3], labels(&TEST)),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(&Npy { shape, data }.to_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Lines of a label and four pixels, under this header.
fn csv(header: &str, labels: &[u8]) -> String {
    header.to_owned() + &labels.iter().map(|label| format!("{label},0,255,{label}0,7\n")).collect::<String>()
}

#[test]
fn what_keras_and_kaggle_hand_out_is_read() {
    let header = "label,1x1,1x2,2x1,2x2\n";
    for (what, folder, files) in [
        ("Keras's archive", "data", vec![("mnist.npz", keras())]),
        ("Keras's archive in mnist/", "data/mnist", vec![("mnist.npz", keras())]),
        (
            "Kaggle's lines",
            "data",
            vec![("mnist_train.csv", csv(header, &TRAIN).into()), ("mnist_test.csv", csv(header, &TEST).into())],
        ),
        (
            "lines without a header",
            "data/mnist",
            vec![("mnist_train.csv", csv("", &TRAIN).into()), ("mnist_test.csv", csv("", &TEST).into())],
        ),
    ] {
        let place = Place::new();
        fs::create_dir_all(place.path(folder)).unwrap();
        files.iter().for_each(|(name, bytes)| fs::write(place.path(folder).join(name), bytes).unwrap());
        // found in the default folder too
        for (i, flags) in ["--data-dir data", "--dataset mnist", ""].into_iter().enumerate() {
            place.run(&format!("{TRAIN_SIX}{i} {flags}"));
            let run = place.inspect(&format!("run{i}"));
            assert_eq!(
                (&run["config"]["dataset"], &run["data"]["test"]["images"]),
                (&"mnist".into(), &3.into()),
                "{what}"
            );
        }
    }
}

#[test]
fn what_is_wrong_in_them_is_named_with_its_place() {
    for (what, files, words) in [
        (
            "Kaggle's competition",
            vec![
                ("train.csv", csv("label,pixel0,pixel1,pixel2,pixel3\n", &TRAIN)),
                ("test.csv", "pixel0,pixel1\n1,2\n".into()),
            ],
            ["data/test.csv: it has no labels", "head -n 35001 train.csv"],
        ),
        ("one half", vec![("mnist_train.csv", csv("", &TRAIN))], ["no data/mnist_test.csv", "only one half"]),
        (
            "a pixel that is none",
            vec![("mnist_train.csv", csv("", &TRAIN).replace("90", "900")), ("mnist_test.csv", csv("", &TEST))],
            ["data/mnist_train.csv: \"900\" in line 5, column 4", "expected a pixel from 0 to 255"],
        ),
        ("a damaged archive", vec![("mnist.npz", "PK".to_owned())], ["data/mnist.npz", "not a readable ZIP archive"]),
    ] {
        let place = Place::new();
        fs::create_dir_all(place.path("data")).unwrap();
        files.iter().for_each(|(name, text)| fs::write(place.path("data").join(name), text).unwrap());
        let stderr = place
            .fails(1, "train -q --data-dir data")
            .replace(&format!("{}/", place.path("").display()).replace('\\', "/").replace("//", "/"), "");
        assert!(words.iter().all(|word| stderr.contains(word)), "{what}: {stderr}\nwithout one of {words:?}");
    }
}

#[test]
fn of_several_kinds_one_is_read_and_a_note_says_which() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &TRAIN, &TEST);
    fs::write(place.path("data/mnist.npz"), keras()).unwrap();
    let command = "train --batch-size 2 --iterations 2 --hidden 3 --out run";
    let output = place.app(command).assert().success().get_output().clone();
    let stderr = printed(&output.stderr);
    assert!(stderr.contains("note: reading the IDX files in data/mnist, and not data/mnist.npz\n"), "{stderr}");
}

/// A pickle could run any program, so the error has the lines of Python that make an archive of it. They are run here.
#[test]
fn pickles_and_their_like_are_not_read_and_the_lines_that_convert_them_work() {
    let place = Place::new();
    for name in
        ["mnist.pkl", "mnist.pkl.gz", "emnist-digits-train-images-idx3-ubyte.gz", "qmnist-train-images-idx3-ubyte.gz"]
    {
        fs::create_dir_all(place.path("some")).unwrap();
        fs::write(place.path("some").join(name), "").unwrap();
        let stderr = place.fails(1, "train -q --data-dir some");
        assert!(stderr.contains(name) && stderr.contains("np.savez("), "{stderr}");
        fs::remove_dir_all(place.path("some")).unwrap();
    }
    // without --data-dir it is a note, and the built-in digits are trained on
    fs::create_dir_all(place.path("data/mnist")).unwrap();
    fs::write(place.path("data/mnist/mnist.pkl"), "").unwrap();
    let output = place.app("train --train-limit 20 --batch-size 2 --iterations 1 --out other").output().unwrap();
    let stderr = printed(&output.stderr);
    assert!(stderr.contains("note: data/mnist/mnist.pkl is the book's pickle"), "{stderr}");

    let Some(python) = python() else { return };
    let make = "import gzip, pickle, struct, sys, numpy as np\n\
                x, t = np.arange(6 * 784).reshape(6, 784) % 256, np.array([5, 0, 4, 1, 9, 2])\n\
                x = x.astype('uint8')\n\
                idx = lambda code, a: struct.pack('>HBB', 0, code, a.ndim) + struct.pack(f'>{a.ndim}I', *a.shape) + a.tobytes()\n\
                turned = x.reshape(6, 28, 28).transpose(0, 2, 1).copy()\n\
                pack = lambda name, content: gzip.open(name, 'wb').write(content)\n\
                book = dict(train_img=x, train_label=t.astype('uint8'), test_img=x[:3], test_label=t[:3].astype('uint8'))\n\
                pickle.dump(book, open('book/mnist.pkl', 'wb'))\n\
                f = (x / 256).astype('float32')\n\
                pack('nielsen/mnist.pkl.gz', pickle.dumps(((f[:4], t[:4]), (f[4:], t[4:]), (f[:3], t[:3]))))\n\
                for part, n in (('train', 6), ('test', 3)):\n\
                \x20   pack(f'emnist/emnist-digits-{part}-images-idx3-ubyte.gz', idx(8, turned[:n]))\n\
                \x20   pack(f'emnist/emnist-digits-{part}-labels-idx1-ubyte.gz', idx(8, t[:n].astype('uint8')))\n\
                \x20   pack(f'qmnist/qmnist-{part}-images-idx3-ubyte.gz', idx(8, x[:n].reshape(-1, 28, 28)))\n\
                \x20   columns = np.tile(t[:n, None], 8) + np.arange(8)\n\
                \x20   pack(f'qmnist/qmnist-{part}-labels-idx2-int.gz', idx(12, columns.astype('>i4')))\n";
    let folders = ["book", "nielsen", "emnist", "qmnist"];
    folders.iter().for_each(|folder| fs::create_dir(place.path(folder)).unwrap());
    let run = |code: &str| {
        fs::write(place.path("program.py"), code).unwrap();
        let mut command = std::process::Command::new(&python);
        let output = command.arg("program.py").current_dir(place.path("")).output().unwrap();
        assert!(output.status.success(), "{code}\n{}", printed(&output.stderr));
    };
    run(make);
    let mut checksums = Vec::new();
    for folder in folders {
        let stderr = place.fails(1, &format!("train -q --data-dir {folder}"));
        let lines: Vec<&str> = stderr.lines().filter_map(|line| line.strip_prefix("    ")).collect();
        run(&lines.join("\n"));
        place.run(&format!("train -q --batch-size 2 --iterations 1 --data-dir {folder} --out run-{folder}"));
        checksums.push(place.inspect(&format!("run-{folder}"))["data"].clone());
    }
    assert_eq!(checksums[0]["train"]["images"], 6);
    assert!(checksums.iter().all(|data| *data == checksums[0]), "{checksums:?}");
}

#[test]
fn what_is_silent_in_the_files_is_said() {
    let place = Place::new();
    // the label is in another column, so all are 0
    write_mnist(&place.path("flat/mnist"), &[0; 150], &[0, 0]);
    let output = place.app("train --data-dir flat --gradient backprop --iterations 1 --out run").assert().success();
    let stderr = printed(&output.get_output().stderr);
    assert!(stderr.contains("note: all training images have the label 0, so there is nothing to learn"), "{stderr}");

    let stderr = place.fails(1, "train --data-dir flat/mnist/train-labels-idx1-ubyte --out other");
    assert!(stderr.contains("that is a file; name the folder with the files"), "{stderr}");

    // a net of unknown origin on the built-in digits, for want of MNIST
    place.run(&Place::small("digits", "--iterations 5"));
    place.run("export net.npz --model digits");
    let note = "note: no MNIST in data, so these are the built-in digits\n";
    place.app("evaluate net.npz").assert().success().stderr(note);
    place.app("evaluate net.npz --dataset digits").assert().success().stderr("");
}
