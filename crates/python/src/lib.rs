//! The Rust part of the Python package `two-layer-net`: functions on NumPy arrays.
//!
//! The Python part, in `python/two_layer_net_rs`, converts its arguments to arrays of the right type and shape, and holds
//! the documentation. Anything that still does not fit here is a `ValueError`, never a panic.

mod arrays;
mod checks;
mod data;
mod files;
mod network;
mod page;
mod train;

use pyo3::prelude::*;

/// The Rust part of the package; use `two_layer_net` instead.
#[pymodule(name = "_native")]
fn native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(network::initial_parameters, module)?)?;
    module.add_function(wrap_pyfunction!(network::probabilities, module)?)?;
    module.add_function(wrap_pyfunction!(network::classes, module)?)?;
    module.add_function(wrap_pyfunction!(network::loss, module)?)?;
    module.add_function(wrap_pyfunction!(network::gradient, module)?)?;
    module.add_function(wrap_pyfunction!(network::numerical_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(train::train, module)?)?;
    module.add_function(wrap_pyfunction!(checks::gradient_check, module)?)?;
    module.add_function(wrap_pyfunction!(checks::gradient_of, module)?)?;
    module.add_function(wrap_pyfunction!(checks::jacobian_of, module)?)?;
    module.add_function(wrap_pyfunction!(checks::hessian_of, module)?)?;
    module.add_function(wrap_pyfunction!(checks::extrapolated, module)?)?;
    module.add_function(wrap_pyfunction!(data::read_images, module)?)?;
    module.add_function(wrap_pyfunction!(data::has_images, module)?)?;
    module.add_function(wrap_pyfunction!(data::digits, module)?)?;
    module.add_function(wrap_pyfunction!(data::fetch_images, module)?)?;
    module.add_function(wrap_pyfunction!(files::read_net, module)?)?;
    module.add_function(wrap_pyfunction!(files::net_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(files::read_picture, module)?)?;
    module.add_function(wrap_pyfunction!(files::picture_of_grey, module)?)?;
    module.add_function(wrap_pyfunction!(page::page, module)?)?;
    Ok(())
}
