//! Arrays and archives, whole and damaged.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test may")]

use npy::{Npy, NpyData, Npz, NpzError, SMALL};
use std::error::Error;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn matrix() -> Npy {
    Npy { shape: vec![2, 3], data: NpyData::F64(vec![1.0, 2.0, 3.0, 4.0, 5.0, -0.1]) }
}

/// A file of version 1.0 with this dictionary and these numbers.
fn npy(header: &str, numbers: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [&b"\x93NUMPY\x01\x00"[..], &length, header.as_bytes(), numbers].concat()
}

#[test]
fn an_array_is_written_as_numpy_does() {
    // numpy.save(f, numpy.array([[1, 2, 3], [4, 5, -0.1]])): 128 bytes of header and 48 of numbers
    let bytes = matrix().to_bytes();
    assert_eq!(bytes.len(), 176);
    assert_eq!(bytes[..10], *b"\x93NUMPY\x01\x00\x76\x00");
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
    assert_eq!(std::str::from_utf8(&bytes[10..128]).unwrap(), format!("{header:117}\n"));
    assert_eq!(bytes[128..136], 1.0_f64.to_le_bytes());
    assert_eq!(Npy::read(&bytes[..], 48).unwrap(), matrix());
    let one = Npy { shape: vec![2], data: NpyData::F32(vec![0.5, 2.0]) };
    assert!(String::from_utf8_lossy(&one.to_bytes()).contains("'<f4', 'fortran_order': False, 'shape': (2,), }"));
    assert_eq!(Npy::read(&one.to_bytes()[..], 8).unwrap(), one);
}

#[test]
fn orders_and_versions_and_spellings_are_read() {
    let numbers: Vec<u8> = [1.0_f64, 4.0, 2.0, 5.0, 3.0, -0.1].iter().flat_map(|v| v.to_be_bytes()).collect();
    let file = npy("{\"shape\":(2L , 3),'fortran_order':True,'descr':'>f8'}\n", &numbers);
    assert_eq!(Npy::read(&file[..], 48).unwrap(), matrix());
    let mut file = matrix().to_bytes();
    file.splice(6..10, [3, 0, 0x76, 0, 0, 0]);
    assert_eq!(Npy::read(&file[..], 48).unwrap(), matrix());
    let single = Npy::read(&npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", &[0, 0, 128, 63])[..], 4);
    assert_eq!(single.unwrap(), Npy { shape: vec![], data: NpyData::F32(vec![1.0]) });
}

#[track_caller]
fn refused(file: &[u8], expected: &str) {
    let error = Npy::read(file, 1 << 20).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}\nwithout: {expected}");
}

#[test]
fn what_is_no_array_of_numbers_is_refused_with_a_reason() {
    refused(b"\x93NUM", "ends within its first 8 bytes");
    refused(b"PK\x03\x04....", "not a NumPy array");
    refused(b"\x93NUMPY\x04\x00....", "version 4.0");
    refused(b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "a header of 4294967295 bytes");
    let header = |text: &str| npy(text, &[0; 8]);
    refused(&header("('descr', )"), "where '{' is expected");
    refused(
        &header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"),
        "expected float32, float64 or whole numbers",
    );
    refused(&header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}"), "is expected");
    refused(&header("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}"), "True or False");
    refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"), "\"-1,)}\" where a size");
    refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}"), "a size");
    refused(&header("{'descr': '<f8', 'fortran_order': False}"), "holds no shape");
    refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}"), "holds \"more\"");
    refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x"), "continues with");
    refused(&header("{'descr': '<f8"), "within a string");
    refused(&header("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}"), "8 bytes of numbers, expected 16");
    refused(&header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"), "more bytes of numbers, expected 4");
    let huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}";
    refused(&header(huge), "needs more than 1048576 bytes");
}

#[test]
fn every_cut_is_refused() {
    let whole = matrix().to_bytes();
    for length in 0..whole.len() {
        assert!(Npy::read(&whole[..length], 48).is_err(), "{length}");
    }
}

/// numpy.array([[0, 1, -2], [3, 4, 5]]).astype(T).tobytes(ORDER), in both byte orders
#[test]
fn every_type_is_read_in_every_order_and_comes_back() {
    fn check<T: Copy, const N: usize>(
        letter: &str,
        c_order: [T; 6],
        be: fn(T) -> [u8; N],
        le: fn(T) -> [u8; N],
        of: fn(Vec<T>) -> NpyData,
    ) {
        let [a, b, c, d, e, f] = c_order;
        let expected = Npy { shape: vec![2, 3], data: of(c_order.to_vec()) };
        for (fortran, values) in [("False", [a, b, c, d, e, f]), ("True", [a, d, b, e, c, f])] {
            for (order, bytes) in [("<", le), (">", be)] {
                let numbers: Vec<u8> = values.iter().flat_map(|v| bytes(*v)).collect();
                let order = if N == 1 { "|" } else { order };
                let header = format!("{{'descr': '{order}{letter}', 'fortran_order': {fortran}, 'shape': (2, 3), }}");
                let read = Npy::read(&npy(&header, &numbers)[..], 6 * N).unwrap();
                assert_eq!(read, expected, "{order}{letter} {fortran}");
                assert_eq!(Npy::read(&read.to_bytes()[..], 6 * N).unwrap(), expected);
            }
        }
    }
    check("u1", [0, 1, 254, 3, 4, 5], u8::to_be_bytes, u8::to_le_bytes, NpyData::U8);
    check("i1", [0, 1, -2, 3, 4, 5], i8::to_be_bytes, i8::to_le_bytes, NpyData::I8);
    check("u2", [0, 1, 65_534, 3, 4, 5], u16::to_be_bytes, u16::to_le_bytes, NpyData::U16);
    check("i2", [0, 1, -2, 3, 4, 5], i16::to_be_bytes, i16::to_le_bytes, NpyData::I16);
    check("u4", [0, 1, 1 << 31, 3, 4, 5], u32::to_be_bytes, u32::to_le_bytes, NpyData::U32);
    check("i4", [0, 1, -2, 3, 4, 5], i32::to_be_bytes, i32::to_le_bytes, NpyData::I32);
    check("u8", [0, 1, 1 << 63, 3, 4, 5], u64::to_be_bytes, u64::to_le_bytes, NpyData::U64);
    check("i8", [0, 1, -2, 3, 4, 5], i64::to_be_bytes, i64::to_le_bytes, NpyData::I64);
    check("f4", [0.0, 1.0, -2.5, 3.0, 4.0, 5.0], f32::to_be_bytes, f32::to_le_bytes, NpyData::F32);
    check("f8", [0.0, 1.0, -2.5, 3.0, 4.0, 5.0], f64::to_be_bytes, f64::to_le_bytes, NpyData::F64);
}

fn archive(entries: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn chain(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}

#[test]
fn an_archive_gives_its_arrays_by_name() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let labels = Npy { shape: vec![2], data: NpyData::I64(vec![5, 0]) };
        let bytes =
            archive(&[("x.npy", matrix().to_bytes()), ("y.npy", labels.to_bytes()), ("readme.txt", vec![])], method);
        let mut archive = Npz::open(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.names(), ["x.npy", "y.npy", "readme.txt"]);
        assert_eq!(archive.array("y", 16).unwrap(), labels);
        assert_eq!(archive.array("x", 48).unwrap(), matrix());
        let too_large = archive.array("x", 47).unwrap_err();
        assert!(chain(&too_large).ends_with("the shape [2, 3] needs more than 47 bytes"), "{}", chain(&too_large));
        let missing = archive.array("z", 1).unwrap_err().to_string();
        assert_eq!(missing, "the archive holds no z.npy, but \"readme.txt\", \"x.npy\", \"y.npy\"");
    }
    let error = Npz::open(Cursor::new(b"PK\x03\x04 and no more")).err().unwrap();
    assert!(matches!(error, NpzError::Zip { .. }), "{error}");
}

#[test]
fn an_archive_that_is_cut_or_changed_is_refused_or_means_the_same() {
    let whole = archive(&[("x.npy", matrix().to_bytes())], CompressionMethod::Deflated);
    let read = |bytes: &[u8]| Npz::open(Cursor::new(bytes)).and_then(|mut archive| archive.array("x", 48));
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length}");
    }
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&bytes).map_or(true, |array| array == matrix()), "bit {bit}");
    }
}

/// 1 MB of packed zeros would fill 1 GB; the refusal comes before the first of them is unpacked.
#[test]
fn zeros_that_fill_more_than_numbers_do_are_refused() {
    let zeros = |count: usize| Npy { shape: vec![count], data: NpyData::U8(vec![0; count]) }.to_bytes();
    let read = |count, method| {
        let mut archive = Npz::open(Cursor::new(archive(&[("x.npy", zeros(count))], method))).unwrap();
        archive.array("x", 1 << 30).map(|array| array.shape)
    };
    let error = chain(&read(SMALL + 1, CompressionMethod::Deflated).unwrap_err());
    assert!(error.contains("compressed bytes: numbers do not compress that well"), "{error}");
    assert!(error.contains(&format!("needs more than {SMALL} bytes")), "{error}");
    // zeros are fine where there are not so many of them, or where they are there
    assert_eq!(read(SMALL, CompressionMethod::Deflated).unwrap(), [SMALL]);
    assert_eq!(read(SMALL + 1, CompressionMethod::Stored).unwrap(), [SMALL + 1]);
}
