//! The fuzz targets: each reader of files, given bytes that nobody vouches for.
//!
//! A reader may refuse; it must not panic, nor allocate what the bytes do not back, and what it takes must come back the
//! same when it is written and read once more. `tests/seeds.rs` runs every target over `seeds/`, without libFuzzer; the
//! search itself is
//!
//! ```console
//! $ cargo install cargo-fuzz
//! $ RUSTC_BOOTSTRAP=1 cargo fuzz run --features libfuzzer npz fuzz/corpus/npz fuzz/seeds/npz -- -max_total_time=600
//! ```
#![forbid(unsafe_code)]

use dataset::{Idx, IdxData, IdxError, ImageSet, Mnist};
use flate2::Compression;
use flate2::write::GzEncoder;
use npy::Npy;
use picture::{Pictures, as_mnist};
use std::io::{Cursor, Write};
use web::{Session, from_message, to_message};

pub use app::fuzzing::checkpoint;
pub use net_file::fuzzing::{npz, safetensors};

/// What a file may hold at most: more than it takes to find what is wrong, little enough to try often.
const LIMIT: u32 = 1 << 20;

/// An IDX file. Where it begins like gzip it is read as such.
pub fn idx(bytes: &[u8]) {
    let _ = read(bytes);
}

/// A gzip file, and an IDX file that gzip has packed: what is packed must read as what is not.
pub fn idx_gz(bytes: &[u8]) {
    let _ = read(&[&[0x1f, 0x8b], bytes].concat());

    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = packed.write_all(bytes).and_then(|()| packed.finish()).expect("a Vec takes all bytes");
    let is_packed_twice = bytes.starts_with(&[0x1f, 0x8b]);
    match (read(bytes), read(&packed)) {
        (Ok(plain), Ok(unpacked)) => assert_eq!(plain, unpacked),
        (Err(_), Err(_)) => {}
        (plain, unpacked) => assert!(is_packed_twice, "{plain:?} {unpacked:?}"),
    }
}

/// A NumPy array of any type and rank.
pub fn npy(bytes: &[u8]) {
    if let Ok(array) = Npy::read(bytes, LIMIT as usize) {
        assert_eq!(array.data.len(), array.shape.iter().product::<usize>());
        let written = array.to_bytes();
        let again = Npy::read(&written[..], LIMIT as usize).expect("what is written can be read");
        assert_eq!(again.to_bytes(), written); // bits: NaN is a value like others here
    }
}

/// Kaggle's lines of numbers: what is read comes back from the lines that it makes.
pub fn csv(bytes: &[u8]) {
    let Ok(set) = ImageSet::read_csv(bytes) else { return };
    let line = |i: usize| {
        let pixels: Vec<String> = set.image(i).iter().map(u8::to_string).collect();
        format!("{},{}\n", set.labels()[i], pixels.join(","))
    };
    let lines: String = (0..set.len()).map(line).collect();
    assert_eq!(ImageSet::read_csv(lines.as_bytes()).expect("what is written can be read"), set);
}

/// Keras's archive.
pub fn mnist_npz(bytes: &[u8]) {
    if let Ok(Mnist { train, test }) = Mnist::read_npz(Cursor::new(bytes)) {
        for set in [train, test] {
            assert_eq!(set.pixels().len(), set.len() * set.pixels_per_image());
            assert!(set.labels().iter().all(|label| *label < 10));
        }
    }
}

/// An image file, and what the net would see of each of its pictures.
pub fn image(bytes: &[u8]) {
    let Ok(pictures) = Pictures::read(bytes, LIMIT.into()) else { return };
    for grey in pictures.iter().take(3) {
        if let Ok(digit) = as_mnist(grey, pictures.rows, pictures.cols) {
            assert!(digit.iter().any(|ink| *ink > 0));
        }
    }
}

/// Shape, type and the bits of the values: NaN is a value like others here.
type Read = (Vec<usize>, &'static str, Vec<u64>);

fn read(bytes: &[u8]) -> Result<Read, IdxError> {
    let Idx { shape, data } = Idx::read_with_limit(bytes, LIMIT.into())?;
    assert_eq!(data.len(), shape.iter().product::<usize>());
    let name = data.type_name();
    let bits = match data {
        IdxData::U8(values) => values.into_iter().map(u64::from).collect(),
        IdxData::I8(values) => values.into_iter().map(|v| i64::from(v).cast_unsigned()).collect(),
        IdxData::I16(values) => values.into_iter().map(|v| i64::from(v).cast_unsigned()).collect(),
        IdxData::I32(values) => values.into_iter().map(|v| i64::from(v).cast_unsigned()).collect(),
        IdxData::F32(values) => values.into_iter().map(|v| u64::from(v.to_bits())).collect(),
        IdxData::F64(values) => values.into_iter().map(f64::to_bits).collect(),
    };
    Ok((shape, name, bits))
}

/// A file that is dropped on the page in the browser, as images and as a net. Whatever it is, the page goes on.
pub fn dropped(bytes: &[u8]) {
    let mut session = Session::default();
    let mut ask = |request: &str, bytes: &[u8]| {
        let reply = session.answer(&to_message(request, bytes));
        from_message(&reply).expect("a message").0.contains("\"error\"")
    };
    assert!(!ask(r#"{"do": "digits", "train": 4, "test": 1}"#, &[]));
    let length = bytes.len();
    ask(&format!(r#"{{"do": "files", "files": [{{"name": "some.zip", "bytes": {length}}}]}}"#), bytes);
    assert!(!ask(r#"{"do": "start", "config": {"hidden": 2, "batch_size": 1}}"#, &[]));
    ask(r#"{"do": "load", "config": {"batch_size": 1}}"#, bytes);
    assert!(!ask(r#"{"do": "train", "iterations": 1}"#, &[]));
}
