//! Trains the network of the chapter with central differences on the built-in digits, in a second:
//! `cargo run -p two-layer-net --example train`.

use dataset::{Digits, Sampler, Sampling, SamplingError};
use net::{Activation, Batch, GradientMethod, Rows, Sizes, Trainer, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn main() -> Result<(), SamplingError> {
    let Digits { train, test } = Digits::new(0); // 10,000 and 2,000 images of 28 x 28
    let sizes = Sizes { inputs: train.pixels_per_image(), hidden: 50, classes: train.classes() };
    let net = TwoLayerNet::<f64>::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0));

    let x = Rows::from_bytes(train.pixels(), sizes.inputs); // each byte v is the input v / 255
    let mut trainer = Trainer::new(&net, GradientMethod::CentralDifferences { h: 1e-4 }); // or Backpropagation
    let mut sampler = Sampler::new(Sampling::Replacement, 0, train.len(), 100)?;
    for i in 0..1000 {
        let batch = Batch::new(&x, train.labels(), sampler.batch(i)); // 100 images and their labels
        let loss = trainer.step_and_loss(batch, 1.0); // the book's learning rate 0.1 takes 10,000 iterations
        if i % 200 == 199 {
            println!("iteration {}: loss {loss:.3}", i + 1);
        }
    }

    let x = Rows::from_bytes(test.pixels(), sizes.inputs);
    let accuracy = trainer.predictor().accuracy(&x, 0..test.len(), test.labels());
    println!("{:.1} % of {} test images right", 100.0 * accuracy, test.len());
    assert!(accuracy > 0.94);
    Ok(())
}
