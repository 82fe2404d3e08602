create unique index meeting_records_aggregate_id%SUFFIX% on meeting_records%SUFFIX% (aggregate_id);
