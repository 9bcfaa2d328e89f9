//! Telling .npz and .safetensors apart.

use crate::nets;
use net::{Activation, TwoLayerNet};
use net_file::{Kind, StoredNet};

#[test]
fn the_extension_tells_the_kind() {
    assert_eq!(Kind::of_path("a/net.npz"), Some(Kind::Npz));
    assert_eq!(Kind::of_path("NET.SafeTensors"), Some(Kind::Safetensors));
    assert_eq!(Kind::of_path("model.ckpt"), None);
    assert_eq!(Kind::of_path("npz"), None);
}

#[test]
fn the_content_tells_the_kind() {
    for parameters in nets() {
        for (kind, activation) in [(Kind::Npz, None), (Kind::Safetensors, Some(Activation::Tanh))] {
            let bytes = kind.write(&parameters, Activation::Tanh).unwrap();
            assert_eq!(Kind::of_bytes(&bytes), Some(kind));
            assert_eq!(net_file::read(&bytes).unwrap(), StoredNet { parameters: parameters.clone(), activation });
        }
    }
    assert_eq!(Kind::of_bytes(b"PK\x05\x06"), Some(Kind::Npz)); // an archive without entries
}

#[test]
fn the_activation_of_the_file_counts_and_else_the_one_that_is_given() {
    let [parameters, _] = nets();
    let net = |kind: Kind| -> TwoLayerNet<f32> {
        let bytes = kind.write(&parameters, Activation::Tanh).unwrap();
        net_file::read(&bytes).unwrap().net(Activation::Relu)
    };
    assert_eq!(net(Kind::Safetensors).activation, Activation::Tanh);
    assert_eq!(net(Kind::Npz).activation, Activation::Relu);
    assert_eq!(net(Kind::Npz).params, parameters.to());
}

#[test]
fn content_of_neither_kind_says_how_it_begins_and_what_it_may_be() {
    let message = |bytes: &[u8]| net_file::read(bytes).unwrap_err().to_string();
    assert!(message(b"").ends_with("(it is empty)"));
    assert_eq!(
        message(b"<html>Sign in</html>"),
        "the file is neither a .npz nor a .safetensors: it begins with [3c, 68, 74, 6d, 6c, 3e, 53, 69]"
    );
    assert!(message(b"\x93NUMPY\x01\x00").contains("a single NumPy array; save W1, b1, W2 and b2 together"));
    assert!(message(b"\x89TLN\r\n\x1a\n").contains("a checkpoint; `app export`"));
}
