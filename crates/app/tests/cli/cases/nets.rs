//! Nets that other programs wrote.

use crate::support::{Place, printed};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Name, shape and numbers, row by row.
type Array = (String, Vec<usize>, Vec<f64>);

/// Every command that takes a MODEL, up to the name of one.
const COMMANDS: [&str; 7] = [
    "inspect",
    "evaluate --dataset digits",
    "predict a.png --model",
    "export out.npz --model",
    "report --dataset digits",
    "gradcheck --dataset digits --model",
    "train --dataset digits --out out --init-from",
];

/// W1, b1, W2 and b2 of a net that `app` trained in `f64` as `name.safetensors`, which it leaves in the folder.
fn trained(place: &Place, name: &str, flags: &str) -> Vec<Array> {
    place.run(&format!(
        "train --quiet --no-report --dataset digits --gradient backprop --precision f64 --hidden 12 --out {name} {flags}"
    ));
    place.run(&format!("export {name}.safetensors --model {name}"));
    let bytes = fs::read(place.path(&format!("{name}.safetensors"))).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let array = |name: &str| {
        let tensor = tensors.tensor(name).unwrap();
        let values = tensor.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        (name.to_owned(), tensor.shape().to_vec(), values)
    };
    ["W1", "b1", "W2", "b2"].map(array).to_vec()
}

/// Zeros of these names and shapes.
fn zeros(arrays: &[(&str, &[usize])]) -> Vec<Array> {
    let zeros =
        |(name, shape): &(&str, &[usize])| ((*name).to_owned(), shape.to_vec(), vec![0.0; shape.iter().product()]);
    arrays.iter().map(zeros).collect()
}

/// Writes `file` as NumPy or the Python package of safetensors do, without an activation.
fn write(place: &Place, file: &str, arrays: &[Array]) {
    let bytes: Vec<Vec<u8>> = arrays.iter().map(|(.., v)| v.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let content = if file.ends_with(".npz") {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for ((name, shape, _), bytes) in arrays.iter().zip(&bytes) {
            let shape: String = shape.iter().map(|n| format!("{n},")).collect();
            let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}");
            archive.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
            archive.write_all(b"\x93NUMPY\x01\0").unwrap();
            archive.write_all(&u16::try_from(header.len()).unwrap().to_le_bytes()).unwrap();
            archive.write_all(header.as_bytes()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    } else {
        let views = arrays.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
            (name.as_str(), TensorView::new(Dtype::F64, shape.clone(), bytes).unwrap())
        });
        safetensors::serialize(views, None).unwrap()
    };
    fs::write(place.path(file), content).unwrap();
}

/// The arrays as a state dict of PyTorch has them.
fn as_pytorch(arrays: &[Array], names: [&str; 4]) -> Vec<Array> {
    let turned = arrays.iter().zip(names).map(|((_, shape, values), name)| match shape[..] {
        [rows, columns] => {
            let values = (0..columns).flat_map(|c| (0..rows).map(move |r| values[r * columns + c])).collect();
            (name.to_owned(), vec![columns, rows], values)
        }
        _ => (name.to_owned(), shape.clone(), values.clone()),
    });
    turned.collect()
}

/// `evaluate --json` of a model, and what it says on stderr.
#[track_caller]
fn evaluate(place: &Place, model: &str) -> (Value, String) {
    let output =
        place.app(&format!("evaluate --json --dataset digits {model}")).assert().success().get_output().clone();
    (serde_json::from_slice(&output.stdout).unwrap(), printed(&output.stderr))
}

#[test]
fn a_file_of_something_else_gets_the_line_that_makes_a_net_of_it() {
    let place = Place::new();
    let torch = [b"PK\x03\x04".as_slice(), &[0; 22], &[12, 0, 0, 0], b"net/data.pkl", &[0; 40]].concat();
    let keras = [b"PK\x03\x04".as_slice(), &[0; 22], &[13, 0, 0, 0], b"metadata.json", &[0; 40]].concat();
    place.run(&Place::small("run", "--iterations 1"));
    place.run("export net.npz --model run");
    let [checkpoint, npz] = ["run/model.ckpt", "net.npz"].map(|file| fs::read(place.path(file)).unwrap());
    let rows: [(&str, &[u8], &str, &str); 14] = [
        (
            "sample_weight.pkl",
            b"\x80\x03}q\0(X\x02\0\0\0W1",
            "is a Python pickle, not a checkpoint",
            r#"np.savez("sample_weight.npz", **pickle.load(open("sample_weight.pkl", "rb")))"#,
        ),
        (
            "params.npz",
            b"\x80\x04\x95\x10\0\0\0\0\0\0\0}",
            "is a Python pickle, not a .npz",
            r#"pickle.load(open("params.npz", "rb"))"#,
        ),
        ("net.pt", &torch, "PyTorch", r#"np.savez("net.npz", **{k: v.numpy() for k, v in torch.load("net.pt","#),
        ("net.pth", &torch, "PyTorch", r#"torch.load("net.pth","#),
        ("net.h5", b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file", r#"keras.models.load_model("net.h5").get_weights()"#),
        ("net.keras", &keras, "a .keras file", r#"keras.models.load_model("net.keras").get_weights()"#),
        ("net.onnx", b"\x08\x08\x12\x07pytorch", "an ONNX model", r#"onnx.load("net.onnx").graph.initializer"#),
        (
            "W1.npy",
            b"\x93NUMPY\x01\0",
            "a single NumPy array",
            r#"np.savez("W1.npz", **np.load("W1.npy", allow_pickle=True).item())"#,
        ),
        ("five.png", b"\x89PNG\r\n\x1a\n", "is a PNG image, not a checkpoint", ""),
        ("checkpoint.npz", &checkpoint, "is a checkpoint of `app train`, not a .npz", "rename it to checkpoint.ckpt"),
        ("arrays.ckpt", &npz, "is a .npz (NumPy arrays in a ZIP archive), not a checkpoint", "rename it to arrays.npz"),
        ("arrays.safetensors", &npz, "not a .safetensors", "rename it to arrays.npz"),
        (
            "lfs.npz",
            b"version https://git-lfs.github.com/spec/v1\n",
            "the file is a Git LFS pointer, not a .npz",
            "git lfs pull",
        ),
        ("net.txt", b"0.1 0.2", "is not a checkpoint: its format is unknown (bytes 0 to 7)", ""),
    ];
    for (file, bytes, is, advice) in rows {
        fs::write(place.path(file), bytes).unwrap();
        for command in COMMANDS {
            let stderr = place.fails(1, &format!("{command} {file}"));
            for word in [file, is, advice] {
                assert!(stderr.contains(word), "`app {command} {file}` said: {stderr}\nwithout: {word}");
            }
        }
    }
}

#[test]
fn arrays_that_are_no_net_of_two_layers_are_refused_by_every_command() {
    let place = Place::new();
    let torch: [(&str, &[usize]); 6] = [
        ("0.weight", &[12, 784]),
        ("0.bias", &[12]),
        ("2.weight", &[10, 12]),
        ("2.bias", &[10]),
        ("4.weight", &[10, 10]),
        ("4.bias", &[10]),
    ];
    let book: [(&str, &[usize]); 6] =
        [("W1", &[784, 50]), ("b1", &[50]), ("W2", &[50, 100]), ("b2", &[100]), ("W3", &[100, 10]), ("b3", &[10])];
    let names = |names: [&'static str; 4]| -> [(&str, &[usize]); 4] {
        let shapes: [&[usize]; 4] = [&[12, 784], &[12], &[10, 12], &[10]];
        [0, 1, 2, 3].map(|k| (names[k], shapes[k]))
    };
    let column: [(&str, &[usize]); 4] = [("W1", &[128, 784]), ("b1", &[128, 1]), ("W2", &[10, 128]), ("b2", &[10, 1])];
    let bias: [(&str, &[usize]); 4] = [("W1", &[784, 12]), ("b1", &[13]), ("W2", &[12, 10]), ("b2", &[10])];
    let loss = [&names(["W1", "b1", "W2", "b2"])[..], &[("train_loss", &[3])]].concat();
    type Row<'a> = (&'a str, &'a [(&'a str, &'a [usize])], &'a str, &'a str);
    let rows: [Row; 10] = [
        (
            "sample_weight.npz",
            &book,
            "the file holds W3, b3 too: a net of three layers, expected only W1, b1, W2 and b2",
            "only a net of two layers",
        ),
        ("deep.safetensors", &torch, "three pairs of weight and bias (0, 2, 4)", "only a net of two layers"),
        (
            "loss.npz",
            &loss,
            "holds train_loss too",
            r#"if the net does not need them, in Python: d = np.load("loss.npz"); np.savez("#,
        ),
        (
            "turned.npz",
            &names(["W1", "b1", "W2", "b2"]),
            "W1 is 12x784, the transpose of the expected 784x12",
            r#"d = np.load("turned.npz"); np.savez("turned-mended.npz", W1=d["W1"].T, b1=d["b1"], W2=d["W2"].T, b2=d["b2"])"#,
        ),
        ("column.npz", &column, "W1 is 128x784, the transpose", r#"W1=d["W1"].T, b1=d["b1"], W2=d["W2"].T"#),
        ("bias.npz", &bias, "b1 is [13], expected [12] for a W1 of [784, 12]", ""),
        (
            "lists.npz",
            &names(["weights.0", "biases.0", "weights.1", "biases.1"]),
            "holds no W1, but",
            r#"W1=d["weights.0"].T, b1=d["biases.0"], W2=d["weights.1"].T, b2=d["biases.1"])"#,
        ),
        (
            "named.safetensors",
            &names(["hidden.weight", "hidden.bias", "out.weight", "out.bias"]),
            "holds no W1, but",
            r#"d = safetensors.numpy.load_file("named.safetensors"); np.savez("named-mended.npz", W1=d["hidden.weight"].T"#,
        ),
        (
            "params.npz",
            &[("params", &[])],
            "holds no W1, but \"params\"",
            r#"np.load("params.npz", allow_pickle=True)["params"].item()"#,
        ),
        (
            "many.npz",
            &[("a", &[1]), ("b", &[1])],
            "is not a usable .npz file; save one with `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=...)`",
            "holds no W1, but \"a\", \"b\"",
        ),
    ];
    for (file, arrays, is, advice) in rows {
        write(&place, file, &zeros(arrays));
        for command in COMMANDS {
            let stderr = place.fails(1, &format!("{command} {file}"));
            for word in [file, is, advice] {
                assert!(stderr.contains(word), "`app {command} {file}` said: {stderr}\nwithout: {word}");
            }
            assert!(file != "bias.npz" || !stderr.contains("transpose"), "{stderr}");
        }
    }
}

#[test]
fn a_state_dict_of_pytorch_is_the_same_net_and_a_note_says_what_was_transposed() {
    let place = Place::new();
    let arrays = trained(&place, "run", "--iterations 300");
    let (expected, nothing) = evaluate(&place, "run");
    assert_eq!(nothing, "");
    for names in [["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"], ["0.weight", "0.bias", "2.weight", "2.bias"]] {
        for file in ["torch.npz", "torch.safetensors"] {
            write(&place, file, &as_pytorch(&arrays, names));
            let (found, stderr) = evaluate(&place, file);
            assert_eq!((&found["train"], &found["test"]), (&expected["train"], &expected["test"]), "{file}");
            let [w1, _, w2, _] = names;
            let notes = format!(
                "note: {w1} is 12x784, as PyTorch keeps it; read as W1 of 784x12, transposed\n\
                 note: {w2} is 10x12, as PyTorch keeps it; read as W2 of 12x10, transposed\n"
            );
            assert_eq!(stderr, notes);
            place.run(&format!("export again.npz --force --model {file}"));
            assert_eq!(place.inspect("again.npz")["parameters_sha256"], place.inspect("run")["parameters_sha256"]);
        }
    }
    let quiet = "train --quiet --no-report --dataset digits --iterations 0 --gradient backprop --out more --init-from torch.npz";
    place.app(quiet).assert().success().stderr("");
}

#[test]
fn biases_that_are_rows_or_columns_are_the_same_net() {
    let place = Place::new();
    let arrays = trained(&place, "run", "--iterations 10");
    for of in [|n| vec![1, n], |n| vec![n, 1]] {
        let mut arrays = arrays.clone();
        (arrays[1].1, arrays[3].1) = (of(12), of(10));
        for file in ["net.npz", "net.safetensors"] {
            write(&place, file, &arrays);
            assert_eq!(place.inspect(file)["parameters_sha256"], place.inspect("run")["parameters_sha256"]);
        }
    }
}

#[test]
fn a_net_of_relu_without_its_activation_gets_a_hint_that_is_measured() {
    let place = Place::new();
    let relu = trained(&place, "relu", "--iterations 2000 --activation relu --weight-init-std 0.1");
    let sigmoid = trained(&place, "sigmoid", "--iterations 2000");
    write(&place, "relu.npz", &relu);
    write(&place, "sigmoid.npz", &sigmoid);
    write(&place, "zeros.npz", &zeros(&[("W1", &[784, 3]), ("b1", &[3]), ("W2", &[3, 10]), ("b2", &[10])]));
    place.run("export known.npz --model relu");
    let note = "note: relu.npz does not record its activation function, so sigmoid was saved; use --activation to name another\n";
    let output = place.app("export guessed.npz --model relu.npz").assert().success().get_output().clone();
    assert!(printed(&output.stderr).ends_with(note));
    assert!(
        place.run("inspect relu.npz").contains("activation     sigmoid (assumed, because the file does not say)\n")
    );
    let accuracy = |model: &str| evaluate(&place, model).0["test"]["accuracy"].as_f64().unwrap();
    let right = accuracy("relu");
    assert!(right > 0.9 && accuracy("relu.npz") < 0.5, "{right}");
    for (model, hint) in [
        ("relu.npz", format!("hint: with --activation relu the test accuracy would be {:.2} %\n", right * 100.0)),
        ("relu.npz --activation relu", String::new()),
        ("known.npz", String::new()),
        ("relu", String::new()),
        ("relu.safetensors", String::new()),
        ("sigmoid.npz", String::new()),
        ("zeros.npz", String::new()), // poor, and no better with another
    ] {
        assert_eq!(evaluate(&place, model).1, hint, "{model}");
    }
    assert_eq!(accuracy("relu.npz --activation relu"), right);
    for (model, origin) in [
        ("relu.npz", "relu.npz, sigmoid (assumed, because the file does not say)\n"),
        ("relu.npz --activation relu", "relu.npz, relu\n"),
        ("known.npz", "known.npz, relu\n"),
    ] {
        let text = place.run(&format!("evaluate --dataset digits {model}"));
        assert!(text.starts_with(&format!("model   {origin}")), "{text}");
    }
}

#[test]
fn an_exported_npz_names_its_activation() {
    let place = Place::new();
    place.run(&Place::small("run", "--activation relu --iterations 3"));
    place.run("export net.npz --model run");
    assert_eq!(place.inspect("net.npz")["activation"], "relu");
    let stderr = place.fails(2, "inspect net.npz --activation tanh");
    assert!(stderr.contains("--activation tanh: net.npz has relu; leave out --activation"), "{stderr}");
}

#[test]
fn a_name_that_is_no_file_is_said_plainly() {
    let place = Place::new();
    fs::create_dir(place.path("folder")).unwrap();
    for (model, file) in [("nope", "nope"), ("nope.npz", "nope.npz"), ("folder", "folder/model.ckpt")] {
        for command in COMMANDS {
            let expected = format!(
                "error: no such file: {file}; name the number or folder of a run, a checkpoint (model.ckpt), a .npz or a .safetensors\n"
            );
            let stderr = place.fails(1, &format!("{command} {model}"));
            assert!(stderr.ends_with(&expected), "{command} {model}: {stderr}");
        }
    }
}
