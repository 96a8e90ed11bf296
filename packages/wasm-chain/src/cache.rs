//! The process's one cache of compiled modules: a code is checked and compiled once, whatever chains use it.
#![allow(
    unsafe_code,
    reason = "the VM marks opening its cache unsafe; argued at the call"
)]

use std::collections::HashSet;
use std::fs::{DirBuilder, DirEntry};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use cosmwasm_std::Checksum;
use cosmwasm_vm::{Cache, CacheOptions, Instance, InstanceOptions, Size};

use crate::backend::{Backend, ChainApi, ChainQuerier, ChainStorage};
use crate::error::ChainError;

type ModuleCache = Cache<ChainApi, ChainStorage, ChainQuerier>;

/// A contract on the VM.
pub(crate) type VmInstance = Instance<ChainApi, ChainStorage, ChainQuerier>;

/// What a contract may ask of the chain beyond the bare interface. No more, so that artefacts load on every VM line.
pub const CAPABILITIES: [&str; 1] = ["iterator"];

/// What the names of the folders begin with; the process follows.
const PREFIX: &str = "wasm-chain-";

/// The memory a contract may use, as on a chain.
const MEMORY_LIMIT_MIB: usize = 32;

fn cache() -> Result<&'static ModuleCache, ChainError> {
    static CACHE: OnceLock<Result<ModuleCache, ChainError>> = OnceLock::new();
    CACHE.get_or_init(open).as_ref().map_err(Clone::clone)
}

fn open() -> Result<ModuleCache, ChainError> {
    let options = CacheOptions::new(
        folder()?,
        capabilities(),
        Size::mebi(0),
        Size::mebi(MEMORY_LIMIT_MIB),
    );
    // SAFETY: the files under this folder must not be tampered with. This process has made it and no other user may write
    // there, and a module's files are removed as soon as it is in memory.
    unsafe { Cache::new(options) }.map_err(|error| ChainError::new(error.to_string()))
}

/// A folder of this process's own, where nobody else may write; those that others left a day ago go.
fn folder() -> Result<PathBuf, ChainError> {
    let error = |error: std::io::Error| ChainError::new(format!("the VM's folder: {error}"));
    let all = std::env::temp_dir();
    let own = all.join(format!("{PREFIX}{}", std::process::id()));
    for entry in std::fs::read_dir(&all).map_err(error)?.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if ours && (entry.path() == own || is_old(&entry)) {
            // One of another user stays.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&own).map_err(error)?;
    Ok(own)
}

fn is_old(entry: &DirEntry) -> bool {
    let changed = entry.metadata().and_then(|found| found.modified());
    let age = changed.ok().and_then(|changed| changed.elapsed().ok());
    age.is_some_and(|age| age > Duration::from_secs(86_400))
}

/// [`CAPABILITIES`] as the VM takes them.
pub(crate) fn capabilities() -> HashSet<String> {
    CAPABILITIES.map(str::to_owned).into()
}

/// Checks a wasm as a chain does on upload, compiles it and keeps the module in memory.
pub(crate) fn store(wasm: &[u8]) -> Result<Checksum, ChainError> {
    static STORING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let error = |error: cosmwasm_vm::VmError| ChainError::new(error.to_string());
    let cache = cache()?;
    let checksum = Checksum::generate(wasm);
    let _one = STORING.lock();
    if cache
        .pinned_metrics()
        .per_module
        .iter()
        .any(|(stored, _)| *stored == checksum)
    {
        return Ok(checksum);
    }
    cache.store_code(wasm, true, true).map_err(error)?;
    cache.pin(&checksum).map_err(error)?;
    cache.remove_wasm(&checksum).map_err(error)?;
    Ok(checksum)
}

/// A fresh instance of a stored code.
pub(crate) fn instance(
    checksum: &Checksum,
    backend: Backend,
    gas_limit: u64,
) -> Result<VmInstance, ChainError> {
    cache()?
        .get_instance(checksum, backend, InstanceOptions { gas_limit })
        .map_err(|error| ChainError::new(error.to_string()))
}
