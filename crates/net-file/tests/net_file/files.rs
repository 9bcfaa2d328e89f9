//! Files made up in memory, as NumPy and the Python package of safetensors write them.

use net_file::Kind;
use safetensors::tensor::{Dtype, TensorView};
use std::error::Error;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Name, shape and numbers, row by row.
pub(crate) type Numbers = (String, Vec<usize>, Vec<f64>);

/// Different numbers for every place of arrays of these names and shapes.
pub(crate) fn numbers(arrays: &[(&str, &[usize])]) -> Vec<Numbers> {
    let mut next = 0_u32;
    let array = |(name, shape): &(&str, &[usize])| {
        let mut values = Vec::new();
        for _ in 0..shape.iter().product() {
            next += 1;
            values.push(f64::from(next) / 8.0);
        }
        ((*name).to_owned(), shape.to_vec(), values)
    };
    arrays.iter().map(array).collect()
}

/// A file of these arrays, in `f64`.
pub(crate) fn file(kind: Kind, arrays: &[Numbers]) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> = arrays.iter().map(|(.., v)| v.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    if kind == Kind::Safetensors {
        let views = arrays.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
            (name.as_str(), TensorView::new(Dtype::F64, shape.clone(), bytes).unwrap())
        });
        return safetensors::serialize(views, None).unwrap();
    }
    let entry = |((name, shape, _), bytes): (&Numbers, &Vec<u8>)| {
        let shape: String = shape.iter().map(|n| format!("{n},")).collect();
        (format!("{name}.npy"), npy("<f8", &format!("({shape})"), bytes))
    };
    let entries: Vec<(String, Vec<u8>)> = arrays.iter().zip(&bytes).map(entry).collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    archive(CompressionMethod::Stored, &entries)
}

/// An archive of these entries.
pub(crate) fn archive(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An array as `numpy.save` writes it.
pub(crate) fn npy(of: &str, shape: &str, content: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{of}', 'fortran_order': False, 'shape': {shape}, }}");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [&b"\x93NUMPY\x01\x00"[..], &length, header.as_bytes(), content].concat()
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}
