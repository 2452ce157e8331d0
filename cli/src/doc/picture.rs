//! Pictures of a literate policy, put into its page whole.

use std::fs;
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Larger files are not put into a page.
const MOST_BYTES: u64 = 4 << 20;

/// The picture in a file below the folder of the policy, as an address that holds all of it.
pub(super) fn address(policy: &Path, written: &str) -> Option<String> {
    let path = Path::new(written);
    // Only what lies with the policy is its own.
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return None;
    }
    let kind = match path.extension()?.to_string_lossy().to_ascii_lowercase().as_str() {
        "png" => "png",
        "jpg" | "jpeg" => "jpeg",
        "gif" => "gif",
        "webp" => "webp",
        "svg" => "svg+xml",
        _ => return None,
    };
    let path = policy.parent()?.join(path);
    let file = fs::metadata(&path).ok()?;
    if !file.is_file() || file.len() > MOST_BYTES {
        return None;
    }
    Some(format!("data:image/{kind};base64,{}", STANDARD.encode(fs::read(&path).ok()?)))
}
