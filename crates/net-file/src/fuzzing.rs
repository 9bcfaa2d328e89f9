//! What the fuzz targets call: bytes that may be anything. A reader may refuse them and must not panic; what it takes must
//! come back the same when it is written and read once more.

use crate::{Kind, npz, safetensors};
use net::Activation;

/// A .npz archive.
pub fn npz(bytes: &[u8]) {
    if let Ok(parameters) = npz::read(bytes) {
        let written = npz::write(&parameters).expect("what is read can be written");
        assert_eq!(Kind::of_bytes(&written), Some(Kind::Npz));
        assert_eq!(npz::read(&written).expect("what is written can be read"), parameters);
    }
}

/// A .safetensors file.
pub fn safetensors(bytes: &[u8]) {
    if let Ok((parameters, activation)) = safetensors::read(bytes) {
        let activation = activation.unwrap_or(Activation::Sigmoid);
        let written = safetensors::write(&parameters, activation).expect("what is read can be written");
        assert_eq!(Kind::of_bytes(&written), Some(Kind::Safetensors));
        assert_eq!(safetensors::read(&written).expect("what is written can be read"), (parameters, Some(activation)));
    }
}
