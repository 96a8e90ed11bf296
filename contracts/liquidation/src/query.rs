//! Answers to queries.

use cosmwasm_std::{Binary, Deps, Env, Uint128, to_json_binary};
use protocol_api::engine::{AccountId, DeleverageData, LiquidatePreview};
use protocol_api::governance::Offer;
use protocol_api::liquidation::{
    AuctionResponse, AuctionView, AuctionsResponse, BackstopResponse, BackstopView,
    BackstopsResponse, BidPlace, BidView, BidsResponse, ConfigResponse, MAX_BIDS, NomineeTable,
    NomineesResponse, QueryMsg, SharesResponse, Step,
};
use protocol_api::{Planned, Scheduled};
use protocol_std::ownership;
use protocol_std::pagination::limit as page_limit;

use crate::core::auction::Auction;
use crate::core::bids::{Bid, Place};
use crate::core::terms::Terms;
use crate::engine::Engine;
use crate::error::ContractError;
use crate::execute::{deleverage, liquidate, take_backstop};
use crate::holdings::Holdings;
use crate::state::{self, Backstop};
use crate::step::{self, Request};

/// Dispatches a query.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps, now)?),
        QueryMsg::Auction { account } => to_json_binary(&auction(deps, now, account)?),
        QueryMsg::Auctions { start_after, limit } => {
            to_json_binary(&auctions(deps, now, start_after, limit)?)
        }
        QueryMsg::Bids { start_after, limit } => to_json_binary(&bids(deps, start_after, limit)?),
        QueryMsg::BidsByAccount { account } => to_json_binary(&bids_of(deps, account)?),
        QueryMsg::Backstop { group } => to_json_binary(&backstop(deps, group)?),
        QueryMsg::Backstops { start_after, limit } => {
            let page = state::page_backstops(deps.storage, start_after, page_limit(limit))?;
            let backstops = page.into_iter().map(backstop_view).collect();
            to_json_binary(&BackstopsResponse { backstops })
        }
        QueryMsg::Shares { group, holder } => to_json_binary(&shares(deps, group, &holder)?),
        QueryMsg::Preview(step) => to_json_binary(&preview(deps, now, step)?),
        QueryMsg::PreviewBackstop {
            group,
            account,
            keeper,
        } => to_json_binary(&preview_backstop(deps, env, group, account, keeper)?),
        QueryMsg::Nominees { account } => to_json_binary(&nominees(deps, now, account)?),
        QueryMsg::PreviewDeleverage { account } => {
            to_json_binary(&preview_deleverage(deps, now, account)?)
        }
    };
    Ok(answer?)
}

fn config(deps: Deps, now: u64) -> Result<ConfigResponse, ContractError> {
    let config = state::load_config(deps.storage)?;
    let owners = ownership::load(deps.storage)?;
    let offer = owners.offer.filter(|offer| offer.is_open(now));
    let planned = config.terms.planned(now);
    Ok(ConfigResponse {
        owner: owners.owner,
        offer: offer.map(|offer| Offer {
            to: offer.to,
            expires_at: offer.expires_at,
        }),
        engine: config.engine,
        quote_denom: config.quote,
        terms: Scheduled {
            current: config.terms.at(now).to_wire(),
            next: planned.map(|(from, terms)| Planned {
                value: terms.to_wire(),
                effective_at: *from,
            }),
        },
    })
}

fn auction(deps: Deps, now: u64, account: AccountId) -> Result<AuctionResponse, ContractError> {
    let config = state::load_config(deps.storage)?;
    let found = state::load_auction(deps.storage, account)?;
    Ok(AuctionResponse {
        auction: found.map(|auction| auction_view(account, &auction, now, config.terms.at(now))),
    })
}

fn auctions(
    deps: Deps,
    now: u64,
    after: Option<AccountId>,
    limit: Option<u32>,
) -> Result<AuctionsResponse, ContractError> {
    let config = state::load_config(deps.storage)?;
    let terms = config.terms.at(now);
    let page = state::page_auctions(deps.storage, after, page_limit(limit))?;
    let view = |(account, auction): &(u64, Auction)| auction_view(*account, auction, now, terms);
    Ok(AuctionsResponse {
        auctions: page.iter().map(view).collect(),
    })
}

/// An auction with its clock as a step now would find it.
fn auction_view(account: AccountId, auction: &Auction, now: u64, terms: &Terms) -> AuctionView {
    AuctionView {
        account,
        start: auction.touched(now, terms.lull()).start(),
        touched: auction.touched,
        restarts_at: auction.restarts_at(terms.tail),
    }
}

fn bids(
    deps: Deps,
    after: Option<BidPlace>,
    limit: Option<u32>,
) -> Result<BidsResponse, ContractError> {
    let after = after.map(|place| Place {
        reward: place.reward,
        active_at: place.active_at,
        account: place.account,
    });
    let page = state::page_bids(deps.storage, after.as_ref(), page_limit(limit))?;
    Ok(BidsResponse {
        bids: page.into_iter().map(bid_view).collect(),
    })
}

fn bids_of(deps: Deps, account: AccountId) -> Result<BidsResponse, ContractError> {
    let most = usize::try_from(MAX_BIDS).unwrap_or(usize::MAX);
    let mut bids = Vec::new();
    for place in state::places_of(deps.storage, account, most)? {
        let bid = state::load_bid(deps.storage, &place)?;
        bids.push(bid_view((place, bid)));
    }
    Ok(BidsResponse { bids })
}

fn bid_view((place, bid): (Place, Bid)) -> BidView {
    BidView {
        place: BidPlace {
            reward: place.reward,
            active_at: place.active_at,
            account: place.account,
        },
        bidder: bid.bidder,
        budget: Uint128::new(bid.budget),
    }
}

fn backstop(deps: Deps, group: u16) -> Result<BackstopResponse, ContractError> {
    let config = state::load_config(deps.storage)?;
    let backstop = state::load_backstop(deps.storage, group)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let held = Holdings::load(&engine, &config.quote, backstop.account)?;
    Ok(BackstopResponse {
        backstop: backstop_view((group, backstop)),
        open: held.is_some(),
        withheld: Uint128::new(held.as_ref().map_or(0, |held| held.withheld)),
        holdings: held.map_or_else(Vec::new, |held| held.coins(&config.quote)),
    })
}

fn backstop_view((group, backstop): (u16, Backstop)) -> BackstopView {
    BackstopView {
        group,
        account: backstop.account,
        markets: backstop.markets,
        supply: Uint128::new(backstop.supply),
    }
}

fn shares(deps: Deps, group: u16, holder: &str) -> Result<SharesResponse, ContractError> {
    let config = state::load_config(deps.storage)?;
    let backstop = state::load_backstop(deps.storage, group)?;
    let holder = deps.api.addr_validate(holder)?;
    let key = state::share_key(deps.api, group, backstop.series, holder.as_str())?;
    let shares = state::load_shares(deps.storage, &key)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let held = Holdings::load(&engine, &config.quote, backstop.account)?;
    let worth = held.map(|held| held.worth(&config.quote, shares, backstop.supply));
    Ok(SharesResponse {
        shares: Uint128::new(shares),
        worth: worth.transpose()?,
    })
}

fn preview(deps: Deps, now: u64, step: Step) -> Result<LiquidatePreview, ContractError> {
    let config = state::load_config(deps.storage)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let owner = match &step.take {
        None => String::new(),
        Some(take) => engine.account(take.account)?.owner,
    };
    let request = liquidate::request(step, &owner)?;
    let (order, _) = step::plan(deps.storage, config.terms.at(now), now, request)?;
    engine.preview(order)
}

fn preview_backstop(
    deps: Deps,
    env: &Env,
    group: u16,
    account: AccountId,
    keeper: Option<AccountId>,
) -> Result<LiquidatePreview, ContractError> {
    let config = state::load_config(deps.storage)?;
    let request = Request {
        keeper,
        ..take_backstop::request(deps, env, &config, group, account)?
    };
    let now = env.block.time.seconds();
    let (order, _) = step::plan(deps.storage, config.terms.at(now), now, request)?;
    let preview = Engine::new(&config.engine, deps.querier).preview(order)?;
    step::check_critical(account, &preview.done)?;
    Ok(preview)
}

fn nominees(deps: Deps, now: u64, account: AccountId) -> Result<NomineesResponse, ContractError> {
    let config = state::load_config(deps.storage)?;
    let terms = config.terms.at(now);
    let (auction, table) = match state::auction_and_table(deps.storage, account, now, terms) {
        Ok((auction, Some(table))) => (auction, table),
        Ok((_, None)) | Err(ContractError::NoAuction { .. }) => {
            return Ok(NomineesResponse { table: None });
        }
        Err(error) => return Err(error),
    };
    let lapses = table.lapses_at(terms.nomination, terms.tail);
    let table = Some(NomineeTable {
        executable_at: table.ripe_at(terms.nomination),
        lapses_at: lapses.min(auction.restarts_at(terms.tail)),
        nominees: table.nominees,
    });
    Ok(NomineesResponse { table })
}

fn preview_deleverage(
    deps: Deps,
    now: u64,
    account: AccountId,
) -> Result<DeleverageData, ContractError> {
    let config = state::load_config(deps.storage)?;
    let (_, _, order) = deleverage::plan(deps.storage, config.terms.at(now), now, account)?;
    Engine::new(&config.engine, deps.querier).preview_deleverage(order)
}
