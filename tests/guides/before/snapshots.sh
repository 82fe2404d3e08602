# The plugin of the page is that of the accounts, whose users want a snapshot every two events.
cp "$test_plugins/accounts.so" libshop.so
seriatim --plugin libshop.so db create
seriatim --plugin libshop.so migrate online
seriatim --plugin libshop.so migrate offline
seriatim --plugin libshop.so execute <<COMMANDS
{"type":"Accounts::RegisterUser","aggregate_id":"5b0e6c1e-3c5f-4a53-9a5b-6a1b1c2d3e4f","email":"bob@example.org","region":"us"}
COMMANDS
