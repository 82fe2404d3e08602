# A wallet with money in it, a shop in a database of its own, and users of whom two share an address.
cp "$plugins/libwallet.so" libwallet.so
cp "$test_plugins/orders.so" libshop.so
cp "$test_plugins/accounts.so" libaccounts.so
seriatim local start
in_database() { seriatim local url | sed "s#/seriatim?#/$1?#"; }
seriatim() {
  case "$*" in
    *libshop.so*) SERIATIM_DATABASE_URL=$(in_database shop) command seriatim "$@" ;;
    *libaccounts.so*) SERIATIM_DATABASE_URL=$(in_database accounts) command seriatim "$@" ;;
    *) command seriatim "$@" ;;
  esac
}
for plugin in libwallet.so libshop.so libaccounts.so; do
  seriatim --plugin "$plugin" db create
  seriatim --plugin "$plugin" migrate online
  seriatim --plugin "$plugin" migrate offline
done
seriatim --plugin libwallet.so execute <<'COMMANDS'
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"1"}
COMMANDS
seriatim --plugin libaccounts.so execute <<'COMMANDS'
{"type":"Accounts::RegisterUser","aggregate_id":"2b9a5f0e-93cf-4c28-8f0c-7a1d1f6c0d11","email":"ann@example.org","region":"eu"}
{"type":"Accounts::RegisterUser","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","email":"bob@example.org","region":"us"}
COMMANDS
# The second user's event is made to say what a program without the key might have stored.
psql --no-psqlrc --quiet "$(in_database accounts)" <<'SQL'
update sequent_schema.events set event_json = jsonb_set(event_json, '{email}', '"ann@example.org"')
 where aggregate_id = '5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f' and sequence_number = 1;
SQL
