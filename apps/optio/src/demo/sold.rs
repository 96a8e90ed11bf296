//! What is noted of liquidations, and how it is read from what the contracts say.

use std::fmt;
use std::str::FromStr;

use cosmwasm_std::Event;
use protocol_api::engine::{
    AccountId, Deleveraged, InsurancePaid, LiquidateData, LiquidationStateResponse,
    LiquidationStepped, SliceTaken,
};
use protocol_api::event::TypedEvent;
use wasm_chain::Outcome;

use crate::error::{CliError, Result};

/// Equity and maintenance margin, quote base units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Value at mark.
    pub equity: i128,
    /// Maintenance margin.
    pub margin: i128,
}

impl Standing {
    /// As the engine's query has it; zero where no price is known.
    pub fn of(state: &LiquidationStateResponse) -> Self {
        Self {
            equity: state.equity.map_or(0, |e| e.i128()),
            margin: state
                .maintenance
                .map_or(0, |m| i128::try_from(m.u128()).unwrap_or(i128::MAX)),
        }
    }

    /// Equity over maintenance; none without margin.
    pub fn health(self) -> Option<f64> {
        (self.margin > 0).then(|| self.equity as f64 / self.margin as f64)
    }

    /// What it owes beyond all it has.
    pub fn deficit(self) -> i128 {
        (-self.equity).max(0)
    }
}

/// What a message's events say of a liquidation, base units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepReport {
    /// How the account stands afterwards.
    pub after: Standing,
    /// What takers paid on top of the price.
    pub penalty: i128,
    /// The keeper's part of it.
    pub keeper: i128,
    /// Takers: account, reward in parts per million, paid with penalty.
    pub taken: Vec<(AccountId, i32, i128)>,
    /// What insurance paid.
    pub insurance: i128,
    /// Counterparties: account, paid.
    pub closed: Vec<(AccountId, i128)>,
}

impl StepReport {
    /// Reads the events.
    ///
    /// # Errors
    /// When an attribute is missing or no number.
    pub fn of(outcome: &Outcome) -> Result<Self> {
        let mut told = Self::default();
        for event in &outcome.response.events {
            let name = event.ty.strip_prefix("wasm-").unwrap_or(&event.ty);
            if name == LiquidationStepped::NAME {
                told.after.equity = number(event, "equity")?;
                told.after.margin = number(event, "maintenance")?;
                told.penalty = number(event, "penalty")?;
                told.keeper = number(event, "keeper_reward")?;
            } else if name == SliceTaken::NAME {
                let (taker, reward) = (number(event, "taker")?, number(event, "reward")?);
                told.taken.push((taker, reward, number(event, "paid")?));
            } else if name == InsurancePaid::NAME {
                told.insurance += number::<i128>(event, "amount")?;
            } else if name == Deleveraged::NAME {
                let who = number(event, "counterparty")?;
                told.closed.push((who, number(event, "paid")?));
            }
        }
        Ok(told)
    }

    /// Whether a preview said the same.
    pub fn is_as_shown(&self, shown: &LiquidateData) -> bool {
        let taken = shown.taken.iter();
        let taken = taken.map(|t| (t.account, t.reward, t.paid.i128()));
        taken.eq(self.taken.iter().copied())
            && i128::try_from(shown.keeper_reward.u128()) == Ok(self.keeper)
    }
}

fn number<T: FromStr>(event: &Event, key: &str) -> Result<T> {
    let mut found = event.attributes.iter().filter(|a| a.key == key);
    let value = found.next().and_then(|a| a.value.parse().ok());
    value.ok_or_else(|| CliError::input(format!("{} says no {key}", event.ty)))
}

/// One line of the table of steps; amounts in USD.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Hours since the start.
    pub hour: f64,
    /// Whose account.
    pub account: String,
    /// Who took; none: the step only looked.
    pub taker: Option<String>,
    /// Per cent of the margin taken over.
    pub reward: f64,
    /// Health before the step, and after it.
    pub health: [Option<f64>; 2],
    /// What the taker paid, his part of the penalty in it; negative: what insurance paid him.
    pub paid: f64,
    /// The penalty of the whole step, told with the first of its takers.
    pub penalty: Option<Penalty>,
}

/// What the takers of a step paid on top of the price, USD.
#[derive(Debug, Clone, Copy)]
pub struct Penalty {
    /// All of it.
    pub all: f64,
    /// The keeper's part; insurance gets the rest.
    pub keeper: f64,
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = self.health.map(shown);
        let (account, reward) = (&self.account, self.reward);
        let taker = self.taker.as_deref().unwrap_or("nobody");
        write!(
            f,
            "{taker} takes a slice of {account} at a reward of {reward:.2} % and "
        )?;
        if self.paid < 0.0 {
            write!(f, "gets {:.2} USDC from insurance", -self.paid)?;
        } else {
            write!(f, "pays {:.2}", self.paid)?;
        }
        if let Some(Penalty { all, keeper }) = self.penalty.filter(|penalty| penalty.all > 0.0) {
            write!(
                f,
                " (penalty of the step: {all:.2}, {keeper:.2} of it to the keeper)"
            )?;
        }
        write!(f, "; health {before} -> {after}")
    }
}

/// Whose a rung of the waterfall is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// The account itself.
    Own,
    /// Insurance.
    Fund,
    /// Others in the market: the other sides of its legs, those who gained.
    Sides,
    /// Nobody: time and rounding.
    Drift,
}

impl Bearer {
    /// A word for style sheets.
    const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Fund => "fund",
            Self::Sides => "sides",
            Self::Drift => "drift",
        }
    }
}

/// One rung of the waterfall; amounts in USD.
#[derive(Debug, Clone)]
pub struct Rung {
    /// Hours since the start.
    pub hour: f64,
    /// Who bears.
    pub bearer: Bearer,
    /// The same in words.
    pub who: String,
    /// What it bears.
    pub amount: f64,
    /// What is left to bear.
    pub left: f64,
}

impl Rung {
    /// Whose it is, as a word for style sheets.
    pub const fn kind(&self) -> &'static str {
        self.bearer.word()
    }
}

/// Who bore a loss that was larger than the account.
#[derive(Debug, Clone)]
pub struct Waterfall {
    /// Whose account.
    pub account: String,
    /// When the gap came, hours since the start.
    pub hour: f64,
    /// What the account lost in it.
    pub lost: f64,
    /// Who bore it, in order.
    pub rungs: Vec<Rung>,
}

impl Waterfall {
    /// What nobody has borne yet.
    pub fn left(&self) -> f64 {
        self.rungs.last().map_or(self.lost, |rung| rung.left)
    }

    /// Adds a rung; one that bears nothing is left out.
    pub fn bear(&mut self, hour: f64, bearer: Bearer, who: &str, amount: i128) {
        let amount = usd(amount);
        if amount != 0.0 {
            let left = self.left() - amount;
            self.rungs.push(Rung {
                hour,
                bearer,
                who: who.to_owned(),
                amount,
                left,
            });
        }
    }
}

/// Base units of the quote coin as dollars.
pub fn usd(amount: i128) -> f64 {
    amount as f64 / 1e6
}

/// Health as text.
pub fn shown(health: Option<f64>) -> String {
    health.map_or_else(|| "-".to_owned(), |h| format!("{h:.3}"))
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Event;
    use cw_multi_test::AppResponse;
    use wasm_chain::Outcome;

    use super::{Bearer, Rung, Standing, StepReport, Waterfall};

    fn outcome(events: Vec<Event>) -> Outcome {
        Outcome {
            response: AppResponse {
                events,
                ..AppResponse::default()
            },
            gas: wasm_chain::GasReport::default(),
        }
    }

    #[test]
    fn a_step_is_read_from_its_events() {
        let slice = Event::new("wasm-slice_taken")
            .add_attributes([("account", "7"), ("taker", "8")])
            .add_attributes([("reward", "-200"), ("paid", "101")]);
        let paid = Event::new("wasm-insurance_paid").add_attribute("amount", "5");
        let stepped = Event::new("wasm-liquidation_stepped")
            .add_attributes([("equity", "90"), ("maintenance", "100")])
            .add_attributes([("penalty", "1"), ("keeper_reward", "0")]);
        let told = StepReport::of(&outcome(vec![slice, paid.clone(), paid, stepped])).unwrap();
        assert_eq!(told.taken, [(8, -200, 101)]);
        assert_eq!((told.insurance, told.penalty), (10, 1));
        assert_eq!(told.after.health(), Some(0.9));
        assert!(StepReport::of(&outcome(vec![Event::new("wasm-slice_taken")])).is_err());
    }

    #[test]
    fn rungs_bear_a_loss_in_order() {
        let mut fall = Waterfall {
            account: "x".into(),
            hour: 0.0,
            lost: 10.0,
            rungs: vec![],
        };
        fall.bear(0.0, Bearer::Own, "own equity", 6_000_000);
        fall.bear(1.0, Bearer::Fund, "insurance", 0);
        fall.bear(2.0, Bearer::Sides, "gains", 3_000_000);
        assert_eq!((fall.rungs.len(), fall.left()), (2, 1.0));
        let kinds: Vec<&str> = fall.rungs.iter().map(Rung::kind).collect();
        assert_eq!(kinds, ["own", "sides"]);
        let broke = Standing {
            equity: -5,
            margin: 0,
        };
        assert_eq!((broke.deficit(), broke.health()), (5, None));
    }
}
