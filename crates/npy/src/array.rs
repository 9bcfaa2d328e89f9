//! An array in memory: its shape, and numbers of one of ten types.

use std::fmt;

/// An array of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Npy {
    /// The size of each dimension, outermost first; empty for a single number.
    pub shape: Vec<usize>,
    /// The numbers; the last index varies fastest (C order). Their number is the product of `shape`.
    pub data: NpyData,
}

/// Defines the types once: Rust's name, NumPy's code with the size, NumPy's full name.
macro_rules! types {
    ($($variant:ident $type:ident $letter:literal $name:literal),*) => {
        /// The numbers of an array, in the type of the file.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum NpyData {
            $(#[doc = concat!("NumPy's `", $name, "`.")] $variant(Vec<$type>),)*
        }

        /// The type of the numbers; it displays NumPy's name, such as `float32`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ElementType {
            $(#[doc = concat!("NumPy's `", $name, "`.")] $variant,)*
        }

        impl NpyData {
            /// The number of numbers.
            #[must_use]
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(values) => values.len(),)* }
            }

            /// Their type.
            #[must_use]
            pub fn element_type(&self) -> ElementType {
                match self { $(Self::$variant(_) => ElementType::$variant,)* }
            }

            /// Appends the numbers in little-endian order.
            pub(crate) fn append_le(&self, bytes: &mut Vec<u8>) {
                match self {
                    $(Self::$variant(values) => bytes.extend(values.iter().flat_map(|v| v.to_le_bytes())),)*
                }
            }

            /// Converts the memory order of `shape` from Fortran order (the first index varies fastest) to C order.
            pub(crate) fn into_c_order(self, shape: &[usize]) -> Self {
                match self { $(Self::$variant(values) => Self::$variant(by_row(&values, shape)),)* }
            }

            /// Reads `count` numbers, or all that there are.
            pub(crate) fn read(
                content: impl std::io::Read,
                of: ElementType,
                big_endian: bool,
                count: usize,
            ) -> std::io::Result<Self> {
                Ok(match of {
                    $(ElementType::$variant => {
                        let number = if big_endian { $type::from_be_bytes } else { $type::from_le_bytes };
                        Self::$variant(crate::read::numbers(content, count, number)?)
                    })*
                })
            }
        }

        impl ElementType {
            /// The number of bytes per number.
            #[must_use]
            pub fn bytes(self) -> usize {
                match self { $(Self::$variant => size_of::<$type>(),)* }
            }

            /// Its code in a file, without the byte order: `f4`.
            pub(crate) fn letter(self) -> &'static str {
                match self { $(Self::$variant => $letter,)* }
            }

            pub(crate) fn of_letter(letter: &str) -> Option<Self> {
                match letter { $($letter => Some(Self::$variant),)* _ => None }
            }

            /// NumPy's name: `float32`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

types!(
    U8 u8 "u1" "uint8", I8 i8 "i1" "int8", U16 u16 "u2" "uint16", I16 i16 "i2" "int16", U32 u32 "u4" "uint32",
    I32 i32 "i4" "int32", U64 u64 "u8" "uint64", I64 i64 "i8" "int64", F32 f32 "f4" "float32", F64 f64 "f8" "float64"
);

impl NpyData {
    /// Whether there are no numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// NumPy's name of their type, such as `uint8`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.element_type().name()
    }

    /// How many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.len() * self.element_type().bytes()
    }
}

/// Shows type and number only: the values of an image set are too many for a message.
impl fmt::Debug for NpyData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} numbers of type {}", self.len(), self.type_name())
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The values of an array in C order, given in Fortran order.
fn by_row<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
    let mut turned = Vec::with_capacity(values.len());
    let (mut index, mut from) = (vec![0; shape.len()], 0);
    for _ in 0..values.len() {
        turned.push(values[from]);
        // the last dimension first; when it reaches its end, it starts again and the next one before it advances
        let mut stride = values.len();
        for (i, size) in index.iter_mut().zip(shape).rev() {
            stride /= size;
            *i += 1;
            from += stride;
            if *i < *size {
                break;
            }
            from -= stride * size;
            *i = 0;
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::by_row;

    #[test]
    fn fortran_order_is_turned_for_any_rank() {
        assert_eq!(by_row(&[1, 4, 2, 5, 3, 6], &[2, 3]), [1, 2, 3, 4, 5, 6]);
        // numpy.arange(24).reshape(2, 3, 4).ravel(order="F"), whose C order is 0, 1, 2, ...
        let fortran = [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23];
        assert_eq!(by_row(&fortran, &[2, 3, 4]), (0..24).collect::<Vec<_>>());
        assert_eq!(by_row(&[7, 8], &[2]), [7, 8]);
        assert_eq!(by_row(&[7], &[]), [7]);
        assert_eq!(by_row::<u8>(&[], &[3, 0, 2]), []);
    }
}
