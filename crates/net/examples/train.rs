//! The net of the chapter, trained on the built-in digits in a second: `cargo run -p two-layer-net --example train`.

use dataset::{Digits, Sampler, Sampling, SamplingError};
use net::{Activation, Sizes, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn main() -> Result<(), SamplingError> {
    let Digits { train, test } = Digits::new(0); // 10,000 and 2,000 images of 28 x 28
    let sizes = Sizes { inputs: train.pixels_per_image(), hidden: 50, classes: train.classes() };
    let mut net = TwoLayerNet::<f32>::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0));
    let mut sampler = Sampler::new(Sampling::Replacement, 0, train.len(), 100)?;

    for i in 0..1000 {
        let (x, t) = train.batch(sampler.batch(i)); // 100 x 784, and 100 labels
        let gradient = net.gradient(&x, &t);
        net.update(&gradient, 1.0); // the book's 0.1 takes 10,000 iterations
        if i % 200 == 199 {
            println!("iteration {}: loss {:.3}", i + 1, net.loss(&x, &t));
        }
    }
    let (x, t) = test.range(0..test.len());
    let accuracy = net.accuracy(&x, t);
    println!("{:.1} % of {} test images right", 100.0 * accuracy, t.len());
    assert!(accuracy > 0.94);
    Ok(())
}
