#!/usr/bin/env bash
# Makes the recordings of Sources/SwiftRAG/SampleLibrary with espeak-ng and ffmpeg. The texts are
# original, under the project's licence; the voice is synthetic.
#
#   sudo apt-get install espeak-ng ffmpeg
#   Tests/Reference/make_sample_recordings.sh
#
# Made with espeak-ng 1.51 and ffmpeg 5.1 (Debian 12).
set -euo pipefail
library=$(cd "$(dirname "$0")/../.." && pwd)/Sources/SwiftRAG/SampleLibrary
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# speak NAME TEXT ENCODER-OPTIONS...
speak() {
  local name=$1 text=$2
  shift 2
  espeak-ng -v en-us -s 145 -g 2 -w "$work/speech.wav" "$text"
  ffmpeg -loglevel error -y -i "$work/speech.wav" -ar 16000 -ac 1 -map_metadata -1 \
    -fflags +bitexact -flags:a +bitexact "$@" "$library/$name"
}

speak message-from-ruth.mp3 "Hello Martin, this is Ruth from the theatre. I have three things for \
you. First, the practice on Thursday moves to the old cinema, because the school has no heating. \
Second, our singer is ill, so Clara will sing the part of the queen. And third, please bring the \
blue chairs, and leave the keys with the caretaker when you go home. Thank you, and see you on \
Thursday." -c:a libmp3lame -b:a 32k -write_xing 0 -id3v2_version 0

speak harbour-notice.ogg "This is the harbour office with the notice for Saturday. The bridge at the \
north lock is closed from six in the morning until noon, because it is being painted. A ticket for \
the ferry costs two pounds, and children pay nothing. The swimming race begins at three o'clock at \
the fish market, and the winner gets a wooden rowing boat. If there is a storm, the race moves to \
Sunday." -c:a libopus -b:a 24k
