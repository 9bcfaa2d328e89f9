//! Recognises files by their first bytes, and says what to do with those that cannot be read here.

use std::fmt;

/// The type of a file, by its first bytes: the two kinds that are read here, and others in which people store networks.
///
/// ```
/// use net_file::FileType;
///
/// let found = FileType::of_bytes(b"\x80\x04\x95").ok_or("unknown")?;
/// assert_eq!(found.to_string(), "a Python pickle");
/// let advice = found.advice("net.pkl").ok_or("no advice")?;
/// assert!(advice.contains(r#"np.savez("net.npz", **pickle.load(open("net.pkl", "rb")))"#));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileType {
    /// A ZIP archive that begins with a NumPy array, or an empty one.
    Npz,
    /// Arrays after a JSON header.
    Safetensors,
    /// A checkpoint of `app`.
    Checkpoint,
    /// A Python pickle, such as the book's `sample_weight.pkl`.
    Pickle,
    /// A file of `torch.save`: a ZIP archive or, before PyTorch 1.6, pickles.
    Torch,
    /// A `.keras` file.
    Keras,
    /// HDF5, such as Keras's `.h5`.
    Hdf5,
    /// An ONNX model.
    Onnx,
    /// One NumPy array, written by `numpy.save`.
    Numpy,
    /// A ZIP archive of something else.
    Zip,
    /// A gzip file.
    Gzip,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// An IDX file, the format of MNIST.
    Idx,
    /// JSON text.
    Json,
    /// A web page instead of a download.
    Html,
    /// A Git LFS pointer instead of the file.
    GitLfs,
}

/// First bytes and their types; if one begins like another, the longer one comes first.
const KINDS: [(&[u8], FileType); 15] = [
    (b"\x89TLN\r\n\x1a\n", FileType::Checkpoint),
    (b"\x89PNG\r\n", FileType::Png),
    (b"\x89HDF\r\n\x1a\n", FileType::Hdf5),
    (b"\x93NUMPY", FileType::Numpy),
    (b"PK\x05\x06", FileType::Npz), // the end of an archive without entries
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19", FileType::Torch), // a pickled number of PyTorch before 1.6
    (b"(dp", FileType::Pickle),     // a dictionary in protocol 0
    (b"}q\0", FileType::Pickle),    // and in protocol 1
    (b"\xff\xd8\xff", FileType::Jpeg),
    (b"\x1f\x8b", FileType::Gzip),
    (b"\0\0\x08", FileType::Idx),
    (b"{", FileType::Json),
    (b"<!", FileType::Html),
    (b"<html", FileType::Html),
    (b"version https://git-lfs", FileType::GitLfs),
];

impl FileType {
    /// [`FileType::of_bytes`] needs at most this many bytes.
    pub const START: usize = 1024;

    /// The type of a file, by its first bytes. The rest may still be damaged.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.get(8) == Some(&b'{') {
            return Some(Self::Safetensors); // eight bytes of length, then a JSON object
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return Some(of_archive(bytes));
        }
        // the version of ONNX, then the name of the program that wrote it, or directly the graph
        if let [8, 3..=20, b'\x12' | b'\x3a', ..] = bytes {
            return Some(Self::Onnx);
        }
        let known = KINDS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind);
        known.or_else(|| matches!(bytes, [0x80, 2..=5, ..]).then_some(Self::Pickle)) // by its protocol
    }

    /// How to convert such a file, called `file`, into one that can be read here, if there is a way. No file is opened.
    #[must_use]
    pub fn advice(self, file: &str) -> Option<String> {
        let npz = renamed(file, "npz");
        let line = match self {
            Self::Npz | Self::Safetensors => {
                let extension = if self == Self::Npz { "npz" } else { "safetensors" };
                return Some(format!("rename it to {}", renamed(file, extension)));
            }
            Self::Checkpoint => return Some(format!("rename it to {}", renamed(file, "ckpt"))),
            Self::Pickle => {
                let line = format!("np.savez({npz:?}, **pickle.load(open({file:?}, \"rb\")))");
                return Some(format!("if you trust it (a pickle can run any code), in Python: {line}"));
            }
            Self::Torch => format!(
                "np.savez({npz:?}, **{{k: v.numpy() for k, v in torch.load({file:?}, map_location=\"cpu\").items()}}), \
                 where it is a state dict"
            ),
            Self::Keras | Self::Hdf5 => format!(
                "np.savez({npz:?}, **dict(zip([\"W1\", \"b1\", \"W2\", \"b2\"], \
                 keras.models.load_model({file:?}).get_weights())))"
            ),
            Self::Onnx => format!(
                "np.savez({npz:?}, **{{i.name: onnx.numpy_helper.to_array(i) for i in \
                 onnx.load({file:?}).graph.initializer}})"
            ),
            Self::Numpy => format!(
                "np.savez({npz:?}, **np.load({file:?}, allow_pickle=True).item()), where it is the dictionary of W1, b1, \
                 W2 and b2 (and you trust it)"
            ),
            Self::GitLfs => return Some("`git lfs pull` downloads the file itself".to_owned()),
            Self::Zip | Self::Html | Self::Gzip | Self::Png | Self::Jpeg | Self::Idx | Self::Json => return None,
        };
        Some(format!("in Python: {line}"))
    }
}

/// The name with another extension.
pub(crate) fn renamed(file: &str, extension: &str) -> String {
    std::path::Path::new(file).with_extension(extension).display().to_string()
}

/// The type of a ZIP archive, by the name of its first entry: its length is at byte 26, the name begins at byte 30.
fn of_archive(bytes: &[u8]) -> FileType {
    let length = bytes.get(26..28).map_or(0, |b| usize::from(b[0]) | usize::from(b[1]) << 8);
    let name = bytes.get(30..).map_or(&b""[..], |rest| &rest[..length.min(rest.len())]);
    match name {
        _ if name.ends_with(b".npy") => FileType::Npz,
        _ if name.ends_with(b"/data.pkl") => FileType::Torch,
        b"metadata.json" | b"config.json" | b"model.weights.h5" => FileType::Keras,
        _ => FileType::Zip,
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Npz => "a .npz (NumPy arrays in a ZIP archive)",
            Self::Safetensors => "a .safetensors",
            Self::Checkpoint => "a checkpoint of `app train`",
            Self::Pickle => "a Python pickle",
            Self::Torch => "a file of PyTorch's torch.save (.pt, .pth)",
            Self::Keras => "a .keras file",
            Self::Hdf5 => "an HDF5 file (.h5, as Keras writes it)",
            Self::Onnx => "an ONNX model",
            Self::Numpy => "a single NumPy array",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip file",
            Self::Png => "a PNG image",
            Self::Jpeg => "a JPEG image",
            Self::Idx => "an IDX file",
            Self::Json => "JSON text",
            Self::Html => "a web page",
            Self::GitLfs => "a Git LFS pointer",
        })
    }
}
