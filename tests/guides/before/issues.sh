# The page's paths are those of the repository; the commands that it shows, the rule first, are those of its file.
mkdir -p build/dev
ln -s "$plugins" build/dev/plugins
grep '^{"type": "Issue::Commands::' "$root/docs/examples/issues.md" >issues.jsonl
# A query of the page stands above the commands that make its tables; made twice they are made once.
seriatim --plugin build/dev/plugins/libissues.so db create
seriatim --plugin build/dev/plugins/libissues.so migrate online
seriatim --plugin build/dev/plugins/libissues.so migrate offline
