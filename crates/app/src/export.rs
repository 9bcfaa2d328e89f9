//! `app export`: the arrays of a net for other programs.

use crate::cli::ExportArgs;
use crate::failure::usage;
use crate::files;
use crate::lang::said;
use crate::model::Model;
use crate::text::{program, quoted, say, shape, tell};
use anyhow::Result;
use net::Parameters;
use net_file::Kind;
use std::process::ExitCode;

pub(crate) fn run(arguments: &ExportArgs) -> Result<ExitCode> {
    let file = &arguments.file;
    let Some(kind) = Kind::of_path(file) else {
        return Err(usage(said!(
            "{}: name a file that ends in .npz or .safetensors",
            "{}: 이름이 .npz나 .safetensors로 끝나야 합니다",
            file.display()
        )));
    };
    if file.is_file() && !arguments.force {
        return Err(usage(said!(
            "{} already exists; use --force to replace it, or name another file",
            "{} 파일이 이미 있습니다. 덮어쓰려면 --force를 쓰고, 아니면 다른 이름을 지정하세요",
            file.display()
        )));
    }
    let model = Model::load(arguments.model.path(), arguments.model.activation)?;
    let bytes = kind.write(&model.parameters, model.activation.into())?;
    files::write(file, &bytes)?;

    let named = Parameters::<f64>::NAMES.into_iter().zip(model.sizes()?.shapes());
    let shapes: Vec<String> = named.map(|(name, of)| format!("{name} {}", shape(&of))).collect();
    tell!("{}{}, {}", said!("model     ", "모델      "), model.path.display(), model.origin());
    tell!("{}{}", said!("wrote     ", "저장      "), file.display());
    say(&said!("          {} in {}", "          {}, {}", shapes.join(" "), model.parameters.precision()));
    if model.is_activation_guessed {
        say(&said!(
            "note: {} does not record its activation function, so {} was saved; use --activation to name another",
            "참고: {}에 활성화 함수가 적혀 있지 않아 {}(으)로 저장했습니다. 다른 함수라면 --activation으로 지정하세요",
            model.path.display(),
            model.activation
        ));
    }
    let is_newest = arguments.model.path().is_none();
    if is_newest && model.run.as_ref().is_some_and(|run| !run.is_finished()) {
        let folder = model.path.parent().unwrap_or(&model.path);
        say(&said!(
            "note: the most recent run is not finished; resume it with `{} train --resume {}`, or name another MODEL",
            "참고: 가장 최근의 학습이 아직 끝나지 않았습니다. `{} train --resume {}`로 이어서 하거나 다른 MODEL을 지정하세요",
            program(),
            quoted(folder)
        ));
    }
    Ok(ExitCode::SUCCESS)
}
