/** Maps values to 0–255 (VOI LUT, PS3.3 C.11.2.1). */
export interface ValueWindow {
  readonly center: number;
  readonly width: number;
  readonly shape: 'linear' | 'linear-exact' | 'sigmoid';
}

/** Pixels looked at to find a window where the image names none. */
const SAMPLED_VALUES = 20_000;
/** What lies outside these fractions is noise, metal or air at the rim. */
const LOW_FRACTION = 0.005;
const HIGH_FRACTION = 0.995;

/** Brightness, 0–255, of a value in modality units. */
export function brightnessOf(value: number, { center, width, shape }: ValueWindow): number {
  switch (shape) {
    case 'sigmoid':
      return 255 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'linear-exact':
      return clamp255(((value - center) / width + 0.5) * 255);
    case 'linear':
      // A width of 1 is a threshold (PS3.3 C.11.2.1.2.1).
      if (width <= 1) return value <= center - 0.5 ? 0 : 255;
      return clamp255(((value - (center - 0.5)) / (width - 1) + 0.5) * 255);
  }
}

/** The window of nearly all values; padding left out where it is named. */
export function windowOfValues(
  values: ArrayLike<number>,
  toModality: (value: number) => number,
  padding?: number,
): ValueWindow {
  const stride = Math.max(1, Math.floor(values.length / SAMPLED_VALUES));
  const sample: number[] = [];
  for (let index = 0; index < values.length; index += stride) {
    const value = values[index] ?? 0;
    if (value !== padding && Number.isFinite(value)) sample.push(toModality(value));
  }
  sample.sort((a, b) => a - b);
  const at = (fraction: number): number => sample[Math.round(fraction * (sample.length - 1))] ?? 0;
  const [low, high] = [at(LOW_FRACTION), at(HIGH_FRACTION)];
  // A nearly empty image, such as a mask, shows its extremes.
  const [from, to] = high > low ? [low, high] : [at(0), at(1)];
  return { center: (from + to) / 2, width: Math.max(to - from, Number.EPSILON), shape: 'linear-exact' };
}

function clamp255(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
