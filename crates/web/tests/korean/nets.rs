//! Files that hold no net, or none that can be used here.

use super::made::{archive, npy_with, npz, npz_with_w1, safetensors, zeros};
use super::{Row, ask_with, check, check_refused, started};
use npy::ElementType;
use serde_json::{Value, json};

const W1: (&str, &[usize]) = ("W1", &[784, 3]);
const B1: (&str, &[usize]) = ("b1", &[3]);
const W2: (&str, &[usize]) = ("W2", &[3, 10]);
const B2: (&str, &[usize]) = ("b2", &[10]);

/// Loads each file, and checks what is said about it.
#[track_caller]
fn check_files(files: &[(Vec<u8>, &str, &str)]) {
    let load = |(file, says, others)| -> Row<'_> { (json!({"do": "load", "config": {}}), file, says, others) };
    let rows: Vec<_> = files.iter().map(|(file, says, others)| load((file, *says, *others))).collect();
    check_refused(&mut started(&json!({})), &rows);
}

fn own(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

#[test]
fn a_file_of_another_kind_is_refused_in_korean() {
    check_files(&[
        (own(b""), "it is empty", ""),
        (own(b"no net at all"), "it begins with [6e, 6f, 20", ""),
        (own(b"\x89TLN\r\n\x1a\n"), "a checkpoint of `app train`", ""),
        (own(b"\x80\x04\x95"), "a Python pickle", ""),
        (own(b"\x89HDF\r\n\x1a\n"), "an HDF5 file (.h5", ""),
        (own(b"\x08\x07\x12\x07pytorch"), "an ONNX model", ""),
        (own(b"\x93NUMPY\x01\0"), "a single NumPy array", ""),
        (own(b"\x1f\x8b\x08\0"), "a gzip file", ""),
        (own(b"\x89PNG\r\n\x1a\n"), "a PNG image", ""),
        (own(b"\xff\xd8\xff\xe0"), "a JPEG image", ""),
        (own(b"\0\0\x08\x03"), "an IDX file", ""),
        (own(b"{\"W1\": []}"), "JSON text", ""),
        (own(b"<!DOCTYPE html>"), "a web page", ""),
        (own(b"version https://git-lfs.github.com/spec/v1"), "a Git LFS pointer", ""),
        (archive(&[("net/data.pkl", own(b""))]), "PyTorch's torch.save", ""),
        (archive(&[("config.json", own(b""))]), "a .keras file", ""),
        (own(b"PK\x03\x04 and nothing"), "not a readable ZIP archive", "invalid Zip archive"),
        (own(b"\x09\0\0\0\0\0\0\0{"), ".safetensors file is damaged or cut short", "invalid"),
    ]);
}

#[test]
fn other_arrays_than_those_of_a_net_are_refused_in_korean() {
    let f = ElementType::F64;
    let [w1, b1, w2, b2] = [W1, B1, W2, B2].map(|(_, shape)| zeros(f, shape));
    let four = [("W1", w1.clone()), ("b1", b1.clone()), ("W2", w2.clone()), ("b2", b2.clone())];
    let with = |name, array| {
        let names = [("W1.npy", w1.clone()), ("b1.npy", b1.clone()), ("W2.npy", w2.clone()), ("b2.npy", b2.clone())];
        archive(&[&names[..], &[(name, array)]].concat())
    };
    let text = |of: &str, letters: &[u8]| {
        npy_with(&format!("{{'descr': '{of}', 'fortran_order': False, 'shape': (), }}"), letters)
    };
    let of =
        |gates: &[(&str, &[usize])], activation: &str| safetensors("F32", 4, gates, &json!({"activation": activation}));
    let pair = |k: usize| [format!("fc{k}.weight"), format!("fc{k}.bias")];
    let pairs: Vec<String> = (1..=3).flat_map(pair).collect();
    let pairs: Vec<(&str, &[usize])> = pairs.iter().map(|name| (name.as_str(), &[3][..])).collect();
    check_files(&[
        (archive(&four), "has an entry W1, expected W1.npy", ""),
        (with("W1", w1.clone()), "two entries with the same name", ""),
        (
            with("W3.npy", w1.clone()),
            "the file holds W3 too: a net of three layers, expected only W1, b1, W2 and b2",
            "",
        ),
        (with("loss.npy", w1.clone()), "the file holds loss too, expected only W1, b1, W2 and b2", ""),
        (with("activation.npy", text("|S4", b"gelu")), "the activation is \"gelu\"", ""),
        (with("activation.npy", w1.clone()), "the array activation is not one string", ""),
        (of(&[W1, B1, W2, B2], "swish"), "the activation is \"swish\"", ""),
        (npz(&[W1, B1, W2]), "the file holds no b2, but \"W1\", \"W2\", \"b1\"", ""),
        (npz(&[]), "the file holds no W1, but nothing", ""),
        (npz(&pairs), "the file holds three pairs of weight and bias (fc1, fc2, fc3)", ""),
        (safetensors("I64", 8, &[W1, B1, W2, B2], &json!({})), "W1 holds numbers of type I64, expected F32 or F64", ""),
        (
            npz(&[("fc1.weight", &[784, 3]), ("fc1.bias", &[3]), ("fc2.weight", &[3, 10]), ("fc2.bias", &[10])]),
            "as PyTorch keeps them",
            "",
        ),
        (npz(&[("W1", &[784]), B1, W2, B2]), "W1 is [784] and W2 [3, 10], expected matrices", ""),
        (
            npz(&[("W1", &[3, 784]), B1, ("W2", &[10, 3]), B2]),
            "W1 is 3x784, the transpose of the expected 784x3, and W2",
            "",
        ),
        (npz(&[W1, B1, ("W2", &[10, 3]), B2]), "W2 is 10x3, the transpose of the expected 3x10", ""),
        (npz(&[W1, ("b1", &[4]), W2, B2]), "b1 is [4], expected [3] for a W1 of [784, 3]", ""),
        (npz(&[W1, B1, ("W2", &[5, 10]), B2]), "W2 is [5, 10], expected [3, 10]", ""),
        (npz(&[("W1", &[0, 3]), B1, W2, B2]), "0 inputs, 3 hidden neurons, 10 classes", ""),
        (npz(&[W1, B1, ("W2", &[3, 257]), ("b2", &[257])]), "257 classes, expected at most 256", ""),
        (npz(&[("W1", &[100, 3]), B1, W2, B2]), "the net takes 100 inputs to 10 classes", ""),
        (
            npz(&[("W1", &[784, 1001]), ("b1", &[1001]), ("W2", &[1001, 10]), B2]),
            "hidden is 1001, expected 1 to 1000",
            "",
        ),
    ]);
}

#[test]
fn an_array_that_cannot_be_read_is_refused_in_korean() {
    let file = |header: &str| npz_with_w1(npy_with(header, &[0; 8]));
    let shaped = |shape: &str| file(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"));
    let ones = format!("({})", "1, ".repeat(65));
    let nan = [&f64::NAN.to_le_bytes()[..], &[0; 784 * 24 - 8]].concat();
    let mut changed = npz_with_w1(zeros(ElementType::F64, &[784, 3]));
    changed[1000] = 1; // within the numbers of W1
    let mut method = npz_with_w1(zeros(ElementType::F64, &[784, 3]));
    let at = method.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    method[at + 10] = 97; // how W1 is packed
    check_files(&[
        (npz_with_w1(own(b"no array")), "it begins with [6e, 6f, 20, 61, 72, 72], expected [93", ""),
        (npz_with_w1(own(b"\x93NUMPY\x01\0\x10\0{")), "it ends within its header", ""),
        (npz_with_w1(own(b"\x93NUMPY\x04\x01\x10\0")), "version 4.1 of NumPy's format", ""),
        (npz_with_w1(own(b"\x93NUMPY\x01\0\xff\xff")), "a header of 65535 bytes, at most 10000 are read", ""),
        (npz_with_w1(own(b"\x93NUMPY\x01\0\x02\0\xff\xff")), "the header is not text", "invalid utf-8"),
        (file("(784, 3)"), "the header has \"(784, 3)\" where '{' is expected", ""),
        (file("{'descr': '<f8', 'fortran_order': 0, }"), "where True or False is expected", ""),
        (file("{'shape': (a, 3), }"), "where a size is expected", ""),
        (file("{'descr: "), "the header ends within a string", ""),
        (file("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} 7"), "the header continues with", ""),
        (file("{'order': 'C'}"), "the header holds \"order\", expected descr, fortran_order and shape", ""),
        (file("{'descr': '<f8'}"), "the header holds no fortran_order", ""),
        (
            file("{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}"),
            "numbers of type \"<c16\", expected float32",
            "",
        ),
        (
            file("{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}"),
            "numbers of type \"int64\", expected float32",
            "",
        ),
        (shaped(&ones), "65 dimensions, expected at most 64", ""),
        (shaped("(9999999999,)"), "the shape [9999999999] needs more than 1073741824 bytes", ""),
        (shaped("(99999999,)"), "numbers do not compress that well", ""),
        (shaped("(2,)"), "8 bytes of numbers, expected 16 for the shape [2]", ""),
        (shaped("()"), "W1 is [] and W2 [3, 10], expected matrices", ""),
        (shaped("(0,)"), "more bytes of numbers, expected 0 for the shape [0]", ""),
        (
            npz_with_w1(npy_with("{'descr': '<f8', 'fortran_order': False, 'shape': (784, 3)}", &nan)),
            "W1 holds NaN",
            "",
        ),
        (changed, "cannot be unpacked", "Invalid checksum"),
        (method, "its first 8 bytes cannot be unpacked", "compression method not supported"),
    ]);
}

#[test]
fn a_net_of_pytorch_is_loaded_with_korean_notes() {
    let file = npz(&[("fc1.weight", &[3, 784]), ("fc1.bias", &[3]), ("fc2.weight", &[10, 3]), ("fc2.bias", &[10])]);
    let (reply, _) = ask_with(&mut started(&json!({})), &json!({"do": "load", "config": {}}), &file);
    let Value::Array(notes) = &reply["renamed"] else { panic!("{reply}") };
    check(&notes[0], "fc1.weight is 3x784, as PyTorch keeps it; read as W1 of 784x3, transposed", "");
    check(&notes[1], "fc1.bias is read as b1", "");
    assert_eq!(notes.len(), 4);
}
