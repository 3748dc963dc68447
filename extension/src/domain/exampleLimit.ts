/** Segmentations in a set of examples at most, as the contract says: a set is compared with as a whole at every run. */
export const MOST_EXAMPLES = 16;
