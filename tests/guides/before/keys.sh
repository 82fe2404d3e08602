# Users with addresses and regions.
cp "$test_plugins/accounts.so" libaccounts.so
seriatim --plugin libaccounts.so db create
seriatim --plugin libaccounts.so execute <<COMMANDS
{"type":"Accounts::RegisterUser","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","email":"bob@example.org","region":"us"}
COMMANDS
