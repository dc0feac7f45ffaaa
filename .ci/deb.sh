#!/usr/bin/env bash
# Makes a Debian package of the built program: deb.sh FOLDER prints the path of the package.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
version=$(.build/release/swiftrag version | awk '{ print $2; exit }')
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
.ci/stage.sh "$root/usr"

# The packages of the libraries that the program loads, but for Swift's, which are in ours.
libraries=$(ldd .build/release/swiftrag | awk '$3 ~ /^\// && $3 !~ /\/swift\// { print $3 }')
# /lib is a link to /usr/lib, and a package may list its files under either.
depends=$(for library in $libraries; do
  dpkg -S "$library" 2>/dev/null || dpkg -S "$(realpath "$library")"
done | sed 's/:.*//' | sort -u | paste -sd ' ' | sed 's/ /, /g')

install -d "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: swiftrag
Version: $version
Architecture: $architecture
Maintainer: swiftrag contributors <swiftrag@localhost>
Depends: $depends
Recommends: curl, poppler-utils
Suggests: tesseract-ocr, ffmpeg
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Section: utils
Priority: optional
Description: Answers questions from your own documents, offline, with citations
 swiftrag opens model files (GGUF, safetensors, PyTorch), runs them on its own kernels, indexes
 documents, pictures and recordings, and answers questions about them.
CONTROL
cp LICENSE "$root/usr/share/doc/swiftrag/copyright"
mkdir -p "$folder"
package=$folder/swiftrag_${version}_$architecture.deb
dpkg-deb --build --root-owner-group "$root" "$package" > /dev/null
echo "$package"
