//! A chain, a way to pay its fees, and how long to wait for it.

use std::time::{Duration, Instant};

use cosmrs::{Coin, Denom};
use cosmwasm_std::{Addr, Binary, CanonicalAddr, Checksum, instantiate2_address};

use crate::error::ClientError;
use crate::key::Key;
use crate::rpc::{POLL, Rpc};

/// What gas costs, and the most that one transaction may.
#[derive(Debug, Clone)]
pub struct Fees {
    /// Denomination of fees.
    pub denom: String,
    /// Price of a million gas, base units; fees are rounded up.
    pub per_million: u128,
    /// The most one transaction may cost, base units.
    pub ceiling: u128,
}

impl Fees {
    /// Gas to buy where a simulation used `used`: three tenths more, and 20,000 for what a simulation leaves out.
    pub(crate) fn with_margin(&self, used: u64) -> u64 {
        used.saturating_add(used.saturating_mul(3) / 10)
            .saturating_add(20_000)
    }

    pub(crate) fn for_gas(&self, gas: u64) -> Result<Coin, ClientError> {
        let fee = u128::from(gas)
            .saturating_mul(self.per_million)
            .div_ceil(1_000_000);
        if fee > self.ceiling {
            return Err(ClientError::FeeCeiling {
                gas,
                fee,
                ceiling: self.ceiling,
                denom: self.denom.clone(),
            });
        }
        let denom: Denom = self.denom.parse().map_err(ClientError::input)?;
        Ok(Coin { denom, amount: fee })
    }
}

/// How a chain is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The node's RPC, `http://host:port` or `host:port`.
    pub url: String,
    /// Prefix of the chain's addresses.
    pub prefix: String,
    /// Fees.
    pub fees: Fees,
    /// How long an unreachable node is waited for.
    pub patience: Duration,
    /// Is told for whom one waits, and why, when that takes longer than a moment.
    pub notice: fn(&str),
}

/// A chain.
pub struct Client {
    pub(crate) rpc: Rpc,
    pub(crate) settings: Settings,
    pub(crate) chain_id: String,
}

impl Client {
    /// Connects, and learns the chain's id.
    ///
    /// # Errors
    /// The address is none, or the node does not answer.
    pub fn connect(settings: Settings) -> Result<Self, ClientError> {
        let rpc = Rpc::new(&settings.url, settings.patience, settings.notice)?;
        let chain_id = rpc.chain_id()?;
        Ok(Self {
            rpc,
            settings,
            chain_id,
        })
    }

    /// The chain's id.
    pub fn chain_id(&self) -> &str {
        &self.chain_id
    }

    /// The version of the node's program, as its build says.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn version(&self) -> Result<String, ClientError> {
        self.rpc.version()
    }

    /// How the chain is reached.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A key's address on this chain.
    ///
    /// # Errors
    /// The chain's prefix is none.
    pub fn address(&self, key: &Key) -> Result<Addr, ClientError> {
        let address = key.address(&self.settings.prefix)?;
        Ok(Addr::unchecked(address.to_string()))
    }

    /// The address a contract will have, whoever tells whom: decided by code, creator and salt.
    ///
    /// # Errors
    /// The salt is empty or longer than 64 bytes, or the creator is no address.
    pub fn predict(
        &self,
        checksum: &Checksum,
        creator: &Addr,
        salt: &[u8],
    ) -> Result<Addr, ClientError> {
        let creator: cosmrs::AccountId = creator.as_str().parse().map_err(ClientError::input)?;
        let creator = CanonicalAddr::from(Binary::new(creator.to_bytes()));
        let address = instantiate2_address(checksum.as_slice(), &creator, salt);
        let address = address.map_err(ClientError::input)?;
        cosmrs::AccountId::new(&self.settings.prefix, address.as_slice())
            .map(|address| Addr::unchecked(address.to_string()))
            .map_err(ClientError::input)
    }

    /// Height and time (nanoseconds since 1970) of the newest block.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn newest(&self) -> Result<(u64, u64), ClientError> {
        let height = self.rpc.height()?;
        let time = self.rpc.block(height)?.block.header.time;
        let nanos = u64::try_from(time.unix_timestamp_nanos()).map_err(ClientError::answer)?;
        Ok((height, nanos))
    }

    /// Waits for a block whose time is at least this (seconds since 1970).
    ///
    /// # Errors
    /// The node does not answer, or its chain stands still for longer than the client is patient.
    pub fn wait_until(&self, seconds: u64) -> Result<(), ClientError> {
        let due = seconds.saturating_mul(1_000_000_000);
        let (mut last, mut since) = (0, Instant::now());
        loop {
            let (height, time) = self.newest()?;
            if time >= due {
                return Ok(());
            }
            if height > last {
                (last, since) = (height, Instant::now());
            } else if since.elapsed() > self.settings.patience {
                let stands = format!("the chain stands at block {height}");
                return Err(ClientError::Unreachable(stands));
            }
            std::thread::sleep(POLL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fees;

    fn fees(ceiling: u128) -> Fees {
        Fees {
            denom: "stake".into(),
            per_million: 25_000,
            ceiling,
        }
    }

    #[test]
    fn fees_round_up_and_stop_at_the_ceiling() {
        // 0.025 a gas: 100,001 gas cost 2,500.025.
        assert_eq!(fees(2_501).for_gas(100_001).unwrap().amount, 2_501);
        let error = fees(2_500).for_gas(100_001).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("E_CHAIN_FEE_CEILING: 2501 stake"),
            "{error}"
        );
    }
}
