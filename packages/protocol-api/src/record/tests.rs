//! Bytes of records: every part survives the round trip, and nothing else is read as a record.

use super::*;

fn slice(count: usize) -> PackedSlice {
    let one = |weight, forward, total_vol| Component {
        weight,
        forward,
        total_vol,
    };
    let parts = match count {
        1 => vec![one(1 << 16, 1 << 32, 5 << 28)],
        2 => vec![
            one(1 << 15, 1 << 31, 1),
            one(1 << 15, 3 << 31, (1 << 40) - 1),
        ],
        _ => vec![
            one(1 << 14, (1 << 32) - 3, 7),
            one(1 << 14, (1 << 32) - 1, 8),
            one(1 << 14, (1 << 32) + 1, 9),
            one(1 << 14, (1 << 32) + 3, 10),
        ],
    };
    PackedSlice(parts)
}

fn record() -> MarketRecord {
    let expiry = |expiry, count| PackedExpiry {
        expiry,
        forward: PRICE_LIMIT - 1,
        discount_deficit: u32::MAX,
        confidence: 255,
        slice: slice(count),
    };
    let pending = PackedPending {
        expiry: 3,
        filled: 60,
        confirmed: 59,
        sum: u64::MAX,
        lowest: 1,
        highest: PRICE_LIMIT - 1,
        before: 2,
    };
    MarketRecord {
        price_bits: 32,
        level: 6,
        sequence: u32::MAX,
        report_time: 1,
        publish_time: 2,
        live_since: 3,
        ages: Ages {
            aging: 10,
            stale: 60,
            dead: 300,
        },
        band: PackedBand {
            low: 1,
            mid: 1 << 40,
            high: PRICE_LIMIT - 1,
        },
        slow: 1 << 41,
        regime: 1 << 24,
        regime_maintenance: (1 << 24) + 1,
        buckets: 60,
        bucket_seconds: 30,
        expiries: vec![expiry(1, 1), expiry(2, 2), expiry(4, 4)],
        pending: vec![pending],
        newest_bucket: 9,
        slice_jump: 8,
        evidence: Evidence {
            epoch: 7,
            signers: u32::MAX,
            digest: [0xab; 32],
        },
    }
}

#[test]
fn records_survive_the_round_trip_and_have_the_documented_size() {
    let bytes = encode(&record()).unwrap();
    assert_eq!(decode::<MarketRecord>(&bytes), Ok(record()));
    let fixed = 1 + 2 + 16 + 6 + 28 + 8 + 2 + 1 + 1 + 48;
    let slices: usize = [1, 2, 4].iter().map(|n| 16 + 1 + 12 * (n - 1) + 5).sum();
    assert_eq!(bytes.len(), fixed + slices + 35);
}

#[test]
fn every_shorter_or_longer_string_is_refused() {
    let bytes = encode(&record()).unwrap();
    for length in 1..bytes.len() {
        let short = bytes.get(..length).unwrap();
        assert_eq!(
            decode::<MarketRecord>(short),
            Err(RecordError::Corrupt),
            "{length}"
        );
    }
    let mut long = bytes.clone();
    long.push(0);
    assert_eq!(decode::<MarketRecord>(&long), Err(RecordError::Corrupt));
    assert_eq!(decode::<MarketRecord>(&[]), Err(RecordError::Corrupt));
    long[0] = 2;
    assert_eq!(
        decode::<MarketRecord>(&long),
        Err(RecordError::Version {
            found: 2,
            expected: RECORD_VERSION
        })
    );
}

#[test]
fn what_does_not_fit_is_not_written() {
    let refused = |spoil: fn(&mut MarketRecord)| {
        let mut record = record();
        spoil(&mut record);
        assert_eq!(encode(&record), Err(RecordError::Range));
    };
    refused(|record| record.slow = PRICE_LIMIT);
    refused(|record| record.expiries[0].forward = PRICE_LIMIT);
    refused(|record| record.expiries[0].slice.0.clear());
    refused(|record| record.expiries[1].slice.0[0].weight -= 1);
    refused(|record| record.expiries[1].slice.0[0].forward += 1);
    refused(|record| record.expiries[1].slice.0[0].total_vol = 1 << 40);
    refused(|record| record.expiries = vec![record.expiries[0].clone(); MAX_EXPIRIES + 1]);
    refused(|record| record.pending = vec![record.pending[0]; MAX_PENDING + 1]);
}

#[test]
fn a_slice_whose_sums_cannot_be_exact_is_not_read() {
    let bytes = borsh::to_vec(&slice(2)).unwrap();
    let read = |bytes: &[u8]| borsh::from_slice::<PackedSlice>(bytes).is_ok();
    assert!(read(&bytes));
    let with = |index: usize, value: u8| {
        let mut changed = bytes.clone();
        changed[index] = value;
        changed
    };
    assert!(
        !read(&with(0, 0)) && !read(&with(0, 5)),
        "0 or 5 components"
    );
    // One weight unit more: the rest of the moment is no multiple of the rest of the weight.
    assert!(!read(&with(1, 1)));
    // A first forward of 255 * 2^32: more than the whole moment.
    assert!(!read(&with(7, 255)));
}

#[test]
fn prices_convert_exactly_or_not_at_all() {
    assert_eq!(price_to_fx(3 << 31, 32), Some(Fx::from_num(1.5)));
    assert_eq!(
        price_to_fx(PRICE_LIMIT - 1, 0).unwrap().to_num::<u64>(),
        PRICE_LIMIT - 1
    );
    assert_eq!(price_to_fx(PRICE_LIMIT, 32), None);
    assert_eq!(price_to_fx(1, 65), None);
    assert_eq!(price_from_fx(Fx::from_num(1.5), 32), Some(3 << 31));
    assert_eq!(
        price_from_fx(Fx::from_bits((1 << 64) - 1), 32),
        Some((1 << 32) - 1),
        "down"
    );
    assert_eq!(price_from_fx(Fx::from_num(-1), 32), None);
    assert_eq!(price_from_fx(Fx::MAX, 32), None);
    for bits in [0, 1, 16, 48] {
        for price in [1, 12_345, PRICE_LIMIT - 1] {
            assert_eq!(
                price_from_fx(price_to_fx(price, bits).unwrap(), bits),
                Some(price)
            );
        }
    }
}

#[test]
fn raw_keys_are_as_documented() {
    assert_eq!(market_record_key(258), b"\x06record\x01\x02");
    assert_eq!(
        fixing_key(1, 0x0102_0304),
        b"\x06fixing\x00\x01\x01\x02\x03\x04"
    );
}

#[test]
fn an_old_band_of_the_smallest_price_still_decodes() {
    let mut record = record();
    (record.price_bits, record.slow) = (48, 1);
    record.band = PackedBand {
        low: 1,
        mid: 1,
        high: 1,
    };
    record.expiries.clear();
    record.pending.clear();
    for now in [2, 13, 60, 1 << 32] {
        let state = to_state(1, &record, now).unwrap();
        assert!(
            state.spot.low > 0 && state.spot.low <= state.spot.mid,
            "{now}"
        );
    }
}
