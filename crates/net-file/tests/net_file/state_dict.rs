//! Nets under other names and in the other orientation: state dicts of PyTorch, and what only a line of Python can mend.

use crate::files::{Numbers, file, numbers};
use net_file::{AnyParameters, Kind, NetFileError};

/// Names and shapes.
type Shapes<'a> = &'a [(&'a str, &'a [usize])];

const KINDS: [Kind; 2] = [Kind::Npz, Kind::Safetensors];

/// The refusal of a file of these arrays, with the advice.
#[track_caller]
fn refused(kind: Kind, arrays: Shapes) -> String {
    let error: NetFileError = kind.read(&file(kind, &numbers(arrays))).unwrap_err();
    let advice = error.advice(&format!("my/net.{}", kind.extension()));
    format!("{error}{}", advice.map_or_else(String::new, |advice| format!("; {advice}")))
}

/// Every size from 2 to 5 of which no two are the same, each place compared.
#[test]
fn a_state_dict_is_read_place_by_place() {
    let all = (0..64_usize).map(|n| (2 + n / 16, 2 + n / 4 % 4, 2 + n % 4));
    let mut tried = 0;
    for (d, h, k) in all.filter(|(d, h, k)| d != h && h != k && d != k) {
        for (first, second) in [("fc1", "fc2"), ("0", "2"), ("net.9", "net.10"), ("module.l1", "module.l2")] {
            let names = [(first, "weight"), (first, "bias"), (second, "weight"), (second, "bias")]
                .map(|(x, y)| format!("{x}.{y}"));
            let shapes: [&[usize]; 4] = [&[h, d], &[h], &[k, h], &[k]];
            let arrays: Vec<(&str, &[usize])> = names.iter().map(String::as_str).zip(shapes).collect();
            let mut arrays = numbers(&arrays);
            let [w1, b1, w2, b2] = [0, 1, 2, 3].map(|i| arrays[i].2.clone());
            arrays.rotate_left(tried % 4); // the order in the file is any
            for kind in KINDS {
                let net = kind.read(&file(kind, &arrays)).unwrap();
                let AnyParameters::F64(read) = net.parameters else { panic!("it is in f64") };
                assert_eq!((read.w1.shape(), read.w2.shape()), ((d, h), (h, k)));
                for j in 0..h {
                    (0..d).for_each(|i| assert_eq!(read.w1[(i, j)], w1[j * d + i], "W1[{i}, {j}]"));
                    assert_eq!(read.b1[j], b1[j]);
                    (0..k).for_each(|c| assert_eq!(read.w2[(j, c)], w2[c * h + j], "W2[{j}, {c}]"));
                }
                (0..k).for_each(|c| assert_eq!(read.b2[c], b2[c]));
                let said: Vec<String> = net.renamed.iter().map(ToString::to_string).collect();
                let expected = [
                    format!("{first}.weight is {h}x{d}, as PyTorch keeps it; read as W1 of {d}x{h}, transposed"),
                    format!("{first}.bias is read as b1"),
                    format!("{second}.weight is {k}x{h}, as PyTorch keeps it; read as W2 of {h}x{k}, transposed"),
                    format!("{second}.bias is read as b2"),
                ];
                assert_eq!((said, net.activation), (expected.to_vec(), None));
            }
            tried += 1;
        }
    }
    assert_eq!(tried, 24 * 4);
}

#[test]
fn a_square_state_dict_is_transposed_too() {
    let square: [(&str, &[usize]); 4] =
        [("0.weight", &[3, 3]), ("0.bias", &[3]), ("2.weight", &[3, 3]), ("2.bias", &[3])];
    let net = Kind::Npz.read(&file(Kind::Npz, &numbers(&square))).unwrap();
    let AnyParameters::F64(read) = net.parameters else { panic!("it is in f64") };
    assert_eq!((read.w1[(0, 1)], read.w1[(1, 0)]), (4.0 / 8.0, 2.0 / 8.0));
}

#[test]
fn a_bias_may_be_a_row_or_a_column() {
    for names in [["W1", "b1", "W2", "b2"], ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]] {
        let (w1, w2): (&[usize], &[usize]) = if names[0] == "W1" { (&[5, 3], &[3, 2]) } else { (&[3, 5], &[2, 3]) };
        let [plain, rows, columns] =
            [[vec![3], vec![2]], [vec![1, 3], vec![1, 2]], [vec![3, 1], vec![2, 1]]].map(|[b1, b2]| {
                let arrays = [(names[0], w1), (names[1], &b1), (names[2], w2), (names[3], &b2)];
                KINDS.map(|kind| kind.read(&file(kind, &numbers(&arrays))).unwrap())
            });
        assert_eq!((&rows, &columns), (&plain, &plain));
    }
}

#[test]
fn matrices_that_are_transposed_are_named_with_the_line_that_mends_them() {
    let line = |w1: &str, w2: &str| {
        format!(r#"np.savez("my/net-mended.npz", W1=d["W1"]{w1}, b1=d["b1"], W2=d["W2"]{w2}, b2=d["b2"])"#)
    };
    let rows: [(&[usize], &[usize], &str, String); 4] = [
        (
            &[3, 5],
            &[2, 3],
            "W1 is 3x5, the transpose of the expected 5x3, and W2 is 2x3, the transpose of the expected 3x2",
            line(".T", ".T"),
        ),
        (&[3, 5], &[3, 2], "W1 is 3x5, the transpose of the expected 5x3, one row per input", line(".T", "")),
        (&[5, 3], &[2, 3], "W2 is 2x3, the transpose of the expected 3x2, one row per input", line("", ".T")),
        (&[3, 3], &[2, 3], "W2 is 2x3", line(".T", ".T")), // both, since one alone would be strange
    ];
    for (w1, w2, expected, line) in rows {
        for (kind, load) in KINDS
            .into_iter()
            .zip([r#"d = np.load("my/net.npz"); "#, r#"d = safetensors.numpy.load_file("my/net.safetensors"); "#])
        {
            for bias in [vec![3], vec![3, 1], vec![1, 3]] {
                let found = refused(kind, &[("W1", w1), ("b1", &bias), ("W2", w2), ("b2", &[2])]);
                assert!(found.contains(expected), "{found}\nwithout: {expected}");
                assert!(found.ends_with(&format!("in Python: {load}{line}")), "{found}\nwithout: {line}");
            }
        }
    }
}

#[test]
fn a_bias_of_the_wrong_length_is_the_fault_and_not_the_orientation() {
    for (w1, b1, w2, b2, expected) in [
        ([5, 3], 4, [3, 2], 2, "b1 is [4], expected [3] for a W1 of [5, 3] and a W2 of [3, 2]"),
        ([5, 3], 3, [3, 2], 3, "b2 is [3], expected [2] for a W1 of [5, 3] and a W2 of [3, 2]"),
        ([3, 5], 5, [2, 3], 2, "b1 is [5], expected [3] for a W1 of [3, 5] and a W2 of [2, 3]"),
        ([3, 5], 3, [2, 3], 3, "b2 is [3], expected [2] for a W1 of [3, 5] and a W2 of [2, 3]"),
        ([5, 3], 3, [4, 2], 2, "W2 is [4, 2], expected [3, 2] for a W1 of [5, 3] and a W2 of [4, 2]"),
    ] {
        let found = refused(Kind::Npz, &[("W1", &w1), ("b1", &[b1]), ("W2", &w2), ("b2", &[b2])]);
        assert_eq!(found, expected);
    }
}

#[test]
fn other_names_get_the_line_that_gives_them_ours() {
    let rows: [(Shapes, &str); 7] = [
        (
            &[("hidden.weight", &[3, 5]), ("hidden.bias", &[3]), ("output.weight", &[2, 3]), ("output.bias", &[2])],
            r#"W1=d["hidden.weight"].T, b1=d["hidden.bias"], W2=d["output.weight"].T, b2=d["output.bias"])"#,
        ),
        (
            // the names are in the other order, the shapes tell
            &[("last.weight", &[3, 5]), ("last.bias", &[3]), ("first.weight", &[2, 3]), ("first.bias", &[2])],
            r#"W1=d["last.weight"].T, b1=d["last.bias"], W2=d["first.weight"].T, b2=d["first.bias"])"#,
        ),
        (
            &[("weights.0", &[5, 3]), ("biases.0", &[3]), ("weights.1", &[3, 2]), ("biases.1", &[2])],
            r#"W1=d["weights.0"], b1=d["biases.0"], W2=d["weights.1"], b2=d["biases.1"])"#,
        ),
        (
            &[("w1", &[3, 5]), ("b1", &[3, 1]), ("w2", &[2, 3]), ("b2", &[2, 1])],
            r#"W1=d["w1"].T, b1=d["b1"], W2=d["w2"].T, b2=d["b2"])"#,
        ),
        (
            // arr_0 and so on, as np.savez(file, W1, b1, W2, b2) names them
            &[("arr_0", &[5, 3]), ("arr_1", &[3]), ("arr_2", &[3, 3]), ("arr_3", &[3])],
            r#"W1=d["arr_0"], b1=d["arr_1"], W2=d["arr_2"], b2=d["arr_3"])"#,
        ),
        (
            &[("a.weight", &[3, 3]), ("a.bias", &[3]), ("b.weight", &[3, 3]), ("b.bias", &[3])],
            r#"W1=d["a.weight"].T, b1=d["a.bias"], W2=d["b.weight"].T, b2=d["b.bias"])"#,
        ),
        (
            // the names of PyTorch, but one row per input
            &[("fc1.weight", &[5, 3]), ("fc1.bias", &[3]), ("fc2.weight", &[3, 2]), ("fc2.bias", &[2])],
            r#"W1=d["fc1.weight"], b1=d["fc1.bias"], W2=d["fc2.weight"], b2=d["fc2.bias"])"#,
        ),
    ];
    for (arrays, expected) in rows {
        for kind in KINDS {
            let found = refused(kind, arrays);
            assert!(found.ends_with(expected), "{found}\nwithout: {expected}");
        }
    }
    let unfit: [Shapes; 3] = [
        &[("a", &[5, 3]), ("b", &[3]), ("c", &[4, 2]), ("d", &[2])],
        &[("a", &[5, 3]), ("b", &[3]), ("c", &[3, 2])],
        &[("a", &[5, 3]), ("b", &[3]), ("c", &[3, 2]), ("d", &[2]), ("e", &[2])],
    ];
    for arrays in unfit {
        let found = refused(Kind::Npz, arrays);
        assert!(found.starts_with("the file holds no W1, but \"a\", ") && !found.contains("Python"), "{found}");
    }
    let found =
        refused(Kind::Npz, &[("fc1.weight", &[5, 3]), ("fc1.bias", &[3]), ("fc2.weight", &[4, 2]), ("fc2.bias", &[2])]);
    assert_eq!(
        found,
        "fc1.weight is [5, 3], fc1.bias is [3], fc2.weight is [4, 2], fc2.bias is [2], expected [H, D], [H], [K, H] and [K], as \
         PyTorch keeps them"
    );
    let found = refused(Kind::Npz, &[("params", &[])]);
    assert!(
        found.contains(r#"np.savez("my/net.mended.npz", **np.load("my/net.npz", allow_pickle=True)["params"].item())"#),
        "{found}"
    );
}

#[test]
fn more_arrays_than_a_net_of_two_layers_has_are_refused_by_name() {
    let with = |more: Shapes| -> Vec<Numbers> {
        let four: [(&str, &[usize]); 4] = [("W1", &[5, 3]), ("b1", &[3]), ("W2", &[3, 2]), ("b2", &[2])];
        numbers(&[&four[..], more].concat())
    };
    let said = |kind: Kind, arrays: &[Numbers]| {
        let error = kind.read(&file(kind, arrays)).unwrap_err();
        format!("{error}; {}", error.advice("net.npz").unwrap())
    };
    for kind in KINDS {
        assert!(kind.read(&file(kind, &with(&[]))).is_ok());
        assert_eq!(
            said(kind, &with(&[("W3", &[2, 2]), ("b3", &[2])])),
            "the file holds W3, b3 too: a net of three layers, expected only W1, b1, W2 and b2; only a net of two layers (one \
             hidden layer, one output layer) is read"
        );
        assert_eq!(
            said(kind, &with(&[("loss", &[1]), ("gamma1", &[3])])),
            "the file holds gamma1, loss too, expected only W1, b1, W2 and b2; if the net does not need them, in Python: \
             d = np.load(\"net.npz\"); np.savez(\"net-mended.npz\", W1=d[\"W1\"], b1=d[\"b1\"], W2=d[\"W2\"], b2=d[\"b2\"])"
        );
        let pairs = ["0", "2", "4"]
            .map(|k| [(format!("{k}.weight"), vec![2, 2], vec![0.5; 4]), (format!("{k}.bias"), vec![2], vec![0.5; 2])]);
        let found = said(kind, &pairs.concat());
        assert!(found.starts_with("the file holds three pairs of weight and bias (0, 2, 4), expected two"), "{found}");
        // a name is what a stranger wrote
        let found = said(kind, &with(&[("\u{1b}[31m", &[1])]));
        assert!(found.starts_with("the file holds \\u{1b}[31m too"), "{found}");
        let many: Vec<String> = (0..100).map(|k| format!("x{k:02}")).collect();
        let many: Vec<(&str, &[usize])> = many.iter().map(|name| (name.as_str(), &[1][..])).collect();
        assert!(
            said(kind, &with(&many))
                .starts_with("the file holds x00, x01, x02, x03, x04, x05, x06, x07, ... too, expected")
        );
    }
}
