//! Whole files that hold no usable net, and nets that are not written.

use crate::files::{self, archive, chain};
use crate::{SIZES, nets};
use net::{Activation, Parameters, Sizes};
use net_file::{AnyParameters, Kind, NetFileError, npz};
use safetensors::tensor::{Dtype, TensorView};
use zip::CompressionMethod;

/// An array of a file that is made up: name, type, shape.
type Array<'a> = (&'a str, Dtype, &'a [usize]);

const NET: [Array; 4] =
    [("W1", Dtype::F32, &[5, 3]), ("b1", Dtype::F32, &[3]), ("W2", Dtype::F32, &[3, 2]), ("b2", Dtype::F32, &[2])];

/// A .safetensors of these arrays, all zeros, and this activation.
fn tensors(arrays: &[Array], activation: &str) -> Vec<u8> {
    let zeros = [0; 4096];
    let views: Vec<(&str, TensorView)> = arrays
        .iter()
        .map(|(name, of, shape)| {
            let bytes = shape.iter().product::<usize>() * of.bitsize() / 8;
            (*name, TensorView::new(*of, shape.to_vec(), &zeros[..bytes]).unwrap())
        })
        .collect();
    let metadata = [("activation".to_owned(), activation.to_owned())].into_iter().collect();
    safetensors::serialize(views, Some(metadata)).unwrap()
}

/// Zeros as `numpy.save` writes them.
fn npy(shape: &str, count: usize) -> Vec<u8> {
    files::npy("<f8", shape, &vec![0; 8 * count])
}

#[track_caller]
fn refused(bytes: &[u8], expected: &str) {
    let error = chain(&net_file::read(bytes).unwrap_err());
    assert!(error.contains(expected), "{error}\nwithout: {expected}");
}

/// The net with one array replaced.
fn with(k: usize, array: Array<'static>) -> Vec<u8> {
    let mut arrays = NET;
    arrays[k] = array;
    tensors(&arrays, "tanh")
}

#[test]
fn shapes_that_make_no_net_are_named() {
    let read = net_file::read(&tensors(&NET, "tanh")).unwrap();
    assert_eq!(read.parameters, Parameters::<f32>::zeros(SIZES).into());
    refused(&with(0, ("W1", Dtype::F32, &[5])), "W1 is [5] and W2 [3, 2], expected matrices");
    refused(&with(1, ("b1", Dtype::F32, &[1, 4])), "b1 is [1, 4], expected [3]");
    refused(&with(1, ("b1", Dtype::F32, &[1, 1, 3])), "b1 is [1, 1, 3], expected [3]");
    refused(&with(3, ("b2", Dtype::F32, &[3])), "b2 is [3], expected [2]");
    let empty = NET.map(|(name, of, shape)| (name, of, if name == "W1" { &[0, 3] } else { shape }));
    refused(&tensors(&empty, "tanh"), "0 inputs, 3 hidden neurons, 2 classes: expected at least 1 of each");
    let wide: [Array; 4] = [
        ("W1", Dtype::F32, &[1, 1]),
        ("b1", Dtype::F32, &[1]),
        ("W2", Dtype::F32, &[1, 257]),
        ("b2", Dtype::F32, &[257]),
    ];
    refused(&tensors(&wide, "tanh"), "257 classes, expected at most 256");
}

#[test]
fn a_safetensors_file_that_lacks_something_says_what_it_has() {
    refused(&with(1, ("bias", Dtype::F32, &[3])), r#"holds no b1, but "W1", "W2", "b2", "bias""#);
    refused(&with(1, ("b1", Dtype::BF16, &[3])), "b1 holds numbers of type BF16, expected F32 or F64");
    refused(&tensors(&NET, "gelu"), r#"the activation is "gelu", expected sigmoid, tanh or relu"#);
    refused(b"\x04\0\0\0\0\0\0\0{\"W1", ".safetensors file is damaged or cut short: ");
}

#[test]
fn one_array_in_f64_makes_the_net_one_in_f64() {
    let read = net_file::read(&with(3, ("b2", Dtype::F64, &[2]))).unwrap();
    assert_eq!(read.parameters, Parameters::<f64>::zeros(SIZES).into());
}

#[test]
fn an_archive_that_lacks_something_says_what_it_has() {
    let stored = CompressionMethod::Stored;
    refused(&archive(stored, &[]), "holds no W1, but nothing");
    let names: Vec<String> = (0..12).map(|k| format!("layer{k:02}.npy")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    refused(&archive(stored, &entries), r#"holds no W1, but "layer00", "layer01""#);
    refused(&archive(stored, &entries), r#""layer07", ..."#);
    refused(
        &archive(stored, &["W1.npy", "b1.npy", "W2.npy", "b2.npy"].map(|name| (name, &b"0.1 0.2"[..]))),
        "the array W1 cannot be read: an incomplete NumPy array: it ends within",
    );
    refused(b"PK\x03\x04 and no more", "not a readable ZIP archive");
}

#[test]
fn arrays_in_an_archive_may_be_compressed_and_are_limited_together() {
    let (w1, b1, w2, b2) = (npy("(5, 3)", 15), npy("(3,)", 3), npy("(3, 2)", 6), npy("(2,)", 2));
    let entries = [("W1.npy", &w1[..]), ("b1.npy", &b1), ("W2.npy", &w2), ("b2.npy", &b2), ("__MACOSX/._W1.npy", b"")];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        assert_eq!(npz::read(&archive(method, &entries)).unwrap().parameters, Parameters::<f64>::zeros(SIZES).into());
    }
    let more = |name: &'static str| archive(CompressionMethod::Stored, &[&entries[..], &[(name, b"text")]].concat());
    refused(&more("more.txt"), "the file holds more.txt too, expected only W1, b1, W2 and b2");
    refused(&more("activation.npx"), "the file holds activation.npx too");
    refused(&more("W1"), "two entries with the same name");
    let bare = [("W1", &w1[..]), ("b1.npy", &b1), ("W2.npy", &w2), ("b2.npy", &b2)];
    refused(&archive(CompressionMethod::Stored, &bare), "the archive has an entry W1, expected W1.npy");
    let huge = npy("(134217728, 1)", 1); // 1 GiB, which the file does not back
    let entries = [("W1.npy", &huge[..]), ("b1.npy", &b1), ("W2.npy", &w2), ("b2.npy", &b2)];
    refused(&archive(CompressionMethod::Stored, &entries), "compressed bytes: numbers do not compress that well");
    let entries = [("W1.npy", &w1[..]), ("b1.npy", &huge), ("W2.npy", &w2), ("b2.npy", &b2)];
    refused(&archive(CompressionMethod::Stored, &entries), "needs more than 1073741704 bytes");
}

#[test]
fn what_would_not_be_read_again_is_not_written() {
    #[track_caller]
    fn refused(parameters: impl Into<AnyParameters>, expected: &str) {
        let parameters = parameters.into();
        for kind in [Kind::Npz, Kind::Safetensors] {
            let error: NetFileError = kind.write(&parameters, Activation::Relu).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
    let [AnyParameters::F32(net), _] = nets() else { unreachable!() };
    let mut diverged = net.clone();
    diverged.w2[(1, 1)] = f32::NEG_INFINITY;
    refused(diverged, "W2 holds -inf, expected finite numbers");
    let cut = Parameters { w1: net.w1.columns(0, 2).into_owned(), ..net };
    refused(cut, "b1 is 1x3, expected 1x2 to fit the other arrays");
    let many = Parameters::<f64>::zeros(Sizes { inputs: 1, hidden: 1, classes: 300 });
    refused(many, "300 classes, expected at most 256");
    let none = Parameters::<f64>::zeros(Sizes { inputs: 0, hidden: 1, classes: 1 });
    refused(none, "0 inputs, 1 hidden neurons, 1 classes: expected at least 1 of each");
}
