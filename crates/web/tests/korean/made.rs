//! Files, good and bad, made in memory.

use npy::ElementType;
use serde_json::{Map, Value, json};
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An IDX file: its type, its sizes, its bytes.
pub(super) fn idx(of: u8, sizes: &[u32], values: &[u8]) -> Vec<u8> {
    let rank = u8::try_from(sizes.len()).unwrap();
    let mut file = vec![0, 0, of, rank];
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(values);
    file
}

/// A ZIP archive whose entries are not packed.
pub(super) fn archive(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A NumPy array of zeros.
pub(super) fn zeros(of: ElementType, shape: &[usize]) -> Vec<u8> {
    let mut file = npy::header(of, shape);
    let bytes = shape.iter().product::<usize>() * of.bytes();
    file.extend(vec![0; bytes]);
    file
}

/// A NumPy array with this dictionary.
pub(super) fn npy_with(header: &str, values: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap();
    [b"\x93NUMPY\x01\0", &length.to_le_bytes()[..], header.as_bytes(), values].concat()
}

/// A .npz of four arrays of f64, with W1 of these bytes.
pub(super) fn npz_with_w1(w1: Vec<u8>) -> Vec<u8> {
    let [b1, w2, b2] = [&[3][..], &[3, 10], &[10]].map(|shape| zeros(ElementType::F64, shape));
    archive(&[("W1.npy", w1), ("b1.npy", b1), ("W2.npy", w2), ("b2.npy", b2)])
}

/// A .npz of arrays of zeros.
pub(super) fn npz(arrays: &[(&str, &[usize])]) -> Vec<u8> {
    let names: Vec<String> = arrays.iter().map(|(name, _)| format!("{name}.npy")).collect();
    let arrays = names.iter().zip(arrays).map(|(name, (_, shape))| (name.as_str(), zeros(ElementType::F32, shape)));
    archive(&arrays.collect::<Vec<_>>())
}

/// A .safetensors of arrays of zeros of a type of so many bytes.
pub(super) fn safetensors(of: &str, bytes: usize, arrays: &[(&str, &[usize])], metadata: &Value) -> Vec<u8> {
    let mut header = Map::new();
    let mut end = 0;
    header.insert("__metadata__".to_owned(), metadata.clone());
    for (name, shape) in arrays {
        let start = end;
        end += shape.iter().product::<usize>() * bytes;
        header.insert((*name).to_owned(), json!({"dtype": of, "shape": shape, "data_offsets": [start, end]}));
    }
    let header = Value::from(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; end]].concat()
}
