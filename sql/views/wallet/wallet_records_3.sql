alter table wallet_records%SUFFIX% add column currency varchar not null default 'EUR';
