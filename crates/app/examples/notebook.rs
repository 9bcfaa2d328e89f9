//! The cells of the chapter's notebook, one after another: `cargo run --release -p app --example notebook`.
//!
//! It uses the library crates alone, as a program of your own would.

use core_math::argmax_rows;
use dataset::{Digits, ImageSet, Mnist, Sampler, Sampling};
use nalgebra::DMatrix;
use net::{Activation, Parameters, Sizes, TwoLayerNet};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);

    println!("# 4.5.1 The class of a two-layer net");
    // net = TwoLayerNet(input_size=784, hidden_size=100, output_size=10)
    let sizes = Sizes { inputs: 784, hidden: 100, classes: 10 };
    let net = TwoLayerNet::<f64>::random(sizes, Activation::Sigmoid, 0.01, &mut rng);
    print_shapes(&net.params);

    println!("\n# predict on 100 random images");
    let x = uniform(100, 784, &mut rng); // x = np.random.rand(100, 784)
    let y = net.predict(&x);
    println!("y {:?}, the first row sums to {:.12}", y.shape(), y.row(0).sum());

    println!("\n# a numerical gradient on random x and random t: 159,020 evaluations of the loss by definition");
    let t = argmax_rows(&uniform(100, 10, &mut rng)); // t = np.random.rand(100, 10): the largest of a row is its label
    let start = Instant::now();
    let numerical = net.numerical_gradient(&x, &t, 1e-4);
    println!("in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    print_shapes(&numerical);
    let difference = (&numerical.w1 - net.gradient(&x, &t).w1).amax();
    println!("largest difference in W1 from backpropagation: {difference:.1e}");

    println!("\n# 4.5.2 Training in minibatches, 4.5.3 with the test images beside");
    let (train, test) = load()?;
    let (iterations, batch_size, learning_rate) = (10_000, 100, 0.1);
    let iterations_per_epoch = (train.len() / batch_size).max(1);
    let sizes = Sizes { inputs: train.pixels_per_image(), hidden: 50, classes: train.classes() };
    let mut net = TwoLayerNet::<f64>::random(sizes, Activation::Sigmoid, 0.01, &mut rng);
    let mut sampler = Sampler::new(Sampling::Replacement, 0, train.len(), batch_size)?;
    let mut train_losses = Vec::new();

    let (x_train, t_train) = train.range::<f64>(0..train.len());
    let (x_test, t_test) = test.range::<f64>(0..test.len());
    for i in 0..iterations {
        let (x_batch, t_batch) = train.batch::<f64>(sampler.batch(i as u64));
        let gradient = net.numerical_gradient(&x_batch, &t_batch, 1e-4);
        net.update(&gradient, learning_rate);
        train_losses.push(net.loss(&x_batch, &t_batch));
        if i % iterations_per_epoch == 0 {
            let (train_acc, test_acc) = (net.accuracy(&x_train, t_train), net.accuracy(&x_test, t_test));
            println!("train acc, test acc | {train_acc},{test_acc}");
        }
    }
    println!("loss {:.4} at first, {:.4} in the end", train_losses[0], train_losses[iterations - 1]);
    Ok(())
}

/// MNIST where `cargo xtask fetch-mnist` has put it, else the built-in digits.
fn load() -> Result<(ImageSet, ImageSet), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/mnist");
    if Mnist::is_present(&folder) {
        let mnist = Mnist::open(&folder)?;
        Ok((mnist.train, mnist.test))
    } else {
        println!("(built-in digits; `cargo xtask fetch-mnist` fetches MNIST)");
        let digits = Digits::new(0);
        Ok((digits.train, digits.test))
    }
}

/// np.random.rand(rows, columns): uniform in [0, 1), drawn row by row.
fn uniform(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> DMatrix<f64> {
    let values: Vec<f64> = (0..rows * columns).map(|_| (rng.next_u64() >> 11) as f64 * 2.0_f64.powi(-53)).collect();
    DMatrix::from_row_slice(rows, columns, &values)
}

/// The shapes of W1 b1 W2 b2 as the notebook prints them.
fn print_shapes(parameters: &Parameters<f64>) {
    let (w1, w2) = (&parameters.w1, &parameters.w2);
    println!("W1 {:?}\nb1 ({},)\nW2 {:?}\nb2 ({},)", w1.shape(), parameters.b1.len(), w2.shape(), parameters.b2.len());
}
