create unique index wallet_records_aggregate_id%SUFFIX% on wallet_records%SUFFIX% (aggregate_id);
