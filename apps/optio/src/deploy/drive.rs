//! The steps of a deployment, taken on a node.

use std::collections::BTreeMap;
use std::io::Write as _;

use cosmwasm_std::Checksum;
use flate2::Compression;
use flate2::write::GzEncoder;
use sandbox::plan::{self, Config, PARTS, Part, Site};

use crate::error::{CliError, Result};
use crate::node::{NodeChain, artifact, refused};
use crate::venue::failed;

/// A deployment in progress.
pub struct Deployment<'a> {
    config: &'a Config,
    dry: bool,
    /// Codes by contract name: number and SHA-256.
    pub codes: BTreeMap<&'static str, (u64, Checksum)>,
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
        self.done += usize::from(!self.dry);
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
/// An artefact is missing, the chain refuses, or a step does not show after it was taken.
pub fn deploy(chain: &mut NodeChain, deployment: &mut Deployment<'_>) -> Result<Site> {
    let mut site = Site {
        owner: chain.owner().clone(),
        contracts: BTreeMap::new(),
    };
    for part in &PARTS {
        store(chain, deployment, part)?;
    }
    for part in &PARTS {
        contract(chain, deployment, part, &mut site)?;
    }
    for step in plan::steps(deployment.config, &site).map_err(|e| failed(&e))? {
        take(chain, deployment, &site, &step)?;
    }
    Ok(site)
}

/// A code that is on the chain already is known by its checksum.
fn store(chain: &mut NodeChain, deployment: &mut Deployment<'_>, part: &Part) -> Result<()> {
    let (wasm, checksum) = artifact(part.code)?;
    let stored = chain.client.codes().map_err(|e| refused(&e))?;
    let id = match stored.iter().find(|code| code.checksum == checksum) {
        Some(code) => {
            deployment.found += 1;
            code.id
        }
        None => {
            let gzipped = gzip(&wasm)?;
            let (plain, sent) = (wasm.len(), gzipped.len());
            let what = format!("store {}: {plain} bytes, {sent} gzipped", part.code.name());
            if deployment.begin(&what) {
                chain.store(gzipped).map_err(|e| refused(&e))?
            } else {
                0
            }
        }
    };
    deployment.codes.insert(part.name, (id, checksum));
    Ok(())
}

/// A contract that is there already is known by its address, which code, deployer and salt decide.
fn contract(
    chain: &mut NodeChain,
    deployment: &mut Deployment<'_>,
    part: &'static Part,
    site: &mut Site,
) -> Result<()> {
    let salt = deployment.salt(part)?;
    let (id, checksum) = deployment
        .codes
        .get(part.name)
        .copied()
        .ok_or_else(|| CliError::input("a contract without a code"))?;
    let address = chain.client.predict(&checksum, chain.owner(), &salt);
    let address = address.map_err(|e| refused(&e))?;
    let msg = (part.init)(deployment.config, site).map_err(|e| failed(&e))?;
    match chain
        .client
        .code_of(address.as_str())
        .map_err(|e| refused(&e))?
    {
        Some(code) if code == id => deployment.found += 1,
        Some(code) => {
            return Err(unshown(&format!("{address} runs code {code}, not {id}")));
        }
        None => {
            if deployment.begin(&format!("instantiate {} at {address}", part.name)) {
                let code = (part.code.name(), checksum, id);
                chain
                    .instantiate(code, (part.name, &salt), &msg)
                    .map_err(|e| refused(&e))?;
                let now = chain
                    .client
                    .code_of(address.as_str())
                    .map_err(|e| refused(&e))?;
                if now != Some(id) {
                    return Err(unshown(&format!("no contract at {address}")));
                }
            }
        }
    }
    site.contracts.insert(part.name, address);
    Ok(())
}

fn take(
    chain: &mut NodeChain,
    deployment: &mut Deployment<'_>,
    site: &Site,
    step: &plan::Step,
) -> Result<()> {
    if plan::is_done(chain, site, step) {
        deployment.found += 1;
        return Ok(());
    }
    if deployment.begin(&step.what) {
        plan::take(chain, site, step).map_err(|e| failed(&e))?;
        if !plan::is_done(chain, site, step) {
            return Err(unshown(&step.what));
        }
    }
    Ok(())
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
