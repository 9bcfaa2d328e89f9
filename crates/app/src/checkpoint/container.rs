//! The header around a checkpoint's payload, and the way both get to the disk and back: the first table of
//! `docs/checkpoint-format.md`.

use crate::files;
use crate::lang::said;
use crate::text::quoted;
use anyhow::{Context, Result, bail, ensure};
use net_file::FileType;
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::io::Read;
use std::path::Path;

const MAGIC: [u8; 8] = *b"\x89TLN\r\n\x1a\n";
const VERSION: u32 = 1;
const HEADER: u32 = 56;
/// Where the checksum begins; it covers the bytes before it.
const CHECKSUM: usize = 24;

/// Replaces the file at `path` by header and `payload`, or leaves it as it was.
pub(super) fn write(path: &Path, payload: &[u8]) -> Result<()> {
    Ok(files::replace(path, &[&header(payload), payload])?)
}

/// The header for `payload`.
pub(super) fn header(payload: &[u8]) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER as usize);
    header.extend(MAGIC);
    header.extend(VERSION.to_le_bytes());
    header.extend(HEADER.to_le_bytes());
    header.extend((payload.len() as u64).to_le_bytes());
    header.extend(checksum(&header, payload));
    header
}

/// The payload of the file at `path`, at most `limit` bytes, once all of the header has been checked.
pub(super) fn open(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let name = path.display();
    let (file, length) = files::open(path)
        .with_context(|| said!("cannot open the checkpoint {name}", "체크포인트 {name}을(를) 열 수 없습니다"))?;
    // a file may claim a length of 0 and never end, such as /proc/kmsg
    ensure!(length > 0, said!("{name} is empty, not a checkpoint", "{name}: 빈 파일이며 체크포인트가 아닙니다"));
    read(&name, file, length, limit)
}

/// [`open`] for `content` that is `length` bytes long and called `name`.
pub(super) fn read(name: &dyn Display, mut content: impl Read, length: u64, limit: usize) -> Result<Vec<u8>> {
    let mut header = Vec::with_capacity(HEADER as usize);
    let cannot = || said!("cannot read {name}", "{name} 파일을 읽을 수 없습니다");
    (&mut content).take(u64::from(HEADER)).read_to_end(&mut header).with_context(cannot)?;
    if !header.starts_with(&MAGIC) {
        if let Some(damage) = transferred_as_text(&header) {
            bail!(said!("{name} is damaged: {damage}", "{name} 파일이 손상되었습니다: {damage}"));
        }
        let more = content.take(FileType::START as u64 - u64::from(HEADER)).read_to_end(&mut header);
        more.with_context(cannot)?;
        let Some(found) = FileType::of_bytes(&header) else {
            if header.is_empty() {
                bail!(said!("{name} is empty, not a checkpoint", "{name}: 빈 파일이며 체크포인트가 아닙니다"));
            }
            bail!(said!(
                "{name} is not a checkpoint: its format is unknown (bytes 0 to 7)",
                "{name}은(는) 체크포인트가 아닙니다: 알 수 없는 형식입니다(바이트 0~7)"
            ));
        };
        let file = name.to_string();
        let advice = match (found, found.advice(&file)) {
            (_, Some(english)) => {
                let korean = korean::advice(&english);
                said!("; {english}", ". {korean}")
            }
            (FileType::Png | FileType::Jpeg, None) => {
                let file = quoted(Path::new(&file));
                said!("; `app predict {file}` reads pictures", ". 그림은 `app predict {file}`로 읽습니다")
            }
            (_, None) => String::new(),
        };
        let korean = korean::file_type(found);
        bail!(said!(
            "{name} is {found}, not a checkpoint{advice}",
            "{name}은(는) 체크포인트가 아니라 {korean}입니다{advice}"
        ));
    }
    ensure!(
        header.len() == HEADER as usize,
        said!(
            "{name} is damaged: it ends at byte {length}, inside its header of {HEADER} bytes",
            "{name} 파일이 손상되었습니다: 바이트 {length}에서 끝나는데 헤더만 {HEADER}바이트여야 합니다"
        )
    );

    let field = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (version, header_length) = (field(8), field(12));
    let payload_length = u64::from(field(16)) | u64::from(field(20)) << 32;
    ensure!(
        header_length == HEADER,
        said!(
            "{name} is damaged: its header says (byte 12) that it is {header_length} bytes long, expected {HEADER}",
            "{name} 파일이 손상되었습니다: 헤더에(바이트 12) 헤더의 길이가 {header_length}바이트라고 적혀 있는데 {HEADER}바이트여야 합니다"
        )
    );
    let expected = payload_length.checked_add(u64::from(HEADER));
    ensure!(
        expected == Some(length),
        said!(
            "{name} is damaged: its header promises (byte 16) {payload_length} bytes after it, found {}",
            "{name} 파일이 손상되었습니다: 헤더 뒤에(바이트 16) {payload_length}바이트가 있어야 하는데 {}바이트입니다",
            length.saturating_sub(u64::from(HEADER))
        )
    );
    ensure!(
        payload_length <= limit as u64,
        said!(
            "{name} is too large: {payload_length} bytes, at most {limit} are read",
            "{name}: 너무 큽니다. {payload_length}바이트인데 {limit}바이트까지 읽습니다"
        )
    );

    // The file has these bytes, so the allocation is backed.
    let payload = files::read_exactly(content, payload_length).with_context(cannot)?;
    ensure!(
        payload.len() as u64 == payload_length,
        said!(
            "{name} is damaged: it ended while it was read, after {} of {payload_length} bytes",
            "{name} 파일이 손상되었습니다: 읽는 도중에 {}바이트에서 끝났습니다(전체 {payload_length}바이트)",
            payload.len()
        )
    );
    ensure!(
        checksum(&header[..CHECKSUM], &payload) == header[CHECKSUM..],
        said!(
            "{name} is damaged: its checksum (byte {CHECKSUM}) is wrong; use an earlier copy, or train again",
            "{name} 파일이 손상되었습니다: 체크섬(바이트 {CHECKSUM})이 맞지 않습니다. 이전 사본을 쓰거나 다시 학습하세요"
        )
    );
    // Only now: a flipped bit in the version is damage, a whole file of another version is not.
    if version != VERSION {
        bail!(said!(
            "{name} has version {version}, but this program reads version {VERSION}; a newer program wrote it",
            "{name}의 버전은 {version}인데 이 프로그램은 버전 {VERSION}을 읽습니다. 더 새로운 프로그램이 저장한 파일입니다"
        ));
    }
    Ok(payload)
}

fn checksum(start: &[u8], payload: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(start).chain_update(payload).finalize().into()
}

/// What happened to a magic number that is nearly ours.
fn transferred_as_text(start: &[u8]) -> Option<String> {
    if start.starts_with(b"\x89TLN\n") || start.starts_with(b"\x89TLN\r\r\n") || start.starts_with(b"\x09TLN") {
        return Some(said!(
            "bytes 0 to 7 show that it was transferred as text; transfer it again in binary mode",
            "바이트 0~7을 보면 텍스트로 전송되었습니다. 바이너리 모드로 다시 전송하세요"
        ));
    }
    let shared = start.iter().zip(MAGIC).take_while(|(a, b)| *a == b).count();
    if shared == start.len() && shared > 0 {
        return Some(said!("it ends inside its first 8 bytes", "처음 8바이트 도중에 끝납니다"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[track_caller]
    fn refused(bytes: &[u8], expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.ckpt");
        fs::write(&path, bytes).unwrap();
        let error = format!("{:#}", open(&path, 1 << 20).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    fn container(version: u32, payload: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(version.to_le_bytes());
        bytes.extend(56_u32.to_le_bytes());
        bytes.extend((payload.len() as u64).to_le_bytes());
        let sum = checksum(&bytes, payload);
        bytes.extend(sum);
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn each_foreign_file_gets_its_own_sentence() {
        refused(b"", "is empty, not a checkpoint");
        refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a PNG image, not a checkpoint");
        refused(b"\x80\x04\x95 pickle", "is a Python pickle, not a checkpoint");
        refused(b"PK\x03\x04 numpy", "is a ZIP archive, not a checkpoint");
        refused(b"\0\0\x08\x03 images", "is an IDX file, not a checkpoint");
        refused(b"nothing known", "is not a checkpoint: its format is unknown (bytes 0 to 7)");

        refused(b"\x89TLN\n\x1a\n rest", "transferred as text");
        refused(&container(2, b"payload"), "has version 2, but this program reads version 1");
    }

    #[test]
    fn a_folder_is_no_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let error = format!("{:#}", open(folder.path(), 1 << 20).unwrap_err());
        assert!(error.contains("cannot open the checkpoint") && error.contains("it is a folder"), "{error}");
    }

    #[test]
    fn more_than_the_limit_is_not_read() {
        refused(&container(1, &vec![0; (1 << 20) + 1]), "is too large: 1048577 bytes, at most 1048576 are read");
        refused(&container(1, b"payload")[..60], "promises (byte 16) 7 bytes after it, found 4");
    }
}
