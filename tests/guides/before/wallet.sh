# The wallet as it was, with version 2 of its views live and a wallet in them; then the plugin as it is.
mkdir -p sql/views
ln -s "$root/sql/views/wallet" sql/views/wallet
export SERIATIM_PLUGINS=$test_plugins/wallet_second.so
seriatim db create
seriatim migrate online
seriatim migrate offline
seriatim execute <<'COMMANDS'
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"2"}
{"type":"Wallet::Commands::AddMoney","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","amount":"20","source":"API"}
COMMANDS
export SERIATIM_PLUGINS=$plugins/libwallet.so
