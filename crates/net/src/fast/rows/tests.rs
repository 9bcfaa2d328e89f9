//! Rows packed from bytes and from numbers.

use super::*;

#[test]
fn what_is_not_zero_is_kept_in_its_row() {
    let x = Rows::<f64>::from_bytes(&[0, 51, 0, 0, 0, 0, 7, 0, 255], 3);
    let Packed::Bytes(bytes) = &x.packed else { panic!("bytes stay bytes") };
    assert_eq!((&bytes.starts[..], &bytes.entries[..]), (&[0, 1, 1, 3][..], &[256 + 51, 7, 512 + 255][..]));
    assert_eq!(read_byte(&x.shades, bytes.entries[0]), (1, 0.2));
}

#[test]
fn every_size_comes_back_whole() {
    for inputs in [1, 7, 8, 150] {
        for rows in [0, 1, 3, CHUNK, 2 * CHUNK + 5] {
            let bytes: Vec<u8> = (0..rows * inputs).map(|i| [0, 0, 9, 0, 255, 1, 0][i * i % 7 * i % 7]).collect();
            let packed = Sparse::new(&bytes, inputs, 0, |place, v| (place, v));
            let mut back = vec![0; bytes.len()];
            for n in 0..packed.view().len() {
                for (place, v) in packed.view().row(n).iter().copied().map(read_number) {
                    assert_ne!(v, 0);
                    back[n * inputs + place] = v;
                }
            }
            assert_eq!((packed.view().len(), back), (rows, bytes));
        }
    }
}

#[test]
fn a_matrix_has_the_rows_of_its_numbers() {
    let x = Rows::from_matrix(&DMatrix::from_row_slice(2, 2, &[0.0, f64::MIN_POSITIVE, -0.0, -1.0]));
    assert_eq!((x.len(), x.inputs(), x.is_empty()), (2, 2, false));
    let Packed::Numbers(x) = x.packed else { panic!("numbers stay numbers") };
    assert_eq!((x.starts, x.entries), (vec![0, 1, 2], vec![(1, f64::MIN_POSITIVE), (1, -1.0)]));
}

#[test]
fn bytes_in_rows_too_long_for_24_bits_become_numbers() {
    let inputs = (1 << 24) + 1;
    let mut bytes = vec![0; inputs];
    bytes[inputs - 1] = 51;
    let x = Rows::<f64>::from_bytes(&bytes, inputs);
    let Packed::Numbers(x) = x.packed else { panic!("24 bits cannot tell so many apart") };
    assert_eq!(x.entries, [(1 << 24, 0.2)]);
}

#[test]
fn nan_is_kept() {
    let x = Sparse::new(&[f64::NAN, 0.0], 2, 0.0, |place, v| (place, v));
    assert_eq!((x.starts, x.entries[0].0), (vec![0, 1], 0));
}

#[test]
#[should_panic = "7 values do not make rows of 3"]
fn a_broken_row_is_refused() {
    let _ = Rows::<f32>::from_bytes(&[0; 7], 3);
}
