//! A batch as the differences need it: of each sample the inputs that are not 0, equal ones together.

use nalgebra::DMatrix;
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
        let mut numbers = Numbers::default();
        let (mut samples, mut groups, mut inputs) = (Vec::with_capacity(n), Vec::new(), Vec::new());
        // of the sample at hand, room for the bias included
        let mut found = vec![(0.0, 0); d + 1]; // (value, input)
        let mut numbered = Vec::with_capacity(d + 1); // (number of the value, input)
        let mut counts: Vec<usize> = Vec::new(); // how often each value occurs; all 0 between samples
        let mut places: Vec<usize> = Vec::new(); // where its next input goes
        for sample in 0..n {
            // Zeros come and go: to write every input and step on only after some spares the branch.
            let mut len = 0;
            for (i, &value) in x.as_slice().iter().skip(sample).step_by(n).enumerate() {
                found[len] = (value, i);
                len += usize::from(value != 0.0);
            }
            found[len] = (1.0, d);

            numbered.clear();
            numbered.extend(found[..=len].iter().map(|&(value, i)| (numbers.of(value), i)));
            counts.resize(numbers.values.len(), 0);
            places.resize(numbers.values.len(), 0);
            numbered.iter().for_each(|&(value, _)| counts[value] += 1);

            let (first_group, mut place) = (groups.len(), inputs.len());
            inputs.resize(place + numbered.len(), 0);
            for &(value, i) in &numbered {
                if counts[value] > 0 {
                    groups.push(Group { value, inputs: place..place + counts[value] });
                    places[value] = place;
                    place += counts[value];
                    counts[value] = 0;
                }
                inputs[places[value]] = i;
                places[value] += 1;
            }
            samples.push(first_group..groups.len());
        }
        Self { values: numbers.values, samples, groups, inputs }
    }

    /// The distinct values, in the order of their numbers.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The largest absolute value of an input, the bias included; not finite where an input is not.
    pub(super) fn largest(&self) -> f64 {
        let largest = self.values.iter().map(|v| v.abs().to_bits()).max(); // ordered as the numbers, NaN the largest
        f64::from_bits(largest.unwrap_or(0))
    }

    /// The groups of sample `n`: number of the value, and the inputs that have it.
    pub(super) fn groups(&self, n: usize) -> impl Iterator<Item = (usize, &[usize])> {
        self.groups[self.samples[n].clone()].iter().map(|group| (group.value, &self.inputs[group.inputs.clone()]))
    }
}

/// Gives each distinct value a number, from 0 in the order of appearance.
#[derive(Default)]
struct Numbers {
    values: Vec<f64>,
    /// Number + 1 at a place that follows from the value's bits, or at one of the next; 0 where nothing is.
    /// Its length is 0 or a power of two, at least twice the number of values.
    table: Vec<usize>,
}

impl Numbers {
    fn of(&mut self, value: f64) -> usize {
        if self.values.len() * 2 >= self.table.len() {
            self.grow();
        }
        let place = self.place(value);
        if self.table[place] == 0 {
            self.values.push(value);
            self.table[place] = self.values.len();
        }
        self.table[place] - 1
    }

    /// Where the value stands, or would.
    fn place(&self, value: f64) -> usize {
        let last = self.table.len() - 1;
        // the high half of the product depends on most bits, and fits every usize
        let hash = value.to_bits().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut place = usize::try_from(hash).unwrap_or_default() & last;
        while self.table[place] != 0 && self.values[self.table[place] - 1].to_bits() != value.to_bits() {
            place = (place + 1) & last;
        }
        place
    }

    fn grow(&mut self) {
        self.table = vec![0; (self.table.len() * 2).max(512)];
        for number in 0..self.values.len() {
            let place = self.place(self.values[number]);
            self.table[place] = number + 1;
        }
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
