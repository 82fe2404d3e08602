-- A page of the feed, newest first. $1: an action, or NULL for all; $2: an actor, or NULL for everybody; $3 to $5:
-- occurred_at, aggregate_id and number of the last row of the page before, or NULL for the first page.
select aggregate_id, number, action, actor, record_type, record_id, extra, occurred_at, touches, touched_at
  from issues_views.issue_activities
 where ($1::text is null or action = $1)
   and ($2::text is null or actor = $2)
   and ($3::timestamptz is null or (occurred_at, aggregate_id, number) < ($3, $4::uuid, $5::integer))
 order by occurred_at desc, aggregate_id desc, number desc
 limit 10
