//! What the fuzz target `checkpoint` calls. It may refuse the bytes and must not panic; what it takes must come back the
//! same when it is written and read once more.

/// The content of a checkpoint: the whole file, and what its checksum usually keeps away from the decoder.
pub use crate::checkpoint::fuzz as checkpoint;
