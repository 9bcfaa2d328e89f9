//! The published files of the data sets: names, sizes and digests.

use crate::digest::{Digest, hex};

/// A published file of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishedFile {
    /// Its name, such as `train-images-idx3-ubyte.gz`.
    pub name: &'static str,
    /// Its length in bytes.
    pub size: u64,
    /// Its digest.
    pub digest: Digest,
}

/// `xtask/tests/cli.rs` checks these against the published files if they are available.
pub(crate) static MNIST: [PublishedFile; 4] = [
    PublishedFile {
        name: "train-images-idx3-ubyte.gz",
        size: 9_912_422,
        digest: Digest::Sha256(hex("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609")),
    },
    PublishedFile {
        name: "train-labels-idx1-ubyte.gz",
        size: 28_881,
        digest: Digest::Sha256(hex("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c")),
    },
    PublishedFile {
        name: "t10k-images-idx3-ubyte.gz",
        size: 1_648_877,
        digest: Digest::Sha256(hex("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6")),
    },
    PublishedFile {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 4_542,
        digest: Digest::Sha256(hex("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
    },
];

/// The MD5 digests come from torchvision, the sizes from TensorFlow Datasets.
pub(crate) static FASHION: [PublishedFile; 4] = [
    PublishedFile {
        name: "train-images-idx3-ubyte.gz",
        size: 26_421_880,
        digest: Digest::Md5(hex("8d4fb7e6c68d591d4c3dfef9ec88bf0d")),
    },
    PublishedFile {
        name: "train-labels-idx1-ubyte.gz",
        size: 29_515,
        digest: Digest::Md5(hex("25c81989df183df01b3e8a0aad5dffbe")),
    },
    PublishedFile {
        name: "t10k-images-idx3-ubyte.gz",
        size: 4_422_102,
        digest: Digest::Md5(hex("bef4ecab320f06d8554ea6380940ec79")),
    },
    PublishedFile {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 5_148,
        digest: Digest::Md5(hex("bb300cfdad3c16e7a12a480ee83cd310")),
    },
];

/// The MD5 digests come from torchvision, the sizes from TensorFlow Datasets.
pub(crate) static KMNIST: [PublishedFile; 4] = [
    PublishedFile {
        name: "train-images-idx3-ubyte.gz",
        size: 18_165_135,
        digest: Digest::Md5(hex("bdb82020997e1d708af4cf47b453dcf7")),
    },
    PublishedFile {
        name: "train-labels-idx1-ubyte.gz",
        size: 29_497,
        digest: Digest::Md5(hex("e144d726b3acfaa3e44228e80efcd344")),
    },
    PublishedFile {
        name: "t10k-images-idx3-ubyte.gz",
        size: 3_041_136,
        digest: Digest::Md5(hex("5c965bf0a639b31b8f53240b1b52f4d7")),
    },
    PublishedFile {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 5_120,
        digest: Digest::Md5(hex("7320c461ea6c1c855c0b718fb2a4b134")),
    },
];
