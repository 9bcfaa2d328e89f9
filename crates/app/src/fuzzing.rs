//! What the fuzz targets call: readers of bytes that nobody vouches for. They may refuse, and must not panic; what they
//! take must come back the same when it is written and read once more.

use crate::predict::picture::Pictures;
use crate::{checkpoint, model, predict};

/// The content of a checkpoint: the whole file, and what its checksum usually keeps away from the decoder.
pub fn checkpoint(bytes: &[u8]) {
    checkpoint::fuzz(bytes);
}

/// One NumPy array, which the checksums of an archive keep away from its reader.
pub fn npy(bytes: &[u8]) {
    model::npy::fuzz(bytes);
}

/// A .npz archive.
pub fn npz(bytes: &[u8]) {
    if let Ok(parameters) = model::npz::read(bytes) {
        let again = model::npz::write(&parameters).and_then(|bytes| model::npz::read(&bytes));
        assert_eq!(again.expect("what is written can be read"), parameters);
    }
}

/// A .safetensors file.
pub fn safetensors(bytes: &[u8]) {
    if let Ok((parameters, activation)) = model::safetensors::read(bytes) {
        let activation = activation.unwrap_or(crate::config::Activation::Sigmoid);
        let again = model::safetensors::write(&parameters, activation).and_then(|b| model::safetensors::read(&b));
        assert_eq!(again.expect("what is written can be read"), (parameters, Some(activation)));
    }
}

/// An image file, and what the net would see of each of its pictures.
pub fn image(bytes: &[u8]) {
    let Ok(pictures) = Pictures::read(bytes, 1 << 20) else { return };
    let Pictures { pixels, rows, cols, .. } = &pictures;
    if pixels.is_empty() {
        return;
    }
    for picture in pixels.chunks_exact(pictures.size()).take(3) {
        if let Ok(seen) = predict::as_mnist(picture, *rows, *cols) {
            assert!(seen.len() == 784 && seen.iter().any(|pixel| *pixel > 0));
        }
    }
}
