# A wallet whose views are live.
export SERIATIM_PLUGINS=$plugins/libwallet.so
seriatim db create
seriatim migrate online
seriatim migrate offline
seriatim execute <<COMMANDS
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"1"}
COMMANDS
