//! A batch as the differences need it: of each sample the inputs that are not 0, equal ones together.

use nalgebra::DMatrix;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// The inputs of a batch that are not 0, grouped by value within each sample. Input number D is the bias: always 1.
pub(super) struct Batch {
    values: Vec<f64>,           // the distinct values of the whole batch
    samples: Vec<Range<usize>>, // N, where the groups of a sample stand
    groups: Vec<Group>,
    inputs: Vec<usize>, // numbers of inputs, those of a group side by side
}

/// The inputs of one sample that have the same value.
struct Group {
    value: usize,
    inputs: Range<usize>,
}

impl Batch {
    pub(super) fn new(x: &DMatrix<f64>) -> Self {
        let (n, d) = x.shape();
        let mut numbers = HashMap::with_hasher(BuildHasherDefault::<BitsHasher>::default());
        let mut values = Vec::new();
        let mut number_of = |value: f64| {
            *numbers.entry(value.to_bits()).or_insert_with(|| {
                values.push(value);
                values.len() - 1
            })
        };

        // x is stored by column: one sweep in that order hands every sample its (value, input) pairs
        let mut pairs: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n];
        for (i, column) in x.column_iter().enumerate() {
            for (pairs, &value) in pairs.iter_mut().zip(column.iter()) {
                if value != 0.0 {
                    pairs.push((number_of(value), i));
                }
            }
        }
        let bias = number_of(1.0);
        pairs.iter_mut().for_each(|pairs| pairs.push((bias, d)));

        let mut batch = Self { values, samples: Vec::with_capacity(n), groups: Vec::new(), inputs: Vec::new() };
        let mut counts = vec![0_usize; batch.values.len()]; // of the sample at hand, all 0 between samples
        let mut places = vec![0_usize; batch.values.len()];
        for pairs in &pairs {
            pairs.iter().for_each(|&(value, _)| counts[value] += 1);
            let (first_group, mut place) = (batch.groups.len(), batch.inputs.len());
            batch.inputs.resize(place + pairs.len(), 0);
            for &(value, input) in pairs {
                if counts[value] > 0 {
                    batch.groups.push(Group { value, inputs: place..place + counts[value] });
                    places[value] = place;
                    place += counts[value];
                    counts[value] = 0;
                }
                batch.inputs[places[value]] = input;
                places[value] += 1;
            }
            batch.samples.push(first_group..batch.groups.len());
        }
        batch
    }

    /// The distinct values, in the order of their numbers.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The groups of sample `n`: number of the value, and the inputs that have it.
    pub(super) fn groups(&self, n: usize) -> impl Iterator<Item = (usize, &[usize])> {
        self.groups[self.samples[n].clone()].iter().map(|group| (group.value, &self.inputs[group.inputs.clone()]))
    }
}

/// Hashes the bits of an `f64` by one multiplication. The values are the caller's own numbers, no attacker's.
#[derive(Default)]
struct BitsHasher(u64);

impl Hasher for BitsHasher {
    fn write_u64(&mut self, bits: u64) {
        // the high bits of the product depend on all bits; the table looks at both ends
        self.0 = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(self.0 ^ u64::from(byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_inputs_of_a_sample_stand_together_and_zeros_are_left_out() {
        let x = DMatrix::from_row_slice(2, 5, &[0.5, 0.0, 0.25, 0.5, -0.5, 0.0, -0.0, 1.0, 0.0, 0.0]);
        let batch = Batch::new(&x);
        let groups =
            |n| batch.groups(n).map(|(value, inputs)| (batch.values()[value], inputs.to_vec())).collect::<Vec<_>>();
        assert_eq!(groups(0), [(0.5, vec![0, 3]), (0.25, vec![2]), (-0.5, vec![4]), (1.0, vec![5])]);
        assert_eq!(groups(1), [(1.0, vec![2, 5])], "the bias is input 5, and always 1");
    }
}
