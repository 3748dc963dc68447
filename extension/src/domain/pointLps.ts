/** mm, patient LPS. */
export type PointLps = readonly [number, number, number];
