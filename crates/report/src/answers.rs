//! Counts the answers of a network to a set of images: accuracy, loss, confusion matrix, the most confident mistakes.

use core_math::{argmax_rows, log_softmax};
use dataset::ImageSet;
use net::{Predictor, Real, Rows};
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Range;

/// The number of images that one thread takes at a time.
const SLICE: usize = 1000;

fn slices(images: usize) -> impl IndexedParallelIterator<Item = Range<usize>> {
    (0..images.div_ceil(SLICE)).into_par_iter().map(move |k| k * SLICE..images.min((k + 1) * SLICE))
}

/// The answers of a network to a set of images.
///
/// ```
/// use dataset::ImageSet;
/// use net::{Activation, Parameters, Predictor, Rows, Sizes, TwoLayerNet};
/// use report::Answers;
///
/// let params = Parameters::zeros(Sizes { inputs: 4, hidden: 3, classes: 2 });
/// let net = TwoLayerNet::<f32> { params, activation: Activation::Sigmoid };
/// let set = ImageSet::new(2, 2, 2, vec![0; 8], vec![0, 1])?;
///
/// let answers = Answers::of(&Predictor::new(&net), &Rows::from_bytes(set.pixels(), 4), &set);
/// assert_eq!(answers.confusion, [[1, 0], [1, 0]]); // all are answered 0
/// assert_eq!(answers.accuracy, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Answers {
    /// The number of images.
    pub images: usize,
    /// The accuracy: the share of the images that are classified correctly, from 0 to 1.
    pub accuracy: f64,
    /// The mean cross-entropy error.
    pub loss: f64,
    /// The confusion matrix, K x K counts: rows are labels, columns are answers.
    pub confusion: Vec<Vec<usize>>,
    /// The share of the answers k that are correct; `None` if k is never the answer.
    pub precision: Vec<Option<f64>>,
    /// The share of the images of class k that are classified as k; `None` if there are no such images.
    pub recall: Vec<Option<f64>>,
    /// The 50 wrong answers with the highest probability, in descending order.
    pub surest_mistakes: Vec<Mistake>,
}

/// An image that is classified wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// The index of the image.
    pub index: usize,
    /// Its label.
    pub label: u8,
    /// The answer.
    pub answer: u8,
    /// The probability of the answer, from 0 to 1.
    pub probability: f64,
}

/// The number of mistakes that are kept.
const MISTAKES: usize = 50;

impl Answers {
    /// Computes the answers of `net` to `images`, the pixels of `set`.
    ///
    /// # Panics
    ///
    /// If `images` has fewer rows than `set` has images, if its width is not the number of inputs of `net`, or if a label
    /// in `set` is not a class of `net`.
    #[must_use]
    pub fn of<T: Real>(net: &Predictor<T>, images: &Rows<T>, set: &ImageSet) -> Self {
        let classes = set.classes().max(net.sizes().classes);
        let parts: Vec<(Vec<u8>, Vec<f64>, f64)> = slices(set.len())
            .map(|slice| {
                let t = &set.labels()[slice.clone()];
                let log_y = log_softmax(&net.logits(images, slice));
                let at = |(n, &k): (usize, &u8)| log_y[(n, usize::from(k))].to_f64();
                let answers = argmax_rows(&log_y);
                let probabilities = answers.iter().enumerate().map(|pair| at(pair).exp()).collect();
                let loss = -t.iter().enumerate().map(at).sum::<f64>();
                (answers, probabilities, loss)
            })
            .collect();

        let mut confusion = vec![vec![0_usize; classes]; classes];
        let mut mistakes = Vec::new();
        let answers = parts.iter().flat_map(|(answers, probabilities, _)| answers.iter().zip(probabilities));
        for (index, (&label, (&answer, &probability))) in set.labels().iter().zip(answers).enumerate() {
            confusion[usize::from(label)][usize::from(answer)] += 1;
            if label != answer {
                mistakes.push(Mistake { index, label, answer, probability });
            }
        }
        mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability)); // stable: the first image first
        mistakes.truncate(MISTAKES);

        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let hits = |k: usize| confusion[k][k];
        let correct: usize = (0..classes).map(hits).sum();
        Self {
            images: set.len(),
            accuracy: correct as f64 / set.len() as f64,
            loss: parts.iter().map(|(_, _, loss)| loss).sum::<f64>() / set.len() as f64,
            precision: (0..classes).map(|k| share(hits(k), confusion.iter().map(|row| row[k]).sum())).collect(),
            recall: (0..classes).map(|k| share(hits(k), confusion[k].iter().sum())).collect(),
            confusion,
            surest_mistakes: mistakes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, RowDVector};
    use net::{Activation, Parameters, TwoLayerNet};

    /// A network that answers with the brightest of three pixels, and five images.
    fn problem() -> (TwoLayerNet<f64>, ImageSet) {
        let params = Parameters {
            w1: DMatrix::identity(3, 3),
            b1: RowDVector::zeros(3),
            w2: DMatrix::identity(3, 3) * 10.0,
            b2: RowDVector::zeros(3),
        };
        let pixels = vec![255, 0, 0, 0, 255, 0, 255, 10, 0, 200, 0, 0, 0, 9, 8];
        (
            TwoLayerNet { params, activation: Activation::Relu },
            ImageSet::new(1, 3, 3, pixels, vec![0, 1, 1, 0, 2]).unwrap(),
        )
    }

    #[test]
    fn a_report_counts_answers_and_names_the_surest_mistakes_first() {
        let (net, set) = problem();
        let (images, predictor) = (Rows::from_bytes(set.pixels(), 3), Predictor::new(&net));
        let report = Answers::of(&predictor, &images, &set);
        assert_eq!(report.confusion, [[2, 0, 0], [1, 1, 0], [0, 1, 0]]);
        assert_eq!(report.accuracy, 0.6);
        assert_eq!(report.precision, [Some(2.0 / 3.0), Some(0.5), None]);
        assert_eq!(report.recall, [Some(1.0), Some(0.5), Some(0.0)]);
        let order: Vec<usize> = report.surest_mistakes.iter().map(|m| m.index).collect();
        assert_eq!(order, [2, 4]);
        let (x, t) = set.range(0..5);
        assert!((report.loss - net.loss(&x, t)).abs() < 1e-12);
        assert_eq!(predictor.accuracy(&images, 0..5, t), 0.6);
        assert_eq!(predictor.accuracy(&images, 0..2, &t[..2]), 1.0);
    }
}
