//! The functions that the fuzz targets call with arbitrary bytes. A reader may return an error but must not panic; and
//! what it accepts must stay the same when it is written and read again.

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
