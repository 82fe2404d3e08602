# A wallet whose views are live, and a table of the application that points to one of them.
export SERIATIM_PLUGINS=$plugins/libwallet.so
seriatim db create
seriatim migrate online
seriatim migrate offline
seriatim execute <<COMMANDS
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"1"}
{"type":"Wallet::Commands::AddMoney","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","amount":"20","source":"API"}
COMMANDS
psql --no-psqlrc --quiet "$(seriatim local url)" <<'SQL'
create table public.favourites (
  aggregate_id uuid constraint favourite references view_schema.wallet_records (aggregate_id)
);
SQL
# The page shows these statements as a file for `--before-golive` and one for `--after-golive`.
page_sql() { sed -n '/^-- before_golive.sql/,/^```/p' "$root/docs/replay.md" | sed '/^```/d'; }
page_sql | sed '/^-- after_golive.sql/,$d' >before_golive.sql
page_sql | sed -n '/^-- after_golive.sql/,$p' >after_golive.sql
seriatim() {
  case "$*" in
    "replay golive") command seriatim replay golive --before-golive before_golive.sql --after-golive after_golive.sql ;;
    *) command seriatim "$@" ;;
  esac
}
