#!/usr/bin/env bash
# compare-speed.sh <commit> [repeats]: times training runs with that commit and with this working tree, in turns, and prints times per environment step and their ratios.
set -euo pipefail
. "$(dirname "$0")/prepare-comparison.sh"
for repeat in $(seq "${2:-5}"); do
  # Who goes first alternates, so that a drift of the machine favours neither.
  order=(before after)
  ((repeat % 2)) || order=(after before)
  for build in "${order[@]}"; do
    dotnet "${!build}" speed >>"$work/$build.txt"
  done
done
dotnet "$after" ratios "$work/before.txt" "$work/after.txt"
