//! The net as the page shows it while it learns.

use crate::session::Course;
use dataset::ImageSet;
use net::nalgebra::DMatrix;
use net::{ActivationHistogram, GradientMethod, Parameters, Predictor};
use serde::Serialize;

/// So many hidden neurons are drawn.
const NEURONS: usize = 100;

/// So many test images are in the histogram of hidden activations.
const HISTOGRAM_IMAGES: usize = 200;

/// The net as it is now. With it go the weights of `neurons` hidden neurons, 784 f32 each.
#[derive(Serialize)]
pub(crate) struct View {
    iteration: u64,
    neurons: usize,
    hidden: usize,
    /// Of the hidden activations.
    histogram: Option<Histogram>,
    /// K x K counts of the test images: rows the label, columns the answer.
    confusion: Option<Vec<Vec<usize>>>,
    /// Between both gradients of the minibatch that comes.
    difference: Option<Difference>,
}

#[derive(Serialize)]
struct Histogram {
    from: f64,
    width: f64,
    shares: [f64; 20],
    images: usize,
}

/// The parameter whose two gradients differ most, and by how much.
#[derive(Serialize)]
pub(crate) struct Difference {
    name: &'static str,
    largest: f64,
}

pub(crate) fn largest_difference(a: &Parameters<f64>, b: &Parameters<f64>) -> Difference {
    let pairs =
        a.named().zip(b.arrays()).flat_map(|((name, a), b)| a.iter().zip(b).map(move |(a, b)| (name, (a - b).abs())));
    let (name, largest) = pairs.fold(("W1", 0.0), |most, next| if next.1 > most.1 { next } else { most });
    Difference { name, largest }
}

/// The test images of the histogram, N x D.
pub(crate) fn histogram_images(test: &ImageSet) -> DMatrix<f64> {
    test.range(0..test.len().min(HISTOGRAM_IMAGES)).0
}

impl Course {
    /// The net as it is now; the weights of its neurons are added to `weights`.
    pub(crate) fn view(&self, answers: bool, difference: bool, weights: &mut Vec<u8>) -> View {
        let net = self.run.net();
        let hidden = net.params.w1.ncols();
        let neurons = hidden.min(NEURONS);
        for neuron in 0..neurons {
            #[expect(clippy::cast_possible_truncation, reason = "for a picture")]
            weights.extend(net.params.w1.column(neuron).iter().flat_map(|weight| (*weight as f32).to_le_bytes()));
        }
        let (numerical, backpropagation) =
            (GradientMethod::CentralDifferences { h: self.h }, GradientMethod::Backpropagation);
        View {
            iteration: self.run.iteration(),
            neurons,
            hidden,
            histogram: answers.then(|| {
                let ActivationHistogram { from, width, shares } = ActivationHistogram::of(&net, &self.histogram_images);
                Histogram { from, width, shares, images: self.histogram_images.nrows() }
            }),
            confusion: answers.then(|| self.confusion()),
            difference: difference.then(|| {
                largest_difference(&self.run.next_gradient(numerical), &self.run.next_gradient(backpropagation))
            }),
        }
    }

    fn confusion(&self) -> Vec<Vec<usize>> {
        let test = &self.run.data().test;
        let mut counts = vec![vec![0; self.run.data().classes]; self.run.data().classes];
        let answers = self.run.predictor().classes(&test.x, 0..test.t.len());
        for (label, answer) in test.t.iter().zip(answers) {
            counts[usize::from(*label)][usize::from(answer)] += 1;
        }
        counts
    }

    /// The probability of each class for one image.
    pub(crate) fn classify(&self, image: &[u8]) -> Vec<f64> {
        let x = net::Rows::from_bytes(image, image.len());
        let predictor: Predictor<f64> = self.run.predictor();
        predictor.probabilities(&x, 0..1).iter().copied().collect()
    }
}
