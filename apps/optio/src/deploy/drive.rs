//! The steps of a deployment, taken on a node.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use chain_client::{ClientError, CodeInfo};
use cosmwasm_std::Addr;
use flate2::Compression;
use flate2::write::GzEncoder;
use sandbox::plan::{self, Config, LookError, PARTS, Part, Site};

use crate::error::{CliError, Result};
use crate::node::{NodeChain, artifact, refused};
use crate::venue::failed;

/// The code of [`ClientError::Taken`].
const TAKEN: &str = "E_CHAIN_TAKEN";

/// A deployment in progress.
pub struct Deployment<'a> {
    config: &'a Config,
    dry: bool,
    /// Contracts that are not there, in a dry run.
    missing: BTreeSet<&'static str>,
    /// Codes by contract name.
    pub codes: BTreeMap<&'static str, CodeInfo>,
    /// Steps taken.
    pub done: usize,
    /// Steps that had been taken before.
    pub found: usize,
}

impl<'a> Deployment<'a> {
    /// Nothing looked at yet. A dry one says what it would do, and does nothing.
    pub fn new(config: &'a Config, dry: bool) -> Self {
        Self {
            config,
            dry,
            missing: BTreeSet::new(),
            codes: BTreeMap::new(),
            done: 0,
            found: 0,
        }
    }

    /// Says what is about to be sent; whether to send it.
    fn begin(&mut self, what: &str) -> bool {
        println!("{} {what}", if self.dry { "would" } else { "will" });
        // One who watches this output may act on it at once.
        let _ = std::io::stdout().flush();
        !self.dry
    }

    fn salt(&self, part: &Part) -> Result<Vec<u8>> {
        let salt = format!("{}/{}", self.config.salt, part.name).into_bytes();
        if salt.len() > 64 {
            return Err(CliError::input(
                "the salt is too long: 64 bytes with the contract's name",
            ));
        }
        Ok(salt)
    }
}

/// Does what is missing and verifies every step; where everything is.
///
/// # Errors
/// An artefact is missing, the chain refuses, something was done with other terms, or a step does not show after it was
/// taken.
pub fn deploy(chain: &mut NodeChain, deployment: &mut Deployment<'_>) -> Result<Site> {
    let mut site = Site {
        owner: chain.owner().clone(),
        contracts: BTreeMap::new(),
    };
    for part in &PARTS {
        until_it_shows(chain, part.code.name(), |chain| {
            store(chain, deployment, part)
        })?;
    }
    for part in &PARTS {
        until_it_shows(chain, part.name, |chain| {
            contract(chain, deployment, part, &mut site)
        })?;
    }
    for step in plan::steps(deployment.config, &site).map_err(|e| failed(&e))? {
        until_it_shows(chain, &step.what, |chain| {
            take(chain, deployment, &site, &step)
        })?;
    }
    Ok(site)
}

/// Looks and acts until what is wanted shows. An action is repeated only where other bytes of the same key were included in
/// its place: another process may have done the very same, so one looks first.
fn until_it_shows(
    chain: &mut NodeChain,
    what: &str,
    mut attempt: impl FnMut(&mut NodeChain) -> Result<bool>,
) -> Result<()> {
    const ATTEMPTS: usize = 5;
    for _ in 0..ATTEMPTS {
        if attempt(chain)? {
            return Ok(());
        }
        chain.quiesce().map_err(|e| refused(&e))?;
    }
    Err(unshown(what))
}

/// Whether something was sent: not if other bytes of the key were included in its place.
fn sent<T>(result: std::result::Result<T, ClientError>) -> Result<Option<T>> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(ClientError::Taken(_)) => Ok(None),
        Err(error) => Err(refused(&error)),
    }
}

/// A code that is on the chain already is known by its checksum.
fn store(chain: &mut NodeChain, deployment: &mut Deployment<'_>, part: &Part) -> Result<bool> {
    let (wasm, checksum) = artifact(part.code)?;
    let stored = chain.client.codes().map_err(|e| refused(&e))?;
    let id = match stored.iter().find(|code| code.checksum == checksum) {
        Some(code) => {
            deployment.found += 1;
            code.id
        }
        None => {
            let gzipped = gzip(&wasm)?;
            let (plain, zipped) = (wasm.len(), gzipped.len());
            let what = format!(
                "store {}: {plain} bytes, {zipped} gzipped",
                part.code.name()
            );
            if deployment.begin(&what) {
                let Some(id) = sent(chain.store(gzipped))? else {
                    return Ok(false);
                };
                deployment.done += 1;
                id
            } else {
                0
            }
        }
    };
    deployment
        .codes
        .insert(part.name, CodeInfo { id, checksum });
    Ok(true)
}

/// A contract that is there already is known by its address, which code, deployer and salt decide; not so its first message,
/// whose terms its queries must show.
fn contract(
    chain: &mut NodeChain,
    deployment: &mut Deployment<'_>,
    part: &'static Part,
    site: &mut Site,
) -> Result<bool> {
    let salt = deployment.salt(part)?;
    let code = deployment
        .codes
        .get(part.name)
        .copied()
        .ok_or_else(|| CliError::input("a contract without a code"))?;
    let address = chain.client.predict(&code.checksum, chain.owner(), &salt);
    let address = address.map_err(|e| refused(&e))?;
    let msg = (part.init)(deployment.config, site).map_err(|e| failed(&e))?;
    site.contracts.insert(part.name, address.clone());
    if code_at(chain, &address)?.is_some() {
        deployment.found += 1;
    } else if deployment.begin(&format!("instantiate {} at {address}", part.name)) {
        if sent(chain.instantiate(part, code, &salt, &msg))?.is_none() {
            return Ok(false);
        }
        deployment.done += 1;
    } else {
        deployment.missing.insert(part.name);
        return Ok(true);
    }
    match code_at(chain, &address)? {
        Some(id) if id == code.id => {}
        Some(id) => {
            let told = format!("{address} runs code {id}, not {}", code.id);
            return Err(unshown(&told));
        }
        None => return Err(unshown(&format!("no contract at {address}"))),
    }
    plan::check_part(chain, deployment.config, site, part).map_err(|e| other_terms(&e))?;
    Ok(true)
}

fn code_at(chain: &NodeChain, address: &Addr) -> Result<Option<u64>> {
    let code = chain.client.code_of(address.as_str());
    code.map_err(|e| refused(&e))
}

fn take(
    chain: &mut NodeChain,
    deployment: &mut Deployment<'_>,
    site: &Site,
    step: &plan::Step,
) -> Result<bool> {
    let there = !deployment.missing.contains(step.to);
    if there && plan::is_done(chain, site, step).map_err(|e| other_terms(&e))? {
        deployment.found += 1;
        return Ok(true);
    }
    if deployment.begin(&step.what) {
        match plan::take(chain, site, step) {
            Err(error) if error.code() == Some(TAKEN) => return Ok(false),
            result => drop(result.map_err(|e| failed(&e))?),
        }
        deployment.done += 1;
        if !plan::is_done(chain, site, step).map_err(|e| other_terms(&e))? {
            return Err(unshown(&step.what));
        }
    }
    Ok(true)
}

fn other_terms(error: &LookError) -> CliError {
    match error {
        LookError::Differs { .. } => CliError::of(error),
        LookError::Chain(error) => failed(error),
    }
}

fn unshown(what: &str) -> CliError {
    CliError::new(
        "E_OPTIO_DEPLOY",
        format!("not as it should be after the step: {what}"),
    )
}

fn gzip(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(wasm).map_err(|e| CliError::of(&e))?;
    encoder.finish().map_err(|e| CliError::of(&e))
}
