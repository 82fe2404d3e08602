create unique index issue_activities_key%SUFFIX% on issue_activities%SUFFIX% (aggregate_id, number);
create index issue_activities_feed%SUFFIX% on issue_activities%SUFFIX% (occurred_at, aggregate_id, number);
