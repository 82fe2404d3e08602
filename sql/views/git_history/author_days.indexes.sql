create unique index author_days_key%SUFFIX% on author_days%SUFFIX% (aggregate_id, day);
