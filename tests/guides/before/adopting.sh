# A store that `db adopt` finds in order.
cp "$plugins/libwallet.so" libwallet.so
seriatim --plugin libwallet.so db create
