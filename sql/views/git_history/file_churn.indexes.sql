create unique index file_churn_aggregate_id%SUFFIX% on file_churn%SUFFIX% (aggregate_id);
