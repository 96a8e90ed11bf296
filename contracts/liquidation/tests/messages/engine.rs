//! An engine of a page: accounts with cash and legs, an escrow, and steps that answer what a test scripted.

use std::collections::BTreeMap;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    BankMsg, Binary, Decimal, Deps, DepsMut, Empty, Env, Int64, Int128, MessageInfo, Response,
    StdError, StdResult, Storage, Uint64, Uint128, from_json, to_json_binary, to_json_vec,
};
use cw_multi_test::{Contract, ContractWrapper};
use protocol_api::Scheduled;
use protocol_api::engine::*;

pub const USDC: &str = "uusdc";
pub const SAT: &str = "sat";

#[cw_serde]
pub struct Account {
    pub owner: String,
    pub venues: Vec<String>,
    pub cash: BTreeMap<String, i128>,
    /// Whether what it owes is late.
    pub late: bool,
    /// Its profit in BTC_USDC.
    pub gained: i128,
    pub standing: Option<Standing>,
    pub legs: Vec<String>,
    pub escrow: u128,
}

#[cw_serde]
#[derive(Default)]
pub struct State {
    pub accounts: BTreeMap<u64, Account>,
    /// What the next step answers; absent: an answer that depends on every part of the order.
    pub script: Option<LiquidateData>,
    /// When the price of a satoshi, 2 quote units, was published; absent: there is none.
    pub price_time: Option<u64>,
    /// Who may be closed, best first.
    pub ranks: Vec<u64>,
    /// Deficits that were seen, by market; the insurance of each holds 60.
    pub shortfall: BTreeMap<String, u128>,
    /// Markets in which losers of fixed series have not paid.
    pub uncollected: Vec<String>,
    /// Markets of whose losses no part is booked yet.
    pub unbooked: Vec<String>,
    /// Gains of every account withheld.
    pub withheld: u128,
    /// The account stays below maintenance when it is closed.
    pub stays: bool,
    /// The last order to close an account.
    pub closed: Option<DeleverageOrder>,
    /// The last step.
    pub order: Option<LiquidateOrder>,
}

impl State {
    pub fn load(storage: &dyn Storage) -> Self {
        storage
            .get(b"state")
            .map_or_else(Self::default, |bytes| from_json(bytes).unwrap())
    }

    pub fn save(&self, storage: &mut dyn Storage) {
        storage.set(b"state", &to_json_vec(self).unwrap());
    }

    fn post(&mut self, account: u64, denom: &str, amount: i128) -> StdResult<()> {
        let account = self.accounts.get_mut(&account).ok_or_else(no_account)?;
        let cash = account.cash.entry(denom.into()).or_default();
        *cash += amount;
        Ok(())
    }

    fn reserve(&mut self, account: u64, amount: i128) -> StdResult<()> {
        let account = self.accounts.get_mut(&account).ok_or_else(no_account)?;
        let escrow = account.escrow.checked_add_signed(amount);
        account.escrow = escrow.ok_or_else(|| StdError::msg("E_ENGINE_ESCROW: not there"))?;
        Ok(())
    }
}

fn no_account() -> StdError {
    StdError::msg("E_ENGINE_NO_ACCOUNT: there is none")
}

/// An answer that no two different orders share.
pub fn fingerprint(order: &LiquidateOrder) -> LiquidateData {
    let digest = to_json_vec(order)
        .unwrap()
        .iter()
        .fold(7_u128, |sum, byte| {
            (sum * 257 + u128::from(*byte)) % (1 << 100)
        });
    LiquidateData {
        before: Standing::Deep,
        after: Standing::Deep,
        auction: AuctionStart {
            at: 1,
            price_time: 1,
        },
        taken: vec![],
        passed_over: vec![],
        keeper_reward: Uint128::new(digest),
    }
}

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn execute(deps: DepsMut, _: Env, info: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    let mut state = State::load(deps.storage);
    let response = run(&mut state, &info, msg)?;
    state.save(deps.storage);
    Ok(response)
}

fn run(state: &mut State, info: &MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    let mut response = Response::new();
    match msg {
        ExecuteMsg::CreateAccount { venues } => {
            let id = state.accounts.keys().max().unwrap_or(&0) + 1;
            let account = Account {
                owner: info.sender.to_string(),
                venues,
                cash: BTreeMap::new(),
                late: false,
                gained: 0,
                standing: None,
                legs: vec![],
                escrow: 0,
            };
            state.accounts.insert(id, account);
            response = response.set_data(to_json_binary(&id)?);
        }
        ExecuteMsg::Deposit { account } => {
            for coin in &info.funds {
                let amount = Uint128::try_from(coin.amount).unwrap().u128();
                state.post(account, &coin.denom, amount as i128)?;
            }
        }
        ExecuteMsg::Withdraw {
            account,
            amounts,
            to,
        } => {
            let owner = state.accounts[&account].owner.clone();
            if info.sender.as_str() != owner {
                return Err(StdError::msg("E_ENGINE_UNAUTHORIZED: no"));
            }
            for coin in &amounts {
                let amount = Uint128::try_from(coin.amount).unwrap().u128();
                state.post(account, &coin.denom, -(amount as i128))?;
            }
            response = response.add_message(BankMsg::Send {
                to_address: to.unwrap_or(owner),
                amount: amounts,
            });
        }
        ExecuteMsg::Reserve {
            account,
            consent,
            amount,
        } => {
            let known = state.accounts.get(&account).ok_or_else(no_account)?;
            if consent != address(&known.owner) || known.cash[USDC] < amount.u128() as i128 {
                return Err(StdError::msg("E_ENGINE_CONSENT: no"));
            }
            state.post(account, USDC, -(amount.u128() as i128))?;
            state.reserve(account, amount.u128() as i128)?;
        }
        ExecuteMsg::Release { account, amount } => {
            state.reserve(account, -(amount.u128() as i128))?;
            state.post(account, USDC, amount.u128() as i128)?;
        }
        ExecuteMsg::Liquidate(order) => {
            if order.account == 666 {
                return Err(StdError::msg("E_ENGINE_NO_PRICE: refused"));
            }
            let data = state.script.take().unwrap_or_else(|| fingerprint(&order));
            for taken in &data.taken {
                let taker = order.takers.iter().find(|t| t.account == taken.account);
                if taker.is_some_and(|taker| taker.escrowed) {
                    // A script may take too much: the contract must see it.
                    let paid = taken.paid.i128().max(0).unsigned_abs();
                    let account = state.accounts.get_mut(&taken.account);
                    let account = account.ok_or_else(no_account)?;
                    account.escrow = account.escrow.saturating_sub(paid);
                }
            }
            state.order = Some(order);
            response = response.set_data(to_json_binary(&data)?);
        }
        ExecuteMsg::Deleverage(order) => {
            let data = rank(state, &order);
            state.closed = Some(order);
            response = response.set_data(to_json_binary(&data)?);
        }
        _ => return Err(StdError::msg("unexpected")),
    }
    Ok(response)
}

/// Those named whom a test ranked, in its order.
fn rank(state: &State, order: &DeleverageOrder) -> DeleverageData {
    let named = state.ranks.iter();
    let named = named.filter(|id| order.counterparties.contains(id));
    let counterparty = |id: &u64| Counterparty {
        account: *id,
        dust: false,
        unhedges: false,
        spread: false,
        profit: Int128::zero(),
        paid: Some(Int128::new(7)),
        closed: vec![],
    };
    DeleverageData {
        before: Standing::Insolvent,
        after: if state.stays {
            Standing::Insolvent
        } else {
            Standing::Healthy
        },
        shared: Uint128::zero(),
        insured: Uint128::zero(),
        counterparties: named.map(counterparty).collect(),
    }
}

fn address(address: &str) -> Consent {
    Consent::Address {
        address: address.into(),
    }
}

fn query(deps: Deps, _: Env, msg: QueryMsg) -> StdResult<Binary> {
    let state = State::load(deps.storage);
    match msg {
        QueryMsg::Account { account } => {
            let known = state.accounts.get(&account).ok_or_else(no_account)?;
            to_json_binary(&account_response(account, known, state.withheld))
        }
        QueryMsg::Authorized {
            account, consent, ..
        } => {
            let known = state.accounts.get(&account);
            let authorized = known.is_some_and(|known| consent == address(&known.owner));
            to_json_binary(&AuthorizedResponse { authorized })
        }
        QueryMsg::Coins {} => {
            let terms = CoinTerms {
                weight_initial: Decimal::one(),
                weight_maintenance: Decimal::one(),
                depeg: Decimal::zero(),
                cap: Uint128::MAX,
                debt_cap: Uint128::MAX,
            };
            let view = |id, denom: &str, decimals| CoinView {
                id,
                denom: denom.into(),
                underlying: None,
                decimals,
                accepted: Uint128::MAX,
                terms: Scheduled {
                    current: terms.clone(),
                    next: None,
                },
            };
            let coins = vec![view(0, USDC, 6), view(1, SAT, 8)];
            to_json_binary(&CoinsResponse { coins })
        }
        QueryMsg::Market { market: symbol } => to_json_binary(&market(&symbol)?),
        QueryMsg::LiquidationStates { accounts } => {
            let cash = &state.accounts[&accounts[0]].cash;
            let held = |denom: &str| cash.get(denom).copied().unwrap_or_default();
            let equity = Int128::new(held(USDC) + 2 * held(SAT));
            to_json_binary(&vec![LiquidationStateResponse {
                account: accounts[0],
                fingerprint: Binary::default(),
                legs_fingerprint: Binary::default(),
                standing: state.accounts[&accounts[0]].standing,
                equity: state.price_time.map(|_| equity),
                maintenance: None,
                allowed: false,
                price_time: state.price_time,
            }])
        }
        QueryMsg::Insurance { market } => to_json_binary(&InsuranceResponse {
            balance: Uint128::new(60),
            available: Uint128::new(3),
            hour_ends: 3_600,
            shortfall: Uint128::new(state.shortfall.get(&market).copied().unwrap_or_default()),
            market,
        }),
        QueryMsg::Loss { market, .. } => to_json_binary(&loss(&state, market)),
        QueryMsg::PreviewLiquidate { order } => to_json_binary(&LiquidatePreview {
            done: fingerprint(&order),
            accounts: vec![],
        }),
        QueryMsg::PreviewDeleverage { order } => to_json_binary(&rank(&state, &order)),
        _ => Err(StdError::msg("unexpected")),
    }
}

/// A loss of a unit, the account's to bear.
fn loss(state: &State, market: String) -> LossResponse {
    let due = u8::from(state.unbooked.contains(&market));
    LossResponse {
        uncollected: u8::from(state.uncollected.contains(&market)).into(),
        market,
        lost: due.into(),
        round: 0,
        ends_at: None,
        ends_at_latest: None,
        unseen: None,
        due: due.into(),
        gains: Uint128::zero(),
        withheld: Uint128::zero(),
        account: Some(LossPart {
            gains: due.into(),
            withheld: Uint128::zero(),
            cut: due.into(),
            moved: -Int128::from(due),
        }),
    }
}

fn account_response(account: u64, known: &Account, withheld: u128) -> AccountResponse {
    let cash = known.cash.iter().map(|(denom, amount)| CashView {
        denom: denom.clone(),
        amount: Int128::new(*amount),
        debt_since: None,
        late: known.late && *amount < 0,
    });
    let leg = |series: &String| LegView {
        series: series.clone(),
        quantity: Int64::new(-1),
    };
    AccountResponse {
        account,
        owner: known.owner.clone(),
        offer: None,
        cash: cash.collect(),
        legs: known.legs.iter().map(leg).collect(),
        profits: vec![ProfitView {
            market: "BTC_USDC".into(),
            realized: Int128::new(known.gained),
            withheld: Uint128::new(withheld),
        }],
        escrow: Uint128::new(known.escrow),
    }
}

fn market(symbol: &str) -> StdResult<MarketResponse> {
    let settle_denom = match symbol {
        "BTC_USDC" | "ETH_USDC" => USDC,
        "BTC" => SAT,
        _ => return Err(StdError::msg("E_ENGINE_UNKNOWN: there is no such market")),
    };
    Ok(MarketResponse {
        id: 0,
        symbol: symbol.into(),
        underlying: 1,
        settle_denom: settle_denom.into(),
        style: MarketStyle::Linear,
        unit: Decimal::one(),
        tick: Decimal::one(),
        multiplier: Uint64::new(1),
        tick_value: Uint64::new(1),
        strike_step: Decimal::one(),
        digital_payout: Decimal::one(),
        calendar: Calendar::default(),
        fixing: FixingTerms::default(),
        params: Scheduled {
            current: MarketParams {
                maker_rate: Decimal::zero(),
                taker_rate: Decimal::zero(),
                fee_premium_cap: Decimal::zero(),
                series_cap: Uint64::new(1),
                expiry_series: 1,
                open: true,
            },
            next: None,
        },
    })
}
