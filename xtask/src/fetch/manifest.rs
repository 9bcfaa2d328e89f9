//! The data sets: names, sizes and digests of their files, mirrors, and whom they are by.

use super::digest::{Digest, hex};

/// A file that must be exactly this one.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) size: u64,
    pub(super) digest: Digest,
}

/// MNIST and the sets that share its file names and format.
#[derive(Clone, Copy, Debug, Default, PartialEq, clap::ValueEnum)]
pub(super) enum DataSet {
    #[default]
    Mnist,
    Fashion,
    Kmnist,
}

impl DataSet {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Fashion => "Fashion-MNIST",
            Self::Kmnist => "KMNIST",
        }
    }

    /// The folder below the data folder, the same word as after `--dataset`.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Fashion => "fashion",
            Self::Kmnist => "kmnist",
        }
    }

    pub(super) fn files(self) -> &'static [Wanted; 4] {
        match self {
            Self::Mnist => &MNIST,
            Self::Fashion => &FASHION,
            Self::Kmnist => &KMNIST,
        }
    }

    /// In the order in which they are tried.
    pub(super) fn mirrors(self) -> &'static [&'static str] {
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

    pub(super) fn attribution(self) -> &'static str {
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

/// The digests are checked against the published files by `tests/cli.rs` where those are at hand.
static MNIST: [Wanted; 4] = [
    Wanted {
        name: "train-images-idx3-ubyte.gz",
        size: 9_912_422,
        digest: Digest::Sha256(hex("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609")),
    },
    Wanted {
        name: "train-labels-idx1-ubyte.gz",
        size: 28_881,
        digest: Digest::Sha256(hex("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c")),
    },
    Wanted {
        name: "t10k-images-idx3-ubyte.gz",
        size: 1_648_877,
        digest: Digest::Sha256(hex("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6")),
    },
    Wanted {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 4_542,
        digest: Digest::Sha256(hex("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
    },
];

/// MD5 as torchvision publishes it, sizes as TensorFlow Datasets does.
static FASHION: [Wanted; 4] = [
    Wanted {
        name: "train-images-idx3-ubyte.gz",
        size: 26_421_880,
        digest: Digest::Md5(hex("8d4fb7e6c68d591d4c3dfef9ec88bf0d")),
    },
    Wanted {
        name: "train-labels-idx1-ubyte.gz",
        size: 29_515,
        digest: Digest::Md5(hex("25c81989df183df01b3e8a0aad5dffbe")),
    },
    Wanted {
        name: "t10k-images-idx3-ubyte.gz",
        size: 4_422_102,
        digest: Digest::Md5(hex("bef4ecab320f06d8554ea6380940ec79")),
    },
    Wanted {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 5_148,
        digest: Digest::Md5(hex("bb300cfdad3c16e7a12a480ee83cd310")),
    },
];

/// MD5 as torchvision publishes it, sizes as TensorFlow Datasets does.
static KMNIST: [Wanted; 4] = [
    Wanted {
        name: "train-images-idx3-ubyte.gz",
        size: 18_165_135,
        digest: Digest::Md5(hex("bdb82020997e1d708af4cf47b453dcf7")),
    },
    Wanted {
        name: "train-labels-idx1-ubyte.gz",
        size: 29_497,
        digest: Digest::Md5(hex("e144d726b3acfaa3e44228e80efcd344")),
    },
    Wanted {
        name: "t10k-images-idx3-ubyte.gz",
        size: 3_041_136,
        digest: Digest::Md5(hex("5c965bf0a639b31b8f53240b1b52f4d7")),
    },
    Wanted {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 5_120,
        digest: Digest::Md5(hex("7320c461ea6c1c855c0b718fb2a4b134")),
    },
];
