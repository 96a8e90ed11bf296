//! What publishing and fixing cost on the VM, pinned: a 5-of-7 report with 8 expiries of four lognormals.

use cosmwasm_std::Addr;
use optio_tests::gas::hold;
use protocol_api::oracle::report::Domain;
use protocol_api::oracle::{ExecuteMsg, FeedKind, InstantiateMsg, QueryMsg, RecordResponse};
use protocol_api::record::market_record_key;
use sandbox::codes;
use sandbox::keys::Signer;
use sandbox::report::{SurfaceExpiry, build, four, sign};
use sandbox::setup::{self, BTC, WINDOW};
use wasm_chain::{Chain, GasReport, Mode};

/// 1 January 2026, 00:00 UTC.
const START: u64 = 1_767_225_600;
/// Most SDK gas of a report, pinned code.
const REPORT_BUDGET: u64 = 70_000;
/// Most SDK gas of a fixing over 60 buckets.
const FIX_BUDGET: u64 = 70_000;

/// Eight expiries from eight hours to half a year, at an annual vol.
fn surface(now: u64, vol: f64) -> Vec<SurfaceExpiry> {
    let days = [0, 1, 6, 13, 29, 59, 89, 179];
    let expiry = |day: u64| {
        let at = START + day * 86_400 + 8 * 3_600;
        let total = vol * ((at - now) as f64 / 31_536_000.0).sqrt();
        SurfaceExpiry {
            expiry: u32::try_from(at / 60).unwrap(),
            forward: 90_000.0 + day as f64,
            discount: 1.0 - day as f64 * 1e-4,
            slice: four(total),
            quoted: [(-2.0 * total).exp(), (2.0 * total).exp()],
        }
    };
    days.map(expiry).to_vec()
}

/// The adapter alone, pinned.
struct World {
    chain: Chain,
    keeper: Addr,
    oracle: Addr,
    publishers: Vec<Signer>,
}

impl World {
    fn deploy() -> Self {
        let mut chain = Chain::new(Mode::Wasm);
        chain.set_time(START);
        let keeper = chain.address("keeper");
        let name = |index: u8| Signer::from_name(&format!("publisher {index}"));
        let publishers: Vec<Signer> = (0..setup::PUBLISHERS).map(name).collect();
        let code = codes::store(&mut chain, &codes::ORACLE).expect("artefact");
        chain.pin(code);
        let msg = InstantiateMsg {
            owner: keeper.to_string(),
            guardian: None,
            signers: publishers.iter().map(Signer::public).collect(),
            threshold: setup::THRESHOLD,
        };
        let oracle = chain
            .instantiate(code, &keeper, &msg, &[], "oracle")
            .expect("adapter");
        let terms = setup::feed_terms("BTC", "90000", WINDOW);
        let policy = setup::feed_policy("100", "5000000");
        let msg = ExecuteMsg::AddFeed {
            feed: BTC,
            terms,
            policy,
        };
        chain.execute(&keeper, &oracle, &msg, &[]).expect("feed");
        Self {
            chain,
            keeper,
            oracle,
            publishers,
        }
    }

    fn execute(&mut self, msg: &ExecuteMsg) -> GasReport {
        self.chain
            .execute(&self.keeper, &self.oracle, msg, &[])
            .expect("accepted")
            .gas
    }
}

/// Publishes at the chain's time; the price differs a little each time.
fn publish(world: &mut World, count: u64) -> GasReport {
    let now = world.chain.now();
    let spot = 90_000.0 + count as f64;
    let vol = 0.5 + count as f64 * 1e-5;
    let report = build(BTC, now, spot, &surface(now, vol)).expect("calendar");
    let chain_id = world.chain.block().chain_id;
    let contract = world.oracle.to_string();
    let domain = Domain {
        chain_id: &chain_id,
        contract: &contract,
        feed: BTC,
        kind: FeedKind::Market,
    };
    let signers: Vec<(u8, &Signer)> = (0..)
        .zip(&world.publishers)
        .take(setup::THRESHOLD.into())
        .collect();
    let msg = sign(&report, &domain, &signers);
    world.execute(&msg)
}

#[test]
fn a_report_of_eight_expiries_by_five_of_seven_stays_within_its_budget() {
    let mut world = World::deploy();
    publish(&mut world, 0);
    // A bucket of 30 seconds is fresh every sixth report of a 5-second rhythm.
    let mut worst: Option<GasReport> = None;
    for count in 1..=12 {
        world.chain.advance(5);
        let gas = publish(&mut world, count);
        println!("report {count}: {} SDK gas", gas.total);
        if worst.as_ref().is_none_or(|worst| gas.total > worst.total) {
            worst = Some(gas);
        }
    }
    let worst = worst.expect("reports");
    println!("{worst}");
    let key = market_record_key(BTC);
    let bytes = world
        .chain
        .query_raw(&world.oracle, &key)
        .expect("record")
        .len();
    println!("{bytes} bytes stored");
    hold("publish 8 expiries, 5 of 7 signatures", worst.total);
    assert!(worst.total <= REPORT_BUDGET, "{}", worst.total);
}

#[test]
fn a_fixing_over_sixty_buckets_stays_within_its_budget() {
    let mut world = World::deploy();
    let expiry = START + 8 * 3_600;
    world.chain.set_time(expiry - 1_805);
    for bucket in 0..=60 {
        let gas = publish(&mut world, bucket);
        assert!(gas.total <= REPORT_BUDGET, "in the window: {gas}");
        world.chain.advance(30);
    }
    world.chain.set_time(expiry + 61);
    let record: RecordResponse = world
        .chain
        .query(&world.oracle, &QueryMsg::Record { feed: BTC })
        .expect("record");
    assert_eq!(
        record.pending.first().map(|pending| pending.filled),
        Some(60)
    );
    let fix = ExecuteMsg::Fix { feed: BTC, expiry };
    let gas = world.execute(&fix);
    println!("{gas}");
    hold("fix over 60 buckets", gas.total);
    assert!(gas.total <= FIX_BUDGET, "{}", gas.total);
}
