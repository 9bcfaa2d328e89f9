//! The IDX reader: what it accepts, and what it says about everything else.

use std::io::{self, Read};

use dataset::{Idx, IdxData, IdxError};
use proptest::prelude::*;

use crate::{chain, gzip, idx};

#[track_caller]
fn refused(bytes: &[u8], expected: &str) {
    match Idx::read(bytes) {
        Ok(idx) => panic!("read as {idx:?}, expected: {expected}"),
        Err(error) => assert_eq!(chain(&error), expected),
    }
}

#[test]
fn all_six_types_are_read_big_endian() {
    #[track_caller]
    fn check(code: u8, payload: &[u8], expected: IdxData) {
        assert_eq!(Idx::read(&idx(code, &[2], payload)[..]).unwrap(), Idx { shape: vec![2], data: expected });
    }
    check(0x08, &[1, 255], IdxData::U8(vec![1, 255]));
    check(0x09, &[1, 255], IdxData::I8(vec![1, -1]));
    check(0x0B, &[1, 2, 255, 254], IdxData::I16(vec![258, -2]));
    check(0x0C, &[0, 0, 1, 2, 255, 255, 255, 254], IdxData::I32(vec![258, -2]));
    check(0x0D, &[0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], IdxData::F32(vec![1.0, -2.0]));
    check(0x0E, &[0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], IdxData::F64(vec![1.0, -2.0]));
}

#[test]
fn rank_0_is_one_value_and_a_size_of_0_is_none() {
    let single = Idx::read(&idx(0x08, &[], &[7])[..]).unwrap();
    assert_eq!(single, Idx { shape: vec![], data: IdxData::U8(vec![7]) });
    let none = Idx::read(&idx(0x0E, &[65_536, 65_536, 0, 65_536], &[])[..]).unwrap();
    assert!(none.data.is_empty());
    assert_eq!(none.shape, [65_536, 65_536, 0, 65_536]);
}

#[test]
fn rank_255_is_read() {
    let many = Idx::read(&idx(0x08, &[1; 255], &[9])[..]).unwrap();
    assert_eq!(many, Idx { shape: vec![1; 255], data: IdxData::U8(vec![9]) });
}

#[test]
fn gzip_equals_raw_in_one_member_or_in_several() {
    let raw = idx(0x08, &[3, 5], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    let expected = Idx::read(&raw[..]).unwrap();
    assert_eq!(Idx::read(&gzip(&raw)[..]).unwrap(), expected);
    for cut in 0..=raw.len() {
        let members = [gzip(&raw[..cut]), gzip(&raw[cut..])].concat();
        assert_eq!(Idx::read(&members[..]).unwrap(), expected, "cut at {cut}");
    }
}

#[test]
fn a_reader_that_gives_single_bytes_is_read_whole() {
    struct Drip<'a>(&'a [u8]);
    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = buffer.len().min(1);
            self.0.read(&mut buffer[..n])
        }
    }
    let raw = idx(0x0B, &[2, 1], &[1, 2, 3, 4]);
    let expected = Idx::read(&raw[..]).unwrap();
    assert_eq!(Idx::read(Drip(&raw)).unwrap(), expected);
    assert_eq!(Idx::read(Drip(&gzip(&raw))).unwrap(), expected);
}

#[test]
fn other_files_are_named_by_their_first_bytes() {
    refused(b"GIF89a", "not an IDX file: expected it to begin with 00 00, found 47 49 46 38");
    refused(b"\0\x01\x08\x01", "not an IDX file: expected it to begin with 00 00, found 00 01 08 01");
    refused(b"P", "not an IDX file: expected it to begin with 00 00, found 50");
}

#[test]
#[cfg(feature = "gzip")]
fn a_file_that_is_compressed_twice_is_recognised() {
    let twice = gzip(&gzip(&idx(0x08, &[], &[1])));
    refused(
        &twice,
        "not an IDX file: expected it to begin with 00 00, found 1f 8b 08 00 (it is compressed twice; unpack it once with `gzip -d`)",
    );
}

#[test]
fn a_web_page_is_recognised() {
    let page = "not an IDX file: expected it to begin with 00 00, found 3c 68 74 6d (it looks like a web page)";
    refused(b"<html><body>404</body></html>", page);
    refused(&gzip(b"<html>"), page);
    let text = "\u{feff}\r\n <!DOCTYPE html>";
    let marked = "not an IDX file: expected it to begin with 00 00, found ef bb bf 0d (it looks like a web page)";
    refused(text.as_bytes(), marked);
}

/// Each of them has been found under a name of MNIST.
#[test]
fn other_files_under_this_name_are_recognised() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:440fcabf73\nsize 9912422\n";
    let zip =
        |name: &str| [b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b\0\0\0", name.as_bytes()].concat();
    for (bytes, expected) in [
        (
            pointer.to_vec(),
            "76 65 72 73 (it is a Git LFS pointer, a placeholder for the file; `git lfs pull` downloads the file itself)",
        ),
        (zip("t10k-images"), "50 4b 03 04 (it is a ZIP archive; unpack it)"),
        (zip("x_train.npy"), "50 4b 03 04 (it is a .npz archive of NumPy arrays under another name)"),
        (b"\x93NUMPY\x01\0v\0{'descr'".to_vec(), "93 4e 55 4d (it is a NumPy array, .npy)"),
        (b"\x80\x03}q\0".to_vec(), "80 03 7d 71 (it is a Python pickle)"),
    ] {
        refused(&bytes, &format!("not an IDX file: expected it to begin with 00 00, found {expected}"));
        refused(&gzip(&bytes), &format!("not an IDX file: expected it to begin with 00 00, found {expected}"));
    }
}

#[test]
fn an_unknown_type_lists_the_known_ones() {
    let expected = "unknown IDX element type 0x0a at byte 2, expected 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e";
    refused(&idx(0x0A, &[1], &[1, 2, 3, 4]), expected);
}

#[test]
fn a_header_that_ends_early_says_where() {
    refused(b"", "IDX header ends at byte 0, expected 4 bytes");
    refused(&[0, 0, 8], "IDX header ends at byte 3, expected 4 bytes");
    refused(&[0, 0, 8, 3, 0, 0, 0, 1, 0], "IDX header ends at byte 9, expected 16 bytes");
    refused(&gzip(&[0, 0, 8]), "IDX header ends at byte 3, expected 4 bytes");
}

#[test]
fn a_payload_of_another_length_says_how_long_it_is() {
    let short = "5 bytes of values from byte 12 on, expected 6: the file is cut short";
    refused(&idx(0x08, &[2, 3], &[1, 2, 3, 4, 5]), short);
    refused(&gzip(&idx(0x08, &[2, 3], &[1, 2, 3, 4, 5])), short);
    let long = "8 bytes of values from byte 12 on, expected 6: the file is too long";
    refused(&idx(0x08, &[2, 3], &[1, 2, 3, 4, 5, 6, 7, 8]), long);
    refused(&gzip(&idx(0x08, &[2, 3], &[1, 2, 3, 4, 5, 6, 7, 8])), long);
    // Half a value.
    refused(&idx(0x0B, &[2], &[1, 2, 3]), "3 bytes of values from byte 8 on, expected 4: the file is cut short");
}

#[test]
fn a_header_that_claims_terabytes_over_20_bytes_is_cut_short() {
    let bytes = idx(0x08, &[u32::MAX, 28, 28], &[1, 2, 3, 4]);
    assert_eq!(bytes.len(), 20);
    refused(&bytes, "4 bytes of values from byte 16 on, expected 3367254359280: the file is cut short");
}

#[test]
fn sizes_beyond_64_bits_are_refused() {
    let expected = "IDX header describes more than 2^64 bytes, its sizes are [4294967295, 4294967295, 2]";
    refused(&idx(0x08, &[u32::MAX, u32::MAX, 2], &[1]), expected);
    // There would be none, but a caller that multiplies the sizes must not overflow before it comes to the 0.
    let expected = "IDX header describes more than 2^64 bytes, its sizes are [4294967295, 4294967295, 2, 0]";
    refused(&idx(0x08, &[u32::MAX, u32::MAX, 2, 0], &[]), expected);
}

#[test]
fn the_limit_counts_header_and_values() {
    let raw = idx(0x08, &[4], &[1, 2, 3, 4]);
    for bytes in [&raw, &gzip(&raw)] {
        assert!(Idx::read_with_limit(&bytes[..], 12).is_ok());
        for limit in 4..12 {
            let error = Idx::read_with_limit(&bytes[..], limit).unwrap_err();
            assert!(matches!(error, IdxError::LimitExceeded { limit: l } if l == limit), "{limit}: {error}");
        }
    }
    let error = Idx::read_with_limit(&raw[..], 3).unwrap_err();
    assert_eq!(error.to_string(), "content continues after 3 bytes, the most that is read");
    assert!(Idx::read_with_limit(&raw[..], u64::MAX).is_ok());
}

#[test]
fn content_without_end_stops_at_the_limit() {
    const LIMIT: u64 = 3 << 20;
    let stops = |reader: &mut dyn Read| {
        let error = Idx::read_with_limit(reader, LIMIT).unwrap_err();
        assert!(matches!(error, IdxError::LimitExceeded { limit: LIMIT }), "{error}");
    };
    let claimed = idx(0x08, &[1 << 30], &[]); // all of it would be values
    let small = idx(0x08, &[1], &[]); // nearly all of it follows them
    for header in [claimed, small] {
        stops(&mut header.chain(io::repeat(0)));
        // A bomb of gzip members, 64 KiB of zeros each.
        stops(&mut gzip(&header).chain(Cycle { bytes: gzip(&[0; 1 << 16]), at: 0 }));
    }
}

struct Cycle {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for Cycle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = (&self.bytes[self.at..]).read(buffer)?;
        self.at = (self.at + n) % self.bytes.len();
        Ok(n)
    }
}

#[test]
#[cfg(feature = "gzip")]
fn damaged_gzip_is_not_read() {
    let raw = idx(0x08, &[300], &(0..=255).chain(0..44).collect::<Vec<u8>>());
    let whole = gzip(&raw);
    let gzip_error = |bytes: &[u8]| match Idx::read(bytes) {
        Err(error @ IdxError::Gzip { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let mut wrong_sum = whole.clone();
    wrong_sum[whole.len() - 8] ^= 1;
    assert_eq!(gzip_error(&wrong_sum), "corrupt gzip data, noticed after 308 decompressed bytes");
    let mut wrong_length = whole.clone();
    wrong_length[whole.len() - 1] ^= 1;
    gzip_error(&wrong_length);
    // The first member is checked as well.
    gzip_error(&[wrong_sum, gzip(&[])].concat());
    gzip_error(&[whole.clone(), b"no gzip".to_vec()].concat());
    for end in 2..whole.len() {
        gzip_error(&whole[..end]);
    }
}

#[test]
fn an_error_of_the_input_is_not_blamed_on_the_compression() {
    struct Unplugged;
    impl Read for Unplugged {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let raw = idx(0x08, &[100], &[7; 50]);
    let message = |bytes: &[u8]| chain(&Idx::read(bytes.chain(Unplugged)).unwrap_err());
    assert_eq!(message(&[]), "reading failed at byte 0: unplugged");
    assert_eq!(message(&raw), "reading failed at byte 58: unplugged");
    assert_eq!(message(&gzip(&raw)), "reading failed at byte 58: unplugged");
}

#[test]
fn a_path_is_named_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("some.idx");
    let missing = Idx::open(&path).unwrap_err();
    assert_eq!(missing.to_string(), format!("cannot read {}", path.display()));
    assert!(chain(&missing).starts_with(&format!("{missing}: reading failed at byte 0: ")));

    std::fs::write(&path, [0, 0, 8]).unwrap();
    let expected = format!("cannot read {}: IDX header ends at byte 3, expected 4 bytes", path.display());
    assert_eq!(chain(&Idx::open(&path).unwrap_err()), expected);

    std::fs::write(&path, idx(0x08, &[1], &[3])).unwrap();
    assert_eq!(Idx::open(&path).unwrap().data, IdxData::U8(vec![3]));
}

/// Code, shape and payload of a valid file.
pub(crate) fn any_array() -> impl Strategy<Value = (u8, Vec<u32>, Vec<u8>)> {
    let types = prop::sample::select(vec![(0x08, 1), (0x09, 1), (0x0B, 2), (0x0C, 4), (0x0D, 4), (0x0E, 8)]);
    (types, prop::collection::vec(0u32..5, 0..4)).prop_flat_map(|((code, size), shape)| {
        let bytes = shape.iter().product::<u32>() as usize * size;
        (Just(code), Just(shape), prop::collection::vec(any::<u8>(), bytes))
    })
}

fn payload(data: &IdxData) -> Vec<u8> {
    match data {
        IdxData::U8(values) => values.clone(),
        IdxData::I8(values) => values.iter().flat_map(|v| v.to_be_bytes()).collect(),
        IdxData::I16(values) => values.iter().flat_map(|v| v.to_be_bytes()).collect(),
        IdxData::I32(values) => values.iter().flat_map(|v| v.to_be_bytes()).collect(),
        IdxData::F32(values) => values.iter().flat_map(|v| v.to_be_bytes()).collect(),
        IdxData::F64(values) => values.iter().flat_map(|v| v.to_be_bytes()).collect(),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read((code, shape, values) in any_array(), compressed: bool) {
        let raw = idx(code, &shape, &values);
        let read = Idx::read(&(if compressed { gzip(&raw) } else { raw })[..]).unwrap();
        prop_assert_eq!(read.shape, shape.iter().map(|size| *size as usize).collect::<Vec<_>>());
        prop_assert_eq!(payload(&read.data), values);
    }

    #[test]
    fn every_cut_and_every_added_byte_is_noticed((code, shape, values) in any_array(), cut: prop::sample::Index) {
        let mut raw = idx(code, &shape, &values);
        raw.push(0);
        prop_assert!(Idx::read(&raw[..]).is_err());
        prop_assert!(Idx::read(&raw[..cut.index(raw.len() - 1)]).is_err());
    }

    /// A flip in the name or time of the gzip header changes nothing; any other must not pass.
    #[test]
    #[cfg(feature = "gzip")]
    fn a_flipped_bit_of_gzip_is_noticed_or_harmless((code, shape, values) in any_array(), bit: prop::sample::Index) {
        let raw = idx(code, &shape, &values);
        let mut bytes = gzip(&raw);
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(read) = Idx::read(&bytes[..]) {
            prop_assert_eq!(payload(&read.data), values);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        start in prop::sample::select(vec![vec![], vec![0, 0], vec![0, 0, 8, 1], vec![0, 0, 14, 2, 0, 0, 0], vec![0x1f, 0x8b, 8, 0]]),
        bytes in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let bytes = [start, bytes].concat();
        let _ = Idx::read_with_limit(&bytes[..], 1 << 20);
        let _ = Idx::read_with_limit(&gzip(&bytes)[..], 1 << 20);
    }
}
