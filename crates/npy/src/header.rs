//! Parses the dictionary at the start of a NumPy array: the small part of Python's syntax that it needs.

use crate::{ElementType, NpyError};

#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) element_type: ElementType,
    pub(crate) big_endian: bool,
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<usize>,
}

impl Header {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NpyError> {
        let text = std::str::from_utf8(bytes).map_err(|source| NpyError::HeaderText { source })?;
        let mut rest = Rest(text.trim_ascii());
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        rest.expect('{')?;
        while !rest.take('}') {
            let key = rest.string()?;
            rest.expect(':')?;
            // a dictionary may contain a key twice; then the last one counts, in Python and here
            match key {
                "descr" => descr = Some(rest.string()?),
                "fortran_order" => fortran_order = Some(rest.boolean()?),
                "shape" => shape = Some(rest.sizes()?),
                _ => return Err(NpyError::UnknownKey { found: start(key) }),
            }
            if !rest.take(',') {
                rest.expect('}')?;
                break;
            }
        }
        if !rest.0.is_empty() {
            return Err(NpyError::HeaderEnd { found: start(rest.0) });
        }
        let missing = |key| NpyError::MissingKey { key };
        let descr = descr.ok_or(missing("descr"))?;
        // for single bytes, the byte order is '|'; '=' means the order of the machine that wrote the file, and NumPy
        // never writes it
        let (element_type, big_endian) = match descr.split_at_checked(1) {
            Some(("<", letter)) => (ElementType::of_letter(letter), false),
            Some((">", letter)) => (ElementType::of_letter(letter), true),
            Some(("|", letter)) => (ElementType::of_letter(letter).filter(|of| of.bytes() == 1), false),
            _ => (None, false),
        };
        let element_type = element_type.ok_or_else(|| NpyError::ElementType {
            found: start(descr),
            expected: "float32, float64 or whole numbers (<f4, <f8, |u1, |i1, <u2 to <i8)",
        })?;
        Ok(Self {
            element_type,
            big_endian,
            fortran_order: fortran_order.ok_or(missing("fortran_order"))?,
            shape: shape.ok_or(missing("shape"))?,
        })
    }
}

/// The rest of a header; every step skips leading spaces.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn take(&mut self, c: char) -> bool {
        let found = self.0.trim_ascii_start().strip_prefix(c);
        self.0 = found.unwrap_or(self.0);
        found.is_some()
    }

    fn expect(&mut self, c: char) -> Result<(), NpyError> {
        if self.take(c) { Ok(()) } else { Err(self.without(format!("{c:?}"))) }
    }

    /// A string without escapes; none of the three entries needs one.
    fn string(&mut self) -> Result<&'a str, NpyError> {
        let quote = if self.take('"') { '"' } else { self.expect('\'').map(|()| '\'')? };
        let (string, rest) = self.0.split_once(quote).ok_or(NpyError::HeaderString)?;
        self.0 = rest;
        Ok(string)
    }

    fn boolean(&mut self) -> Result<bool, NpyError> {
        let rest = self.0.trim_ascii_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = rest.strip_prefix(word) {
                self.0 = rest;
                return Ok(value);
            }
        }
        Err(self.without("True or False".to_owned()))
    }

    /// A tuple of integers; Python 2 writes an `L` after each.
    fn sizes(&mut self) -> Result<Vec<usize>, NpyError> {
        let mut sizes = Vec::new();
        self.expect('(')?;
        while !self.take(')') {
            let rest = self.0.trim_ascii_start();
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let size = rest[..digits].parse();
            sizes.push(size.map_err(|_| self.without("a size".to_owned()))?);
            self.0 = &rest[digits..];
            self.take('L');
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(sizes)
    }

    /// The error for a header that has something else here.
    fn without(&self, expected: String) -> NpyError {
        NpyError::Header { found: start(self.0.trim_ascii_start()), expected }
    }
}

/// The beginning of a text, for a message.
fn start(text: &str) -> String {
    text.chars().take(20).collect()
}
