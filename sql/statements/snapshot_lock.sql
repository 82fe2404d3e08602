-- Before snapshots are deleted: waits for those who mark or take some, and they for the end of this transaction. Without it, one
-- who marks two aggregates could wait for the deletion, and that for him.
lock table {store}.aggregates_that_need_snapshots in exclusive mode
