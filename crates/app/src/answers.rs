//! What a net answers to a set of images, counted: accuracy, loss, confusion, the worst mistakes.

use core_math::{argmax_rows, log_softmax};
use dataset::ImageSet;
use net::{Predictor, Real, Rows};
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Range;

/// Images that one thread takes at a time.
const SLICE: usize = 1000;

fn slices(images: usize) -> impl IndexedParallelIterator<Item = Range<usize>> {
    (0..images.div_ceil(SLICE)).into_par_iter().map(move |k| k * SLICE..images.min((k + 1) * SLICE))
}

/// What a net makes of a set.
#[derive(Serialize)]
pub(crate) struct Answers {
    pub(crate) images: usize,
    pub(crate) accuracy: f64,
    pub(crate) loss: f64,
    /// Rows the label, columns the answer.
    pub(crate) confusion: Vec<Vec<usize>>,
    /// Of the answers k, the share that is right; null where k is never the answer.
    pub(crate) precision: Vec<Option<f64>>,
    /// Of the images of k, the share that is found; null where there is none.
    pub(crate) recall: Vec<Option<f64>>,
    /// The wrong answers given with the highest probability, the surest first.
    pub(crate) surest_mistakes: Vec<Mistake>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Mistake {
    pub(crate) index: usize,
    pub(crate) label: u8,
    pub(crate) answer: u8,
    pub(crate) probability: f64,
}

/// How many mistakes a report keeps.
const MISTAKES: usize = 50;

impl Answers {
    pub(crate) fn of<T: Real>(net: &Predictor<T>, images: &Rows<T>, set: &ImageSet) -> Self {
        let classes = set.classes();
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

    /// A net that answers with the brightest of three pixels, and five images.
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
