//! The places in a folder where people have a data set.

use std::fs;
use std::path::Path;

use dataset::{Digits, Mnist, MnistFolder, MnistKind};

/// The four files, raw; the first training image is drawn from `seed`.
fn write(folder: &Path, seed: u64) {
    fs::create_dir_all(folder).unwrap();
    let Digits { train, test } = Digits::with_sizes(seed, 3, 2);
    let [a, b, c, d] = Mnist::FILES.map(|name| folder.join(name));
    train.save(a, b).unwrap();
    test.save(c, d).unwrap();
}

#[test]
fn every_usual_place_is_found() {
    for (place, given, kind) in [
        ("mnist", "", MnistKind::Mnist),
        ("mnist", "mnist", MnistKind::Mnist),
        ("archive", "archive", MnistKind::Mnist),
        ("MNIST/raw", "", MnistKind::Mnist),
        ("MNIST/raw", "MNIST", MnistKind::Mnist),
        ("MNIST/raw", "MNIST/raw", MnistKind::Mnist),
        ("raw", "raw", MnistKind::Mnist),
        ("fashion", "", MnistKind::Fashion),
        ("fashion", "fashion", MnistKind::Fashion),
        ("downloads", "downloads", MnistKind::Fashion),
        ("FashionMNIST/raw", "", MnistKind::Fashion),
        ("FashionMNIST/raw", "FashionMNIST", MnistKind::Fashion),
        ("FashionMNIST/raw", "FashionMNIST/raw", MnistKind::Fashion),
        ("kmnist", "", MnistKind::Kmnist),
        ("KMNIST/raw", "", MnistKind::Kmnist),
        ("KMNIST/raw", "KMNIST", MnistKind::Kmnist),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join(place), 0);
        let folder = MnistFolder::look(dir.path().join(given), kind);
        assert!(folder.is_present(), "{place} {given}");
        assert_eq!(folder.open().unwrap().train, Digits::with_sizes(0, 3, 2).train);
    }
}

#[test]
fn the_folder_of_its_name_comes_before_the_folder_itself() {
    let dir = tempfile::tempdir().unwrap();
    for (seed, place) in [(3, ""), (2, "MNIST/raw"), (1, "mnist")] {
        write(&dir.path().join(place), seed);
        let read = MnistFolder::look(dir.path(), MnistKind::Mnist).open().unwrap();
        assert_eq!(read.train, Digits::with_sizes(seed, 3, 2).train, "{place}");
    }
}

/// All three have the same file names: only the folder tells that these are not digits.
#[test]
fn a_folder_named_after_another_data_set_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    for place in ["fashion", "FashionMNIST/raw"] {
        write(&dir.path().join(place), 0);
        let given = dir.path().join(place);
        let message = MnistFolder::look(&given, MnistKind::Mnist).open().unwrap_err().to_string();
        let place = given.display();
        assert!(
            message.starts_with(&format!("no MNIST in {place}: looked for train-images-idx3-ubyte, ")),
            "{message}"
        );
        assert!(
            message.ends_with(&format!("the IDX files in {place}: Fashion-MNIST, which is another data set")),
            "{message}"
        );
    }
}

#[test]
fn a_folder_without_anything_names_the_places_that_were_looked_at() {
    let message = MnistFolder::look("nowhere", MnistKind::Kmnist).open().unwrap_err().to_string();
    let [a, b] = [Path::new("nowhere").join("kmnist"), Path::new("nowhere").join("KMNIST").join("raw")];
    assert!(message.contains(&format!("in {}, {}, nowhere", a.display(), b.display())), "{message}");
    assert!(!MnistFolder::look("nowhere", MnistKind::Kmnist).is_present());
}

#[test]
fn a_damaged_set_is_there_and_is_not_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0);
    fs::create_dir(dir.path().join("mnist")).unwrap();
    fs::write(dir.path().join("mnist").join(Mnist::FILES[2]), "").unwrap();
    let folder = MnistFolder::look(dir.path(), MnistKind::Mnist);
    assert!(folder.open().unwrap_err().to_string().contains("no train-images-idx3-ubyte in "));
}

#[test]
fn of_several_kinds_the_idx_files_are_read_and_a_note_says_so() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mnist_train.csv"), "1,2\n").unwrap();
    fs::write(dir.path().join("mnist_test.csv"), "3,4\n").unwrap();
    let look = || MnistFolder::look(dir.path(), MnistKind::Mnist);
    assert_eq!((look().note(), look().open().unwrap().train.len()), (None, 1));
    write(&dir.path().join("MNIST/raw"), 0);
    let (raw, csv) = (dir.path().join("MNIST").join("raw"), dir.path().join("mnist_train.csv"));
    let expected = format!("reading the IDX files in {}, and not {}", raw.display(), csv.display());
    assert_eq!((look().note(), look().open().unwrap().train.len()), (Some(expected), 3));
}

/// Each of them is a file that people have in this place; the lines were run by Python on such files.
#[test]
fn what_is_recognised_and_not_read_comes_with_lines_of_python() {
    for (name, words) in [
        ("mnist.pkl", ["the book's pickle", "x_train=d[\"train_img\"]"]),
        ("mnist.pkl.gz", ["encoding=\"latin1\"", "np.hstack([b, d])"]),
        ("emnist-digits-train-images-idx3-ubyte.gz", ["transpose(0, 2, 1)", "emnist-digits-test-labels-idx1-ubyte.gz"]),
        ("emnist-mnist-train-images-idx3-ubyte.gz", ["EMNIST", "emnist-mnist-train-labels-idx1-ubyte.gz"]),
        ("qmnist-train-images-idx3-ubyte.gz", ["reshape(-1, 8)[:, 0]", "qmnist-test-labels-idx2-int.gz"]),
        #[cfg(not(feature = "npz"))]
        ("mnist.npz", ["Keras's archive", "`npz`"]),
    ] {
        for place in ["", "mnist"] {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir_all(dir.path().join(place)).unwrap();
            let path = dir.path().join(place).join(name);
            fs::write(&path, "").unwrap();
            let folder = MnistFolder::look(dir.path(), MnistKind::Mnist);
            let message = folder.open().unwrap_err().to_string();
            assert!(message.starts_with("no MNIST in ") && !folder.is_present(), "{message}");
            let expected = [words[0].to_owned(), words[1].to_owned(), format!("\n{} is ", path.display())];
            assert!(expected.iter().all(|word| message.contains(word)), "{message}\nwithout one of {expected:?}");
        }
    }
}
