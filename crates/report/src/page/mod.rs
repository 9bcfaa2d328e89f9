//! The report of a run: one HTML file that needs no network access.

mod curves;
mod gallery;
mod html;
mod pictures;
mod sections;
mod text;

use crate::Mistake;
use crate::chart::ChartError;
use dataset::ImageSet;
use net::{ActivationHistogram, TwoLayerNet};

/// Everything that the report shows.
///
/// Text is escaped. The report contains nothing else: no path, no user name, no address.
///
/// ```
/// use dataset::ImageSet;
/// use net::{Activation, Parameters, Sizes, TwoLayerNet};
/// use report::{Fact, Page};
///
/// let params = Parameters::zeros(Sizes { inputs: 784, hidden: 3, classes: 2 });
/// let page = Page {
///     facts: vec![Fact::new(["data set", "데이터셋"], "<two> images")],
///     warnings: vec![],
///     losses: &[0.7, 0.6],
///     loss_stride: 1,
///     evaluations: vec![],
///     net: &TwoLayerNet { params, activation: Activation::Sigmoid },
///     test: &ImageSet::new(28, 28, 2, vec![0; 2 * 784], vec![0, 1])?,
///     confusion: &[vec![1, 0], vec![1, 0]],
///     mistakes: vec![],
///     attribution: None,
/// };
/// let html = page.to_html()?;
/// assert!(html.contains("&lt;two&gt; images") && html.contains("50.00 % of 2 test images"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The settings of the run: the rows of a table.
    pub facts: Vec<Fact>,
    /// What a reader should know first, in English and in Korean.
    pub warnings: Vec<[String; 2]>,
    /// The loss after every `loss_stride`-th iteration; empty if the run is not known.
    pub losses: &'a [f64],
    /// The distance between the losses, in iterations.
    pub loss_stride: u64,
    /// The accuracies, in the order of their iterations.
    pub evaluations: Vec<Accuracies>,
    /// The network, which the page runs itself.
    pub net: &'a TwoLayerNet<f32>,
    /// The test images of `confusion` and `mistakes`.
    pub test: &'a ImageSet,
    /// The confusion matrix, K x K counts: rows are labels, columns are answers.
    pub confusion: &'a [Vec<usize>],
    /// The wrong answers to show, the most confident first.
    pub mistakes: Vec<Mistake>,
    /// Who made the images, if the licence asks for it, in English and in Korean.
    pub attribution: Option<[&'a str; 2]>,
}

/// A row of the table of settings.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name in English and in Korean.
    pub name: [&'static str; 2],
    /// Its value in English and in Korean.
    pub value: [String; 2],
}

impl Fact {
    /// A row whose value needs no translation.
    pub fn new(name: [&'static str; 2], value: impl Into<String>) -> Self {
        let value = value.into();
        Self { name, value: [value.clone(), value] }
    }
}

/// The accuracies after an iteration.
#[derive(Clone, Copy, Debug)]
pub struct Accuracies {
    /// The number of iterations done.
    pub iteration: u64,
    /// The accuracy on the training images, from 0 to 1.
    pub train: f64,
    /// The accuracy on the test images, from 0 to 1.
    pub test: f64,
}

/// Why the report cannot be created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// A chart could not be drawn.
    #[error("cannot draw a chart of the page")]
    Chart(#[from] ChartError),
    /// A picture could not be encoded.
    #[error("cannot encode a picture of the page")]
    Picture(#[from] png::EncodingError),
    /// The data for the page's script could not be encoded.
    #[error("cannot encode the data of the page")]
    Data(#[from] serde_json::Error),
}

/// The largest number of hidden neurons that are drawn.
const NEURONS: usize = 100;

/// The largest number of test images that can be put on the canvas.
const SAMPLES: usize = 100;

/// A network with more parameters than this does not run in the page: its weights alone would take 1 MB.
const MOST_PARAMETERS: usize = 190_000;

impl Page<'_> {
    /// The report as an HTML document.
    ///
    /// # Errors
    ///
    /// If a figure cannot be drawn.
    ///
    /// # Panics
    ///
    /// If network, test images and confusion matrix do not fit together.
    pub fn to_html(&self) -> Result<String, PageError> {
        html::document(self)
    }

    /// The figures as SVG files: names and contents.
    ///
    /// # Errors
    ///
    /// If a figure cannot be drawn.
    ///
    /// # Panics
    ///
    /// As [`Page::to_html`].
    pub fn figures(&self) -> Result<Vec<(&'static str, String)>, PageError> {
        let mut figures = Vec::new();
        if let Some(loss) = curves::loss(self, 0) {
            figures.push(("loss.svg", loss.to_svg(760, 420)?));
        }
        if let Some(accuracy) = curves::accuracy(self, 0) {
            figures.push(("accuracy.svg", accuracy.to_svg(760, 420)?));
        }
        figures.push(("activations.svg", curves::activations(&self.histogram().0, 0).to_svg(760, 420)?));
        figures.push(("confusion.svg", pictures::confusion(self.confusion)));
        if self.draws_neurons() {
            let neurons = (0..self.neurons()).map(|neuron| pictures::weights(self, neuron));
            figures.push(("neurons.svg", pictures::sheet(&neurons.collect::<Result<Vec<_>, _>>()?, self.test)));
        }
        let mistakes = self.mistakes.iter().map(|mistake| pictures::image(self.test, mistake.index));
        figures.push(("mistakes.svg", pictures::sheet(&mistakes.collect::<Result<Vec<_>, _>>()?, self.test)));
        Ok(figures)
    }

    fn neurons(&self) -> usize {
        self.net.sizes().hidden.min(NEURONS)
    }

    /// Whether the weights of a neuron have the shape of the images.
    fn draws_neurons(&self) -> bool {
        self.net.sizes().inputs == self.test.pixels_per_image()
    }

    /// Whether you can draw in the page: 28 x 28, and not too many parameters.
    fn is_live(&self) -> bool {
        let parameters = self.net.sizes().parameters().unwrap_or(usize::MAX);
        (self.test.rows(), self.test.cols()) == (28, 28) && parameters <= MOST_PARAMETERS
    }

    /// The number of test images that can be put on the canvas.
    fn samples(&self) -> usize {
        if self.is_live() { self.test.len().min(SAMPLES) } else { 0 }
    }

    fn accuracy(&self) -> f64 {
        let right: usize = (0..self.confusion.len()).map(|k| self.confusion[k][k]).sum();
        right as f64 / self.test.len() as f64
    }

    /// The histogram of the hidden activations, and the number of test images in it.
    fn histogram(&self) -> (ActivationHistogram, usize) {
        curves::histogram(self.net, self.test)
    }
}
