//! The IDX writer: what it writes is what the reader takes, and what the format cannot hold it refuses.

use std::fs;
use std::io::{self, Write};

use dataset::{Idx, IdxData, IdxWriteError};
use proptest::prelude::*;

use crate::idx::any_array;
use crate::{chain, idx};

fn written(idx: &Idx) -> Vec<u8> {
    let mut bytes = Vec::new();
    idx.write(&mut bytes).unwrap();
    bytes
}

#[track_caller]
fn refused(shape: Vec<usize>, data: impl Into<IdxData>, expected: &str) {
    let mut bytes = Vec::new();
    let error = Idx { shape, data: data.into() }.write(&mut bytes).unwrap_err();
    assert_eq!(chain(&error), expected);
    assert!(bytes.is_empty(), "something was written: {bytes:?}");
}

#[test]
fn all_six_types_are_written_big_endian() {
    #[track_caller]
    fn check(data: impl Into<IdxData>, code: u8, payload: &[u8]) {
        let idx_file = Idx { shape: vec![2, 1], data: data.into() };
        assert_eq!(written(&idx_file), idx(code, &[2, 1], payload));
    }
    check(vec![1_u8, 255], 0x08, &[1, 255]);
    check(vec![1_i8, -1], 0x09, &[1, 255]);
    check(vec![258_i16, -2], 0x0B, &[1, 2, 255, 254]);
    check(vec![258_i32, -2], 0x0C, &[0, 0, 1, 2, 255, 255, 255, 254]);
    check(vec![1.0_f32, -2.0], 0x0D, &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]);
    check(vec![1.0_f64, -2.0], 0x0E, &[0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn arrays_longer_than_one_buffer_come_back() {
    let values: Vec<i32> = (0..50_000).map(|i| i * 40_503 - 1_000_000).collect();
    let array = Idx { shape: vec![5, 100, 100], data: values.into() };
    assert_eq!(Idx::read(&written(&array)[..]).unwrap(), array);
}

#[test]
fn rank_0_and_rank_255_and_sizes_of_0_are_written() {
    for (shape, n) in [(vec![], 1), (vec![1; 255], 1), (vec![3, 0, 2], 0), (vec![0], 0)] {
        let array = Idx { shape, data: vec![7_i16; n].into() };
        assert_eq!(Idx::read(&written(&array)[..]).unwrap(), array);
    }
}

#[test]
fn what_the_format_cannot_hold_is_refused_before_a_byte_is_written() {
    refused(vec![1; 256], vec![7_u8], "an array of 256 dimensions, expected at most 255");
    let expected = "an array of more than 2^64 bytes, its sizes are [4294967295, 4294967295, 0]";
    refused(vec![u32::MAX as usize, u32::MAX as usize, 0], Vec::<f64>::new(), expected);
}

#[test]
#[cfg(target_pointer_width = "64")] // otherwise a size cannot be as large
fn a_size_of_2_to_the_32_is_refused_and_one_less_is_written() {
    let expected = "size 4294967296 of dimension 1 (counted from 0), expected at most 4294967295";
    refused(vec![0, 1 << 32], Vec::<u8>::new(), expected);
    let most = Idx { shape: vec![0, (1 << 32) - 1], data: Vec::<u8>::new().into() };
    assert_eq!(Idx::read(&written(&most)[..]).unwrap(), most);
}

#[test]
fn a_shape_that_does_not_fit_the_values_is_refused() {
    refused(vec![2, 3], vec![0_u8; 5], "5 values for an array of shape [2, 3], expected the product of the sizes");
    refused(vec![2, 3], vec![0_f32; 7], "7 values for an array of shape [2, 3], expected the product of the sizes");
    refused(vec![], Vec::<u8>::new(), "0 values for an array of shape [], expected the product of the sizes");
    refused(vec![0], vec![1_f64], "1 values for an array of shape [0], expected the product of the sizes");
}

#[test]
fn an_output_that_fails_is_reported_even_when_it_fails_on_flushing() {
    struct Full {
        on_flush: bool,
    }
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.on_flush { Ok(bytes.len()) } else { Err(io::Error::other("disk full")) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::Error::other("disk full"))
        }
    }
    let array = Idx { shape: vec![1], data: vec![1_u8].into() };
    for on_flush in [false, true] {
        let error = array.write(Full { on_flush }).unwrap_err();
        assert!(matches!(error, IdxWriteError::Io { .. }));
        assert_eq!(chain(&error), "writing failed: disk full");
    }
}

#[test]
fn a_file_is_saved_and_a_refusal_leaves_it_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("array.idx");
    let array = Idx { shape: vec![2, 1], data: vec![1_u8, 2].into() };
    array.save(&path).unwrap();
    assert_eq!(Idx::open(&path).unwrap(), array);

    let wrong = Idx { shape: vec![3], data: vec![1_u8].into() };
    let error = wrong.save(&path).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write {}", path.display()));
    assert!(chain(&error).ends_with(": 1 values for an array of shape [3], expected the product of the sizes"));
    assert_eq!(fs::read(&path).unwrap(), written(&array));

    let error = array.save(dir.path().join("no folder").join("array.idx")).unwrap_err();
    assert!(chain(&error).contains("array.idx: writing failed: "), "{}", chain(&error));
}

proptest! {
    /// Compared as bytes, because a NaN does not equal itself.
    #[test]
    fn what_was_read_is_written_as_the_same_bytes((code, shape, values) in any_array()) {
        let raw = idx(code, &shape, &values);
        prop_assert_eq!(written(&Idx::read(&raw[..]).unwrap()), raw);
    }
}
