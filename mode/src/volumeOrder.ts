/** What the viewer sorts its list of series by: display sets, or series before there are any. */
export interface Listed {
  readonly SeriesInstanceUID?: string;
  /** Of the volumes of one series. */
  readonly volumeNumber?: number;
}

export type Order = (a: Listed, b: Listed) => number;

/** The viewer's own order, but for the volumes of one series: it takes those with the lowest InstanceNumber first. */
export function withVolumesInOrder(stock: Order): Order {
  return (a, b) => {
    const areOfOneSeries = a.SeriesInstanceUID === b.SeriesInstanceUID;
    if (!areOfOneSeries || a.volumeNumber === undefined || b.volumeNumber === undefined) return stock(a, b);
    return a.volumeNumber - b.volumeNumber;
  };
}
