create unique index meetings_per_day_day%SUFFIX% on meetings_per_day%SUFFIX% (day);
