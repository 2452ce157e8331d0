//! The standard library for wasm32-unknown-unknown, which only the compiler for the browser needs.
//!
//! The active toolchain's own target is the normal way. Where it cannot be downloaded, Debian's `rustc-web`,
//! `rust-web-src` and `lld-19` do: cargo then builds the library from source with Debian's compiler. `FEN_WASM_STD`
//! set to `toolchain` or `debian` leaves no choice.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use xshell::{Cmd, Shell, cmd};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// The values of `FEN_WASM_STD`.
const TOOLCHAIN: &str = "toolchain";
const DEBIAN: &str = "debian";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "wasm-ld-19";
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WasmStd {
    /// The active toolchain has the target.
    Toolchain,
    /// Debian's compiler and the sources of its standard library.
    Debian,
}

/// What this machine has, of the ways that are allowed.
pub(crate) fn find(shell: &Shell) -> Option<WasmStd> {
    if is_allowed(TOOLCHAIN) && toolchain_has_target(shell) {
        Some(WasmStd::Toolchain)
    } else if is_allowed(DEBIAN) && debian_is_complete(shell) {
        Some(WasmStd::Debian)
    } else {
        None
    }
}

/// Lets rustup download the target where it is missing, before Debian's packages are thought of.
pub(crate) fn prepare(shell: &Shell) -> Result<()> {
    ensure!(is_allowed(TOOLCHAIN) || is_allowed(DEBIAN), "FEN_WASM_STD is neither `{TOOLCHAIN}` nor `{DEBIAN}`");
    if is_allowed(TOOLCHAIN) && !toolchain_has_target(shell) && !add_target() {
        eprintln!("xtask: `rustup target add {TARGET}` did not succeed");
    }
    Ok(())
}

fn is_allowed(way: &str) -> bool {
    env::var("FEN_WASM_STD").map_or(true, |wanted| wanted == way)
}

/// Not for long: without a network rustup would try again and again.
fn add_target() -> bool {
    let mut command = Command::new("rustup");
    let Ok(mut rustup) = command.args(["target", "add", TARGET]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    else {
        return false;
    };
    let start = Instant::now();
    while start.elapsed() < DOWNLOAD_LIMIT {
        match rustup.try_wait() {
            Ok(None) => sleep(Duration::from_millis(50)),
            Ok(Some(status)) => return status.success(),
            Err(_) => break,
        }
    }
    // An error here would mean that it has ended by itself.
    let _ = rustup.kill();
    let _ = rustup.wait();
    false
}

impl WasmStd {
    /// The command `cargo build` for the target, set up for a small module; arguments may be added.
    pub(crate) fn cargo_build<'shell>(self, shell: &'shell Shell, target_dir: &Path) -> Result<Cmd<'shell>> {
        let build = ["build", "--release", "--target", TARGET];
        let command = match self {
            Self::Toolchain => cmd!(shell, "cargo {build...}"),
            Self::Debian => {
                // The real cargo: rustup's stand-in would choose the compiler itself.
                let cargo = real_cargo(shell)?;
                cmd!(shell, "{cargo} {build...} -Zbuild-std=std,panic_abort")
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER)
                    .env_remove("RUSTUP_TOOLCHAIN")
                    // `cargo run` points it at the other compiler's libraries.
                    .env_remove("LD_LIBRARY_PATH")
            }
        };
        Ok(command
            .arg("--target-dir")
            .arg(target_dir)
            // Flags meant for the host do not fit this target.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s")
            .env("CARGO_PROFILE_RELEASE_LTO", "fat")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort"))
    }
}

fn toolchain_has_target(shell: &Shell) -> bool {
    let libraries = cmd!(shell, "rustc --print target-libdir --target {TARGET}").quiet().ignore_stderr().read();
    libraries.is_ok_and(|folder| Path::new(&folder).is_dir())
}

fn debian_is_complete(shell: &Shell) -> bool {
    let read = |command: Cmd| command.quiet().ignore_stderr().env_remove("LD_LIBRARY_PATH").read().ok();
    let new_enough = read(cmd!(shell, "{DEBIAN_RUSTC} --version"))
        .and_then(|line| version(&line))
        .is_some_and(|found| version(env!("CARGO_PKG_RUST_VERSION")).is_some_and(|needed| found >= needed));
    let sources = read(cmd!(shell, "{DEBIAN_RUSTC} --print sysroot"))
        .is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/std").is_dir());
    new_enough && sources && read(cmd!(shell, "{DEBIAN_LINKER} --version")).is_some()
}

/// The first `major.minor` of a line such as `rustc 1.95.0 (59807616e 2026-04-14)`.
pub(crate) fn version(line: &str) -> Option<(u32, u32)> {
    line.split([' ', 'v']).find_map(|word| {
        let mut numbers = word.split('.').map_while(|number| number.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    })
}

fn real_cargo(shell: &Shell) -> Result<String> {
    if let Ok(cargo) = env::var("CARGO") {
        // Set by the cargo that runs this process, always to itself.
        return Ok(cargo);
    }
    cmd!(shell, "rustup which cargo").quiet().read().context("rustup does not know its cargo")
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_read_from_what_tools_print() {
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)"), Some((1, 95)));
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("1.95"), Some((1, 95)));
        assert_eq!(version("no version here"), None);
    }
}
