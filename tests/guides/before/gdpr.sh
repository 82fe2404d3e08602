# A wallet of somebody who wants to be forgotten, and another one.
export SERIATIM_PLUGINS=$plugins/libwallet.so
seriatim db create
seriatim migrate online
seriatim migrate offline
seriatim execute <<'COMMANDS'
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"Ann"}
{"type":"Wallet::Commands::AddMoney","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","amount":"20","source":"Ann's employer"}
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"2b9a5f0e-93cf-4c28-8f0c-7a1d1f6c0d11","user_id":"Bob"}
{"type":"Wallet::Commands::AddMoney","aggregate_id":"2b9a5f0e-93cf-4c28-8f0c-7a1d1f6c0d11","amount":"5","source":"Ann"}
COMMANDS
