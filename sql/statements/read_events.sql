-- Events in an order that never puts a stream's later event first: by the transaction that stored the event, or, where an
-- earlier event of its stream comes from a transaction with a greater id, by that one (a transaction may take its id early
-- and append late). Events without a transaction come before all others, those with negative ids included. {window}
-- says which events, {filter} which of those are wanted.
select e.aggregate_id, e.sequence_number, e.created_at, t.type, e.event_json, coalesce(e.xact_id, 0), e.place
  from (select w.*, coalesce(max(w.xact_id) over (partition by w.partition_key, w.aggregate_id
                                                  order by w.sequence_number),
                             '-9223372036854775808'::bigint) as place
          from {store}.events w
         where {window}) e
  join {store}.event_types t on t.id = e.event_type_id
 where {filter}
 order by e.place, e.aggregate_id, e.sequence_number
