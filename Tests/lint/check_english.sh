#!/usr/bin/env bash
# Counts English that reads as if it were translated word by word, and fails where a file has more of
# it than Tests/lint/english.baseline allows. The patterns, and what to write instead of each, are in
# Tests/lint/english.patterns.
#
#   Tests/lint/check_english.sh            compares with the baseline
#   Tests/lint/check_english.sh --list     prints each match, as FILE:LINE:TEXT
#   Tests/lint/check_english.sh --update   writes the baseline anew; the total cannot grow
#
# A pattern is a hint, not a grammar: where a match is good English, reword it or refine the pattern.
set -euo pipefail
cd "$(dirname "$0")/../.."

baseline=Tests/lint/english.baseline
patterns=$(mktemp)
counts=$(mktemp)
trap 'rm -f "$patterns" "$counts"' EXIT

# Blank lines would match everything.
grep -vE '^(#|$)' Tests/lint/english.patterns | paste -sd '|' > "$patterns"

# Prose is in comments, string literals, scripts and pages. Fixtures and the sample library are data.
files() {
  find Sources Tests Benchmarks .ci -type f \
    \( -name '*.swift' -o -name '*.md' -o -name '*.sh' -o -name '*.py' \) \
    -not -path '*/SampleLibrary/*' -not -path 'Tests/Fixtures/*' -not -path '*/.build/*' \
    -not -path 'Tests/lint/*' -not -name make_sample_library.py -not -name pocket_data.py | sort
  find models -name '*.md' | sort
  ls README.md CHANGELOG.md CONTRIBUTING.md Makefile Package.swift
}

matches() { files | xargs -d '\n' grep -HniP -f "$patterns" || true; }

matches | cut -d: -f1 | sort | uniq -c | awk '{ print $2, $1 }' > "$counts"

case "${1:-}" in
  --list)
    matches
    ;;
  --update)
    total=$(awk '{ sum += $2 } END { print sum + 0 }' "$counts")
    allowed=$total
    [ ! -f "$baseline" ] || allowed=$(awk '{ sum += $2 } END { print sum + 0 }' "$baseline")
    if [ "$total" -gt "$allowed" ]; then
      echo "check_english: $total matches, more than the baseline's $allowed" >&2
      exit 1
    fi
    cp "$counts" "$baseline"
    echo "check_english: baseline of $total matches in $(wc -l < "$baseline") files"
    ;;
  "")
    grown=$(awk 'NR == FNR { allowed[$1] = $2; next } $2 > allowed[$1] { print $1 }' \
      "$baseline" "$counts")
    if [ -n "$grown" ]; then
      matches | grep -F -f <(sed 's/$/:/' <<< "$grown") >&2 || true
      echo "check_english: more of these than the baseline allows; reword them (after moving files:" \
        "Tests/lint/check_english.sh --update)" >&2
      exit 1
    fi
    echo "check_english: $(awk '{ sum += $2 } END { print sum + 0 }' "$counts") matches, none added"
    ;;
  *)
    sed -n '2,11p' "$0" >&2
    exit 64
    ;;
esac
