alter table wallet_records%SUFFIX%
  add primary key (id),
  add constraint wallet_records_aggregate_id%SUFFIX% unique (aggregate_id);
