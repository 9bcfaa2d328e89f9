//! Which derivatives a check compares: the directions in which `x` moves.

use crate::{DifferenceError, FiniteDifference, Real};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Which derivatives to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum CheckMode {
    /// The partial derivatives with respect to every variable.
    #[default]
    Full,
    /// The partial derivatives with respect to `count` variables, drawn without replacement.
    Sampled {
        /// How many variables; if there are fewer, all of them.
        count: usize,
        /// The random seed.
        seed: u64,
    },
    /// The derivatives along `count` random directions, each of length 1 with elements of equal size and random signs.
    /// This takes few calls and involves all variables. The index of a place in the report is then the number of the
    /// direction.
    Directions {
        /// How many directions.
        count: usize,
        /// The random seed.
        seed: u64,
    },
}

/// The directions along which derivatives are compared.
pub(super) enum Directions<T> {
    /// Along these variables.
    Axes(Vec<usize>),
    Random(Vec<Vec<T>>),
}

impl<T: Real> Directions<T> {
    pub(super) fn of(mode: CheckMode, variables: usize) -> Self {
        match mode {
            CheckMode::Full => Self::Axes((0..variables).collect()),
            CheckMode::Sampled { count, seed } => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let mut indices: Vec<usize> = (0..variables).collect();
                let count = count.min(variables);
                for i in 0..count {
                    let left = (variables - i) as u128;
                    // the high half of a product: below `left`, and even to 2⁻⁶⁴
                    let drawn = usize::try_from((u128::from(rng.next_u64()) * left) >> 64).unwrap_or_default();
                    indices.swap(i, i + drawn);
                }
                indices.truncate(count);
                indices.sort_unstable();
                Self::Axes(indices)
            }
            CheckMode::Directions { count, seed } => {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let size = T::of(1.0 / (variables.max(1) as f64).sqrt());
                let mut sign = || if rng.next_u32() & 1 == 0 { size } else { -size };
                Self::Random((0..count).map(|_| (0..variables).map(|_| sign()).collect()).collect())
            }
        }
    }

    /// The numbers of the directions: indices of variables, or 0, 1, 2, ...
    pub(super) fn indices(&self) -> Vec<usize> {
        match self {
            Self::Axes(indices) => indices.clone(),
            Self::Random(directions) => (0..directions.len()).collect(),
        }
    }

    /// h along direction `index`.
    pub(super) fn step<E>(
        &self,
        index: usize,
        x: &[T],
        difference: &FiniteDifference<T>,
    ) -> Result<T, DifferenceError<E>> {
        let root = difference.scheme.root();
        match self {
            Self::Axes(_) => difference.step_at(index, x[index], root),
            Self::Random(directions) => difference.step_along(x, &directions[index], root),
        }
    }

    /// Sets `point` to `x` moved by `s` along direction `index`. `point` must be `x`, or `x` moved along the same
    /// direction.
    pub(super) fn move_to(&self, index: usize, x: &[T], s: T, point: &mut [T]) {
        match self {
            Self::Axes(_) => point[index] = x[index] + s,
            Self::Random(directions) => {
                point.iter_mut().zip(x).zip(&directions[index]).for_each(|((point, &x), &v)| *point = x + s * v);
            }
        }
    }

    /// The scalar product of direction `index` and a vector.
    pub(super) fn times(&self, index: usize, vector: impl Fn(usize) -> f64) -> f64 {
        match self {
            Self::Axes(_) => vector(index),
            Self::Random(directions) => directions[index].iter().enumerate().map(|(n, v)| vector(n) * v.to_f64()).sum(),
        }
    }
}
