//! The activation within a .npz.

use crate::files::{archive, chain, npy};
use crate::nets;
use net::Activation;
use net_file::npz;
use zip::CompressionMethod;

/// The net in `nets()[1]`, whose file has this for an activation.
fn with(activation: Option<&[u8]>) -> Vec<u8> {
    let zeros = |count: usize| vec![0; 8 * count];
    let (w1, b1) = (npy("<f8", "(5, 3)", &zeros(15)), npy("<f8", "(3,)", &zeros(3)));
    let (w2, b2) = (npy("<f8", "(3, 2)", &zeros(6)), npy("<f8", "(2,)", &zeros(2)));
    let mut entries = vec![("W1.npy", &w1[..]), ("b1.npy", &b1), ("W2.npy", &w2), ("b2.npy", &b2)];
    if let Some(activation) = activation {
        entries.insert(0, ("activation.npy", activation)); // np.savez(f, activation="relu", **params)
    }
    archive(CompressionMethod::Deflated, &entries)
}

#[test]
fn the_activation_is_written_and_read_and_may_be_missing() {
    for parameters in nets() {
        for activation in Activation::ALL {
            let stored = npz::read(&npz::write(&parameters, activation).unwrap()).unwrap();
            assert_eq!((stored.parameters, stored.activation), (parameters.clone(), Some(activation)));
        }
    }
    assert_eq!(npz::read(&with(None)).unwrap().activation, None);
    let numpy = npy("<U4", "()", b"r\0\0\0e\0\0\0l\0\0\0u\0\0\0");
    assert_eq!(npz::read(&with(Some(&numpy))).unwrap().activation, Some(Activation::Relu));
}

#[test]
fn the_line_that_mends_a_file_keeps_its_activation() {
    let numpy = npy("<U4", "()", b"r\0\0\0e\0\0\0l\0\0\0u\0\0\0");
    let (w1, b1) = (npy("<f8", "(3, 5)", &[0; 120]), npy("<f8", "(3,)", &[0; 24]));
    let (w2, b2) = (npy("<f8", "(2, 3)", &[0; 48]), npy("<f8", "(2,)", &[0; 16]));
    for [one, two, three, four] in [["W1.npy", "b1.npy", "W2.npy", "b2.npy"], ["a.npy", "b.npy", "c.npy", "d.npy"]] {
        let entries = [("activation.npy", &numpy[..]), (one, &w1), (two, &b1), (three, &w2), (four, &b2)];
        let error = npz::read(&archive(CompressionMethod::Stored, &entries)).unwrap_err();
        let advice = error.advice("net.npz").unwrap();
        assert!(advice.ends_with(", activation=\"relu\")"), "{error}; {advice}");
    }
}

#[test]
fn an_activation_that_is_none_is_refused() {
    for (array, expected) in [
        (
            npy("<f8", "()", &[0; 8]),
            "the array activation is not one string, such as numpy.savez(FILE, activation=\"relu\"",
        ),
        (npy("|S4096", "()", &[b'r'; 4096]), "is not one string"),
        (npy("|S4", "()", b"gelu"), "the activation is \"gelu\", expected sigmoid, tanh or relu"),
        (npy("|O", "()", b"\x80\x04."), "is not one string"),
        (Vec::new(), "is not one string"),
    ] {
        let error = chain(&npz::read(&with(Some(&array))).unwrap_err());
        assert!(error.contains(expected), "{error}\nwithout: {expected}");
    }
}
