/** Probabilities of logits (channels, voxels), over the channels. */
export function softmax(logits: Float32Array, channels: number): Float32Array {
  const voxels = logits.length / channels;
  const probabilities = new Float32Array(logits.length);
  for (let voxel = 0; voxel < voxels; voxel++) {
    let highest = -Infinity;
    for (let at = voxel; at < logits.length; at += voxels) highest = Math.max(highest, logits[at]!);
    let sum = 0;
    for (let at = voxel; at < logits.length; at += voxels) {
      probabilities[at] = Math.exp(logits[at]! - highest);
      sum += probabilities[at]!;
    }
    for (let at = voxel; at < logits.length; at += voxels) probabilities[at] = probabilities[at]! / sum;
  }
  return probabilities;
}
