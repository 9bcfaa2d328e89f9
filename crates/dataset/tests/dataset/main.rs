//! Everything the crate promises, on data built in memory; `mnist_files` alone looks for the real files.

#![expect(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but not in their helpers")]

mod callers;
#[cfg(feature = "nalgebra")]
mod difficulty;
mod digit_image;
mod digits;
mod epochs;
mod idx;
mod idx_data;
mod idx_write;
mod image_files;
mod image_set;
#[cfg(feature = "nalgebra")]
mod matrices;
mod mnist;
mod mnist_csv;
#[cfg(feature = "gzip")] // as they are fetched
mod mnist_files;
mod mnist_folder;
#[cfg(feature = "npz")]
mod mnist_npz;
mod mnist_rule;
mod readme;
mod row_major;
mod sampling;
mod traits;
#[cfg(not(feature = "gzip"))]
mod without_gzip;

use std::error::Error;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// An IDX file: magic number, sizes, payload.
fn idx(code: u8, shape: &[u32], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, code, u8::try_from(shape.len()).unwrap()];
    bytes.extend(shape.iter().flat_map(|size| size.to_be_bytes()));
    bytes.extend(payload);
    bytes
}

/// What a compressed form must read like its raw one from: one gzip member, or without the feature, which refuses all of
/// them (`without_gzip`), the bytes themselves.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    if cfg!(feature = "gzip") { member(bytes) } else { bytes.to_vec() }
}

/// One gzip member.
fn member(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An error and its causes, as `anyhow` prints them in one line.
fn chain(error: &dyn Error) -> String {
    match error.source() {
        None => error.to_string(),
        Some(source) => format!("{error}: {}", chain(source)),
    }
}
