//! The data sets: their names, where they are published, and who made them.

use std::fmt;
use std::str::FromStr;

use crate::published::{FASHION, KMNIST, MNIST, PublishedFile};

/// MNIST, and two data sets with the same file names and format.
///
/// It is displayed as, and parsed from, the name of its folder: `mnist`, `fashion` or `kmnist`.
///
/// ```
/// use fetch::DataSet;
///
/// let dataset: DataSet = "fashion".parse()?;
/// assert_eq!(dataset, DataSet::Fashion);
/// assert_eq!((dataset.to_string(), dataset.title()), ("fashion".to_owned(), "Fashion-MNIST"));
/// assert_eq!(dataset.files()[0].name, "train-images-idx3-ubyte.gz");
/// # Ok::<(), fetch::UnknownDataSet>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataSet {
    /// MNIST: handwritten digits.
    #[default]
    Mnist,
    /// Fashion-MNIST: pieces of clothing.
    Fashion,
    /// KMNIST: cursive Japanese characters.
    Kmnist,
}

impl DataSet {
    /// All data sets.
    pub const ALL: [Self; 3] = [Self::Mnist, Self::Fashion, Self::Kmnist];

    /// The name of its folder, a single word in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
            Self::Kmnist => "kmnist",
        }
    }

    /// Its name as its makers spell it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "Fashion-MNIST",
            Self::Kmnist => "KMNIST",
        }
    }

    /// Its four files: training images and labels, then test images and labels.
    pub fn files(self) -> &'static [PublishedFile; 4] {
        match self {
            Self::Mnist => &MNIST,
            Self::Fashion => &FASHION,
            Self::Kmnist => &KMNIST,
        }
    }

    /// The web folders with the four files, in the order in which they are tried.
    pub fn mirrors(self) -> &'static [&'static str] {
        match self {
            Self::Mnist => &[
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
                "https://raw.githubusercontent.com/fgnt/mnist/master/",
            ],
            Self::Fashion => &[
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            ],
            Self::Kmnist => {
                &["https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
            }
        }
    }

    /// Who made it, and its licence, in two to four lines. Show this to the people who use the images.
    pub fn attribution(self) -> &'static str {
        match self {
            Self::Mnist => {
                "MNIST is by Yann LeCun, Corinna Cortes and Christopher J.C. Burges,\n\
                 under CC BY-SA 3.0, https://creativecommons.org/licenses/by-sa/3.0/"
            }
            Self::Fashion => {
                "Fashion-MNIST is by Zalando Research (Han Xiao, Kashif Rasul, Roland Vollgraf),\n\
                 (c) 2017 Zalando SE, under the MIT License,\n\
                 https://github.com/zalandoresearch/fashion-mnist"
            }
            Self::Kmnist => {
                "KMNIST Dataset (created by the ROIS-DS Center for Open Data in the Humanities),\n\
                 adapted from the Kuzushiji Dataset (created by NIJL and others),\n\
                 doi:10.20676/00000341,\n\
                 under CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/"
            }
        }
    }
}

impl fmt::Display for DataSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DataSet {
    type Err = UnknownDataSet;

    fn from_str(name: &str) -> Result<Self, UnknownDataSet> {
        Self::ALL
            .into_iter()
            .find(|dataset| dataset.name() == name)
            .ok_or_else(|| UnknownDataSet { found: name.to_owned() })
    }
}

/// The error for a word that is not the name of a data set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no data set is called {found:?}, expected mnist, fashion or kmnist")]
pub struct UnknownDataSet {
    /// The word.
    pub found: String,
}
