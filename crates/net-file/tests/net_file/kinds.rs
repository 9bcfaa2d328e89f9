//! Telling .npz and .safetensors apart.

use crate::nets;
use net::{Activation, TwoLayerNet};
use net_file::{FileType, Kind, NetFileError, StoredNet};

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
        for kind in [Kind::Npz, Kind::Safetensors] {
            let bytes = kind.write(&parameters, Activation::Tanh).unwrap();
            assert_eq!(Kind::of_bytes(&bytes), Some(kind));
            let (activation, renamed) = (Some(Activation::Tanh), Vec::new());
            let expected = StoredNet { parameters: parameters.clone(), activation, renamed };
            assert_eq!(net_file::read(&bytes).unwrap(), expected);
            let other = if kind == Kind::Npz { Kind::Safetensors } else { Kind::Npz };
            let error = other.read(&bytes).unwrap_err();
            let said = format!("{error}; {}", error.advice("a/net.any").unwrap());
            let expected = match kind {
                Kind::Npz => {
                    "the file is a .npz (NumPy arrays in a ZIP archive), not a .safetensors; rename it to a/net.npz"
                }
                _ => "the file is a .safetensors, not a .npz; rename it to a/net.safetensors",
            };
            assert_eq!(said, expected);
        }
    }
    assert_eq!(Kind::of_bytes(b"PK\x05\x06"), Some(Kind::Npz)); // an archive without entries
}

#[test]
fn the_activation_of_the_file_counts_and_else_the_one_that_is_given() {
    let [parameters, _] = nets();
    for kind in [Kind::Npz, Kind::Safetensors] {
        let stored = net_file::read(&kind.write(&parameters, Activation::Tanh).unwrap()).unwrap();
        let net: TwoLayerNet<f32> = stored.net(Activation::Relu);
        assert_eq!((net.activation, net.params), (Activation::Tanh, parameters.to()));
        let unknown = StoredNet { activation: None, ..stored };
        assert_eq!(unknown.net::<f32>(Activation::Relu).activation, Activation::Relu);
    }
}

/// The first bytes of files as other programs write them.
#[test]
fn files_of_other_programs_are_named_with_what_to_do() {
    let zip = |name: &str| {
        let length = u8::try_from(name.len()).unwrap();
        [b"PK\x03\x04".as_slice(), &[0; 22], &[length, 0, 0, 0], name.as_bytes(), &[0; 40]].concat()
    };
    let (torch, keras, docx) = (zip("my_net/data.pkl"), zip("metadata.json"), zip("word/document.xml"));
    let old_torch = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";
    let rows: [(&[u8], &str, &str); 16] = [
        (
            b"\x80\x03}q\0(X\x02\0\0\0W1",
            "a Python pickle",
            r#"np.savez("x/net.npz", **pickle.load(open("x/net.any", "rb")))"#,
        ),
        (b"\x80\x04\x95\x10\0\0\0\0\0\0\0}", "a Python pickle", "if you trust it"),
        (b"(dp0\nS'W1'", "a Python pickle", "pickle.load"),
        (b"}q\0(U\x02W1", "a Python pickle", "pickle.load"),
        (
            &torch,
            "a file of PyTorch's torch.save",
            r#"np.savez("x/net.npz", **{k: v.numpy() for k, v in torch.load("x/net.any""#,
        ),
        (old_torch, "a file of PyTorch's torch.save", "state dict"),
        (&keras, "a .keras file", r#"keras.models.load_model("x/net.any").get_weights()"#),
        (b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file", r#"dict(zip(["W1", "b1", "W2", "b2"], keras.models"#),
        (b"\x08\x07\x12\x07pytorch", "an ONNX model", r#"onnx.load("x/net.any").graph.initializer"#),
        (b"\x08\x0a\x3a\xf0", "an ONNX model", "onnx"),
        (b"\x93NUMPY\x01\0", "a single NumPy array", r#"np.load("x/net.any", allow_pickle=True).item()"#),
        (b"\x89TLN\r\n\x1a\n\x01", "a checkpoint of `app train`", "rename it to x/net.ckpt"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image", ""),
        (b"\0\0\x08\x03", "an IDX file", ""),
        (b"\x1f\x8b\x08", "a gzip file", ""),
        (b"{\"W1\": [[0.1", "JSON text", ""),
    ];
    for (bytes, is, advice) in rows {
        for error in [net_file::read(bytes).unwrap_err(), Kind::Npz.read(bytes).unwrap_err()] {
            if Kind::of_bytes(bytes) == Some(Kind::Npz) || matches!(error, NetFileError::OtherKind { .. }) {
                assert!(error.to_string().starts_with(&format!("the file is {is}")), "{error}");
            } else {
                assert!(
                    error
                        .to_string()
                        .starts_with(&format!("the file is neither a .npz nor a .safetensors: it is {is}")),
                    "{error}"
                );
            }
            let found = error.advice("x/net.any");
            assert_eq!(found.is_none(), advice.is_empty(), "{error}: {found:?}");
            assert!(found.unwrap_or_default().contains(advice), "{error}: without {advice}");
        }
    }
    assert_eq!(FileType::of_bytes(&docx), Some(FileType::Zip));
    assert_eq!(FileType::of_bytes(b"PK\x03\x04"), Some(FileType::Zip)); // cut short
    assert_eq!(FileType::of_bytes(b"nothing known"), None);
}

#[test]
fn content_of_neither_kind_says_how_it_begins() {
    let message = |bytes: &[u8]| net_file::read(bytes).unwrap_err().to_string();
    assert!(message(b"").ends_with("it is empty"));
    assert_eq!(message(b"<html>Sign in</html>"), "the file is neither a .npz nor a .safetensors: it is a web page");
}
