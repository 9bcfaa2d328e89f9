//! Files that were cut short or changed, and bytes that are no file.

use crate::nets;
use net::Activation;
use net_file::{fuzzing, npz, safetensors};
use proptest::prelude::*;

#[test]
fn every_cut_of_a_safetensors_file_or_an_archive_is_refused() {
    let [net, _] = nets();
    let (archive, tensors) =
        (npz::write(&net, Activation::Relu).unwrap(), safetensors::write(&net, Activation::Relu).unwrap());
    for length in 0..archive.len() {
        assert!(npz::read(&archive[..length]).is_err(), "{length}");
        assert!(net_file::read(&archive[..length]).is_err(), "{length}");
    }
    for length in 0..tensors.len() {
        assert!(safetensors::read(&tensors[..length]).is_err(), "{length}");
        assert!(net_file::read(&tensors[..length]).is_err(), "{length}");
    }
}

/// ZIP has a CRC-32 of each entry: what passes is a bit that says nothing, such as one of the date.
#[test]
fn a_flipped_bit_of_an_archive_is_noticed_or_harmless() {
    let [net, _] = nets();
    let whole = npz::write(&net, Activation::Relu).unwrap();
    let mut noticed = 0;
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match npz::read(&bytes) {
            Ok(read) => {
                assert_eq!((read.parameters, read.activation), (net.clone(), Some(Activation::Relu)), "bit {bit}")
            }
            Err(_) => noticed += 1,
        }
    }
    assert!(noticed > whole.len() * 4, "{noticed} of {}", whole.len() * 8);
}

/// A .safetensors has no checksum, so a bit of a number is another number.
#[test]
fn a_flipped_bit_of_a_safetensors_file_never_panics() {
    let [net, _] = nets();
    let whole = safetensors::write(&net, Activation::Relu).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fuzzing::safetensors(&bytes);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        start in prop::sample::select(vec![
            &b""[..], b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY\x01\x00\x40\x00{'descr': '<f8', ", b"\x40\0\0\0\0\0\0\0{\"W1\":",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = [start, &rest[..]].concat();
        for target in [fuzzing::npz, fuzzing::safetensors] {
            target(&bytes);
        }
        let _ = net_file::read(&bytes);
    }
}
