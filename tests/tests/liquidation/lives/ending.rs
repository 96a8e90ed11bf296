//! How a life ends: time runs past all dates, prices come back, keepers do all they may, and then nothing is stuck.

use protocol_api::engine::{
    AccountId, ExecuteMsg, ExpiriesResponse, InsuranceResponse, LedgerResponse, LossResponse,
    QueryMsg, SeriesPageResponse, turn_from,
};
use protocol_api::liquidation::{AuctionView, AuctionsResponse, BackstopView, QueryMsg as Ask};

use super::auctions::EVERYBODY;
use super::life::{DENOMS, Life, MARKETS, PEOPLE};
use super::watch::{self, Rule};
use crate::market::{EXPIRIES, USD};

const DAY: u64 = 86_400;
/// Seconds after a date within which the ladder ends.
const LADDER: u64 = 7 * DAY;
/// Days in which everything ends once prices are back: debts grow old in one, a round takes one or one and a half, and the
/// next shares what was written off meanwhile.
const DAYS: u32 = 12;

impl Life {
    pub fn end(&mut self) {
        self.keep_to_the_end_of_auctions();
        self.settle_all();
        for _ in 0..DAYS {
            self.wait(DAY);
            self.prices_return();
            self.look_at_all();
            self.stock();
            self.clear_debts(EVERYBODY);
            self.look_for_gains();
            self.pay_losses();
            if self.debtors().is_empty() && self.losses().iter().all(|lost| *lost == 0) {
                break;
            }
        }
        self.look_at_all();
        self.nothing_is_open();
        self.all_leave();
    }

    /// An auction or a deficit of an account that recovered unseen is over when somebody looks.
    fn look_at_all(&mut self) {
        for account in self.everybody() {
            self.step(account, None, (None, None));
        }
    }

    fn prices_return(&mut self) {
        self.ether_speaks = true;
        self.calm();
    }

    /// Whoever is below maintenance is sold, taken or closed, as far as somebody can be found.
    fn keep_to_the_end_of_auctions(&mut self) {
        self.prices_return();
        for account in self.sick() {
            self.last_rung(account, EVERYBODY);
        }
    }

    fn settle_all(&mut self) {
        for (date, expiry) in EXPIRIES.into_iter().enumerate() {
            let last = u64::from(expiry) * 60 + LADDER;
            self.wait(last.saturating_sub(self.now()).max(1));
            self.fix(date);
            for market in 0..MARKETS.len() {
                self.take_over(market, date);
            }
        }
        self.all_have_prices();
        let everybody = self.everybody();
        self.settle(&everybody);
        for account in self.last.accounts.values() {
            assert!(account.legs.is_empty(), "legs are left: {account:?}");
        }
    }

    /// Taken over by whoever touched an account first, or by the message for it.
    fn all_have_prices(&self) {
        for market in MARKETS {
            let query = QueryMsg::Expiries {
                market: market.into(),
                start_after: None,
                limit: None,
            };
            let dates: ExpiriesResponse = watch::ask(self, &query);
            for date in dates.expiries {
                assert!(date.settlement_price.is_some(), "{market} {date:?}");
            }
        }
    }

    /// Base units lost of each coin.
    fn losses(&self) -> Vec<u128> {
        let ledger: LedgerResponse = watch::ask(self, &QueryMsg::Ledger {});
        let coins = ledger.coins.iter();
        coins
            .map(|coin| coin.lost.u128() + coin.withheld.u128())
            .collect()
    }

    fn loss(&self, market: usize) -> LossResponse {
        let query = QueryMsg::Loss {
            market: MARKETS[market].into(),
            account: None,
        };
        watch::ask(self, &query)
    }

    /// All accounts have their turn in the rounds that run; there are fewer than fit into two messages.
    fn look_for_gains(&mut self) {
        for market in [0, 1, 0, 1] {
            if let Some(next) = self.loss(market).unseen {
                self.share_loss(market, &turn_from(next));
            }
        }
    }

    /// A loss in quote coins that nobody's gains bear is paid by whoever gives insurance twenty times as much.
    fn pay_losses(&mut self) {
        let loss = self.loss(0);
        if !loss.lost.is_zero() && loss.gains.is_zero() {
            self.insure(0, (loss.lost.u128() / USD * 21 + 21) as u32);
            let all = self.numbers(EVERYBODY, 16);
            self.share_loss(0, &all);
        }
    }

    fn nothing_is_open(&mut self) {
        for market in MARKETS {
            let query = QueryMsg::SeriesPage {
                market: market.into(),
                expiry: None,
                start_after: None,
                limit: Some(100),
            };
            let page: SeriesPageResponse = watch::ask(self, &query);
            for series in page.series {
                let left = (series.unsettled.i64(), series.open_interest.u64());
                assert_eq!(left, (0, 0), "{series:?}");
            }
        }
        for (number, market) in MARKETS.into_iter().enumerate() {
            // Insurance is in quote coins: a loss in others whose winners have gone waits for new ones.
            let loss = self.loss(number);
            let over = loss.lost.is_zero() || (number == 1 && loss.gains.is_zero());
            assert!(over && loss.withheld.is_zero(), "{loss:?}");
            let market = market.into();
            let fund: InsuranceResponse = watch::ask(self, &QueryMsg::Insurance { market });
            assert!(fund.shortfall.is_zero(), "{fund:?}");
        }
        let owe = |id: &AccountId| self.last.accounts[id].clone();
        let owed: Vec<_> = self.debtors().iter().map(owe).collect();
        assert_eq!(owed, [], "in debt: {:#?}", self.seen);
        assert_eq!(self.sick(), [0_u64; 0], "{:?}", self.last.states);
        assert_eq!(self.auctions(), []);
    }

    fn auctions(&self) -> Vec<AuctionView> {
        let query = Ask::Auctions {
            start_after: None,
            limit: None,
        };
        let open: AuctionsResponse = watch::ask_liquidation(self, &query);
        open.auctions
    }

    /// Bids, shares and cash go to whose they are, to the last unit.
    fn all_leave(&mut self) {
        for who in 0..PEOPLE {
            let (account, from) = (self.number(who), self.address(who));
            while !self.last.accounts[&account].escrow.is_zero() {
                assert!(!self.bids_of(account).is_empty(), "escrow without a bid");
                self.withdraw_bid(account, 0, &from);
            }
            for backstop in self.backstops() {
                if self.shares(backstop.group, who) > 0 {
                    self.leave(backstop.group, who, 100);
                    self.all_redeemed(&backstop, who);
                }
            }
        }
        for who in 0..PEOPLE {
            self.leaves(who);
        }
        self.nothing_is_left();
    }

    /// What guests brought or won is theirs, unless a loss that nobody is left to bear makes the last of them wait.
    fn nothing_is_left(&self) {
        let ledger: LedgerResponse = watch::ask(self, &QueryMsg::Ledger {});
        for coin in ledger.coins.iter().filter(|coin| coin.lost.is_zero()) {
            let gone = coin.reserved.is_zero() && coin.escrow.is_zero() && coin.debt.is_zero();
            assert!(gone && coin.withheld.is_zero(), "{coin:?}");
        }
        for estate in self.estates() {
            let left = &self.last.accounts[&estate].cash;
            assert!(left.is_empty(), "{left:?}");
        }
    }

    /// Shares stay only where all is lost.
    fn all_redeemed(&self, backstop: &BackstopView, who: usize) {
        let shares = self.shares(backstop.group, who);
        let left = &self.last.accounts[&backstop.account].cash;
        let over = shares == 0 || left.is_empty();
        assert!(over, "{shares} of {left:?}: {}", self.refused);
    }

    fn leaves(&mut self, who: usize) {
        let account = self.number(who);
        if self.last.accounts[&account].owner != self.address(who).as_str() {
            // Taken over by insurance.
            return;
        }
        for denom in DENOMS {
            let held = self.cash(account, denom);
            if held > 0 {
                let done = self.withdraw(who, denom, held.unsigned_abs());
                let loss = (self.loss(0), self.loss(1));
                assert!(
                    done,
                    "{held} {denom} of {who} are stuck: {}\n{loss:?}",
                    self.refused
                );
            }
            let msg = ExecuteMsg::ClaimQueued {
                account,
                denom: denom.into(),
                to: None,
            };
            let from = self.address(who);
            self.engine("claim_queued", Rule::default(), &from, &msg);
        }
    }
}
