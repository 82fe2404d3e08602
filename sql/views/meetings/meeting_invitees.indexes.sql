create unique index meeting_invitees_key%SUFFIX% on meeting_invitees%SUFFIX% (aggregate_id, user_id);
