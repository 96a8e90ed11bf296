//! Things that must not work.

use protocol_api::engine::ExecuteMsg;
use sandbox::setup::SAT;

use super::Story;
use super::trades::put;
use crate::error::{CliError, Result};

impl Story {
    pub(super) fn refusals(&mut self) -> Result<()> {
        match self.deal("bob", &[put(1, 88_000.0, -1_500)], false) {
            Err(error) => self.say(&format!(
                "bob tries to sell 15 BTC of puts more: {}",
                error.code
            )),
            Ok(()) => {
                return Err(CliError::new(
                    "E_OPTIO_DEMO",
                    "an oversized trade went through",
                ));
            }
        }
        let alice = self.parties[1].trader.clone();
        let msg = ExecuteMsg::Withdraw {
            account: alice.account,
            amounts: vec![cosmwasm_std::Coin::new(195_000_000u128, SAT)],
            to: None,
        };
        match self.venue.engine("withdraw", &alice.address, &msg, &[]) {
            Err(error) => self.say(&format!(
                "alice tries to withdraw 1.95 of her 2 BTC: {}",
                error.code
            )),
            Ok(()) => return Err(CliError::new("E_OPTIO_DEMO", "cover could be withdrawn")),
        }
        Ok(())
    }
}
