//! Built without the feature `gzip`: what is compressed is refused with the reason, what is raw is read.

use std::fs;

use dataset::{Idx, IdxError, Mnist};

use crate::{chain, idx, member};

const REASON: &str = "compressed with gzip, which the crate dataset was built without; unpack the file with `gzip -d`, \
                      or enable the feature `gzip` of dataset";

#[test]
fn a_compressed_file_is_refused_with_what_to_do() {
    let packed = member(&idx(0x08, &[2], &[1, 2]));
    for bytes in [&packed[..], &packed[..2]] {
        let error = Idx::read(bytes).unwrap_err();
        assert!(matches!(error, IdxError::GzipDisabled), "{error:?}");
        assert_eq!(error.to_string(), REASON);
    }
}

#[test]
fn a_folder_of_compressed_files_is_refused_with_what_to_do_until_they_are_unpacked() {
    let dir = tempfile::tempdir().unwrap();
    let contents = [idx(8, &[1, 2, 2], &[1, 2, 3, 4]), idx(8, &[1], &[7])];
    for (name, bytes) in Mnist::FILES.iter().zip(contents.iter().cycle()) {
        fs::write(dir.path().join(format!("{name}.gz")), member(bytes)).unwrap();
    }
    assert!(Mnist::is_present(dir.path()));
    let first = dir.path().join("train-images-idx3-ubyte.gz");
    let error = Mnist::open(dir.path()).unwrap_err();
    assert_eq!(chain(&error), format!("cannot read {}: {REASON}", first.display()));

    for (name, bytes) in Mnist::FILES.iter().zip(contents.iter().cycle()) {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    assert_eq!(Mnist::open(dir.path()).unwrap().train.labels(), [7]);
}
