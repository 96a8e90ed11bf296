//! `Publish`: who signed, and what.

use cosmwasm_std::Binary;
use protocol_api::oracle::FeedKind;
use protocol_api::oracle::report::Domain;

use crate::world::{FEED, PRICE, QUORUM, World, key, policy, sign, terms};

#[test]
fn fewer_signatures_than_needed_are_refused() {
    let mut world = World::new();
    let bytes = world.report(PRICE).to_bytes().unwrap();
    let four = world.sign(&world.domain(), &bytes, &[0, 1, 2, 3]);
    assert_eq!(
        world.publish_raw(&bytes, four).unwrap_err(),
        "E_SIGNATURES_FEW"
    );
    assert_eq!(
        world.publish_raw(&bytes, vec![]).unwrap_err(),
        "E_SIGNATURES_FEW"
    );
    let all = world.sign(&world.domain(), &bytes, &[0, 1, 2, 3, 4, 5, 6]);
    world.publish_raw(&bytes, all).unwrap();
    assert_eq!(world.record().evidence.signers, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn attack_risk_14_replay_on_another_chain_contract_feed_or_kind() {
    let mut world = World::new();
    world.add_feed(2, &terms(60, 30), &policy()).unwrap();
    let bytes = world.report(PRICE).to_bytes().unwrap();
    let good = world.domain();
    let stranger = world.stranger.to_string();
    let wrong = [
        Domain {
            chain_id: "cosmos-testnet-14003",
            ..good.clone()
        },
        Domain {
            contract: &stranger,
            ..good.clone()
        },
        Domain {
            feed: 2,
            ..good.clone()
        },
        Domain {
            kind: FeedKind::Spot,
            ..good.clone()
        },
    ];
    for domain in &wrong {
        let signatures = world.sign(domain, &bytes, &QUORUM);
        let refused = world.publish_raw(&bytes, signatures).unwrap_err();
        assert_eq!(refused, "E_SIGNATURES_INVALID", "{domain:?}");
    }
    // The same signatures under a report that names the sibling feed.
    let signatures = world.sign(&good, &bytes, &QUORUM);
    let mut sibling = world.report(PRICE);
    sibling.feed = 2;
    let sibling = sibling.to_bytes().unwrap();
    let refused = world.publish_raw(&sibling, signatures.clone()).unwrap_err();
    assert_eq!(refused, "E_SIGNATURES_INVALID");
    world.publish_raw(&bytes, signatures).unwrap();
}

#[test]
fn any_changed_byte_breaks_the_signatures() {
    let mut world = World::new();
    let bytes = world.report(PRICE).to_bytes().unwrap();
    let signatures = world.sign(&world.domain(), &bytes, &QUORUM);
    // The last byte is the number of expiries; the ones before belong to the sources.
    for index in [6, 10, 20, bytes.len() - 5] {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        let refused = world.publish_raw(&changed, signatures.clone()).unwrap_err();
        assert!(
            ["E_SIGNATURES_INVALID", "E_REPORT_OLD", "E_REPORT_MALFORMED"]
                .contains(&refused.as_str()),
            "{index}: {refused}"
        );
    }
}

#[test]
fn attack_risk_15_one_signer_twice_or_out_of_order() {
    let mut world = World::new();
    let bytes = world.report(PRICE).to_bytes().unwrap();
    for signers in [[0, 1, 2, 3, 3], [0, 0, 0, 0, 0], [1, 0, 2, 3, 4]] {
        let signatures = world.sign(&world.domain(), &bytes, &signers);
        assert_eq!(
            world.publish_raw(&bytes, signatures).unwrap_err(),
            "E_SIGNATURES_ORDER"
        );
    }
    // A copy of one signature under another's number.
    let mut copied = world.sign(&world.domain(), &bytes, &QUORUM);
    copied[4].signature = copied[0].signature.clone();
    assert_eq!(
        world.publish_raw(&bytes, copied).unwrap_err(),
        "E_SIGNATURES_INVALID"
    );
}

#[test]
fn attack_risk_15_a_malleable_twin_is_refused() {
    let mut world = World::new();
    let bytes = world.report(PRICE).to_bytes().unwrap();
    let mut flipped = world.sign(&world.domain(), &bytes, &QUORUM);
    let s: [u8; 32] = flipped[0].signature[32..].try_into().unwrap();
    let mut twin = flipped[0].signature[..32].to_vec();
    twin.extend(order_minus(&s));
    flipped[0].signature = Binary::from(twin);
    assert_eq!(
        world.publish_raw(&bytes, flipped).unwrap_err(),
        "E_SIGNATURES_FORM"
    );
}

/// `n - s` for the order `n` of secp256k1.
fn order_minus(s: &[u8; 32]) -> [u8; 32] {
    let order: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36,
        0x41, 0x41,
    ];
    let mut out = [0; 32];
    let mut borrow = 0;
    for index in (0..32).rev() {
        let digit = i32::from(order[index]) - i32::from(s[index]) - borrow;
        borrow = i32::from(digit < 0);
        out[index] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    out
}

#[test]
fn signatures_of_a_wrong_shape_or_signer_are_refused() {
    let mut world = World::new();
    let bytes = world.report(PRICE).to_bytes().unwrap();
    let good = world.sign(&world.domain(), &bytes, &QUORUM);
    for length in [0, 63, 65] {
        let mut short = good.clone();
        short[0].signature = Binary::from(vec![1; length]);
        assert_eq!(
            world.publish_raw(&bytes, short).unwrap_err(),
            "E_SIGNATURES_FORM"
        );
    }
    let mut zero = good.clone();
    zero[0].signature = Binary::from(vec![0; 64]);
    assert_eq!(
        world.publish_raw(&bytes, zero).unwrap_err(),
        "E_SIGNATURES_FORM"
    );
    let mut beyond = good.clone();
    beyond[4].signer = 7;
    assert_eq!(
        world.publish_raw(&bytes, beyond).unwrap_err(),
        "E_SIGNATURES_SIGNER"
    );
    // A key that is no signer of the epoch.
    let keys: Vec<_> = (11..=17).map(key).collect();
    let foreign = sign(&keys, &world.domain(), &bytes, &QUORUM);
    assert_eq!(
        world.publish_raw(&bytes, foreign).unwrap_err(),
        "E_SIGNATURES_INVALID"
    );
}

#[test]
fn an_unknown_epoch_or_feed_or_no_report_at_all() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.epoch = 2;
    assert_eq!(world.publish(&report).unwrap_err(), "E_EPOCH_UNKNOWN");
    report.epoch = 1;
    report.feed = FEED + 1;
    assert_eq!(world.publish(&report).unwrap_err(), "E_FEED_UNKNOWN");
    for junk in [vec![], vec![0; 7], vec![0xff; 64], vec![0; 20_000]] {
        assert_eq!(
            world.publish_raw(&junk, vec![]).unwrap_err(),
            "E_REPORT_MALFORMED"
        );
    }
    // Bytes left over after a report.
    let mut long = world.report(PRICE).to_bytes().unwrap();
    long.push(0);
    let signatures = world.sign(&world.domain(), &long, &QUORUM);
    assert_eq!(
        world.publish_raw(&long, signatures).unwrap_err(),
        "E_REPORT_MALFORMED"
    );
}
