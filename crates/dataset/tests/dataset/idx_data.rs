//! The values of an IDX file, taken out and put in.

use dataset::{Idx, IdxData, IdxTypeError};

/// One of each type.
fn all() -> [IdxData; 6] {
    [
        vec![0_u8, 200, 255].into(),
        vec![-128_i8, 0, 127].into(),
        vec![-32_768_i16, 5, 32_767].into(),
        vec![i32::MIN, 16_777_217, i32::MAX].into(),
        vec![0.1_f32, -0.0, f32::INFINITY].into(),
        vec![0.1_f64, 1e300, 1e-300].into(),
    ]
}

#[test]
fn a_vector_becomes_the_variant_of_its_type() {
    assert_eq!(all().map(|data| data.type_name()), ["u8", "i8", "i16", "i32", "f32", "f64"]);
    assert_eq!(IdxData::from(vec![1_i8, -1]), IdxData::I8(vec![1, -1]));
}

#[test]
fn values_are_borrowed_as_their_own_type_and_no_other() {
    for (i, data) in all().iter().enumerate() {
        let views = [
            data.as_u8().is_some(),
            data.as_i8().is_some(),
            data.as_i16().is_some(),
            data.as_i32().is_some(),
            data.as_f32().is_some(),
            data.as_f64().is_some(),
        ];
        assert_eq!(views, std::array::from_fn(|j| i == j), "{data:?}");
    }
    assert_eq!(all()[1].as_i8(), Some(&[-128, 0, 127][..]));
}

#[test]
fn values_are_taken_out_as_they_are_and_another_type_is_named() {
    let [u8s, _, i16s, .., f64s] = all();
    assert_eq!(Vec::<u8>::try_from(u8s).unwrap(), [0, 200, 255]);
    assert_eq!(Vec::<f64>::try_from(f64s).unwrap(), [0.1, 1e300, 1e-300]);
    let error: IdxTypeError = Vec::<u8>::try_from(i16s).unwrap_err();
    assert_eq!((error.found, error.expected), ("i16", "u8"));
    assert_eq!(error.to_string(), "values of type i16, expected u8");
}

#[test]
fn f64_holds_every_value_and_f32_the_nearest() {
    let [u8s, i8s, i16s, i32s, f32s, f64s] = all();
    assert_eq!(u8s.to_f64(), [0.0, 200.0, 255.0]);
    assert_eq!(i32s.to_f64(), [-2_147_483_648.0, 16_777_217.0, 2_147_483_647.0]);
    assert_eq!(f32s.to_f64(), [f64::from(0.1_f32), 0.0, f64::INFINITY]);
    assert_eq!(f64s.to_f64(), [0.1, 1e300, 1e-300]);

    assert_eq!(u8s.to_f32(), [0.0, 200.0, 255.0]);
    assert_eq!(i8s.to_f32(), [-128.0, 0.0, 127.0]);
    assert_eq!(i16s.to_f32(), [-32_768.0, 5.0, 32_767.0]);
    assert_eq!(i32s.to_f32(), [-2_147_483_648.0, 16_777_216.0, 2_147_483_648.0]); // 2^24 + 1 is a tie, to even
    assert_eq!(f32s.to_f32(), [0.1, 0.0, f32::INFINITY]);
    assert_eq!(f64s.to_f32(), [0.1, f32::INFINITY, 0.0]);
}

#[test]
fn debug_of_a_large_array_is_one_short_line() {
    let large = Idx { shape: vec![10_000, 28, 28], data: vec![0_u8; 7_840_000].into() };
    assert_eq!(format!("{large:?}"), "Idx { shape: [10000, 28, 28], data: 7840000 values of u8 }");
    assert_eq!(format!("{:?}", IdxData::from(vec![1.5_f32; 17])), "17 values of f32");
    assert_eq!(format!("{:?}", IdxData::from(vec![1_i16, -2])), "i16 [1, -2]");
}
