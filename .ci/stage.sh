#!/usr/bin/env bash
# Copies the built program to a folder from which it runs without the sources and without Swift:
# stage.sh FOLDER, where FOLDER will be a prefix such as /usr/local.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=$1
build=.build/release
lib=$prefix/lib/swiftrag

install -d "$prefix/bin" "$lib/models/embeddings" "$lib/models/whisper" "$prefix/share/man/man1" \
  "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
  "$prefix/share/fish/vendor_completions.d" "$prefix/share/doc/swiftrag"
install -m 755 -s "$build/swiftrag" "$lib/swiftrag"
# Swift's runtime beside the program: its run path ends in its own folder.
ldd "$build/swiftrag" | awk '$3 ~ /\/swift\// { print $3 }' | while read -r library; do
  install -m 644 "$library" "$lib/"
done
# Documents of an older version must not be answered from.
rm -rf "$lib/swiftrag_SwiftRAG.resources"
cp -R "$build/swiftrag_SwiftRAG.resources" "$lib/"
cp models/models.json models/README.md "$lib/models/"
# The bundled models alone: a checkout may hold others of many gigabytes.
cp -R models/embeddings/all-MiniLM-L6-v2 "$lib/models/embeddings/"
cp -R models/whisper/whisper-base "$lib/models/whisper/"
ln -sfn ../lib/swiftrag/swiftrag "$prefix/bin/swiftrag"
install -m 644 README.md CHANGELOG.md LICENSE "$prefix/share/doc/swiftrag/"

program=$lib/swiftrag
"$program" completions man | gzip -9n > "$prefix/share/man/man1/swiftrag.1.gz"
"$program" completions bash > "$prefix/share/bash-completion/completions/swiftrag"
"$program" completions zsh > "$prefix/share/zsh/site-functions/_swiftrag"
"$program" completions fish > "$prefix/share/fish/vendor_completions.d/swiftrag.fish"
find "$prefix" -type d -exec chmod 755 {} +
