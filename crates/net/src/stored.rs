//! [`Parameters`] in serde's data model: the sizes, then W1 b1 W2 b2, each row by row.
//!
//! It is not derived from nalgebra's matrices: their `Deserialize` multiplies rows by columns unchecked, and they are
//! stored column by column.

use crate::{Parameters, Sizes};
use core_math::Real;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// The stored form. The arrays grow with the values that arrive, whatever the sizes say.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Parameters", deny_unknown_fields)]
struct Stored<T> {
    sizes: Sizes,
    #[serde(rename = "W1")]
    w1: Vec<T>, // D x H
    b1: Vec<T>, // H
    #[serde(rename = "W2")]
    w2: Vec<T>, // H x K
    b2: Vec<T>, // K
}

/// `sizes`, `W1`, `b1`, `W2`, `b2`: the arrays row by row, as from [`to_row_major`](Parameters::to_row_major). It is an
/// error, the [`ShapeError`](crate::ShapeError), if the arrays do not fit together.
impl<T: Real + Serialize> Serialize for Parameters<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sizes = self.sizes().map_err(ser::Error::custom)?;
        let [w1, b1, w2, b2] = self.to_row_major();
        Stored { sizes, w1, b1, w2, b2 }.serialize(serializer)
    }
}

/// Reads through [`from_row_major`](Parameters::from_row_major): it is an error, the [`ShapeError`](crate::ShapeError),
/// if the lengths of the arrays do not fit the sizes. An unknown field is an error, too.
impl<'de, T: Real + Deserialize<'de>> Deserialize<'de> for Parameters<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { sizes, w1, b1, w2, b2 } = Stored::deserialize(deserializer)?;
        Self::from_row_major(sizes, [&w1, &b1, &w2, &b2]).map_err(de::Error::custom)
    }
}
