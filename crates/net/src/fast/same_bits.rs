//! The same bits on every machine: data, initial weights, training and evaluation of whole runs, each as one number that
//! is written here.
//!
//! If a machine gives another number, something in the run calls a function whose rounding depends on the machine.

use super::{Batch, GradientMethod, Predictor, Real, Rows, Trainer, portable};
use crate::{Activation, Sizes, TwoLayerNet};
use dataset::{Digits, ImageSet, Sampler, Sampling};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const BACKPROPAGATION: GradientMethod = GradientMethod::Backpropagation;
const DIFFERENCES: GradientMethod = GradientMethod::CentralDifferences { h: 1e-4 };

/// FNV-1a.
struct Digest(u64);

impl Digest {
    fn add(&mut self, numbers: impl IntoIterator<Item = f64>) {
        for byte in numbers.into_iter().flat_map(|number| number.to_bits().to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The digest of a run of this many iterations on the built-in digits.
fn run<T: Real>(method: GradientMethod, activation: Activation, hidden: usize, iterations: u64, rows: &Sets<T>) -> u64 {
    let sizes = Sizes { inputs: 784, hidden, classes: 10 };
    let net = TwoLayerNet::<T>::random(sizes, activation, 0.01, &mut ChaCha8Rng::from_seed([1; 32]));
    let mut trainer = Trainer::new(&net, method);
    let Digits { train, test } = &rows.digits;
    let mut sampler = Sampler::new(Sampling::Replacement, 1, train.len(), 100).unwrap();
    let mut digest = Digest(0xcbf2_9ce4_8422_2325);
    for i in 0..iterations {
        let batch = sampler.batch(i).to_vec();
        let loss = trainer.step_and_loss(Batch::new(&rows.train, train.labels(), &batch), T::of(0.1));
        digest.add([loss.to_f64()]);
    }
    let (net, all) = (trainer.net(), 0..test.len());
    digest.add(net.params.arrays().into_iter().flatten().map(|p| p.to_f64()));
    let predictor = Predictor::new(&net);
    digest.add([predictor.accuracy(&rows.test, all.clone(), test.labels())]);
    digest.add([predictor.loss(&rows.test, all.clone(), test.labels())]);
    digest.add(predictor.probabilities(&rows.test, all).iter().map(|p| p.to_f64()));
    digest.0
}

struct Sets<T: Real> {
    digits: Digits,
    train: Rows<T>,
    test: Rows<T>,
}

impl<T: Real> Sets<T> {
    fn new(rows: impl Fn(&ImageSet) -> Rows<T>) -> Self {
        let digits = Digits::with_sizes(0, 2000, 500);
        Self { train: rows(&digits.train), test: rows(&digits.test), digits }
    }

    fn of_bytes() -> Self {
        Self::new(|set| Rows::from_bytes(set.pixels(), 784))
    }

    /// Samples in which no input is 0, as after standardising.
    fn of_numbers() -> Self {
        Self::new(|set| {
            let number = |&pixel: &u8| (T::of(f64::from(pixel)) / T::of(255.0) - T::of(0.1307)) / T::of(0.3081);
            Rows::from_row_major(&set.pixels().iter().map(number).collect::<Vec<_>>(), 784)
        })
    }
}

#[test]
fn the_chapters_run_has_the_digest_that_is_written_here() {
    let (single, double) = (Sets::<f32>::of_bytes(), Sets::<f64>::of_bytes());
    let found = Activation::ALL.map(|activation| {
        [
            run(BACKPROPAGATION, activation, 50, 300, &single),
            run(BACKPROPAGATION, activation, 50, 300, &double),
            run(DIFFERENCES, activation, 50, 300, &double),
        ]
    });
    // f32 and f64 by backpropagation, f64 by central differences
    let written = [
        [0xdbed_e16e_523d_2493, 0x8a51_b905_afeb_72e6, 0x379e_8619_3504_4636],
        [0xe227_785a_7d3e_d0f4, 0xe963_fb92_4181_c3fa, 0xf6f9_25aa_cbc5_6dd8],
        [0xcb56_4c5a_da45_e783, 0x9427_bdae_67ed_cbfe, 0x5aa5_60da_3682_0669_u64],
    ];
    let shown = |digests: [[u64; 3]; 3]| digests.map(|digests| digests.map(|digest| format!("{digest:#018x}")));
    assert_eq!(shown(found), shown(written));
}

#[test]
fn the_portable_version_gives_the_same_bits_as_the_one_for_this_machine() {
    let (single, double) = (Sets::<f32>::of_bytes(), Sets::<f64>::of_bytes());
    let numbers = Sets::<f64>::of_numbers();
    let digests = || {
        Activation::ALL.map(|activation| {
            // 50 neurons make panels of four groups and of three, 21 neurons of two and of one
            [50, 21].map(|hidden| {
                [
                    run(BACKPROPAGATION, activation, hidden, 5, &single),
                    run(BACKPROPAGATION, activation, hidden, 5, &double),
                    run(DIFFERENCES, activation, hidden, 5, &double),
                    // three points; standardised inputs need them at the book's step, too
                    run(GradientMethod::CentralDifferences { h: 1e-3 }, activation, hidden, 5, &double),
                    run(DIFFERENCES, activation, hidden, 5, &numbers),
                    // every difference evaluated
                    run(GradientMethod::CentralDifferences { h: 0.5 }, activation, hidden, 1, &double),
                ]
            })
        })
    };
    assert_eq!(portable::with(digests), digests());
}
