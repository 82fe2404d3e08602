# The README's own domain, and the example domain `wallet` for what it says of migrations.
export SERIATIM_PLUGINS=$test_plugins/libblog.so
seriatim() {
  case "$*" in
    *"--domain wallet"*) SERIATIM_PLUGINS=$plugins/libwallet.so command seriatim "$@" ;;
    *) command seriatim "$@" ;;
  esac
}
