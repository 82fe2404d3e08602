create unique index transaction_records_key%SUFFIX% on transaction_records%SUFFIX% (aggregate_id, sequence_number);
