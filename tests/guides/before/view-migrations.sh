# A wallet, and no views yet.
export SERIATIM_PLUGINS=$plugins/libwallet.so
seriatim db create
seriatim execute <<COMMANDS
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"1"}
{"type":"Wallet::Commands::AddMoney","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","amount":"20","source":"API"}
COMMANDS
