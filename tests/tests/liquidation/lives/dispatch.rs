//! Which act is done by what.

use super::acts::Act;
use super::life::Life;

impl Life {
    pub fn act(&mut self, act: &Act) {
        match act.clone() {
            Act::Trade {
                seller,
                buyer,
                series,
                lots,
                price,
                fresh,
                spends,
            } => {
                if fresh {
                    self.calm();
                }
                if self.trade((seller, buyer), series, (lots, price)) && spends {
                    self.spend(seller, price);
                }
            }
            Act::Spend { who, leave } => self.spend(who, leave),
            Act::Deposit {
                who,
                sender,
                coin,
                amount,
            } => self.deposit(who, sender, (coin, amount)),
            Act::Withdraw { who, coin, percent } => self.withdraw_part(who, coin, percent),
            Act::Insure { market, dollars } => self.insure(market, dollars),
            Act::Gift {
                to_engine,
                coin,
                amount,
            } => self.gift(to_engine, coin, amount),
            other => self.go_on(other),
        }
    }

    /// Prices, time and settlement.
    fn go_on(&mut self, act: Act) {
        match act {
            Act::Prices(leap) => self.leap(leap),
            Act::Wait { seconds } => self.wait(seconds),
            Act::Live { seconds } => self.live(seconds),
            Act::Gamble { lots, up } => self.gamble(lots, up),
            Act::Expire {
                basis_points,
                filled,
            } => self.expire(basis_points, filled),
            Act::Fix { date } => self.fix(date),
            Act::TakeOver { market, date } => self.take_over(market, date),
            Act::Settle { named } => {
                let accounts = self.numbers(named, 6);
                self.settle(&accounts);
            }
            other => self.offer(other),
        }
    }

    /// Bids and backstops.
    fn offer(&mut self, act: Act) {
        match act {
            Act::PlaceBid { who, slot, percent } => self.place_bid(who, slot, percent),
            Act::WithdrawBid { who, which, sender } => {
                let from = self.address(sender);
                self.withdraw_bid(self.number(who), which, &from);
            }
            Act::OpenBackstop { group, markets } => self.open_backstop(group, markets),
            Act::Join {
                group,
                who,
                dollars,
            } => self.join(group, who, dollars),
            Act::Leave {
                group,
                who,
                percent,
            } => self.leave(group, who, percent),
            other => self.liquidate(other),
        }
    }

    /// What is done to an account in trouble.
    fn liquidate(&mut self, act: Act) {
        match act {
            Act::Step {
                aim,
                offer,
                keeper,
                bids,
            } => {
                let account = self.aimed(aim);
                self.step(account, offer, (keeper, bids));
            }
            Act::Touch { aim, times } => {
                let account = self.aimed(aim);
                self.touch(account, times);
            }
            Act::LastRung { aim, named } => {
                let account = self.aimed(aim);
                self.last_rung(account, named);
            }
            Act::Nominate { aim, named } => {
                let account = self.aimed(aim);
                self.nominate(account, named);
            }
            Act::Deleverage { aim } => {
                let account = self.aimed(aim);
                self.deleverage(account);
            }
            other => self.rescue(other),
        }
    }

    /// Backstops' takings and debts.
    fn rescue(&mut self, act: Act) {
        match act {
            Act::TakeBackstop { group, aim, keeper } => {
                let account = self.aimed(aim);
                // A backstop takes for no less than nothing, and the schedule begins below that.
                self.touch(account, u8::from(keeper.is_some()) * 2);
                self.take_backstop(group, account, keeper);
            }
            Act::CoverDebt { aim } => self.cover_debt(self.debtor(aim)),
            Act::ShareLoss { market, named } => {
                let accounts = self.numbers(named, 16);
                self.share_loss(market, &accounts);
            }
            Act::BuyCollateral {
                buyer,
                aim,
                coins,
                percent,
            } => self.buy_collateral(buyer, self.debtor(aim), (coins, percent)),
            Act::Default { days, named } => self.default(days, named),
            other => unreachable!("{other:?}"),
        }
    }
}
