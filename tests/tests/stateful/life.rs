//! A life of the whole protocol beside its model: each step sends one message or several, each of which must come to what
//! the model says.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Coin, Decimal, Uint128};
use protocol_api::engine::{EngineParams, ExecuteMsg};
use protocol_api::exchange::SignedQuote;
use protocol_api::oracle::report::Report;
use sandbox::setup::{self, SAT, USDC, Window};
use sandbox::{Sandbox, Trader};
use wasm_chain::{ChainError, Mode, Outcome};

use crate::check;
use crate::model::ledger::Payee;
use crate::model::oracle::{BUCKET, BUCKETS, Told};
use crate::model::series::{EXPIRIES, SERIES, START, expires};
use crate::model::venue::Offer;
use crate::model::{Expect, Holder, Model, TRADERS};
use crate::steps::Step;

/// Denominations by the number that the model gives a coin, which is its market's.
pub const DENOMS: [&str; 2] = [USDC, SAT];
const NAMES: [&str; TRADERS] = ["ann", "bob", "cat", "dan"];
const CASH: [[i128; 2]; TRADERS] = [
    [32_000_000_000, 50_000_000],
    [32_000_000_000, 0],
    [6_000_000_000, 80_000_000],
    [400_000_000_000, 900_000_000],
];
/// Nobody waits beyond this: observations are forgotten after ten days.
const LATEST: u64 = START + 10 * 86_400;

pub struct Life {
    pub world: Sandbox,
    pub model: Model,
    pub traders: Vec<Trader>,
    /// Not an owner of anything; some withdrawals go there.
    pub vault: Addr,
    /// Whole dollars.
    pub spot: u64,
    pub newest: Option<(Report, Told, usize)>,
    pub groups: Vec<Vec<(Offer, SignedQuote)>>,
    /// What each message came to: `ok` or the error's code.
    pub verdicts: Vec<String>,
    /// How often what happened, so that a test knows that it has seen enough.
    pub seen: BTreeMap<String, usize>,
    /// Which accounts are covered.
    pub covered: Vec<bool>,
}

impl Life {
    pub fn new(mode: Mode) -> Self {
        let window = Window {
            buckets: BUCKETS as u8,
            bucket_seconds: BUCKET as u8,
        };
        let mut world = Sandbox::deploy(mode, START, window).expect("deployed");
        let open = |(name, cash): (&&str, &[i128; 2])| {
            let coins = DENOMS.iter().zip(cash).filter(|(_, amount)| **amount > 0);
            let mut funds: Vec<Coin> = coins
                .map(|(denom, amount)| Coin::new(*amount as u128, *denom))
                .collect();
            funds.sort_by(|a, b| a.denom.cmp(&b.denom));
            world.open_account(name, &funds).expect("opened")
        };
        let traders = NAMES.iter().zip(&CASH).map(open).collect();
        let mut life = Self {
            vault: world.chain.address("vault"),
            world,
            model: Model::new(&CASH),
            traders,
            spot: 90_000,
            newest: None,
            groups: vec![],
            verdicts: vec![],
            seen: BTreeMap::new(),
            covered: vec![],
        };
        life.set_up();
        life
    }

    /// Debts bear no interest here, so that cash is known to the last unit; the first report; all series.
    fn set_up(&mut self) {
        let free = EngineParams {
            debt_rate: Decimal::zero(),
            ..setup::engine_params()
        };
        let msg = ExecuteMsg::SetParams {
            params: free,
            effective_at: START,
        };
        let owner = self.world.owner.clone();
        self.world.engine_as(&owner, &msg, &[]).expect("set");
        self.report_plainly();
        self.world
            .list_series(&SERIES.map(|series| series.name))
            .expect("listed");
        self.covered = check::compare(self);
    }

    pub fn now(&self) -> u64 {
        self.world.chain.now()
    }

    pub fn saw(&mut self, what: &str) {
        *self.seen.entry(what.to_owned()).or_default() += 1;
    }

    /// Sends a message that must come to what is expected; none if it was refused, which changes nothing.
    pub fn send(
        &mut self,
        expect: &Expect,
        message: impl FnOnce(&mut Sandbox) -> Result<Outcome, ChainError>,
    ) -> Option<Outcome> {
        let before = self.world.chain.dump_state();
        let result = message(&mut self.world);
        let verdict = match &result {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.code().expect("every refusal has a code").to_owned(),
        };
        let as_expected = match expect {
            Expect::Accept => verdict == "ok",
            Expect::Refuse(codes) => codes.has(&verdict),
            Expect::Judge(codes) => verdict == "ok" || codes.has(&verdict),
        };
        assert!(as_expected, "{expect:?}, but {verdict}: {result:?}");
        if result.is_err() {
            assert!(
                before == self.world.chain.dump_state(),
                "refused with {verdict}, but the state changed"
            );
        }
        self.saw(&verdict);
        self.verdicts.push(verdict);
        result.ok()
    }

    /// Audits the ledger and compares everything with the model; what no owner chose ends nobody's being covered.
    pub fn check(&mut self, chosen: bool) {
        if self.covered.is_empty() {
            // Not yet set up.
            return;
        }
        self.world.audit().expect("invariants");
        self.model.is_short = check::is_short(self);
        let now = check::compare(self);
        let lost = self.covered.iter().zip(&now).any(|(was, is)| *was && !is);
        assert!(chosen || !lost, "INV-10: {:?}, then {now:?}", self.covered);
        self.covered = now;
    }

    pub fn act(&mut self, step: &Step) {
        match step {
            Step::Deposit {
                account,
                sender,
                coins,
            } => self.deposit(*account, *sender, coins),
            Step::Withdraw {
                account,
                sender,
                percents,
                to_vault,
            } => {
                let to = Payee::of(*to_vault);
                self.withdraw(*account, *sender, (percents, to));
            }
            Step::Trade { group, demand } => {
                let group = self.quote(group);
                self.groups.push(group);
                self.take(self.groups.len() - 1, demand);
            }
            Step::Again { back, demand } => {
                if let Some(place) = self.groups.len().checked_sub(1 + back) {
                    self.take(place, demand);
                }
            }
            Step::Close {
                maker,
                taker,
                place,
                lots,
                price,
                reduce_only,
            } => {
                self.close((*maker, *taker), *place, (*lots, *price, *reduce_only));
            }
            Step::Cancel {
                maker,
                sender,
                from,
                length,
                times,
                far,
            } => {
                let first = if *far { (1 << 48) + from } else { *from };
                for time in 0..*times {
                    let from = first + time * 12;
                    let to = from.saturating_add_signed((*length).into());
                    self.cancel(*maker, *sender, (from, to));
                }
            }
            Step::Prune {
                maker,
                from,
                length,
            } => self.prune(*maker, (*from..from + length).collect()),
            Step::Publish(draft) => self.publish(draft),
            Step::Carry => self.carry(),
            Step::Wait { seconds } => self.wait(*seconds),
            Step::Window {
                filled,
                level,
                moves,
                after,
            } => self.window(*filled, (*level, moves), *after),
            Step::Fix { date } => self.fix(*date),
            Step::TakeOver { market, date } => self.take_over(*market, *date),
            Step::Settle { accounts } => self.settle(accounts),
            Step::Claim {
                account,
                coin,
                to_vault,
            } => {
                let to = Payee::of(*to_vault);
                self.claim(*coin, (*account, to));
            }
            Step::Collect { coin } => self.collect(*coin),
            Step::Gift { coin, amount } => self.gift(*coin, (*amount).into()),
        }
    }

    fn wait(&mut self, seconds: u64) {
        if self.now() + seconds <= LATEST {
            self.world.chain.advance(seconds);
            self.check(false);
        }
    }

    fn gift(&mut self, coin: usize, amount: u128) {
        let engine = self.world.engine.clone();
        self.world
            .chain
            .mint(&engine, &[Coin::new(amount, DENOMS[coin])])
            .expect("minted");
        self.model.gifts[coin] += amount as i128;
        self.check(false);
    }

    /// Every date gets its price.
    pub fn fix_all(&mut self) {
        let last = expires(EXPIRIES.len() - 1) + 7 * 86_400;
        self.world.chain.set_time(self.now().max(last));
        for date in 0..EXPIRIES.len() {
            self.fix(date);
        }
    }

    /// Everybody is settled, debts are repaid, and who waits is paid in full.
    pub fn end(&mut self) {
        self.settle(&[0, 1, 2, 3]);
        let legs = |holder: &Holder| holder.legs.len();
        assert_eq!(
            self.model.holders.iter().map(legs).sum::<usize>(),
            0,
            "every leg settles"
        );
        for account in 0..TRADERS {
            for coin in 0..DENOMS.len() {
                let owed = -self.model.holders[account].cash[coin].min(0);
                if owed > 0 {
                    self.saw("debt");
                    self.bring(account, account, &[(coin, owed as u64)]);
                }
            }
        }
        for coin in 0..DENOMS.len() {
            let waiting: Vec<_> = self.model.queues[coin].claims.keys().copied().collect();
            for key in waiting {
                self.claim(coin, key);
            }
            assert_eq!(
                self.model.reserved(coin),
                0,
                "INV-9: all get what they asked for"
            );
        }
        check::every_quote(self);
    }

    /// What an address holds of a coin.
    pub fn wallet(&self, address: &Addr, coin: usize) -> i128 {
        let held = self
            .world
            .chain
            .balance(address, DENOMS[coin])
            .expect("balance");
        Uint128::try_from(held).expect("fits").u128() as i128
    }
}
