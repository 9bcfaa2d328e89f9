//! What the fuzz targets call: bytes that may be anything. A reader may refuse them and must not panic; what it takes must
//! come back the same when it is written and read once more.

use crate::Kind;
use net::Activation;

/// A .npz archive.
pub fn npz(bytes: &[u8]) {
    comes_back(Kind::Npz, bytes);
}

/// A .safetensors file.
pub fn safetensors(bytes: &[u8]) {
    comes_back(Kind::Safetensors, bytes);
}

fn comes_back(kind: Kind, bytes: &[u8]) {
    match kind.read(bytes) {
        Ok(net) => {
            let activation = net.activation.unwrap_or(Activation::Sigmoid);
            let written = kind.write(&net.parameters, activation).expect("what is read can be written");
            assert_eq!(Kind::of_bytes(&written), Some(kind));
            let again = kind.read(&written).expect("what is written can be read");
            assert_eq!(
                (again.parameters, again.activation, again.renamed),
                (net.parameters, Some(activation), Vec::new())
            );
        }
        Err(error) => drop((error.to_string(), error.advice("net.npz"))),
    }
}
