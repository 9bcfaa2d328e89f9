//! Random nets with random batches.

use nalgebra::DMatrix;
use net::{Activation, Parameters, Sizes, TwoLayerNet};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) net: TwoLayerNet<f64>,
    pub(crate) x: DMatrix<f64>,
    pub(crate) t: Vec<u8>,
}

/// A net with weights and biases that are not 0, and a batch for it; sizes N, D, H, K.
pub(crate) fn problem(
    activation: Activation,
    (n, inputs, hidden, classes): (usize, usize, usize, usize),
    seed: u64,
) -> Problem {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sizes = Sizes { inputs, hidden, classes };
    let mut net = TwoLayerNet::random(sizes, activation, 0.7, &mut rng);
    let biases = Parameters::<f64>::random(Sizes { inputs: 1, hidden, classes }, 0.3, &mut rng);
    net.params.b1 = biases.w1.row(0).into_owned();
    net.params.b2 = biases.w2.row(0).into_owned();
    let x = Parameters::<f64>::random(Sizes { inputs: n, hidden: inputs, classes: 1 }, 1.0, &mut rng).w1;
    let classes = u8::try_from(classes).unwrap();
    let t = (0..n).map(|_| u8::try_from(rng.next_u32() % u32::from(classes)).unwrap()).collect();
    Problem { net, x, t }
}
