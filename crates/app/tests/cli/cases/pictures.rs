//! Pictures of digits, drawn and photographed.
