/**
 * Places along a line that rise from one to the next, by no even step: `places[n]` is where index n lies. Between two
 * of them places are linear in the index; beyond the ends the outermost step goes on. At least two.
 */
export type Places = readonly number[];

export function placeOfIndex(places: Places, index: number): number {
  const cell = Math.min(Math.max(Math.floor(index), 0), places.length - 2);
  return places[cell]! + (index - cell) * stepOf(places, cell);
}

/** The index whose place it is. */
export function indexOfPlace(places: Places, place: number): number {
  let [low, high] = [0, places.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[middle]! <= place) low = middle;
    else high = middle;
  }
  return low + (place - places[low]!) / stepOf(places, low);
}

/** From half-way to the place before to half-way to the next. */
export function extentAt(places: Places, index: number): number {
  return placeOfIndex(places, index + 0.5) - placeOfIndex(places, index - 0.5);
}

export function smallestStepOf(places: Places): number {
  return places.slice(1).reduce((least, _, cell) => Math.min(least, stepOf(places, cell)), Infinity);
}

function stepOf(places: Places, cell: number): number {
  return places[cell + 1]! - places[cell]!;
}
