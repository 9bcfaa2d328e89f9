//! IDX within gzip: reads all members and verifies each checksum.

use std::cell::Cell;
use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::{CHUNK, Content, Idx, parse};
use crate::idx_error::IdxError;

pub(super) fn read(reader: impl Read, max_bytes: u64) -> Result<Idx, IdxError> {
    // An error of the input itself is not the compression's fault: `Source` remembers where it came from.
    let failed = Cell::new(false);
    let wrap = |offset, source| match failed.get() {
        true => IdxError::Io { offset, source },
        false => IdxError::Gzip { offset, source },
    };
    let source = BufReader::with_capacity(CHUNK, Source { reader, failed: &failed });
    parse(Content { reader: MultiGzDecoder::new(source), offset: 0, max_bytes, wrap })
}

/// The compressed input; it remembers whether an error was its own.
struct Source<'a, R> {
    reader: R,
    failed: &'a Cell<bool>,
}

impl<R: Read> Read for Source<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.reader.read(buffer);
        if result.as_ref().is_err_and(|e| e.kind() != io::ErrorKind::Interrupted) {
            self.failed.set(true);
        }
        result
    }
}
