//! What the benches of `net` have in common: their networks and their images.

use dataset::{Digits, ImageSet, Mnist};
use net::{Activation, Real, Sizes, TwoLayerNet};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::path::Path;

pub(crate) fn net<T: Real>(hidden: usize) -> TwoLayerNet<T> {
    let sizes = Sizes { inputs: 784, hidden, classes: 10 };
    TwoLayerNet::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0))
}

/// The training and test images of MNIST if it has been fetched, or else the built-in digits; and their name.
pub(crate) fn images() -> (&'static str, ImageSet, ImageSet) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist");
    match Mnist::open(folder) {
        Ok(mnist) => ("MNIST", mnist.train, mnist.test),
        Err(_) => {
            let digits = Digits::new(0);
            ("digits", digits.train, digits.test)
        }
    }
}
