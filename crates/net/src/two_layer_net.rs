//! The model of section 4.5.1, to be read next to the book: each method is the plain formula.

use crate::{Activation, Parameters, Sizes};
use core_math::{Real, argmax_rows, numerical_diff, softmax, softmax_cross_entropy};
use nalgebra::{DMatrix, RowDVector};
use rand::Rng;

/// The two-layer network: x -> W1, b1 -> activation -> W2, b2 -> softmax.
///
/// In every method `x` is N x D, one sample per row, and `t` holds the N labels, each below K.
///
/// # Panics
///
/// Every method panics if the width of `x` differs from the number of inputs, if samples and labels differ in number, if
/// a label is not below K, or if the four arrays of `params` do not fit together. The message names both numbers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, bound(serialize = "T: serde::Serialize", deserialize = "T: serde::Deserialize<'de>"))
)]
pub struct TwoLayerNet<T: Real> {
    /// The parameters W1 b1 W2 b2.
    pub params: Parameters<T>,
    /// The activation of the hidden layer.
    pub activation: Activation,
}

/// The intermediate results of a forward pass; backpropagation needs all of them.
struct Forward<T: Real> {
    a1: DMatrix<T>, // N x H, x W1 + b1
    z1: DMatrix<T>, // N x H, activation of a1
    a2: DMatrix<T>, // N x K, z1 W2 + b2: the logits
}

impl<T: Real> TwoLayerNet<T> {
    /// A network with random weights `weight_init_std` * N(0, 1) and biases 0: the book's constructor.
    #[must_use]
    pub fn random<R: Rng + ?Sized>(sizes: Sizes, activation: Activation, weight_init_std: f64, rng: &mut R) -> Self {
        Self { params: Parameters::random(sizes, weight_init_std, rng), activation }
    }

    /// The sizes of the network.
    #[track_caller]
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        // not unwrap_or_else: the panic would name the closure's line, not the caller's
        match self.params.sizes() {
            Ok(sizes) => sizes,
            Err(error) => panic!("the parameters do not make a net: {error}"),
        }
    }

    #[track_caller]
    fn forward(&self, x: &DMatrix<T>) -> Forward<T> {
        let Sizes { inputs, .. } = self.sizes();
        assert_eq!(x.ncols(), inputs, "the width of x (left) must be the number of inputs of the net (right)");
        let Parameters { w1, b1, w2, b2 } = &self.params;

        let a1 = add_to_rows(product(x, w1), b1); // N x H
        let z1 = a1.map(|a| self.activation.value(a)); // N x H
        let a2 = add_to_rows(product(&z1, w2), b2); // N x K
        Forward { a1, z1, a2 }
    }

    /// The hidden layer: a = x W1 + b1 and z = h(a), both N x H.
    #[track_caller]
    #[must_use]
    pub fn hidden(&self, x: &DMatrix<T>) -> (DMatrix<T>, DMatrix<T>) {
        let Forward { a1, z1, .. } = self.forward(x);
        (a1, z1)
    }

    /// The logits, N x K: the values before the softmax.
    #[track_caller]
    #[must_use]
    pub fn logits(&self, x: &DMatrix<T>) -> DMatrix<T> {
        self.forward(x).a2
    }

    /// The probability of each class for each sample, N x K. Every row sums to 1.
    #[track_caller]
    #[must_use]
    pub fn predict(&self, x: &DMatrix<T>) -> DMatrix<T> {
        softmax(&self.logits(x))
    }

    /// The mean cross-entropy of the batch, at least 0. It is exact: see [`core_math::softmax_cross_entropy`] for how it
    /// differs from the book's.
    ///
    /// # Panics
    ///
    /// As all methods, and if the batch is empty.
    #[track_caller]
    #[must_use]
    pub fn loss(&self, x: &DMatrix<T>, t: &[u8]) -> T {
        let logits = self.logits(x);
        check_labels(&logits, t);
        softmax_cross_entropy(&logits, t)
    }

    /// How many samples the network classifies correctly: the class with the largest logit (the first, if several are
    /// equal) is the label.
    ///
    /// # Panics
    ///
    /// As all methods, if there are not as many labels as samples, or if there are more than 256 classes.
    #[track_caller]
    #[must_use]
    pub fn correct(&self, x: &DMatrix<T>, t: &[u8]) -> usize {
        assert_eq!(x.nrows(), t.len(), "samples (left) and labels (right) must be equally many");
        let y = argmax_rows(&self.logits(x));
        y.iter().zip(t).filter(|(y, t)| y == t).count()
    }

    /// The accuracy: the share of samples that the network classifies correctly, from 0 to 1; NaN for an empty batch.
    ///
    /// # Panics
    ///
    /// As [`correct`](Self::correct).
    #[track_caller]
    #[must_use]
    pub fn accuracy(&self, x: &DMatrix<T>, t: &[u8]) -> f64 {
        self.correct(x, t) as f64 / t.len() as f64
    }

    /// The gradient of the loss by backpropagation: `gradient` in the book, which derives it in chapter 5.
    ///
    /// # Panics
    ///
    /// As all methods, and if the batch is empty.
    #[track_caller]
    #[must_use]
    pub fn gradient(&self, x: &DMatrix<T>, t: &[u8]) -> Parameters<T> {
        let Forward { a1, z1, a2 } = self.forward(x);
        check_labels(&a2, t);
        let n = t.len();

        // dL/da2 = (y - t) / N, with t one-hot
        let mut dy = softmax(&a2); // N x K
        for (row, &label) in t.iter().enumerate() {
            dy[(row, usize::from(label))] -= T::one();
        }
        dy /= T::of(n as f64);

        let dz1 = &dy * self.params.w2.transpose(); // N x H
        let da1 = dz1.zip_map(&a1, |dz, a| dz * self.activation.gradient(a)); // N x H

        // transpose() and `*` instead of tr_mul: only `*` uses the fast product, and the copy costs far less than it
        // saves
        Parameters {
            w1: x.transpose() * &da1, // D x H
            b1: da1.row_sum(),        // H
            w2: z1.transpose() * &dy, // H x K
            b2: dy.row_sum(),         // K
        }
    }

    /// The gradient of the loss by its definition: (L(p + h) - L(p - h)) / 2h for every parameter p, with the loss
    /// computed each time (section 4.4.2; the book's h is 1e-4).
    ///
    /// The chapter's network needs 79,520 evaluations of the loss. This method is deliberately simple: every faster one
    /// is compared with it.
    ///
    /// # Panics
    ///
    /// As all methods, and if the batch is empty.
    #[track_caller]
    #[must_use]
    pub fn numerical_gradient_by_definition(&self, x: &DMatrix<T>, t: &[u8], h: T) -> Parameters<T> {
        let _ = self.loss(x, t); // if x and t do not fit, panics at the caller's line
        let mut gradient = Parameters::zeros(self.sizes());
        let mut net = self.clone(); // its parameters move, one at a time
        for (array, slopes) in gradient.arrays_mut().into_iter().enumerate() {
            for (i, slope) in slopes.iter_mut().enumerate() {
                let p = self.params.arrays()[array][i];
                *slope = numerical_diff(
                    |moved| {
                        net.params.arrays_mut()[array][i] = moved;
                        net.loss(x, t)
                    },
                    p,
                    h,
                );
                net.params.arrays_mut()[array][i] = p;
            }
        }
        gradient
    }

    /// One step of gradient descent: every parameter p becomes p - learning_rate * dL/dp (section 4.4.1).
    ///
    /// # Panics
    ///
    /// If the shapes of `gradient` and of the parameters differ.
    #[track_caller]
    pub fn update(&mut self, gradient: &Parameters<T>, learning_rate: T) {
        self.params.descend(gradient, learning_rate);
    }
}

/// Panics if the labels do not fit these logits, N x K.
#[track_caller]
fn check_labels<T: Real>(logits: &DMatrix<T>, t: &[u8]) {
    let (samples, classes) = logits.shape();
    assert_eq!(samples, t.len(), "samples (left) and labels (right) must be equally many");
    assert!(!t.is_empty(), "the batch is empty");
    for (n, &label) in t.iter().enumerate() {
        assert!(
            usize::from(label) < classes,
            "label {label} of sample {n} is not below the number of classes, {classes}"
        );
    }
}

/// The product x w. nalgebra's `*` uses its fast product only for more than 5 rows; for fewer, a dot product for each
/// element is ten times faster.
fn product<T: Real>(x: &DMatrix<T>, w: &DMatrix<T>) -> DMatrix<T> {
    if x.nrows() > 5 { x * w } else { w.tr_mul(&x.transpose()).transpose() }
}

/// a + b, with b added to every row, as NumPy broadcasts it.
fn add_to_rows<T: Real>(mut a: DMatrix<T>, b: &RowDVector<T>) -> DMatrix<T> {
    for (mut column, &b) in a.column_iter_mut().zip(b.iter()) {
        column.add_scalar_mut(b);
    }
    a
}
