//! The four arrays of the network, W1 b1 W2 b2: its parameters, or their gradients.

use crate::normal::standard_normal;
use core_math::Real;
use nalgebra::{DMatrix, RowDVector};
use rand::Rng;
use std::fmt;

/// The numbers of inputs, hidden neurons and classes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Sizes {
    /// D, the number of inputs: 784 in the book.
    pub inputs: usize,
    /// H, the number of neurons in the hidden layer: 50 in the book.
    pub hidden: usize,
    /// K, the number of classes: 10 in the book. Labels are `u8`, so they can name at most 256.
    pub classes: usize,
}

impl Sizes {
    /// The number of parameters, D H + H + H K + K: 39,760 in the book. `None` if it exceeds `usize`.
    #[must_use]
    pub fn parameters(self) -> Option<usize> {
        let first = self.inputs.checked_add(1)?.checked_mul(self.hidden)?;
        let second = self.hidden.checked_add(1)?.checked_mul(self.classes)?;
        first.checked_add(second)
    }

    /// The shapes of W1 b1 W2 b2 as in NumPy: (D, H) (H,) (H, K) (K,).
    #[must_use]
    pub fn shapes(self) -> [Vec<usize>; 4] {
        let Self { inputs, hidden, classes } = self;
        [vec![inputs, hidden], vec![hidden], vec![hidden, classes], vec![classes]]
    }
}

/// The parameters of a [`TwoLayerNet`](crate::TwoLayerNet), or the gradient of its loss with respect to each of them.
///
/// You can change every array. [`sizes`](Self::sizes) checks whether the four still fit together.
#[derive(Clone, PartialEq)]
pub struct Parameters<T: Real> {
    /// Weights of the hidden layer, D x H.
    pub w1: DMatrix<T>,
    /// Biases of the hidden layer, H.
    pub b1: RowDVector<T>,
    /// Weights of the output layer, H x K.
    pub w2: DMatrix<T>,
    /// Biases of the output layer, K.
    pub b2: RowDVector<T>,
}

impl<T: Real> Parameters<T> {
    /// The names of the arrays, in the order that every function, file and table uses.
    pub const NAMES: [&'static str; 4] = ["W1", "b1", "W2", "b2"];

    /// Parameters that are all 0.
    ///
    /// # Panics
    ///
    /// If there is not enough memory.
    #[must_use]
    pub fn zeros(Sizes { inputs, hidden, classes }: Sizes) -> Self {
        Self {
            w1: DMatrix::zeros(inputs, hidden),
            b1: RowDVector::zeros(hidden),
            w2: DMatrix::zeros(hidden, classes),
            b2: RowDVector::zeros(classes),
        }
    }

    /// Random weights `weight_init_std` * N(0, 1), and biases 0, as in the book's constructor (section 4.5.1).
    ///
    /// The normal numbers are drawn in `f64`, row by row, W1 before W2. So the same generator gives the same network in
    /// both precisions, up to rounding.
    ///
    /// # Panics
    ///
    /// As [`zeros`](Self::zeros).
    #[must_use]
    pub fn random<R: Rng + ?Sized>(sizes: Sizes, weight_init_std: f64, rng: &mut R) -> Self {
        let mut draw = |weights: &mut DMatrix<T>| {
            for i in 0..weights.nrows() {
                for j in 0..weights.ncols() {
                    weights[(i, j)] = T::of(weight_init_std * standard_normal(rng));
                }
            }
        };
        let mut parameters = Self::zeros(sizes);
        draw(&mut parameters.w1);
        draw(&mut parameters.w2);
        parameters
    }

    /// Parameters from the elements of W1 b1 W2 b2, each in row-major (C) order.
    ///
    /// # Errors
    ///
    /// If the number of elements of an array does not fit `sizes`.
    pub fn from_row_major(sizes: Sizes, arrays: [&[T]; 4]) -> Result<Self, ShapeError> {
        for ((name, shape), values) in Self::NAMES.into_iter().zip(sizes.shapes()).zip(arrays) {
            let expected = shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
            if expected != Some(values.len()) {
                return Err(ShapeError::Length { name, shape, found: values.len() });
            }
        }
        let Sizes { inputs, hidden, classes } = sizes;
        let [w1, b1, w2, b2] = arrays;
        // not `from_row_slice`, which loops over the rows first: `sizes` may name billions of rows with no elements
        let matrix = |rows, columns, values: &[T]| DMatrix::from_fn(rows, columns, |i, j| values[i * columns + j]);
        Ok(Self {
            w1: matrix(inputs, hidden, w1),
            b1: RowDVector::from_row_slice(b1),
            w2: matrix(hidden, classes, w2),
            b2: RowDVector::from_row_slice(b2),
        })
    }

    /// The elements of W1 b1 W2 b2, each in row-major (C) order, as [`from_row_major`](Self::from_row_major) takes them.
    #[must_use]
    pub fn to_row_major(&self) -> [Vec<T>; 4] {
        // nalgebra stores column by column: the transposed matrix holds the rows one after another
        let rows = |m: &DMatrix<T>| if m.is_empty() { Vec::new() } else { m.transpose().as_slice().to_vec() };
        [rows(&self.w1), self.b1.as_slice().to_vec(), rows(&self.w2), self.b2.as_slice().to_vec()]
    }

    /// The sizes, if the four arrays fit together.
    ///
    /// # Errors
    ///
    /// If two arrays do not fit together.
    pub fn sizes(&self) -> Result<Sizes, ShapeError> {
        let (inputs, hidden) = self.w1.shape();
        let sizes = Sizes { inputs, hidden, classes: self.w2.ncols() };
        let found = self.shapes();
        let expected = [found[0], (1, hidden), (hidden, sizes.classes), (1, sizes.classes)];
        for ((name, found), expected) in Self::NAMES.into_iter().zip(found).zip(expected) {
            if found != expected {
                return Err(ShapeError::Disagree { name, found, expected });
            }
        }
        Ok(sizes)
    }

    fn shapes(&self) -> [(usize, usize); 4] {
        [self.w1.shape(), self.b1.shape(), self.w2.shape(), self.b2.shape()]
    }

    /// The elements of W1 b1 W2 b2 as they are stored: matrices column by column.
    pub fn arrays(&self) -> [&[T]; 4] {
        [self.w1.as_slice(), self.b1.as_slice(), self.w2.as_slice(), self.b2.as_slice()]
    }

    /// [`arrays`](Self::arrays), mutable.
    pub fn arrays_mut(&mut self) -> [&mut [T]; 4] {
        [self.w1.as_mut_slice(), self.b1.as_mut_slice(), self.w2.as_mut_slice(), self.b2.as_mut_slice()]
    }

    /// Names and elements of W1 b1 W2 b2; matrices column by column.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &[T])> {
        Self::NAMES.into_iter().zip(self.arrays())
    }

    /// Applies `f` to each element: `params.map(f64::from)` converts `f32` to `f64`.
    #[must_use]
    pub fn map<U: Real>(&self, f: impl Fn(T) -> U) -> Parameters<U> {
        Parameters { w1: self.w1.map(&f), b1: self.b1.map(&f), w2: self.w2.map(&f), b2: self.b2.map(&f) }
    }

    /// One step of gradient descent: p -= learning_rate * g for every parameter (section 4.4.1).
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    #[track_caller]
    pub fn descend(&mut self, gradient: &Self, learning_rate: T) {
        for ((name, p), g) in Self::NAMES.into_iter().zip(self.shapes()).zip(gradient.shapes()) {
            assert_eq!(p, g, "the shapes of {name} (left) and of its gradient (right) must be equal");
        }
        for (p, g) in self.arrays_mut().into_iter().zip(gradient.arrays()) {
            for (p, &g) in p.iter_mut().zip(g) {
                *p -= learning_rate * g;
            }
        }
    }

    /// The name of the first array that holds NaN or an infinity, and this value.
    #[must_use]
    pub fn first_not_finite(&self) -> Option<(&'static str, T)> {
        self.named().find_map(|(name, values)| Some((name, *values.iter().find(|v| !v.is_finite())?)))
    }
}

/// Shows shapes only: a network has tens of thousands of parameters.
impl<T: Real> fmt::Debug for Parameters<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { w1, b1, w2, b2 } = self;
        f.debug_struct("Parameters")
            .field("w1", &format_args!("{}x{}", w1.nrows(), w1.ncols()))
            .field("b1", &format_args!("{}", b1.len()))
            .field("w2", &format_args!("{}x{}", w2.nrows(), w2.ncols()))
            .field("b2", &format_args!("{}", b2.len()))
            .finish_non_exhaustive()
    }
}

/// Why four arrays do not make a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// The number of elements of an array does not fit its shape.
    #[error("{name} has {found} elements, but its shape is {shape:?}")]
    Length {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// The expected shape.
        shape: Vec<usize>,
        /// The number of elements found.
        found: usize,
    },
    /// The shape of an array does not fit the arrays before it.
    #[error("{name} is {}x{}, expected {}x{} to fit the other arrays", found.0, found.1, expected.0, expected.1)]
    Disagree {
        /// W1, b1, W2 or b2.
        name: &'static str,
        /// Its rows and columns.
        found: (usize, usize),
        /// The rows and columns that would fit.
        expected: (usize, usize),
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    const SIZES: Sizes = Sizes { inputs: 5, hidden: 4, classes: 3 };

    #[test]
    fn the_chapters_net_has_39_760_parameters() {
        let sizes = Sizes { inputs: 784, hidden: 50, classes: 10 };
        assert_eq!(sizes.parameters(), Some(39_760));
        let zeros = Parameters::<f32>::zeros(sizes);
        assert_eq!(zeros.arrays().map(<[f32]>::len), [39_200, 50, 500, 10]);
        assert_eq!(Sizes { inputs: usize::MAX, hidden: 2, classes: 1 }.parameters(), None);
    }

    #[test]
    fn weights_are_drawn_from_the_normal_law_and_biases_are_0() {
        let sizes = Sizes { inputs: 200, hidden: 100, classes: 7 };
        let drawn = Parameters::<f64>::random(sizes, 0.01, &mut ChaCha8Rng::seed_from_u64(3));
        let (mean, deviation) = (drawn.w1.mean(), drawn.w1.variance().sqrt());
        assert!(mean.abs() < 3e-4, "mean {mean}");
        assert!((deviation - 0.01).abs() < 2e-4, "deviation {deviation}");
        assert!(drawn.w1.iter().any(|&w| w < 0.0) && drawn.w1.iter().any(|&w| w > 0.0));
        assert!(drawn.b1.iter().chain(drawn.b2.iter()).all(|&b| b == 0.0));
        let same = Parameters::<f32>::random(sizes, 0.01, &mut ChaCha8Rng::seed_from_u64(3));
        assert_eq!(same.w2, drawn.w2.map(f32::of));
    }

    #[test]
    fn drawn_weights_are_the_same_in_every_version() {
        // If a dependency draws different numbers, an old seed gives another network: say so in the changelog then.
        let drawn = Parameters::<f64>::random(SIZES, 1.0, &mut ChaCha8Rng::from_seed([7; 32]));
        const GOLDEN: [f64; 3] = [-0.4333727027394747, 0.5047516211572017, 0.7509981811604074];
        assert_eq!([drawn.w1[(0, 0)], drawn.w1[(0, 1)], drawn.w2[(3, 2)]], GOLDEN);
    }

    #[test]
    fn row_major_goes_out_and_comes_back() {
        let drawn = Parameters::<f64>::random(SIZES, 1.0, &mut ChaCha8Rng::seed_from_u64(1));
        let out = drawn.to_row_major();
        assert_eq!(out[0][1], drawn.w1[(0, 1)]);
        assert_eq!(out[2][4], drawn.w2[(1, 1)]);
        let arrays = [&out[0][..], &out[1][..], &out[2][..], &out[3][..]];
        assert_eq!(Parameters::from_row_major(SIZES, arrays), Ok(drawn));
    }

    #[test]
    fn arrays_of_the_wrong_length_are_refused_by_name() {
        let error = Parameters::from_row_major(SIZES, [&[0.0; 20], &[0.0; 4], &[0.0; 11], &[0.0; 3]]).unwrap_err();
        assert_eq!(error.to_string(), "W2 has 11 elements, but its shape is [4, 3]");
        let huge = Sizes { inputs: usize::MAX, hidden: 3, classes: 1 };
        assert!(Parameters::<f64>::from_row_major(huge, [&[], &[], &[], &[]]).is_err());
    }

    #[test]
    fn arrays_that_disagree_are_named() {
        let mut parameters = Parameters::<f64>::zeros(SIZES);
        assert_eq!(parameters.sizes(), Ok(SIZES));
        parameters.b1 = RowDVector::zeros(6);
        assert_eq!(parameters.sizes().unwrap_err().to_string(), "b1 is 1x6, expected 1x4 to fit the other arrays");
    }

    #[test]
    fn what_is_not_finite_is_found() {
        let mut parameters = Parameters::<f64>::zeros(SIZES);
        assert_eq!(parameters.first_not_finite(), None);
        parameters.w2[(1, 2)] = f64::INFINITY;
        assert_eq!(parameters.first_not_finite(), Some(("W2", f64::INFINITY)));
    }
}
