//! The fast path against the readable one.

use nalgebra::DMatrix;
use net::{Activation, Predictor, Rows, Sizes, Trainer, TwoLayerNet};
use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn net(seed: u64, sizes: Sizes, activation: Activation) -> TwoLayerNet<f64> {
    let mut net = TwoLayerNet::random(sizes, activation, 0.7, &mut ChaCha8Rng::seed_from_u64(seed));
    net.params.b1.iter_mut().enumerate().for_each(|(j, b)| *b = (j % 5) as f64 * 0.1 - 0.2);
    net.params.b2.iter_mut().enumerate().for_each(|(k, b)| *b = k as f64 * 0.1);
    net
}

proptest! {
    #[test]
    fn step(n in 1usize..150, d in 1usize..140, h in 1usize..130, k in 1usize..12, dense in 0usize..4, seed: u64, act in 0usize..3) {
        let activation = [Activation::Sigmoid, Activation::Tanh, Activation::Relu][act];
        let sizes = Sizes { inputs: d, hidden: h, classes: k };
        let mut net = net(seed, sizes, activation);
        let x = DMatrix::from_fn(2 * n, d, |i, j| if (i * 7 + j * 13 + i * j) % 4 < dense { ((i + 3 * j) % 11) as f64 / 10.0 - 0.3 } else { 0.0 });
        let t: Vec<u8> = (0..2 * n).map(|i| (i * 5 % k) as u8).collect();
        let batch: Vec<usize> = (0..n).map(|i| i * 3 % (2 * n)).collect();
        let xb = DMatrix::from_fn(n, d, |i, j| x[(batch[i], j)]);
        let tb: Vec<u8> = batch.iter().map(|&i| t[i]).collect();
        let rows = Rows::from_matrix(&x);
        let logits = Predictor::new(&net).logits(&rows, 0..2 * n);
        prop_assert!((logits - net.logits(&x)).amax() < 1e-11);
        let mut trainer = Trainer::new(&net, &rows, &t);
        let loss = trainer.step_and_loss(&batch, 0.3);
        let g = net.gradient(&xb, &tb);
        net.update(&g, 0.3);
        let got = trainer.net();
        for (a, b) in got.params.arrays().into_iter().zip(net.params.arrays()) {
            for (a, b) in a.iter().zip(b) { prop_assert!((a - b).abs() < 1e-12, "{a} {b}"); }
        }
        prop_assert!((loss - net.loss(&xb, &tb)).abs() < 1e-11);
    }
}
