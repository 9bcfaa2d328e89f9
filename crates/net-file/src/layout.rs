//! Decides by their names which arrays of a file are W1, b1, W2 and b2.

use crate::{Mend, NetFileError};
use net::Parameters;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Where W1, b1, W2 and b2 are in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Under these names, row by row.
    Own,
    /// Under the names of a PyTorch state dict, with each matrix transposed (outputs x inputs).
    StateDict([String; 4]),
    /// The names do not show it.
    Unclear,
}

impl Layout {
    /// Finds the four arrays by the names in a file. Additional names are an error: the network would lack something.
    pub(crate) fn of(names: &[String]) -> Result<Self, NetFileError> {
        let own = Parameters::<f64>::NAMES;
        if own.iter().all(|name| names.iter().any(|other| other == name)) {
            let extra: Vec<&String> = names.iter().filter(|name| !own.contains(&name.as_str())).collect();
            if extra.is_empty() {
                return Ok(Self::Own);
            }
            let layers: Option<BTreeSet<usize>> = extra.iter().map(|name| layer(name)).collect();
            return Err(too_many(own.map(str::to_owned), extra, layers.map(|layers| 2 + layers.len())));
        }
        let pairs = pairs(names);
        match pairs[..] {
            [one, other] => {
                let four = match by_number(one, other) {
                    Ordering::Less => [one, other],
                    Ordering::Greater => [other, one],
                    Ordering::Equal if names.len() == 4 => return Ok(Self::Unclear),
                    Ordering::Equal => [one, other],
                };
                let [first, second] = four;
                let four = [(first, "weight"), (first, "bias"), (second, "weight"), (second, "bias")]
                    .map(|(x, y)| format!("{x}.{y}"));
                let extra: Vec<&String> = names.iter().filter(|name| !four.contains(name)).collect();
                if extra.is_empty() { Ok(Self::StateDict(four)) } else { Err(too_many(four, extra, None)) }
            }
            [_, _, _, ..] => Err(NetFileError::ManyPairs { pairs: pairs.into_iter().map(str::to_owned).collect() }),
            _ => Ok(Self::Unclear),
        }
    }
}

/// The error for additional arrays. `names` are the four; the matrices of a state dict have to be transposed.
fn too_many(names: [String; 4], extra: Vec<&String>, layers: Option<usize>) -> NetFileError {
    let mut extra: Vec<String> = extra.into_iter().cloned().collect();
    extra.sort();
    let transposed = [names[0] != Parameters::<f64>::NAMES[0]; 2];
    NetFileError::TooMany { mend: Mend { names, transposed, activation: None }.into(), extra, layers }
}

/// The k of Wk and bk: the book numbers its layers this way.
fn layer(name: &str) -> Option<usize> {
    name.strip_prefix(['W', 'b'])?.parse().ok()
}

/// Every X for which X.weight and X.bias exist, sorted.
fn pairs(names: &[String]) -> Vec<&str> {
    let mut found: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for name in names {
        if let Some(x) = name.strip_suffix(".weight") {
            found.entry(x).or_default()[0] = true;
        } else if let Some(x) = name.strip_suffix(".bias") {
            found.entry(x).or_default()[1] = true;
        }
    }
    found.into_iter().filter(|(_, both)| *both == [true; 2]).map(|(x, _)| x).collect()
}

/// The order of two names that differ only in one number, such as fc1 and fc2; otherwise `Equal`.
fn by_number(one: &str, other: &str) -> Ordering {
    let same = |(a, b): &(u8, u8)| a == b;
    let start = one.bytes().zip(other.bytes()).take_while(same).count();
    // numbers that begin with the same digits, such as 10 and 12, are compared as a whole
    let digits = one.as_bytes()[..start].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (one, other) = (&one.as_bytes()[start - digits..], &other.as_bytes()[start - digits..]);
    let number = |text: &[u8]| {
        let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = text.split_at(count);
        let number: Option<u64> = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        number.map(|number| (number, rest.to_vec()))
    };
    match (number(one), number(other)) {
        (Some((one, rest)), Some((other, same))) if rest == same => one.cmp(&other),
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &str) -> Result<Layout, NetFileError> {
        Layout::of(&names.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn two_pairs_whose_numbers_order_them_are_a_state_dict() {
        for (names, first, second) in [
            ("fc1.weight fc1.bias fc2.weight fc2.bias", "fc1", "fc2"),
            ("0.weight 0.bias 2.weight 2.bias", "0", "2"),
            ("2.weight 2.bias 0.weight 0.bias", "0", "2"),
            ("net.10.weight net.9.weight net.10.bias net.9.bias", "net.9", "net.10"),
            ("net.10.weight net.12.weight net.10.bias net.12.bias", "net.10", "net.12"),
            ("module.l2.weight module.l2.bias module.l1.bias module.l1.weight", "module.l1", "module.l2"),
            ("layer1.fc.weight layer1.fc.bias layer2.fc.weight layer2.fc.bias", "layer1.fc", "layer2.fc"),
        ] {
            let Layout::StateDict(found) = of(names).unwrap() else { panic!("{names}") };
            assert_eq!(found[..2], [format!("{first}.weight"), format!("{first}.bias")], "{names}");
            assert_eq!(found[2..], [format!("{second}.weight"), format!("{second}.bias")], "{names}");
        }
    }

    #[test]
    fn other_names_leave_it_open() {
        for names in [
            "hidden.weight hidden.bias output.weight output.bias",
            "fc1.weight fc1.bias fc01.weight fc01.bias",
            "fc.weight fc.bias fc2.weight fc2.bias",
            "a1b2.weight a1b2.bias a2b1.weight a2b1.bias",
            "é1.weight é1.bias è2.weight è2.bias",
            "99999999999999999999.weight 99999999999999999999.bias 0.weight 0.bias",
            "weights.0 biases.0 weights.1 biases.1",
            "fc1.weight fc2.weight",
            "w1 b1 w2 b2",
            "",
        ] {
            assert_eq!(of(names).unwrap(), Layout::Unclear, "{names}");
        }
    }

    #[test]
    fn the_four_names_of_the_book_are_ours_in_any_order() {
        assert_eq!(of("b2 W1 b1 W2").unwrap(), Layout::Own);
    }

    #[test]
    fn names_that_are_too_many_are_refused() {
        for (names, expected) in [
            ("W1 b1 W2 b2 W3 b3", "the file holds W3, b3 too: a net of three layers, expected only W1, b1, W2 and b2"),
            (
                "b3 W4 W1 b4 b1 W3 W2 b2",
                "the file holds W3, W4, b3, b4 too: a net of four layers, expected only W1, b1, W2 and b2",
            ),
            ("W1 b1 W2 b2 loss", "the file holds loss too, expected only W1, b1, W2 and b2"),
            (
                "0.weight 0.bias 2.weight 2.bias 1.running_mean",
                "the file holds 1.running_mean too, expected only 0.weight, 0.bias, 2.weight and 2.bias",
            ),
            (
                "0.weight 0.bias 2.weight 2.bias 4.weight 4.bias",
                "the file holds three pairs of weight and bias (0, 2, 4), expected two: a net of two layers",
            ),
        ] {
            assert_eq!(of(names).unwrap_err().to_string(), expected);
        }
    }
}
