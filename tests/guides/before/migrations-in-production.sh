# Version 3 of the wallet's views is live, with two wallets; the plugin of version 4 is there.
cp "$plugins/libwallet.so" libwallet-3.so
cp "$test_plugins/wallet_fourth.so" libwallet-4.so
seriatim --plugin libwallet-3.so db create
seriatim --plugin libwallet-3.so execute <<'COMMANDS'
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","user_id":"1"}
{"type":"Wallet::Commands::AddMoney","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","amount":"20","source":"API"}
{"type":"Wallet::Commands::CreateWallet","aggregate_id":"2b9a5f0e-93cf-4c28-8f0c-7a1d1f6c0d11","user_id":"2"}
COMMANDS
seriatim --plugin libwallet-3.so migrate online
seriatim --plugin libwallet-3.so migrate offline
# Following ends with Ctrl-C, which is 130 when it comes in the middle of something.
seriatim() {
  if [[ $* == *"migrate follow"* ]]; then
    timeout --preserve-status --signal=INT 2 "$build/bin/seriatim" "$@" || [[ $? == 130 ]]
  else
    "$build/bin/seriatim" "$@"
  fi
}
