#!/usr/bin/env bash
# compare-policies.sh <commit>: trains the same runs with that commit and with this working tree.
# Exits with 0 only if every policy and every metric is equal, bit for bit, and every interrupted run too.
set -euo pipefail
. "$(dirname "$0")/prepare-comparison.sh"
dotnet "$before" policies "$work/before" >"$work/before.txt" && resumed=equal || resumed=different
dotnet "$after" policies "$work/after" >"$work/after.txt" || resumed=different
if diff "$work/before.txt" "$work/after.txt" && [ $resumed = equal ]; then
  cat "$work/after.txt"
  echo "equal: all policies, metrics and resumed runs of $1 and of this tree"
  exit 0
fi

# Where each run first differs: < is the commit, > is this tree.
for run in "$work"/after/*.csv; do
  diff "$work/before/${run##*/}" "$run" >"$work/difference" || sed -n "1,/^>/s|^|${run##*/} |p" "$work/difference"
done
echo "different: see above"
exit 1
