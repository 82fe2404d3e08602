create unique index user_records_aggregate_id%SUFFIX% on user_records%SUFFIX% (aggregate_id);
